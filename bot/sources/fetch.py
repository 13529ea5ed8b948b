"""The one HTTP client: guarded and pinned addresses, conditional requests, and an end to everything.

httpx's transport (`bot.sources.connections`) is asked without a client around it: redirects are ours to judge, and
nothing else of a client (cookies, log-ins, proxies) is wanted here.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache, partial
from typing import Self
from urllib.parse import urljoin

import aiohttp
import httpx
import msgspec

from bot.model.errors import AddressRefused, SourceError
from bot.sources.connections import Connections, LookUp, look_up
from bot.sources.guard import Target, read_url
from bot.sources.health import status_error
from bot.sources.hosts import HostGate

USER_AGENT = "Sitrep/0.1 (news bot; reads feeds)"
MAX_BODY = 8 * 1024 * 1024
"""Bytes of a body, before and after decompression."""
DEADLINE = 20.0
"""Seconds that one answer may take in all, redirects and body included."""
MAX_REDIRECTS = 5
_ADDRESSES_HELD = 20_000
_CHUNK = 64 * 1024
_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
_NO_BODY = httpx.ByteStream(b"")
_PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a server answered.

    Attributes:
        url: where the body came from, after redirects.
        status: 200 or 304; everything else is raised.
        headers: names in lower case; of repeated ones the first.
        moved_to: the new address where every redirect on the way was permanent.
        downgraded: a redirect led from https to http.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    moved_to: str | None = None
    downgraded: bool = False

    @property
    def content_type(self) -> str:
        """The media type with its parameters, lower case, "" where none is told."""
        return self.headers.get("content-type", "").lower()


class Fetcher:
    """Asks for feeds and pages; use it as an async context manager.

    At most `concurrency` questions are under way, `per_host` at one host, begun `spacing` seconds apart; `deadline`
    (seconds) counts from when a question is sent. `allow_hosts` is the operator's list of opened hosts.
    """

    def __init__(
        self,
        *,
        allow_hosts: Collection[str] = (),
        look_up: LookUp = look_up,
        concurrency: int = 50,
        per_host: int = 2,
        spacing: float = 0.5,
        deadline: float = DEADLINE,
        max_body: int = MAX_BODY,
        user_agent: str = USER_AGENT,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allow_hosts = frozenset(allow_hosts)
        self._look_up = look_up
        self._concurrency = concurrency
        self._places = asyncio.Semaphore(concurrency)
        self._gate = HostGate(at_once=per_host, spacing=spacing)
        self._deadline = deadline
        self._max_body = max_body
        self._headers = {"User-Agent": user_agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate"}
        self._tls = tls
        self._transport: httpx.AsyncBaseTransport | None = None
        # What is asked again and again need not be taken apart each time; names are looked up and judged each time.
        self._read = lru_cache(_ADDRESSES_HELD)(self._read_address)

    async def __aenter__(self) -> Self:
        """Open the connection pool; needs a running loop."""
        self._transport = Connections(
            look_up=self._look_up,
            allow_hosts=self._allow_hosts,
            headers=self._headers,
            limit=self._concurrency,
            connect=min(10.0, self._deadline),
            tls=self._tls,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close all connections."""
        if self._transport is not None:
            await self._transport.aclose()
            self._transport = None

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str | None = None,
        max_body: int | None = None,
    ) -> Answer:
        """Ask for `url`, following at most five redirects, each guarded like the first address.

        `etag` and `last_modified` make the request conditional. Raises `SourceError` with the health state: refused
        address, no such name, no connection, bad certificate, time or size exceeded, or a status other than 200/304.
        """
        headers: dict[str, str] = {}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        if accept:
            headers["Accept"] = accept
        try:
            target, address = self._read(url)
            ask = partial(self._ask, target, address, headers, max_body or self._max_body)
            return await self._gate.through(target.host, ask)
        except (httpx.InvalidURL, aiohttp.ClientError, OSError, ValueError, zlib.error) as error:
            if isinstance(error, TimeoutError) and not isinstance(error, aiohttp.ClientError):
                told = f"no complete answer within {self._deadline:g} s"
                raise SourceError(told, subject=url, health="timeout") from None
            raise _connection_error(error, url) from error

    def _read_address(self, url: str) -> tuple[Target, httpx.URL]:
        target = read_url(url, allow_hosts=self._allow_hosts)
        return target, httpx.URL(target.url)

    async def _ask(self, target: Target, address: httpx.URL, headers: Mapping[str, str], max_body: int) -> Answer:
        async with self._places, asyncio.timeout(self._deadline):
            return await self._follow(target, address, headers, max_body)

    async def _follow(self, target: Target, address: httpx.URL, headers: Mapping[str, str], max_body: int) -> Answer:
        if self._transport is None:
            raise RuntimeError("the fetcher is not open")
        asked = target.url
        moved_to: str | None = None
        permanent, downgraded = True, False
        for _hop in range(MAX_REDIRECTS + 1):
            # A request whose (empty) stream is given has no headers worked out for it: aiohttp does that.
            request = httpx.Request("GET", address, headers=headers, stream=_NO_BODY)
            response = await self._transport.handle_async_request(request)
            try:
                told = _first_of_each(response.headers.raw)
                location = told.get("location")
                if response.status_code not in _REDIRECTS or not location:
                    return await self._answer(target, response, told, max_body, moved_to, downgraded)
                permanent = permanent and response.status_code in _PERMANENT
            finally:
                await response.aclose()
            following, address = self._redirected(target, location)
            downgraded = downgraded or (target.scheme, following.scheme) == ("https", "http")
            target = following
            moved_to = target.url if permanent and not downgraded else None
        raise SourceError(
            f"redirected more than {MAX_REDIRECTS} times",
            subject=asked,
            hint="the site is misconfigured",
            health="redirect_loop",
        )

    def _redirected(self, target: Target, location: str) -> tuple[Target, httpx.URL]:
        try:
            return self._read(urljoin(target.url, location.strip().replace(" ", "%20")))
        except AddressRefused as refused:
            raise AddressRefused(f"redirects to where {refused.rule}", subject=target.url) from None
        except (ValueError, httpx.InvalidURL):
            raise AddressRefused("redirects to what is no address", subject=target.url) from None

    async def _answer(
        self,
        target: Target,
        response: httpx.Response,
        headers: Mapping[str, str],
        max_body: int,
        moved_to: str | None,
        downgraded: bool,
    ) -> Answer:
        if response.status_code == 304:
            return Answer(url=target.url, status=304, headers=headers, moved_to=moved_to, downgraded=downgraded)
        if response.status_code != 200:
            head = await _read(response, headers, target.url, limit=_CHUNK, cut=True)
            raise status_error(response.status_code, headers, head, url=target.url)
        body = await _read(response, headers, target.url, limit=max_body)
        return Answer(url=target.url, status=200, headers=headers, body=body, moved_to=moved_to, downgraded=downgraded)


def _first_of_each(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by their names in lower case; some servers send raw UTF-8 in them."""
    told: dict[str, str] = {}
    for name, value in headers:
        try:
            told.setdefault(name.decode("ascii").lower(), value.decode())
        except UnicodeDecodeError:
            told.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
    return told


async def _read(
    response: httpx.Response, headers: Mapping[str, str], url: str, *, limit: int, cut: bool = False
) -> bytes:
    """The decompressed body; more than `limit` bytes raise `SourceError`, or are left unread where `cut`."""
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in _ENCODINGS and not cut:
        raise SourceError(
            f"the answer is packed in a way that was not asked for ({encoding[:20]})", subject=url, health="bad_http"
        )
    inflate = _inflater(encoding)
    length = headers.get("content-length", "")
    declared = int(length) if length.isdecimal() else None
    if not cut and declared is not None and declared > limit:
        raise _too_large(limit, url)
    parts: list[bytes] = []
    received = held = 0
    assert isinstance(response.stream, httpx.AsyncByteStream)
    async for chunk in response.stream:
        received += len(chunk)
        part = chunk if inflate is None else inflate(chunk, limit + 1 - held)
        parts.append(part)
        held += len(part)
        if held > limit or received > limit:
            if not cut:
                raise _too_large(limit, url)
            break
    if inflate is not None and not cut and received and not held and parts:
        raise SourceError("the body could not be decompressed", subject=url, health="not_a_feed")
    return b"".join(parts)[:limit]


def _inflater(encoding: str) -> Callable[[bytes, int], bytes] | None:
    """A bounded decompressor for the encodings that we ask for; None for plain bodies."""
    if encoding in ("gzip", "x-gzip"):
        stream = zlib.decompressobj(wbits=31)
    elif encoding == "deflate":
        return _deflate()
    else:
        return None
    return lambda chunk, room: stream.decompress(chunk, max(1, room))


def _deflate() -> Callable[[bytes, int], bytes]:
    """Deflate with its zlib header as the standard has it, or without as some servers send it."""
    stream: list[zlib._Decompress] = []

    def inflate(chunk: bytes, room: int) -> bytes:
        if not stream:
            wrapped = len(chunk) > 1 and chunk[0] & 0x0F == 8 and (chunk[0] * 256 + chunk[1]) % 31 == 0
            stream.append(zlib.decompressobj(wbits=15 if wrapped else -15))
        return stream[0].decompress(chunk, max(1, room))

    return inflate


def _too_large(limit: int, url: str) -> SourceError:
    return SourceError(
        f"the answer is larger than {limit // 1024} KiB",
        subject=url,
        hint="ask the site for a shorter feed",
        health="too_large",
    )


def _connection_error(error: Exception, url: str) -> SourceError:
    """What went wrong below HTTP, in words; the address behind a name is never told."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError | ssl.SSLError):
        return SourceError("the site's certificate is not valid", subject=url, health="tls")
    if isinstance(error, aiohttp.ClientConnectorDNSError | socket.gaierror) or "has no address" in str(error):
        return SourceError("the site's name does not resolve", subject=url, health="no_such_host")
    if isinstance(error, aiohttp.ServerTimeoutError):
        return SourceError("the site does not answer", subject=url, health="timeout")
    if isinstance(error, aiohttp.ClientResponseError | ValueError | zlib.error):
        told = re.sub(r"\s+", " ", type(error).__name__)
        return SourceError(f"the server's answer breaks the rules of HTTP ({told})", subject=url, health="bad_http")
    return SourceError("no connection to the site", subject=url, health="unreachable")
