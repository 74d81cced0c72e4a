// The function in ordinary JavaScript for Node: the same checks in the same order, with fetch and no libraries.

const redirectUris = process.env.OAUTH_REDIRECT_URIS.split(",");
const origins = new Set(redirectUris.map((uri) => new URL(uri).origin));

export async function handler(event) {
  if (event.rawPath !== "/api/token") return refuse(404, "not_found");
  if (event.requestContext.http.method !== "POST") return refuse(405, "method_not_allowed");
  const { origin } = event.headers;
  if (!origins.has(origin)) return refuse(403, "origin_not_allowed");
  if (!event.headers["content-type"]?.startsWith("application/json")) return refuse(415, "unsupported_media_type");
  const text = event.isBase64Encoded ? Buffer.from(event.body, "base64").toString() : event.body;
  if (!text || text.length > 8192) return refuse(413, "body_too_large");

  let body;
  try {
    body = JSON.parse(text);
  } catch {
    return refuse(400, "invalid_request");
  }
  const { provider, code, redirect_uri } = body;
  if (provider !== "aniapi" || typeof code !== "string" || !code) return refuse(400, "invalid_request");
  if (!redirectUris.includes(redirect_uri) || new URL(redirect_uri).origin !== origin) {
    return refuse(400, "redirect_uri_not_allowed");
  }

  const url = new URL(process.env.OAUTH_TOKEN_URL);
  url.search = new URLSearchParams({
    client_id: process.env.OAUTH_CLIENT_ID,
    client_secret: process.env.OAUTH_CLIENT_SECRET,
    code,
    redirect_uri,
  });
  let envelope;
  try {
    const answer = await fetch(url, { method: "POST", redirect: "error", signal: AbortSignal.timeout(5000) });
    if (answer.status !== 200) return refuse(502, "provider_bad_response");
    envelope = await answer.json();
  } catch (error) {
    return error.name === "TimeoutError" ? refuse(504, "provider_timeout") : refuse(502, "provider_unreachable");
  }
  if ((envelope.status_code ?? envelope.status) !== 200) return refuse(400, "invalid_code");
  const token = envelope.data;
  if (typeof token !== "string" || !token) return refuse(502, "provider_bad_response");

  return answerWith(200, { access_token: token, token_type: "Bearer", expires_in: expiresIn(token) });
}

function expiresIn(token) {
  try {
    const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
    return claims.exp - Math.floor(Date.now() / 1000);
  } catch {
    return undefined;
  }
}

function refuse(status, error) {
  return answerWith(status, { error });
}

function answerWith(statusCode, body) {
  console.log(JSON.stringify({ time: new Date().toISOString(), status: statusCode, outcome: body.error ?? "ok" }));
  return {
    statusCode,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body: JSON.stringify(body),
  };
}
