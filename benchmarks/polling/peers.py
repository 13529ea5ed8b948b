"""The peers' side: polls a loopback server's feeds with lemon24/reader, or with bare aiohttp and fastfeedparser.

Runs in the benchmarks' own environment (`build/bench`): python peers.py reader|bare PORT FEEDS DIRECTORY
Prints one JSON object: CPU seconds for each state of the feeds ("new", "304", "same"), all threads.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

WARM_UP = 20


def with_reader(base: str, feeds: int, directory: Path) -> dict[str, float]:
    """`reader.update_feeds`, one worker: as many workers cost the same CPU."""
    from reader import make_reader

    spent: dict[str, float] = {}
    for kind, second in (("etag", "304"), ("plain", "same")):
        reader = make_reader(str(directory / f"{kind}.sqlite"))
        for number in range(WARM_UP):
            reader.add_feed(f"{base}/{kind}/{1_000_000 + number}")
        reader.update_feeds(scheduled=False)
        for number in range(WARM_UP):
            reader.delete_feed(f"{base}/{kind}/{1_000_000 + number}")
        for number in range(feeds):
            reader.add_feed(f"{base}/{kind}/{number}")
        for state in ("new", second):
            begun = time.process_time()
            reader.update_feeds(scheduled=False)
            spent.setdefault(state, time.process_time() - begun)
        assert reader.get_entry_counts().total == 34 * feeds, "not all was read"
        reader.close()
    return spent


async def bare(base: str, feeds: int) -> dict[str, float]:
    """The least that reading a feed takes: no store, no identity, no guard."""
    import aiohttp
    import fastfeedparser

    places = asyncio.Semaphore(50)
    spent: dict[str, float] = {}

    async def read(session: aiohttp.ClientSession, path: str, headers: dict[str, str], held: bytes | None) -> bytes:
        async with places, session.get(base + path, headers=headers) as response:
            body = await response.read()
        if body and body != held:
            assert len(fastfeedparser.parse(body).entries) == 34
        return body

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(read(session, f"/plain/{1_000_000 + n}", {}, None) for n in range(WARM_UP)))
        begun = time.process_time()
        bodies = await asyncio.gather(*(read(session, f"/plain/{n}", {}, None) for n in range(feeds)))
        spent["new"] = time.process_time() - begun
        for state, kind, headers in (("304", "etag", {"If-None-Match": '"v"'}), ("same", "plain", {})):
            begun = time.process_time()
            await asyncio.gather(*(read(session, f"/{kind}/{n}", headers, bodies[n]) for n in range(feeds)))
            spent[state] = time.process_time() - begun
    return spent


if __name__ == "__main__":
    name, port, count, where = sys.argv[1:]
    address = f"http://127.0.0.1:{port}"
    if name == "reader":
        print(json.dumps(with_reader(address, int(count), Path(where))))
    else:
        print(json.dumps(asyncio.run(bare(address, int(count)))))
