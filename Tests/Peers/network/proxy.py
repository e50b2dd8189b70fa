#!/usr/bin/env python3
"""A forward proxy that says what passes through it: proxy.py NAME:PORT=PORT ..."""
import asyncio
import sys
from urllib.parse import urlsplit

import streams

places = dict(place.split("=") for place in sys.argv[1:])


def read_head(head):
    lines = head.decode("latin-1").split("\r\n")
    method, target, version = lines[0].split(" ")
    has_key = any(line.lower().startswith("authorization:") for line in lines)
    print(method, target, "+authorization" if has_key else "", flush=True)
    if method == "CONNECT":
        return target, None
    url = urlsplit(target)
    path = url.path + ("?" + url.query if url.query else "")
    # One request a connection: what follows may be for another place.
    kept = [line for line in lines[1:] if line and not line.lower().startswith(("proxy-", "connection:"))]
    plain = "\r\n".join([f"{method} {path} {version}", *kept, "Connection: close", "", ""])
    return f"{url.hostname}:{url.port or 80}", plain.encode("latin-1")


async def handle(reader, writer):
    try:
        place, plain = read_head(await reader.readuntil(b"\r\n\r\n"))
        if place not in places:
            writer.write(b"HTTP/1.1 502 Unknown place\r\nContent-Length: 0\r\n\r\n")
            return writer.close()
        server = await asyncio.open_connection("127.0.0.1", int(places[place]))
        if plain is None:
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        else:
            server[1].write(plain)
        await streams.join((reader, writer), server)
    except (OSError, ValueError, asyncio.IncompleteReadError):
        writer.close()


streams.serve(handle)
