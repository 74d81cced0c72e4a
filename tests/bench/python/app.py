"""The function in ordinary Python: the same checks in the same order, with requests."""

import base64
import json
import os
import time
from urllib.parse import urlsplit

import requests


def origin_of(uri):
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


REDIRECT_URIS = os.environ["OAUTH_REDIRECT_URIS"].split(",")
ORIGINS = {origin_of(uri) for uri in REDIRECT_URIS}
# Keeps its connections between events.
SESSION = requests.Session()


def handler(event, context):
    if event["rawPath"] != "/api/token":
        return refuse(404, "not_found")
    if event["requestContext"]["http"]["method"] != "POST":
        return refuse(405, "method_not_allowed")
    headers = event["headers"]
    origin = headers.get("origin")
    if origin not in ORIGINS:
        return refuse(403, "origin_not_allowed")
    if not headers.get("content-type", "").startswith("application/json"):
        return refuse(415, "unsupported_media_type")
    text = event.get("body") or ""
    if event.get("isBase64Encoded"):
        text = base64.b64decode(text).decode()
    if not text or len(text) > 8192:
        return refuse(413, "body_too_large")

    try:
        body = json.loads(text)
        code, redirect_uri = body["code"], body["redirect_uri"]
    except (ValueError, KeyError, TypeError):
        return refuse(400, "invalid_request")
    if body.get("provider") != "aniapi" or not isinstance(code, str) or not code:
        return refuse(400, "invalid_request")
    if redirect_uri not in REDIRECT_URIS or origin_of(redirect_uri) != origin:
        return refuse(400, "redirect_uri_not_allowed")

    try:
        answer = SESSION.post(
            os.environ["OAUTH_TOKEN_URL"],
            params={
                "client_id": os.environ["OAUTH_CLIENT_ID"],
                "client_secret": os.environ["OAUTH_CLIENT_SECRET"],
                "code": code,
                "redirect_uri": redirect_uri,
            },
            timeout=5,
            allow_redirects=False,
        )
        if answer.status_code != 200:
            return refuse(502, "provider_bad_response")
        envelope = answer.json()
    except requests.Timeout:
        return refuse(504, "provider_timeout")
    except requests.JSONDecodeError:
        return refuse(502, "provider_bad_response")
    except requests.RequestException:
        return refuse(502, "provider_unreachable")
    if envelope.get("status_code", envelope.get("status")) != 200:
        return refuse(400, "invalid_code")
    token = envelope.get("data")
    if not isinstance(token, str) or not token:
        return refuse(502, "provider_bad_response")
    return answer_with(200, {"access_token": token, "token_type": "Bearer", "expires_in": expires_in(token)})


def expires_in(token):
    try:
        claims = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        return claims["exp"] - int(time.time())
    except (IndexError, ValueError, KeyError):
        return None


def refuse(status, error):
    return answer_with(status, {"error": error})


def answer_with(status, body):
    print(json.dumps({"time": time.time(), "status": status, "outcome": body.get("error", "ok")}))
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": json.dumps(body),
    }
