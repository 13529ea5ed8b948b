"""The HTTP client over a real loopback server: guarded, pinned, and never held up or filled up."""

from __future__ import annotations

import asyncio
import csv
import gzip
import ssl
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.model.errors import AddressRefused, SourceError
from bot.sources.fetch import Fetcher
from tests.sources.certificates import self_signed
from tests.stand_ins import feed_server as parts
from tests.stand_ins.feed_server import FeedServer, entry


async def _health(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(SourceError) as caught:
        await fetcher.get(url)
    return caught.value.health


async def test_an_inward_address_is_never_reached(server: FeedServer) -> None:
    async with Fetcher(spacing=0.0) as closed:
        with pytest.raises(AddressRefused):
            await closed.get(server.url("/secret"))
    assert server.hits.total() == 0


async def test_a_name_that_leads_inward_is_never_reached(server: FeedServer) -> None:
    async def inward(_: str) -> Sequence[str]:
        return ["93.184.216.34", "127.0.0.1"]

    async with Fetcher(look_up=inward, spacing=0.0) as fetcher:
        with pytest.raises(AddressRefused, match="loopback"):
            await fetcher.get("http://rebind.example/")
    assert server.hits.total() == 0


async def test_the_connection_goes_to_the_checked_answer_and_the_name_is_asked_once(server: FeedServer) -> None:
    server.answer("/", b"here")
    answers = iter([["127.0.0.1"], ["127.0.0.99"]])
    asked: list[str] = []

    async def rebinding(host: str) -> Sequence[str]:
        asked.append(host)
        return next(answers)

    name = f"rebind.example:{server.port}"
    async with Fetcher(look_up=rebinding, allow_hosts=[name], spacing=0.0) as fetcher:
        answer = await fetcher.get(f"http://{name}/")
    assert answer.body == b"here"
    assert asked == ["rebind.example"]
    assert dict(server.requests[0][1])["Host"] == name


@pytest.mark.parametrize(
    "to",
    ["http://127.0.0.1/", "file:///etc/passwd", "http://inner.example/", "//169.254.169.254/latest", "http://a\\@b/"],
)
async def test_a_redirect_is_guarded_like_a_first_address(server: FeedServer, to: str) -> None:
    server.redirect("/go", to)

    async def look_up(host: str) -> Sequence[str]:
        return ["192.168.1.1"]

    async with Fetcher(look_up=look_up, allow_hosts=[server.opened], spacing=0.0) as fetcher:
        with pytest.raises(AddressRefused) as caught:
            await fetcher.get(server.url("/go"))
    assert "192.168" not in str(caught.value)
    assert "passwd" not in str(caught.value)


async def test_every_address_case_with_a_redirect_ends_as_the_file_says(shared: Path, tmp_path: Path) -> None:
    with (shared / "security" / "addresses.csv").open(newline="", encoding="utf-8") as file:
        cases = [case for case in csv.DictReader(file) if case["url"].startswith("https://redirect.example/")]
    certificate, key = self_signed("redirect.example", tmp_path)
    serving_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving_tls.load_cert_chain(certificate, key)
    hops: list[str] = []

    async def here(name: str) -> Sequence[str]:
        return ["127.0.0.1"] if name == "redirect.example" else ["192.168.1.1"]

    async with FeedServer() as plain:
        plain.answer("/downgrade", b"here")
        goes_to = {
            "/to-loopback": "http://127.0.0.1/",
            "/to-file": "file:///etc/passwd",
            "/to-private-name": "http://inner.example/",
            "/loop": "/loop",
            "/downgrade": f"http://redirect.example:{plain.port}/downgrade",
        }

        async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            hops.append((await reader.readuntil(b"\r\n\r\n")).split()[1].decode())
            writer.write(f"HTTP/1.1 302 Found\r\nLocation: {goes_to[hops[-1]]}\r\nContent-Length: 0\r\n\r\n".encode())
            writer.close()

        serving = await asyncio.start_server(play, "127.0.0.1", 0, ssl=serving_tls)
        port = serving.sockets[0].getsockname()[1]
        opened = [f"redirect.example:{port}", f"redirect.example:{plain.port}"]
        trusting = ssl.create_default_context(cafile=str(certificate))
        verdicts = {}
        async with serving, Fetcher(look_up=here, allow_hosts=opened, tls=trusting, spacing=0.0) as fetcher:
            for case in cases:
                path = urlsplit(case["url"]).path
                try:
                    answer = await fetcher.get(f"https://redirect.example:{port}{path}")
                    verdicts[path] = "allow" if answer.downgraded and answer.body == b"here" else "read"
                except AddressRefused:
                    verdicts[path] = "deny"
                except SourceError as error:
                    verdicts[path] = "deny" if error.health == "redirect_loop" else error.health
    assert len(cases) == len(goes_to)
    assert verdicts == {urlsplit(case["url"]).path: case["verdict"] for case in cases}
    assert hops.count("/loop") == 6


async def test_a_redirect_loop_ends_after_five_hops(server: FeedServer, fetcher: Fetcher) -> None:
    server.redirect("/loop", "/loop")
    assert await _health(fetcher, server.url("/loop")) == "redirect_loop"
    assert server.hits["/loop"] == 6


async def test_only_permanent_redirects_move_a_feed(server: FeedServer, fetcher: Fetcher) -> None:
    server.feed("/new", [entry("One")])
    server.redirect("/moved", "/new", status=301)
    server.redirect("/elsewhere", "/new", status=302)
    server.redirect("/both", "/elsewhere", status=308)
    assert (await fetcher.get(server.url("/moved"))).moved_to == server.url("/new")
    assert (await fetcher.get(server.url("/elsewhere"))).moved_to is None
    assert (await fetcher.get(server.url("/both"))).moved_to is None


@pytest.mark.parametrize(
    "play", [parts.slow_body, parts.endless_headers, parts.slow_headers, parts.silence], ids=lambda play: play.__name__
)
async def test_a_slow_or_endless_answer_ends_at_the_deadline(server: FeedServer, play: object) -> None:
    server.hostile("/x", play)  # type: ignore[arg-type]
    async with Fetcher(allow_hosts=[server.opened], deadline=0.5, spacing=0.0) as fetcher:
        begun = time.monotonic()
        assert await _health(fetcher, server.url("/x")) in ("timeout", "bad_http")
        assert time.monotonic() - begun < 5


async def test_an_endless_body_ends_at_the_size(server: FeedServer) -> None:
    server.hostile("/x", parts.endless_body)
    async with Fetcher(allow_hosts=[server.opened], deadline=20.0, max_body=200_000, spacing=0.0) as fetcher:
        assert await _health(fetcher, server.url("/x")) == "too_large"


async def test_a_decompression_bomb_ends_at_the_size(server: FeedServer) -> None:
    server.answer("/x", parts.gzip_bomb(64), headers={"Content-Encoding": "gzip"}, kind="text/xml")
    async with Fetcher(allow_hosts=[server.opened], deadline=20.0, max_body=1_000_000, spacing=0.0) as fetcher:
        assert await _health(fetcher, server.url("/x")) == "too_large"


async def test_a_broken_connection_is_told_as_such(server: FeedServer, fetcher: Fetcher) -> None:
    server.hostile("/x", parts.dropped)
    assert await _health(fetcher, server.url("/x")) in ("unreachable", "bad_http")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw deflate"])
async def test_compressed_bodies_are_read(server: FeedServer, fetcher: Fetcher, encoding: str) -> None:
    words = b"<rss>" + b"words " * 10_000
    raw = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": gzip.compress(words),
        "deflate": zlib.compress(words),
        "raw deflate": raw.compress(words) + raw.flush(),
    }[encoding]
    server.answer("/x", packed, headers={"Content-Encoding": encoding.split()[-1]})
    assert (await fetcher.get(server.url("/x"))).body == words


@pytest.mark.parametrize(
    ("status", "body", "headers", "health"),
    [
        (401, b"", {}, "unauthorised"),
        (403, b"no", {}, "forbidden"),
        (403, b"<title>Just a moment...</title>", {}, "captcha"),
        (404, b"", {}, "not_found"),
        (410, b"", {}, "gone"),
        (429, b"", {"Retry-After": "120"}, "rate_limited"),
        (418, b"", {}, "http_error"),
        (500, b"", {}, "server_error"),
        (503, b"", {"Retry-After": "60"}, "server_error"),
    ],
)
async def test_each_refusal_has_its_own_health_state(
    server: FeedServer, fetcher: Fetcher, status: int, body: bytes, headers: dict[str, str], health: str
) -> None:
    server.answer("/x", body, status=status, headers=headers)
    with pytest.raises(SourceError) as caught:
        await fetcher.get(server.url("/x"))
    assert caught.value.health == health
    assert caught.value.retry_after == (float(headers["Retry-After"]) if headers else None)


async def test_a_name_that_does_not_resolve_is_told_as_such() -> None:
    async def nothing(_: str) -> Sequence[str]:
        return []

    async with Fetcher(look_up=nothing, spacing=0.0) as fetcher:
        assert await _health(fetcher, "https://gone.example/") == "no_such_host"


async def test_the_certificate_is_checked_against_the_name_and_not_the_address(tmp_path: Path) -> None:
    certificate, key = self_signed("feeds.example", tmp_path)
    serving_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving_tls.load_cert_chain(certificate, key)
    trusting = ssl.create_default_context(cafile=str(certificate))

    async def play(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        writer.close()

    async def here(_: str) -> Sequence[str]:
        return ["127.0.0.1"]

    serving = await asyncio.start_server(play, "127.0.0.1", 0, ssl=serving_tls)
    port = serving.sockets[0].getsockname()[1]
    opened = [f"feeds.example:{port}", f"other.example:{port}"]
    async with serving:
        async with Fetcher(look_up=here, allow_hosts=opened, tls=trusting, spacing=0.0) as fetcher:
            assert (await fetcher.get(f"https://feeds.example:{port}/")).body == b"ok"
            assert await _health(fetcher, f"https://other.example:{port}/") == "tls"
        async with Fetcher(look_up=here, allow_hosts=opened, spacing=0.0) as fetcher:
            assert await _health(fetcher, f"https://feeds.example:{port}/") == "tls"


async def test_no_proxy_is_taken_from_the_environment(
    server: FeedServer, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9/")
    server.answer("/", b"direct")
    assert (await fetcher.get(server.url("/"))).body == b"direct"


async def test_one_host_is_asked_a_few_times_at_once_and_others_do_not_wait() -> None:
    async with FeedServer() as busy, FeedServer(host="127.0.0.2") as quiet:
        under_way = most = 0

        async def play(writer: asyncio.StreamWriter) -> None:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.05)
            under_way -= 1
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()

        busy.hostile("/", play)
        quiet.answer("/", b"ok")
        async with Fetcher(allow_hosts=[busy.opened, quiet.opened], per_host=2, spacing=0.0) as fetcher:
            asked = [asyncio.create_task(fetcher.get(busy.url())) for _ in range(8)]
            await asyncio.sleep(0.01)
            begun = time.monotonic()
            assert (await fetcher.get(quiet.url())).body == b"ok"
            assert time.monotonic() - begun < 0.15
            assert all(answer.body == b"ok" for answer in await asyncio.gather(*asked))
        assert most == 2


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, gzip"])
async def test_a_body_packed_in_a_way_that_was_not_asked_for_is_not_unpacked(
    server: FeedServer, fetcher: Fetcher, encoding: str
) -> None:
    server.answer("/x", b"\x1b" * 1000, headers={"Content-Encoding": encoding}, kind="text/xml")
    assert await _health(fetcher, server.url("/x")) == "bad_http"


async def test_a_deflate_bomb_ends_at_the_size(server: FeedServer) -> None:
    server.answer("/x", zlib.compress(b" " * 2**26, 9), headers={"Content-Encoding": "deflate"}, kind="text/xml")
    async with Fetcher(allow_hosts=[server.opened], max_body=1_000_000, spacing=0.0) as fetcher:
        assert await _health(fetcher, server.url("/x")) == "too_large"


async def test_a_permanent_move_inward_is_refused_and_not_remembered(server: FeedServer) -> None:
    server.redirect("/feed", "http://127.0.0.1/", status=301)
    async with Fetcher(allow_hosts=[server.opened], spacing=0.0) as fetcher:
        with pytest.raises(AddressRefused):
            await fetcher.get(server.url("/feed"))


async def test_from_https_to_http_is_followed_and_told_and_is_no_move(tmp_path: Path) -> None:
    certificate, key = self_signed("feeds.example", tmp_path)
    serving_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving_tls.load_cert_chain(certificate, key)

    async def here(_: str) -> Sequence[str]:
        return ["127.0.0.1"]

    async with FeedServer() as plain:
        plain.answer("/feed", b"here")
        name = f"feeds.example:{plain.port}"

        async def play(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(f"HTTP/1.1 301 Moved\r\nLocation: http://{name}/feed\r\nContent-Length: 0\r\n\r\n".encode())
            writer.close()

        serving = await asyncio.start_server(play, "127.0.0.1", 0, ssl=serving_tls)
        port = serving.sockets[0].getsockname()[1]
        trusting = ssl.create_default_context(cafile=str(certificate))
        opened = [name, f"feeds.example:{port}"]
        async with serving, Fetcher(look_up=here, allow_hosts=opened, tls=trusting, spacing=0.0) as fetcher:
            answer = await fetcher.get(f"https://feeds.example:{port}/feed")
    assert (answer.body, answer.downgraded, answer.moved_to) == (b"here", True, None)
