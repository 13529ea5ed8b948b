"""Slack's Web API as a process of its own: takes posts, enforces limits, has faults, and logs every request.

    python -m tests.stand_ins.slack_board --port 8200 --journal slack.jsonl --faults 0.05 --seed 7 --reads 50

Enforced: about a message a second in a channel, 50 updates a minute, so many readings of history a minute, sound blocks.
There is no idempotency: what is posted twice stands twice.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import time
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.stand_ins.journal import Bucket, Faults, Journal
from tests.stand_ins.slack_server import SlackServer, slack_server

_READS = ("conversations.history", "conversations.replies")


class SlackBoard(SlackServer):
    """A workspace whose every channel exists."""

    def __init__(self, *, journal: Journal, faults: Faults, reads_per_minute: int) -> None:
        super().__init__()
        self.journal = journal
        self.faults = faults
        self._channels: dict[str, Bucket] = {}
        self._updates = Bucket(50, 60.0)
        self._reads = Bucket(reads_per_minute, 60.0)
        self._count = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One call: limits first, then a fault perhaps, then what was asked."""
        method = request.match_info["method"]
        given = await self._given(request)
        key = ((given.get("metadata") or {}).get("event_payload") or {}) if isinstance(given, dict) else {}
        entry: dict[str, Any] = {
            "method": method, "channel": given.get("channel"), "key": key.get("key"), "part": key.get("part"),
            "thread": given.get("thread_ts"),
        }  # fmt: skip
        if wait := self._wait(method, str(given.get("channel"))):
            self.journal.note(**entry, status=429)
            return web.json_response(
                {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(int(wait) + 1)}
            )
        fault = self.faults.draw() if method.startswith("chat.") else None
        if fault in ("limited", "refused"):
            self.journal.note(**entry, status=429 if fault == "limited" else 500, fault=fault)
            if fault == "limited":
                return web.json_response(
                    {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"}
                )
            return web.json_response({"ok": False, "error": "internal_error"}, status=500)
        result = self._result(method, given)
        self.journal.note(
            **entry, status=200, fault=fault, taken=method == "chat.postMessage", message=result.get("ts"),
            text=given.get("text"),
        )  # fmt: skip
        if fault == "failed":
            return web.json_response({"ok": False, "error": "internal_error"}, status=500)
        if fault == "hangs":
            await asyncio.sleep(self.faults.hang_seconds)
        if fault in ("lost", "hangs") and request.transport is not None:
            request.transport.abort()
        return web.json_response(result)

    def _wait(self, method: str, channel: str) -> float:
        if method == "chat.postMessage":
            return self._channels.setdefault(channel, Bucket(2, 1.9)).wait()
        if method == "chat.update":
            return self._updates.wait()
        return self._reads.wait() if method in _READS else 0.0

    def _result(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        if method == "chat.postMessage":
            self._count += 1
            stamp = f"{time.time():.3f}{self._count % 1000:03d}"
            self.posted.append({
                "ts": stamp, "metadata": given.get("metadata"), "channel": given["channel"],
                "thread_ts": given.get("thread_ts"),
            })  # fmt: skip
            return {"ok": True, "ts": stamp, "channel": given["channel"]}
        if method in _READS:
            under = given.get("ts") if method == "conversations.replies" else None
            found = [
                message
                for message in self.posted
                if message["channel"] == given["channel"]
                and float(message["ts"]) >= float(given.get("oldest") or 0)
                and message["thread_ts"] == under
            ]
            start = int(given.get("cursor") or 0)
            size = int(given.get("limit") or 100)
            more = len(found) > start + size
            return {
                "ok": True, "messages": found[::-1][start : start + size], "has_more": more,
                "response_metadata": {"next_cursor": str(start + size) if more else ""},
            }  # fmt: skip
        return super()._result(method, given)


async def _serve(options: argparse.Namespace) -> None:
    faults = Faults(share=options.faults, seed=options.seed, hang_seconds=options.hang)
    board = SlackBoard(journal=Journal(options.journal), faults=faults, reads_per_minute=options.reads)
    async with slack_server(board, port=options.port):
        print(board.url, flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--journal", type=Path)
    parser.add_argument("--faults", type=float, default=0.0)
    parser.add_argument("--hang", type=float, default=12.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reads", type=int, default=50)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
