#!/usr/bin/env python3
"""Rows of provider_credentials in both formats, by Python's cryptography and not by hogsend.

Reads one JSON list of {format, secret, provider, kind, plaintext or payload} on stdin.
  rows.py seal          prints the list of their payloads
  rows.py open          prints the list of their plaintexts, null where one does not open
  rows.py sql           prints what makes the table as the earlier implementation does, with these rows in it
  rows.py table PATH    does so in an SQLite database
"""
import base64
import hashlib
import json
import os
import sqlite3
import sys
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def derive(secret, info, length):
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(secret.encode())


def key(row):
    """The cipher, what stands before the sealed bytes, and the additional data."""
    if row["format"] == "legacy":
        return AESGCM(hashlib.sha256(row["secret"].encode()).digest()), "", None
    key_id = encode(derive(row["secret"], b"hogsend credentials key id", 6))
    bound = "|".join(["hs1", key_id, row["provider"], row["kind"]]).encode()
    return AESGCM(derive(row["secret"], b"hogsend credentials", 32)), "hs1.%s." % key_id, bound


def seal(row):
    cipher, prefix, bound = key(row)
    nonce = os.urandom(12)
    return prefix + encode(nonce + cipher.encrypt(nonce, row["plaintext"].encode(), bound))


def unseal(row):
    cipher, prefix, bound = key(row)
    if not row["payload"].startswith(prefix):
        return None
    sealed = decode(row["payload"][len(prefix):])
    try:
        return cipher.decrypt(sealed[:12], sealed[12:], bound).decode()
    except InvalidTag:
        return None


def sql(rows):
    """No payload, id or name holds a quote."""
    made = (
        "CREATE TABLE provider_credentials (id uuid PRIMARY KEY, provider_id text NOT NULL, "
        "kind text DEFAULT 'oauth' NOT NULL, payload text NOT NULL, created_at timestamp with time zone "
        "DEFAULT CURRENT_TIMESTAMP NOT NULL, updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL);\n"
        "CREATE UNIQUE INDEX provider_credentials_idx ON provider_credentials (provider_id, kind);\n")
    then = "2025-01-02T03:04:05.678Z"
    return made + "".join(
        "INSERT INTO provider_credentials VALUES ('%s', '%s', '%s', '%s', '%s', '%s');\n"
        % (uuid.uuid4(), row["provider"], row["kind"], seal(row), then, then) for row in rows)


command, *more = sys.argv[1:]
rows = json.load(sys.stdin)
if command == "sql":
    print(sql(rows))
elif command == "table":
    sqlite3.connect(more[0]).executescript(sql(rows))
else:
    print(json.dumps([{"seal": seal, "open": unseal}[command](row) for row in rows]))
