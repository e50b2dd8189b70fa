#!/usr/bin/env python3
"""An authorization server that others wrote: django-oauth-toolkit, with nothing added but settings.

Run it with the Python that setup.sh made. Once ready it prints one line, `listening http://127.0.0.1:PORT`.
Errors inside the server go to stderr; tokens, codes and addresses with queries never do.
"""
import argparse
import json
import os
import secrets
import signal
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

import django
from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

CLIENT_ID = "https://hogsend.com/.well-known/hogsend-posthog-client.json"
DOCUMENT = Path(__file__).resolve().with_name("hogsend-posthog-client.json")
SCOPES = """person:read person:write project:read organization:read hog_function:read hog_function:write
    feature_flag:read cohort:read cohort:write query:read insight:read event_definition:read
    property_definition:read""".split()
APPS = ["auth", "contenttypes", "oauth2_provider"]
urlpatterns = []  # this module is the URL configuration; filled once Django is set up


class Server(ThreadedWSGIServer):
    def server_bind(self):
        # The inherited one also looks up the host's name: seconds, where name resolution is broken.
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = self.server_address = self.socket.getsockname()
        self.setup_environ()


class Handler(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def log_in(get_response):
    """Middleware: every visitor is the one user, so that no log-in page stands before the consent form."""
    def middleware(request):
        from django.contrib.auth.models import User
        request.user = User.objects.get()
        return get_response(request)
    return middleware


def observe(get_response):
    """Middleware of --bench: says how each token request ended, and holds the answer back for as long as it asks."""
    def middleware(request):
        answer = get_response(request)
        if request.path == "/o/token/":
            error = json.loads(answer.content).get("error", "-")
            print("token %s %d %s\n" % (request.POST.get("grant_type"), answer.status_code, error), end="", flush=True)
            time.sleep(float(request.headers.get("X-Hold-Answer", 0)))
        return answer
    return middleware


def give_grant(request):
    """The page of --bench: a token answer for the registered client, without a login."""
    from datetime import timedelta
    from django.contrib.auth.models import User
    from django.http import JsonResponse
    from django.utils import timezone
    from oauth2_provider.models import AccessToken, Application, RefreshToken

    access, refresh, scope = secrets.token_urlsafe(), secrets.token_urlsafe(), "person:read query:read"
    common = {"user": User.objects.get(), "application": Application.objects.get()}
    token = AccessToken.objects.create(
        token=access, expires=timezone.now() + timedelta(hours=1), scope=scope, **common)
    RefreshToken.objects.create(token=refresh, access_token=token, token_family=uuid.uuid4(), **common)
    return JsonResponse({"access_token": access, "refresh_token": refresh, "token_type": "Bearer", "scope": scope})


def leave(*_):
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # a second one must not interrupt the cleaning up
    sys.exit(0)


def leave_with_stdin():
    while os.read(0, 4096):  # not sys.stdin: Python aborts at exit while a thread holds its lock
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def configure(options, issuer, database):
    class Document:
        """Stands in for the fetch from hogsend.com. That `client_id` agrees is checked by the toolkit itself."""
        def fetch(self, client_id):
            return json.loads(options.document.read_text()), 3600

    provider = {
        "SCOPES": {scope: scope for scope in SCOPES},
        "PKCE_REQUIRED": True, "ROTATE_REFRESH_TOKEN": True, "REFRESH_TOKEN_REUSE_PROTECTION": True,
        "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": options.grace,
        "ACCESS_TOKEN_EXPIRE_SECONDS": options.token_lifetime,
        "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
        "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,  # S256 only, in metadata and in fact
        "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True, "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
        "OAUTH2_TOKEN_ENDPOINT_AUTH_METHODS_SUPPORTED": ["none"],  # the default leaves public clients out
        "CIMD_ENABLED": options.cimd, "CIMD_METADATA_FETCHER": Document}
    if not options.issuer_mismatch:
        # Left out, metadata at the root says `http://h`, and responses from below /o/ say `http://h/o`.
        provider["OIDC_ISS_ENDPOINT"] = issuer
    settings.configure(
        SECRET_KEY=secrets.token_hex(), ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, USE_TZ=True,
        STATIC_URL="/static/", DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", OAUTH2_PROVIDER=provider,
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider"],
        MIGRATION_MODULES=dict.fromkeys(APPS),  # tables straight from the models: replaying history takes a second
        MIDDLEWARE=["django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
                    __name__ + ".log_in"] + [__name__ + ".observe"] * options.bench,
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        # SQLite has no row locks. With the write lock taken where a transaction begins, requests that come at once
        # wait for each other; otherwise most of them fail with 500, "database is locked".
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database, "OPTIONS": {
            "transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL"}}},
        LOGGING={"version": 1, "disable_existing_loggers": False, "root": {"handlers": ["stderr"]},
                 "handlers": {"stderr": {"class": "logging.StreamHandler", "level": "ERROR"}}})
    django.setup()


def fill(options):
    """Tables, the one user, the one client, the addresses."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.urls import include, path
    from oauth2_provider.models import Application
    from oauth2_provider.urls import metadata_urlpatterns

    call_command("migrate", run_syncdb=True, verbosity=0)
    User.objects.create_user("max")
    if not options.cimd:
        Application.objects.create(
            client_id=options.client_id, name="Hogsend", client_type=Application.CLIENT_PUBLIC, client_secret="",
            authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
            redirect_uris="http://127.0.0.1/callback http://[::1]/callback")
    if options.bench:
        urlpatterns.append(path("give-grant", give_grant))
    # RFC 8414 wants the document at the root, outside of the toolkit's own set of addresses.
    urlpatterns.extend([path("o/", include("oauth2_provider.urls")), path("", include(metadata_urlpatterns))])


def main():
    parser = argparse.ArgumentParser(description="django-oauth-toolkit as an authorization server on loopback")
    flag = parser.add_argument
    flag("--exit-with-stdin", action="store_true", help="end when stdin is closed")
    flag("--token-lifetime", type=int, default=604800, metavar="SECONDS")
    flag("--grace", type=int, default=0, metavar="SECONDS", help="how long a replaced refresh token still counts")
    flag("--bench", action="store_true", help="/give-grant, a line for each token request, answers held on request")
    flag("--issuer-mismatch", action="store_true", help="metadata and `iss` name different issuers")
    flag("--document", type=Path, default=DOCUMENT, help="the file found at the client id (CIMD)")
    flag("--no-cimd", dest="cimd", action="store_false", help="a registered client instead")
    flag("--client-id", default=CLIENT_ID, help="of the registered client, with --no-cimd")
    options = parser.parse_args()

    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # plain http, on loopback
    signal.pthread_sigmask(signal.SIG_SETMASK, [])  # a parent's threads may have them blocked
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    if options.exit_with_stdin:
        threading.Thread(target=leave_with_stdin, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="hogsend-peer-", ignore_cleanup_errors=True) as folder:
        server = Server(("127.0.0.1", 0), Handler)  # bound first: the settings need the port
        issuer = "http://127.0.0.1:%d" % server.server_port
        configure(options, issuer, os.path.join(folder, "peer.sqlite3"))
        fill(options)
        from django.core.wsgi import get_wsgi_application
        server.set_app(get_wsgi_application())
        print("listening", issuer, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
