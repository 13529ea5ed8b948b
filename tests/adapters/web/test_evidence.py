"""Evidence pages: every sentence with its fields, for whoever holds a link and nobody else, safe whatever texts say."""

from __future__ import annotations

import base64
import html
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from aiohttp import ClientResponse, ClientSession
from hypothesis import given
from hypothesis import strategies as st

from adapters.assemble import built
from adapters.doors import Doors
from adapters.web.evidence import EvidencePages
from adapters.web.server import WebDoor
from bot.intake import file_reports
from bot.model.card import Card
from bot.model.errors import SettingsError
from bot.model.report import Report
from bot.model.summary import Actor, CasualtyFigure, Claim, Summary
from bot.queries.evidence_page import evidence_page, pieces_of
from bot.queries.links import LABEL, Links, link_key
from bot.queries.pictured import Picture
from bot.settings import Settings, SourceSettings, StoreSettings, WebSettings
from bot.store import events
from bot.store.engine import Store
from bot.work.local import ThreadWorkers
from tests.adapters.web.test_server import free_port
from tests.samples import NOW, TERMINAL, clock, filled_store, sample, sample_desk

NASTY = 'Ministry <script>alert(1)</script> said "x" & {{ 7*7 }} <img src=x onerror=alert(1)> said \u202egnp.'


async def draw(picture: Picture, drawn: object) -> object:
    return picture(drawn)


class Site:
    """A store's pages on loopback."""

    def __init__(self, store: Store) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.links = Links(self.url, store.write_now(link_key), days=30)
        self.store = store
        self.now = NOW
        pages = EvidencePages(store, self.links, draw, clock=lambda: self.now)  # type: ignore[arg-type]  # it draws here
        self.door = WebDoor(WebSettings(port=self.port), routes=pages.routes())

    def address(self, what: str, tenant: str = "terminal") -> str:
        return self.links.address(what, tenant, NOW)


async def read(address: str) -> tuple[ClientResponse, str]:
    async with ClientSession() as session, session.get(address) as answer:
        return answer, await answer.text()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    made = Site(filled_store())
    await made.door.start()
    yield made
    await made.door.stop()


def karabakh(site: Site) -> str:
    event = site.store.read_now(events.event_of, "karabakh-1")
    assert event is not None
    return event.id


class Words(HTMLParser):
    """What a page shows, and the tags and attributes it is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def words_of(page: str) -> Words:
    words = Words()
    words.feed(page)
    return words


async def test_an_events_page_has_every_claim_and_figure_with_its_sentence_and_its_words_marked(site: Site) -> None:
    answer, page = await read(site.address(karabakh(site)))
    assert answer.status == 200 and answer.content_type == "text/html"
    told = words_of(page)
    shown = "".join(told.text)
    ids = {attrs.get("id") for _, attrs in told.tags}
    for number in range(1, 5):
        report, summary = sample(f"karabakh-{number}")
        for item in (*summary.claims, *summary.casualties):
            assert f"{report.id}#{item.id}" in ids
            assert report.text[slice(*item.sentence)] in shown
    assert {attrs.get("class") for tag, attrs in told.tags if tag == "mark"} >= {"source", "cue", "content", "victims"}
    assert "never added" in shown and "Where the accounts stand" in shown


async def test_every_link_within_a_page_leads_somewhere_on_it(site: Site) -> None:
    _, page = await read(site.address(karabakh(site)))
    told = words_of(page)
    ids = {attrs.get("id") for _, attrs in told.tags}
    inner = [attrs["href"] for tag, attrs in told.tags if tag == "a" and (attrs.get("href") or "").startswith("#")]
    assert inner and all((href or "")[1:] in ids for href in inner)
    assert len([i for i in (attrs.get("id") for _, attrs in told.tags) if i]) == len([i for i in ids if i])


async def test_a_reports_page_is_of_that_report_alone(site: Site) -> None:
    answer, page = await read(site.address("ahli-1"))
    shown = "".join(words_of(page).text)
    assert answer.status == 200 and sample("ahli-1")[1].headline in shown
    assert "ahli-2" not in page and "karabakh" not in page.casefold()


async def test_a_page_asks_for_nothing_from_elsewhere_and_runs_nothing(site: Site) -> None:
    answer, page = await read(site.address(karabakh(site)))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy and "unsafe" not in policy
    assert answer.headers["Referrer-Policy"] == "no-referrer" and "noindex" in answer.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in answer.headers
    told = words_of(page)
    assert not {tag for tag, _ in told.tags} & {"script", "iframe", "object", "form", "embed", "base"}
    assert not [attrs for _, attrs in told.tags if any(name.startswith("on") or name == "style" for name in attrs)]
    loaded = [attrs.get("src") or attrs.get("href") for tag, attrs in told.tags if tag in ("img", "link")]
    assert loaded and not [address for address in loaded if "//" in (address or "")]
    for address in loaded:
        answer, _ = await read_bytes(f"{site.url}/evidence/{address}")
        assert answer.status == 200


async def read_bytes(address: str) -> tuple[ClientResponse, bytes]:
    async with ClientSession() as session, session.get(address) as answer:
        return answer, await answer.read()


async def test_the_chart_is_a_picture_that_is_told_in_words(site: Site) -> None:
    _, page = await read(site.address(karabakh(site)))
    (image,) = [attrs for tag, attrs in words_of(page).tags if tag == "img"]
    assert "at least 5 killed" in (image["alt"] or "")
    answer, content = await read_bytes(f"{site.url}/evidence/{image['src']}")
    assert (answer.content_type, content[:4]) == ("image/png", b"\x89PNG")


def hostile() -> tuple[Report, Summary]:
    whole = (0, len(NASTY))
    report = Report(
        id="r<b>&1", text=NASTY, title=NASTY, outlet='Out"let<i>', url="javascript:alert(1)", published_at=NOW
    )
    actor = Actor(id="a1", name=NASTY[:40], type="other", mentions=(whole,))
    claim = Claim(id="c1", speaker="a1", content=((9, 40),), sentence=whole, source=((0, 8),), cue=((34, 38),))
    figure = CasualtyFigure(id="k1", state="killed", min=3, max=3, qualifier="exact", victims=(0, 30), sentence=whole)
    return report, Summary(
        id=report.id, headline=NASTY, actors=(actor,), claims=(claim,), casualties=(figure,), place="x"
    )


async def test_whatever_a_text_says_is_shown_and_not_done() -> None:
    store = Store("sqlite://")
    store.migrate()
    store.write_now(file_reports, [hostile()], now=NOW)
    site = Site(store)
    await site.door.start()
    answer, page = await read(site.address("r<b>&1"))
    await site.door.stop()
    store.close()
    told = words_of(page)
    assert answer.status == 200
    assert not {tag for tag, _ in told.tags} & {"script", "b", "i"} and "alert(1)" in "".join(told.text)
    assert "{{ 7*7 }}" in "".join(told.text) and "\u202e" not in page
    assert not [attrs for tag, attrs in told.tags if "javascript" in (attrs.get("href") or "")]


@pytest.mark.parametrize("broken", ["", "x", "a.b", "{}", "%00", "..", "W10.W10", "é.é"])
async def test_what_is_no_link_of_ours_opens_nothing(site: Site, broken: str) -> None:
    assert site.links.opened(broken, NOW) is None
    answer, page = await read(f"{site.url}/evidence/{broken or 'none'}")
    assert answer.status == 404 and "KAR-" not in page


async def test_a_changed_expired_or_foreign_link_opens_nothing(site: Site) -> None:
    address = site.address(karabakh(site))
    token = address.rpartition("/")[2]
    told, _, signature = token.partition(".")
    content = base64.urlsafe_b64decode(told + "=" * (-len(told) % 4))
    forged = base64.urlsafe_b64encode(content.replace(b"terminal", b"discord:")).rstrip(b"=").decode()
    other = Links(site.url, b"\0" * 32, days=30).address(karabakh(site), "terminal", NOW)
    for wrong in (f"{forged}.{signature}", f"{told}.{signature[:-2]}AA", told, other.rpartition("/")[2]):
        answer, _ = await read(f"{site.url}/evidence/{wrong}")
        assert answer.status == 404, wrong
    site.now = NOW + timedelta(days=29)
    assert (await read(address))[0].status == 200
    site.now = NOW + timedelta(days=32)
    assert (await read(address))[0].status == 404
    assert (await read(f"{address}/toll.png"))[0].status == 404


async def test_another_tenants_reports_are_on_no_page_of_ours() -> None:
    store = filled_store(tenant="slack:T1")
    page = store.read_now(evidence_page, "karabakh-1", "slack:T1")
    event = store.read_now(events.event_of, "karabakh-1")
    assert page is not None and event is not None
    for what in ("karabakh-1", event.id):
        assert store.read_now(evidence_page, what, "slack:T2") is None
    report, summary = sample("karabakh-2")
    store.write_now(file_reports, [(report, summary)], tenant="slack:T2", now=NOW)
    seen = store.read_now(evidence_page, event.id, "slack:T2")
    assert seen is not None and [part.id for part in seen.reports] == ["karabakh-2"]
    assert {figure.ref.partition("#")[0] for figure in seen.figures} == {"karabakh-2"}
    desk = sample_desk(store)
    card = await desk.ask(f"toll {event.id}", msgspec.structs.replace(TERMINAL, tenant="slack:T2"))
    refs = {ref.partition("#")[0] for section in card.sections for line in section.lines for ref in line.refs}
    assert refs == {"karabakh-2"}
    store.close()


async def test_cards_lead_to_their_page_only_where_pages_are_switched_on() -> None:
    store = filled_store()
    plain = await sample_desk(store).ask("event karabakh", TERMINAL)
    assert LABEL not in [action.label for action in plain.actions]
    links = Links("https://sitrep.example.org/", b"k" * 32, days=7)
    for words in ("event karabakh", "toll karabakh", "claims karabakh", "report karabakh-1", "compare karabakh"):
        card: Card = links.linked(await sample_desk(store).ask(words, TERMINAL), "terminal", NOW)
        (action,) = [action for action in card.actions if action.label == LABEL]
        assert action in card.actions[:5] and action.url is not None and len(action.url) < 500
        assert action.url.startswith("https://sitrep.example.org/evidence/")
        passage = links.opened(action.url.rpartition("/")[2], NOW)
        assert passage is not None and passage.tenant == "terminal"
        assert passage.what == (card.tag or "karabakh-1")
    empty = await sample_desk(store).ask("toll Atlantis", TERMINAL)
    assert links.linked(empty, "terminal", NOW) == empty
    store.close()


async def test_the_settings_switch_the_pages_on(tmp_path: Path) -> None:
    port = free_port()
    base = Settings(
        store=StoreSettings(url=f"sqlite:///{tmp_path / 's.db'}"), sources=SourceSettings(opml=(), folders=())
    )
    web = WebSettings(port=port, public_url=f"http://127.0.0.1:{port}", link_days=2)
    async with built(msgspec.structs.replace(base, web=web), workers=ThreadWorkers(), clock=clock) as house:
        await house.store.write(file_reports, [sample("quake-1")], now=NOW)
        doors = Doors(house)
        await doors.open()
        card = await house.desk.ask("report quake-1", TERMINAL)
        (address,) = [action.url for action in card.actions if action.label == LABEL]
        answer, page = await read(address or "")
        await doors.shut()
        assert answer.status == 200 and sample("quake-1")[1].headline in html.unescape(page)
    for wrong, told in (
        (WebSettings(public_url="https://x.example"), "web.port"),
        (WebSettings(port=port, public_url="x.example"), "web.public_url"),
    ):
        with pytest.raises(SettingsError, match=re.escape(told)):
            async with built(msgspec.structs.replace(base, web=wrong), workers=ThreadWorkers()) as house:
                Doors(house)


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), max_size=5))
def test_a_cut_sentence_is_whole_when_put_together(text: str, spans: list[tuple[int, int]]) -> None:
    pieces = pieces_of(text, (0, len(text)), {"content": spans, "cue": spans[:1]})
    assert "".join(piece.words for piece in pieces) == text
    assert all(piece.words for piece in pieces)


@pytest.mark.parametrize(("width", "dark"), [(390, False), (1280, False), (1280, True)])
async def test_a_real_browser_shows_the_page_whole(site: Site, tmp_path: Path, width: int, dark: bool) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium is installed")
    picture = tmp_path / "page.png"
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={tmp_path}/profile",
        f"--window-size={width},1600", "--blink-settings=preferredColorScheme=0" if dark else "--blink-settings=preferredColorScheme=1",
        f"--screenshot={picture}", "--virtual-time-budget=4000", "--enable-logging=stderr", site.address(karabakh(site)),
    ]  # fmt: skip
    import asyncio

    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=120)
    assert picture.exists(), done.stderr[-500:]
    assert "Content Security Policy" not in done.stderr and "ERR_" not in done.stderr
    from PIL import Image

    with Image.open(picture) as shot:
        colours = shot.convert("RGB").getcolors(maxcolors=10**7) or []
        ground = max(colours)[1]
        marked = {(253, 240, 196), (84, 72, 26)} & {colour for _, colour in colours}
    assert (sum(ground) < 200) is dark
    assert marked, "the style was not applied"
