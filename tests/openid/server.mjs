// An OpenID provider that nobody here wrote: oidc-provider, with one client and one person. The tests start it, as
//
//   node server.mjs <oidc-provider's entry module> <settings in JSON>
//
// and end it. It says at /_tests/exchanges what was exchanged.

import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { interaction } from "./interaction.mjs";

const HOUR = 3600;

const [, , entry, json] = process.argv;
const { Provider } = await import(entry);
const settings = JSON.parse(json);
const issuer = `http://127.0.0.1:${settings.port}`;
const app = new URL(settings.redirect_uri);

// Made anew each time, so that no key lies in the repository.
const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: settings.client_id,
      client_secret: settings.client_secret,
      token_endpoint_auth_method: settings.client_auth,
      redirect_uris: [settings.redirect_uri],
      grant_types: ["authorization_code", "refresh_token"],
    },
  ],
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: "Demo Person", picture: `${issuer}/picture.svg` }) }),
  claims: { openid: ["sub"], profile: ["name", "picture"] },
  pkce: { required: () => settings.requires_pkce },
  // UserInfo answers the app's own page, and no other.
  clientBasedCORS: (_, origin) => origin === app.origin,
  // Unasked, as many do.
  issueRefreshToken: () => true,
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  features: { devInteractions: { enabled: false } },
  cookies: { keys: [key.d] },
  jwks: { keys: [key] },
  ttl: { AccessToken: HOUR, AuthorizationCode: 60, Grant: HOUR, IdToken: HOUR, Interaction: HOUR, RefreshToken: HOUR, Session: HOUR },
});

const exchanges = [];

provider.use(async (ctx, next) => {
  await next();
  if (ctx.path === "/token") {
    const scheme = ctx.get("authorization").split(" ")[0] || null;
    exchanges.push({ scheme, sent: ctx.oidc?.body ?? {}, status: ctx.status, answer: ctx.body });
  }
  const location = ctx.response.get("location");
  if (location?.startsWith(settings.redirect_uri)) {
    ctx.set("location", adapted(location));
  }
});

// What comes back to the app: some servers do not say who they are (RFC 9207), and some people are slow, once.
function adapted(location) {
  const callback = new URL(location);
  if (!settings.sends_issuer) callback.searchParams.delete("iss");
  if (callback.searchParams.has("code")) late = settings.seconds_before_exchange;
  return callback.href;
}

const now = Date.now;
let late = 0;
Date.now = () => now() + late * 1000;

const answer = provider.callback();

createServer((request, response) => {
  const { pathname } = new URL(request.url, issuer);
  if (pathname.startsWith("/interaction/")) return interaction(provider, request, response);
  if (pathname === "/_tests/exchanges") return response.end(JSON.stringify(exchanges));
  if (pathname === "/picture.svg") {
    response.setHeader("content-type", "image/svg+xml");
    return response.end('<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><circle cx="32" cy="32" r="32"/></svg>');
  }
  return answer(request, response);
}).listen(settings.port, "127.0.0.1");
