"""What both peers share: a server that ends with its standard input, and a pipe between two streams."""
import asyncio
import os
import threading


def end_with_standard_input():
    def wait():
        while os.read(0, 4096):
            pass
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


async def copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def join(client, server):
    await asyncio.gather(copy(client[0], server[1]), copy(server[0], client[1]))


def serve(handle, tls=None):
    async def main():
        server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
        end_with_standard_input()
        print("listening", server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(main())
