"""Replies that are cut: the connection is thrown away before or in the middle of the answer, as a network does it."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_FLUSH = 0.05
"""Seconds for the first half of a torn reply to leave before the connection is thrown away."""


class CuttableProtocol(H11Protocol):
    """uvicorn's protocol, whose connections can be found by the peer's address and thrown away."""

    connections_by_peer: ClassVar[dict[tuple[str, int], asyncio.Transport]] = {}

    def connection_made(self, transport: Any) -> None:
        """See asyncio.Protocol."""
        super().connection_made(transport)
        if self.client is not None:
            self.connections_by_peer[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        if self.client is not None:
            self.connections_by_peer.pop(self.client, None)
        super().connection_lost(exc)


class CutReply(Response):
    """Announces all of `content`, sends the first `keep` bytes of it (0: not even a status line), throws the connection away."""

    def __init__(self, content: bytes, keep: int) -> None:
        super().__init__(content, 200, media_type="application/json")
        self.sent = content[:keep]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if self.sent:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": self.sent, "more_body": True})
            await asyncio.sleep(_FLUSH)
        CuttableProtocol.connections_by_peer[tuple(scope["client"])].abort()
        while (await receive())["type"] != "http.disconnect":
            continue
