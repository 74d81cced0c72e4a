// An OpenID provider of another project: oidc-provider, with one client and one person. The tests start and stop it:
//
//   node server.mjs <oidc-provider's entry module> <settings in JSON>
//
// `/_tests/exchanges` lists the exchanges so far, including renewals, and `/_tests/advance?SECONDS` advances its clock.

import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { interaction } from "./interaction.mjs";

const HOUR = 3600;
const DAY = 24 * HOUR;

const [, , entry, json] = process.argv;
const { Provider } = await import(entry);
const settings = JSON.parse(json);
const issuer = `http://127.0.0.1:${settings.port}`;
const app = new URL(settings.redirect_uri);

// Made at each start, so that the repository has no key.
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
  // Only the app's page may request UserInfo.
  clientBasedCORS: (_, origin) => origin === app.origin,
  // Unasked, as many servers do.
  issueRefreshToken: () => true,
  rotateRefreshToken: () => settings.rotates,
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  features: { devInteractions: { enabled: false } },
  cookies: { keys: [key.d] },
  jwks: { keys: [key] },
  ttl: {
    AccessToken: settings.access_token_s,
    AuthorizationCode: 60,
    Grant: DAY,
    IdToken: HOUR,
    Interaction: HOUR,
    RefreshToken: DAY,
    Session: DAY,
  },
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

// Adapts authorization responses: some servers send no `iss` (RFC 9207), and `seconds_before_exchange` makes the
// exchange late.
function adapted(location) {
  const callback = new URL(location);
  if (!settings.sends_issuer) callback.searchParams.delete("iss");
  if (callback.searchParams.has("code")) late = settings.seconds_before_exchange;
  return callback.href;
}

const now = Date.now;
let late = 0;
let advanced = 0;
Date.now = () => now() + (late + advanced) * 1000;

const answer = provider.callback();

createServer((request, response) => {
  const { pathname, search } = new URL(request.url, issuer);
  if (pathname.startsWith("/interaction/")) return interaction(provider, request, response);
  if (pathname === "/_tests/exchanges") return response.end(JSON.stringify(exchanges));
  if (pathname === "/_tests/advance") {
    advanced += Number(search.slice(1));
    return response.end();
  }
  if (pathname === "/picture.svg") {
    response.setHeader("content-type", "image/svg+xml");
    return response.end('<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><circle cx="32" cy="32" r="32"/></svg>');
  }
  return answer(request, response);
}).listen(settings.port, "127.0.0.1");
