#!/usr/bin/env python3
"""Does the peer behave as the tests expect?  check.py   (plain python3, after setup.sh; one line a check)"""
import base64
import hashlib
import http.server
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

sys.dont_write_bytecode = True  # leave no __pycache__ between the sources
from browser import visit

HERE = Path(__file__).resolve().parent
VENV = Path(os.environ.get("PEER_VENV", HERE.parents[2] / ".build-peers" / "django-oauth-toolkit"))
CLIENT_ID = "https://hogsend.com/.well-known/hogsend-posthog-client.json"
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
failures = 0


def check(name, good, seen=""):
    global failures
    failures += not good
    print("ok   %s" % name if good else "FAIL %s -- saw: %s" % (name, seen), flush=True)


class Callback(http.server.BaseHTTPRequestHandler):
    def do_GET(self):  # an answer is all it takes: what came is read from the browser's last address
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


class Peer:
    def __init__(self, *flags):
        self.folder = tempfile.TemporaryDirectory()  # becomes the server's TMPDIR, to see whether it tidies up
        self.process = subprocess.Popen(
            [VENV / "bin/python", HERE / "server.py", "--exit-with-stdin", *flags], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": self.folder.name})
        self.base = self.process.stdout.readline().split()[-1]

    def fetch(self, path, **form):
        try:
            answer = NO_PROXY.open(self.base + path, urlencode(form).encode() if form else None, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            text = answer.read()
        is_json = answer.headers.get_content_type() == "application/json"
        return answer.status, json.loads(text) if is_json else {}

    def authorize(self, consent="allow", **changes):
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": REDIRECT, "state": "s",
                 "code_challenge": challenge, "code_challenge_method": "S256", "scope": "person:read query:read"}
        query = {key: value for key, value in {**query, **changes}.items() if value is not None}
        answer, _ = visit(self.base + "/o/authorize/?" + urlencode(query), consent)
        return dict(parse_qsl(urlsplit(answer.geturl()).query)), verifier, answer.status

    def exchange(self, code, verifier):
        return self.fetch("/o/token/", grant_type="authorization_code", client_id=CLIENT_ID, code=code,
                          code_verifier=verifier, redirect_uri=REDIRECT)

    def refresh(self, token):
        return self.fetch("/o/token/", grant_type="refresh_token", client_id=CLIENT_ID, refresh_token=token)

    def ends(self, how):
        self.process.stdin.close() if how == "stdin" else self.process.send_signal(signal.SIGTERM)
        code, left = self.process.wait(10), os.listdir(self.folder.name)
        self.folder.cleanup()
        check("ends by %s, with 0, and leaves no file" % how, code == 0 and not left, (code, left))


def refused(answer, error):
    return answer[0] == 400 and answer[1].get("error") == error


if not (VENV / "bin/python").exists():
    sys.exit("check.py: run setup.sh first")
listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Callback)
threading.Thread(target=listener.serve_forever, daemon=True).start()
REDIRECT = "http://127.0.0.1:%d/callback" % listener.server_port

peer = Peer()
status, metadata = peer.fetch("/.well-known/oauth-authorization-server")
check("metadata: the issuer is the address", status == 200 and metadata.get("issuer") == peer.base, metadata)
check("metadata: S256 only, iss, CIMD", metadata.get("code_challenge_methods_supported") == ["S256"] and
      metadata.get("authorization_response_iss_parameter_supported") is True and
      metadata.get("client_id_metadata_document_supported") is True, metadata)
check("metadata: thirteen scopes", len(metadata.get("scopes_supported", [])) == 13)
answer, verifier, _ = peer.authorize()
check("authorize: code, state, iss", answer.get("state") == "s" and answer.get("iss") == peer.base and "code" in answer,
      sorted(answer))
check("wrong verifier", refused(peer.exchange(answer["code"], "x" * 43), "invalid_grant"))
status, tokens = peer.exchange(answer["code"], verifier)
check("exchange", status == 200 and tokens["expires_in"] == 604800 and
      tokens["scope"] == "person:read query:read", status)
check("code replay", refused(peer.exchange(answer["code"], verifier), "invalid_grant"))
status, newer = peer.refresh(tokens["refresh_token"])
check("refresh rotates", status == 200 and newer["refresh_token"] != tokens["refresh_token"], status)
check("reuse of the old one", refused(peer.refresh(tokens["refresh_token"]), "invalid_grant"))
check("... ends the new one too", refused(peer.refresh(newer["refresh_token"]), "invalid_grant"))
for name, changes in {"no challenge": {"code_challenge": None, "code_challenge_method": None},
                      "plain": {"code_challenge_method": "plain"}}.items():
    answer, _, _ = peer.authorize(**changes)
    check(name, answer.get("error") == "invalid_request" and answer.get("state") == "s", sorted(answer))
answer, _, _ = peer.authorize("deny")
check("deny, and no iss with it", answer == {"error": "access_denied", "state": "s"}, sorted(answer))
_, _, status = peer.authorize(redirect_uri=REDIRECT.replace("127.0.0.1", "localhost"))
check("localhost: a page, no redirect", status == 400, status)
answer, verifier, _ = peer.authorize()
_, tokens = peer.exchange(answer["code"], verifier)
status, _ = peer.fetch("/o/revoke_token/", client_id=CLIENT_ID, token=tokens["refresh_token"])
check("revoke", status == 200 and refused(peer.refresh(tokens["refresh_token"]), "invalid_grant"), status)
peer.ends("stdin")

peer = Peer("--issuer-mismatch", "--no-cimd", "--token-lifetime", "5")
_, metadata = peer.fetch("/.well-known/oauth-authorization-server")
answer, verifier, _ = peer.authorize()
check("--issuer-mismatch: metadata and iss disagree",
      metadata.get("issuer") == peer.base and answer.get("iss") == peer.base + "/o", answer.get("iss"))
status, tokens = peer.exchange(answer["code"], verifier)
check("--no-cimd, --token-lifetime", status == 200 and tokens["expires_in"] == 5 and
      metadata["client_id_metadata_document_supported"] is False, status)
peer.ends("SIGTERM")
sys.exit(failures > 0)
