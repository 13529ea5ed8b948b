"""httpx's transport over aiohttp's connections, which cost a third of httpx's own pool.

aiohttp's resolver is the one place where a name becomes addresses, so that what was judged is what is connected to.
Redirects, cookies and packed bodies are handed on as they are: they are judged above.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.model.errors import AddressRefused
from bot.sources.guard import judge_addresses

LookUp = Callable[[str], Awaitable[Sequence[str]]]
"""Asks what addresses a name has; raises `OSError` where the look-up fails."""


async def look_up(host: str) -> Sequence[str]:
    """Ask the system's resolver for all addresses of `host`."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class _GuardedResolver(AbstractResolver):
    """Gives aiohttp only addresses that the guard has judged: the answers checked are the answers connected to."""

    def __init__(self, look_up: LookUp, allow_hosts: Collection[str]) -> None:
        self._look_up = look_up
        self._allow_hosts = allow_hosts

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """All addresses of `host`, judged; raises `AddressRefused` or `OSError`."""
        addresses = list(dict.fromkeys(await self._look_up(host)))
        if not addresses:
            raise OSError(f"{host} has no address")
        if not {host, f"{host}:{port}"} & set(self._allow_hosts):
            verdict = judge_addresses(addresses)
            if not verdict.allow:
                raise AddressRefused(verdict.rule, subject=host)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


class Connections(httpx.AsyncBaseTransport):
    """A pool of at most `limit` connections; needs a running loop. `connect` seconds are given to each.

    Requests have no body; `headers` go with all of them. Besides httpx's errors it raises those of aiohttp, `OSError`
    and `AddressRefused`.
    """

    def __init__(
        self,
        *,
        look_up: LookUp,
        allow_hosts: Collection[str],
        headers: Mapping[str, str],
        limit: int,
        connect: float,
        tls: ssl.SSLContext | None,
    ) -> None:
        connector = aiohttp.TCPConnector(
            resolver=_GuardedResolver(look_up, allow_hosts),
            use_dns_cache=False,
            limit=limit,
            limit_per_host=0,
            ssl=tls if tls is not None else True,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers=headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=connect),
            auto_decompress=False,
            trust_env=False,
            max_headers=100,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Ask, and return once the headers are there."""
        answer = await self._session.request(
            request.method, str(request.url), headers=request.headers, allow_redirects=False
        )
        return httpx.Response(answer.status, headers=answer.raw_headers, stream=_Body(answer), request=request)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._session.close()


class _Body(httpx.AsyncByteStream):
    """An answer's body as it comes in."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while part := await self._answer.content.readany():
            yield part

    async def aclose(self) -> None:
        """Give the connection back, or close it where the body was not read to its end."""
        self._answer.release()
        await self._answer.wait_for_close()
