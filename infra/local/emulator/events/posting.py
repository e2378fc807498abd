"""One HTTP POST, cancelled without a trace when its time is over.

A client library would hold a thread for the whole acknowledgement deadline; this holds a coroutine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import urlsplit

import h11

_READ_SIZE = 65_536


async def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """Send `body` to `url` and return the status of the answer.

    Parameters
    ----------
    url : str
        An ``http`` address.
    headers : mapping
        Beside host, length and connection, which are set here.
    body : bytes

    Returns
    -------
    int

    Raises
    ------
    OSError
        When no connection can be made or it breaks.
    h11.ProtocolError
        When the answer is no HTTP.
    """
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
    try:
        connection = h11.Connection(h11.CLIENT)
        # A connection of its own for each delivery, so that a cancelled one leaves nothing half-read for the next.
        fixed = {"host": parts.netloc, "content-length": str(len(body)), "connection": "close"}
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        request = h11.Request(method="POST", target=target, headers=list({**headers, **fixed}.items()))
        for event in (request, h11.Data(data=body), h11.EndOfMessage()):
            writer.write(connection.send(event) or b"")
        await writer.drain()
        return await _read_status(connection, reader)
    finally:
        writer.close()


async def _read_status(connection: h11.Connection, reader: asyncio.StreamReader) -> int:
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(_READ_SIZE))
        elif isinstance(event, h11.Response):
            return event.status_code
        elif isinstance(event, h11.ConnectionClosed):
            raise ConnectionResetError("The connection was closed without an answer.")
