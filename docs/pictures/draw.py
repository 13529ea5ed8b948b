"""Draw cards as Discord shows them: our own payload as a page, photographed by Chromium.

python docs/pictures/draw.py            # writes docs/pictures/*.png; `make pictures`
"""

from __future__ import annotations

import asyncio
import base64
import html
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec

from adapters.discord import modals, wording
from adapters.discord.permissions import NEEDS
from adapters.discord.render import Rendered, render
from bot.intake import file_reports
from bot.model.card import Card, Line, Section, Thumbnail
from bot.model.command import Asker, Command
from bot.model.report import Report
from bot.model.subscription import Destination, Schedule, Subscription, Watch
from bot.model.summary import Summary
from bot.queries.cards import report_card
from bot.queries.grammar import VERBS
from bot.queries.guide import greeting
from bot.queries.posts import card_of
from bot.store import outbox, subscriptions
from bot.store.engine import Store
from tests.samples import NOW, sample_desk, told

HERE = Path(__file__).resolve().parent
QUESTIONS = {
    "card": "report karabakh-1",
    "event": "event karabakh",
    "claims": "claims gaza status:disputed",
    "toll": "toll gaza",
    "toll-over-time": "toll gaza view:timeline",
    "compare": "compare karabakh",
    "latest": "latest count:10",
    "evidence": "evidence ahli-1",
    "nothing": "toll Atlantis",
    "error": "tol karabakh",
    "doctor": "channel doctor",
}
LACKS = tuple(
    f"{need.name}: {need.what_for}" for need in NEEDS if need.flag in ("attach_files", "create_public_threads")
)
STYLE = """
body{margin:0;background:#313338;color:#dbdee1;font:15px/1.38 'Noto Sans','DejaVu Sans',sans-serif;width:680px;padding:18px}
.card{background:#2b2d31;border:1px solid #3f4147;border-left:4px solid var(--accent);border-radius:8px;padding:14px 18px;white-space:pre-wrap}
h3{margin:0 0 2px;font-size:17px;color:#f2f3f5}.small{font-size:12.5px;color:#a5a8af}b{color:#f2f3f5}p{margin:0 0 8px}
blockquote{margin:2px 0;padding-left:10px;border-left:3px solid #4e5058}hr{border:0;border-top:1px solid #3f4147;margin:8px 0}
.row{display:flex;gap:8px;margin-top:10px;flex-wrap:wrap}.button{background:#4e5058;color:#fff;border-radius:6px;padding:5px 14px;font-size:14px}
a{color:#00a8fc;text-decoration:none}.li{padding-left:1.1em;text-indent:-.8em}.li2{padding-left:2.4em;text-indent:-.8em}.note{padding-left:1.1em}
.select{background:#1e1f22;border:1px solid #3f4147;border-radius:6px;padding:8px 12px;margin-top:10px;color:#a5a8af;display:flex;justify-content:space-between}
.picture img{width:100%;border-radius:8px;margin:6px 0;display:block}.role{background:#3c4270;color:#c9cdfb;border-radius:4px;padding:0 3px}
.form{background:#2b2d31;border:1px solid #3f4147;border-radius:10px;padding:18px 20px}.form h2{margin:0 0 12px;font-size:20px;color:#f2f3f5}
.field{background:#1e1f22;border:1px solid #3f4147;border-radius:6px;padding:9px 12px;margin:4px 0 14px;min-height:20px;color:#dbdee1}
.send{background:#5865f2;color:#fff;border-radius:6px;padding:7px 18px;float:right}.label{font-weight:600;color:#f2f3f5}
.beside{display:flex;justify-content:space-between;gap:14px}.thumbnail{width:84px;height:84px;border-radius:8px;object-fit:cover}
.picker{background:#2b2d31;border:1px solid #3f4147;border-radius:8px;padding:8px}.picker div{padding:5px 8px}.picker b{margin-inline-end:10px}
.file{background:#313338;border:1px solid #3f4147;border-radius:8px;padding:8px 12px;margin:6px 0;color:#00a8fc}
"""


LANDSCAPE = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 84 84"><rect width="84" height="84" fill="#9db4c8"/>
<circle cx="60" cy="24" r="9" fill="#e8e2cf"/><path d="M0 60 26 30 46 54 60 40 84 66V84H0z" fill="#5d6d5b"/></svg>"""
"""What stands for a source's own picture."""


def words(text: str) -> str:
    """One line of Discord's Markdown as HTML; escaped characters as themselves."""
    kept: list[str] = []

    def hold(match: re.Match[str]) -> str:
        kept.append(html.escape(match.group(1)))
        return f"\0{len(kept) - 1}\0"

    text = re.sub(r"\\([^\w\s])", hold, text)
    text = re.sub(r"\[([^\]]*)\]\(<([^>]*)>\)", lambda m: f"\1{m.group(1)}\2", text)
    text = re.sub(r"<t:(\d+):t>", "15:00", re.sub(r"<t:(\d+):R>", "just now", re.sub(r"<t:(\d+):f>", _date, text)))
    text = html.escape(text)
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text).replace("\1", "<a>").replace("\2", "</a>")
    text = re.sub(r"&lt;@&amp;(\d+)&gt;", r'<span class="role">@role</span>', text)
    return re.sub("\0(\\d+)\0", lambda m: kept[int(m.group(1))], text)


def _date(match: re.Match[str]) -> str:
    return datetime.fromtimestamp(int(match.group(1)), UTC).strftime("%-d %b %Y %H:%M")


def text_display(content: str) -> str:
    """A text component line by line."""
    lines = []
    for line in content.split("\n"):
        plain = line.strip()
        if plain.startswith("### "):
            lines.append(f"<h3>{words(plain[4:])}</h3>")
        elif plain.startswith("-# "):
            lines.append(f'<div class="small{" note" if line.startswith(" ") else ""}">{words(plain[3:])}</div>')
        elif plain.startswith("> "):
            inner = plain[2:]
            lines.append(
                f'<blockquote class="{"small" if inner.startswith("-# ") else ""}">{words(inner.removeprefix("-# "))}</blockquote>'
            )
        elif plain.startswith("- "):
            lines.append(f'<div class="{"li2" if line.startswith("  ") else "li"}">• {words(plain[2:])}</div>')
        else:
            lines.append(f"<div>{words(plain)}</div>")
    return f"<p>{''.join(lines)}</p>"


def component(c: dict[str, Any], files: dict[str, str]) -> str:
    """One component of the payload; `files` are addresses of what goes along, by name."""
    kind = c["type"]
    inner = "".join(component(child, files) for child in c.get("components", []))
    if kind == 17:
        return f'<div class="card" style="--accent:#{c.get("accent_color") or 0:06x}">{inner}</div>'
    if kind == 10:
        return text_display(c["content"])
    if kind == 9:
        return f'<div class="beside"><div>{inner}</div>{component(c["accessory"], files)}</div>'
    if kind == 11:
        return f'<img class="thumbnail" src="{files.get("thumbnail", "")}">'
    if kind == 14:
        return "<hr>"
    if kind == 1:
        return f'<div class="row">{inner}</div>' if c["components"][0]["type"] == 2 else inner
    if kind == 2:
        return f'<span class="button">{html.escape(c["label"])}</span>'
    if kind == 3:
        return (
            f'<div class="select"><span>{html.escape(c["placeholder"])}</span><span>⌄ {len(c["options"])}</span></div>'
        )
    if kind == 12:
        shown = "".join(
            f'<img src="{files[item["media"]["url"].removeprefix("attachment://")]}">' for item in c["items"]
        )
        return f'<div class="picture">{shown}</div>'
    if kind == 13:
        return f'<div class="file">📄 {html.escape(c["file"]["url"].removeprefix("attachment://"))}</div>'
    return inner


def page_of(rendered: Rendered) -> str:
    """A message as a page."""
    files = {"thumbnail": f"data:image/svg+xml;base64,{base64.b64encode(LANDSCAPE).decode()}"}
    for file in rendered.files:
        content = base64.b64encode(file.fp.read()).decode()
        files[file.filename] = f"data:image/png;base64,{content}"
    return "".join(component(c, files) for c in rendered.view.to_components())


def page_of_form(form: dict[str, Any]) -> str:
    """A form as a page."""
    fields = ""
    for label in form["components"]:
        field = label["component"]
        chosen = [o["label"] for o in field.get("options", []) if o.get("default")]
        value = ", ".join(chosen) or field.get("value") or ""
        tells = f'<div class="small">{html.escape(label.get("description", ""))}</div>'
        fields += f'<div class="label">{html.escape(label["label"])}</div>{tells}<div class="field">{html.escape(value)}</div>'
    fields = fields.replace("<div", '<div dir="auto"')
    return f'<div class="form"><h2>{html.escape(form["title"])}</h2>{fields}<span class="send">Submit</span><br clear="all"></div>'


def page_of_commands(root: str, locale: str) -> str:
    """The commands of a root as they are offered in a language while somebody types."""
    catalogue = wording.spoken(locale)
    offered = [(catalogue.command(root), catalogue.command(root, verb)) for verb in VERBS[root]]  # type: ignore[index]
    rows = "".join(
        f'<div dir="auto"><b>/{html.escape(r.name)} {html.escape(v.name)}</b><span class="small">{html.escape(v.tells)}</span></div>'
        for r, v in offered
        if r and v
    )
    return f'<div class="picker">{rows}</div>'


def posted() -> dict[str, Card]:
    """A digest and an alert, as the outbox owes them after the samples have come in."""
    store = Store("sqlite://")
    store.migrate()
    channel = Destination(platform="discord", tenant="discord:1", channel="1")
    daily = Subscription(id="s1", destination=channel, schedule=Schedule(mode="daily", times=("08:00",)))
    person = Destination(platform="discord", tenant="discord:1", channel="7", direct=True)
    watch = Watch(id="w1", destination=person, user="7", actor="Armenia", when=("denied", "toll-change"))
    store.write_now(subscriptions.save_subscription, daily)
    store.write_now(subscriptions.save_watch, watch)
    store.write_now(file_reports, told(), tenant="", now=NOW)
    later = NOW + timedelta(days=2)
    found: dict[str, Card] = {}
    for delivery in store.write_now(outbox.lease, later, seconds=60, limit=50, platforms=["discord"]):
        card = store.read_now(card_of, delivery, later)
        if card is not None:
            found.setdefault(delivery.kind, card)
    return {"digest": found["digest"], "alert": found["alert"]}


def with_picture(card: Card) -> Card:
    """A report beside which its source gives a picture."""
    alt = "Picture that Sample Wire gives with its report; Sitrep has not looked at it."
    return msgspec.structs.replace(card, thumbnail=Thumbnail(url="https://news.example/p.jpg", alt=alt))


def arabic_card() -> Card:
    """A card in which right-to-left words stand among left-to-right ones."""
    report = Report(
        id="r1",
        title="وزارة الصحة: مقتل 12 شخصاً في غارة",
        text="قالت الوزارة إن 12 شخصاً قتلوا.",
        outlet="وكالة الأنباء",
        fetched_at=NOW,
        lang="ar",
    )
    summary = Summary(id="r1", headline=report.title or "", notice="language:ar")
    said = f"{report.outlet}: {report.title}"
    line = Line(text=said, note="2 outlets, 1 origin", refs=("r1",))
    card = report_card(report, summary)
    return msgspec.structs.replace(card, tag="GAZ-0001", sections=(Section(heading="Reports", lines=(line,)),))


def photograph(page: str, out: Path, *, style: str = "") -> None:
    """A page as a picture, cut to its height."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.html")
        file.write_text(f"<!doctype html><meta charset=utf-8><style>{style or STYLE}</style>{page}", encoding="utf-8")
        flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--hide-scrollbars",
            "--no-first-run",
        ]
        subprocess.run(
            [
                "chromium",
                *flags,
                f"--user-data-dir={folder}/profile",
                "--window-size=716,2600",
                f"--screenshot={out}",
                file.as_uri(),
            ],
            check=True,
            capture_output=True,
        )
    _cut(out)


def _cut(file: Path) -> None:
    """Without the empty background below the card."""
    from PIL import Image, ImageChops

    picture = Image.open(file).convert("RGB")
    background = Image.new("RGB", picture.size, picture.getpixel((0, picture.height - 1)))
    box = ImageChops.difference(picture, background).getbbox()
    if box:
        picture.crop((0, 0, picture.width, min(picture.height, box[3] + 18))).save(file, optimize=True)


async def main() -> None:
    """Draw every question's answer."""
    desk = sample_desk()
    asker = Asker(
        platform="discord", tenant="discord:1", user="1", channel="1", may_manage=True, direct=True, lacks=LACKS
    )
    cards = {name: await desk.ask(question, asker) for name, question in QUESTIONS.items()}
    cards |= posted() | {
        "greeting": greeting(back=False),
        "picture": with_picture(cards["card"]),
        "card-ar": arabic_card(),
    }
    for name, card in cards.items():
        share = "share" if name in ("toll", "compare") else ""
        photograph(page_of(render(card, share=share)), HERE / f"{name}.png")
        print(f"docs/pictures/{name}.png")
    form = modals.form_for(
        Command(root="watch", verb="add"), {"actor": "Armenia", "when": "denied,toll-change"}, "en-US"
    )
    arabic = modals.form_for(Command(root="watch", verb="add"), {"actor": "Armenia", "when": "denied"}, "ar")
    assert form is not None and arabic is not None
    pages = {
        "form": page_of_form(form.to_dict()),
        "form-ar": page_of_form(arabic.to_dict()),
        "commands-ar": page_of_commands("news", "ar"),
    }
    for name, page in pages.items():
        photograph(page, HERE / f"{name}.png")
        print(f"docs/pictures/{name}.png")


if __name__ == "__main__":
    asyncio.run(main())
