"""A loopback server of many feeds, in a process of its own; started by the benchmarks.

    /etag/<n>   a feed of 34 entries (34 KiB) that answers conditional questions with 304
    /plain/<n>  the same without validators: the same body each time
    /live/<n>   every twentieth question of a feed gets one entry more, the others a 304

It listens on every loopback address, so that each feed can have a host of its own. Prints its port. Standard library only.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import ClassVar

ENTRIES = 34
ENTRY_BYTES = 1000
_WORDS = (
    "the ministry said on Tuesday that shelling near the river crossing had damaged a school and two houses while "
    "officials of the district denied that any of their units had fired in that direction and called for an inquiry"
).split()
_BEGUN = datetime(2026, 1, 5, tzinfo=UTC)


def entry(number: int) -> str:
    """One entry of about a kibibyte; `@` stands for the feed's number."""
    at = format_datetime(_BEGUN + timedelta(minutes=number))
    head = (
        f"<item><title>Report {number} of place @</title><link>https://outlet-@.example/{number}</link>"
        f"<guid isPermaLink='false'>outlet-@-{number}</guid><pubDate>{at}</pubDate><description>&lt;p&gt;"
    )
    words, size = [], len(head) + 40
    while size < ENTRY_BYTES:
        words.append(_WORDS[(number * 7 + len(words) * (1 + number % 5)) % len(_WORDS)])
        size += len(words[-1]) + 1
    return f"{head}{' '.join(words)}.&lt;/p&gt;</description></item>"


HEAD = "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>Outlet @</title><link>https://outlet-@.example/</link>"
TEMPLATE = (HEAD + "".join(entry(number) for number in range(ENTRIES, 0, -1)) + "</channel></rss>").encode()


class Serving(asyncio.Protocol):
    """Answers GET questions, one after the other, on one connection."""

    asked: ClassVar[Counter[bytes]] = Counter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.rest = b""

    def data_received(self, data: bytes) -> None:
        self.rest += data
        while b"\r\n\r\n" in self.rest:
            question, _, self.rest = self.rest.partition(b"\r\n\r\n")
            self.transport.write(self.answer(question))  # type: ignore[attr-defined]

    def answer(self, question: bytes) -> bytes:
        path = question.split(b" ", 2)[1]
        kind, _, number = path[1:].partition(b"/")
        self.asked[path] += 1
        known = b"if-none-match" in question.lower()
        if kind == b"live":
            turn = self.asked[path] + int(number)
            if known and turn % 20:
                return b'HTTP/1.1 304 Not Modified\r\nETag: "v"\r\n\r\n'
            newest = entry(ENTRIES + turn).encode() if known else b""
            body = TEMPLATE.replace(b"<item>", newest + b"<item>", 1)
        elif known:
            return b'HTTP/1.1 304 Not Modified\r\nETag: "v"\r\n\r\n'
        else:
            body = TEMPLATE
        body = body.replace(b"@", number)
        etag = b"" if kind == b"plain" else b'ETag: "v"\r\n'
        return b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n%bContent-Length: %d\r\n\r\n%b" % (
            etag, len(body), body,
        )  # fmt: skip


async def main() -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Serving, "0.0.0.0", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
