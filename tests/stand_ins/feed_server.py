"""A loopback server that plays good, broken and hostile sites, over real HTTP.

    async with FeedServer() as server:
        server.feed("/news", [entry("One"), entry("Two")])
        url = server.url("/news")

Every path plays one part: a feed with validators (`feed`), a fixed answer (`answer`), or a hostile one that writes to the
socket itself (`hostile`). `server.hits` counts requests by path, `server.requests` keeps their headers.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import html
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Self

from aiohttp import web
from aiohttp.test_utils import unused_port

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class FeedServer:
    """Serves on one loopback port; `host` may be any address of 127.0.0.0/8, to play several sites."""

    def __init__(self, *, host: str = "127.0.0.1") -> None:
        self.host = host
        self.port = unused_port()
        self.hits: Counter[str] = Counter()
        self.requests: list[tuple[str, dict[str, str]]] = []
        self._answers: dict[str, Answer] = {}
        self._runner: web.AppRunner | None = None

    @property
    def opened(self) -> str:
        """What stands in `allow_hosts` for this server."""
        return f"{self.host}:{self.port}"

    def url(self, path: str = "/") -> str:
        """The address of a path."""
        return f"http://{self.host}:{self.port}{path}"

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._play)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.host, self.port).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def feed(
        self, path: str, items: Sequence[str], *, headers: Mapping[str, str] | None = None, title: str = "Sample"
    ) -> None:
        """Serve an RSS feed that answers conditional requests; call again to change it."""
        body = rss(items, title=title)
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'

        async def play(request: web.Request) -> web.StreamResponse:
            told = {"ETag": etag, **(headers or {})}
            if request.headers.get("If-None-Match") == etag:
                return web.Response(status=304, headers=told)
            return web.Response(body=body, content_type="application/rss+xml", headers=told)

        self._answers[path] = play

    def answer(
        self,
        path: str,
        body: bytes = b"",
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        kind: str = "text/html",
    ) -> None:
        """Serve a fixed answer."""

        async def play(_: web.Request) -> web.StreamResponse:
            return web.Response(body=body, status=status, headers=headers, content_type=kind)

        self._answers[path] = play

    def play(self, path: str, answer: Answer) -> None:
        """Let a stand-in answer a path's requests."""
        self._answers[path] = answer

    def redirect(self, path: str, to: str, *, status: int = 302) -> None:
        """Redirect to an address, given as it stands in the header."""
        self.answer(path, status=status, headers={"Location": to})

    def hostile(self, path: str, play: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> None:
        """Let `play` write whatever it likes to the socket; a client that leaves ends it."""

        async def take_over(request: web.Request) -> web.StreamResponse:
            transport = request.transport
            assert transport is not None
            writer = asyncio.StreamWriter(transport, request.protocol, None, asyncio.get_running_loop())
            try:
                await play(writer)
            except (ConnectionError, asyncio.CancelledError):
                pass
            finally:
                transport.close()
            return web.Response()

        self._answers[path] = take_over

    async def _play(self, request: web.Request) -> web.StreamResponse:
        self.hits[request.path] += 1
        self.requests.append((request.path, dict(request.headers)))
        answer = self._answers.get(request.path)
        return await answer(request) if answer else web.Response(status=404)


def entry(
    title: str, *, guid: str = "", link: str = "", text: str = "", date: str = "Tue, 06 Jun 2023 09:20:00 +0000"
) -> str:
    """One RSS item; guid and link are made of the title where they are not given."""
    slug = "-".join(title.lower().split())
    return (
        f"<item><title>{html.escape(title)}</title><link>{html.escape(link or f'https://sample.example/{slug}')}</link>"
        f"<guid isPermaLink='false'>{html.escape(guid or slug)}</guid><pubDate>{date}</pubDate>"
        f"<description>{html.escape(text or f'Words about {title}.')}</description></item>"
    )


def rss(items: Sequence[str], *, title: str = "Sample") -> bytes:
    """An RSS feed of the items."""
    head = f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>{html.escape(title)}</title>"
    return f"{head}{''.join(items)}</channel></rss>".encode()


async def endless_body(writer: asyncio.StreamWriter) -> None:
    """A well-begun feed that never ends."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<rss><channel>")
    for _ in range(100_000):
        writer.write(b"<item><title>again</title></item>" * 500)
        await asyncio.sleep(0)
        await writer.drain()


async def slow_body(writer: asyncio.StreamWriter) -> None:
    """A byte every tenth of a second, so that no single read ever times out."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(600):
        writer.write(b"<")
        await asyncio.sleep(0.1)


async def endless_headers(writer: asyncio.StreamWriter) -> None:
    """Headers without end, each of them short."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(10_000_000):
        writer.write(f"X-{number}: {'a' * 100}\r\n".encode())
        if number % 100 == 0:
            await asyncio.sleep(0)
            await writer.drain()


async def slow_headers(writer: asyncio.StreamWriter) -> None:
    """A header byte every tenth of a second."""
    writer.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(600):
        writer.write(b"a")
        await asyncio.sleep(0.1)


async def silence(writer: asyncio.StreamWriter) -> None:
    """Takes the question and says nothing."""
    del writer
    await asyncio.sleep(60)


async def dropped(writer: asyncio.StreamWriter) -> None:
    """Breaks off in the middle of the body."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n<rss>")


def gzip_bomb(mebibytes: int) -> bytes:
    """A gzip stream of that much white space, a thousandth of the size."""
    return gzip.compress(b" " * (mebibytes * 1024 * 1024), 9)
