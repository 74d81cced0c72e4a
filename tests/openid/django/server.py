# A server of another project: django-oauth-toolkit, with one client and one person. The tests start and stop it:
#
#   python3 server.py <the folder of its packages> <settings in JSON>
#
# Its database is a temporary file. Its metadata is at <issuer>/.well-known/openid-configuration.
import json
import secrets
import signal
import sys
import tempfile

sys.path.insert(0, sys.argv[1])
given = json.loads(sys.argv[2])
folder = tempfile.TemporaryDirectory()
# The tests stop it by a signal.
signal.signal(signal.SIGTERM, lambda *_: sys.exit())

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
import django
from django.conf import settings
from django.http import HttpResponse

# Made at each start, so that the repository has no key.
key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)


def cors(get_response):
    """Lets the app's page request the profile, as django-cors-headers would."""

    def answer(request):
        response = HttpResponse() if request.method == "OPTIONS" else get_response(request)
        if request.path.startswith("/o/userinfo"):
            response["Access-Control-Allow-Origin"] = given["origin"]
            response["Access-Control-Allow-Headers"] = "authorization"
        return response

    return answer


settings.configure(
    SECRET_KEY=secrets.token_hex(),
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    LOGIN_URL="/login/",
    USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder.name}/db"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "oauth2_provider"],
    MIDDLEWARE=[
        f"{__name__}.cors",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
        }
    ],
    OAUTH2_PROVIDER={
        "OIDC_ENABLED": True,
        "OIDC_RSA_PRIVATE_KEY": key.decode(),
        "SCOPES": {"openid": "who you are", "profile": "your name"},
        "OAUTH2_VALIDATOR_CLASS": f"{__name__}.Validator",
    },
)
django.setup()

from django.contrib.auth import get_user_model, login
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponseRedirect
from django.middleware.csrf import get_token
from django.urls import include, path
from oauth2_provider.models import get_application_model
from oauth2_provider.oauth2_validators import OAuth2Validator


class Validator(OAuth2Validator):
    def get_additional_claims(self, request):
        return {"name": request.user.get_full_name()}

    def get_oidc_claims(self, token, token_handler, request):
        return {**super().get_oidc_claims(token, token_handler, request), "name": request.user.get_full_name()}


def log_in(request):
    """A page with one button."""
    if request.method == "POST":
        login(request, get_user_model().objects.get(username="demo"))
        return HttpResponseRedirect(request.GET["next"])
    token = get_token(request)
    return HttpResponse(
        "<!doctype html><html lang='en'><title>A server for tests</title><form method='post'>"
        f"<input type='hidden' name='csrfmiddlewaretoken' value='{token}'>"
        "<button id='log_in'>Log in as demo</button></form></html>"
    )


urlpatterns = [path("login/", log_in), path("o/", include("oauth2_provider.urls", namespace="oauth2_provider"))]

# Django imports the modules that `settings` names by this name.
sys.modules.setdefault(__name__, sys.modules["__main__"])

call_command("migrate", verbosity=0)
demo = get_user_model().objects.create_user("demo", first_name="Demo", last_name="Person")
Application = get_application_model()
Application.objects.create(
    name="The app",
    user=demo,
    client_id=given["client_id"],
    client_secret=given["client_secret"],
    client_type=Application.CLIENT_CONFIDENTIAL,
    authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
    redirect_uris=given["redirect_uri"],
    algorithm=Application.RS256_ALGORITHM,
)

from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIServer, make_server


# Browsers open connections in advance; a single thread would block on them.
class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


make_server("127.0.0.1", given["port"], get_wsgi_application(), server_class=Server).serve_forever()
