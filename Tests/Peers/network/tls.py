#!/usr/bin/env python3
"""TLS in front of a plain server: tls.py CERTIFICATE KEY PORT."""
import asyncio
import ssl
import sys

import streams

certificate, key, port = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)


async def handle(reader, writer):
    try:
        await streams.join((reader, writer), await asyncio.open_connection("127.0.0.1", int(port)))
    except OSError:
        writer.close()


streams.serve(handle, context)
