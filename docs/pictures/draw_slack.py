"""Draw cards, forms and the Home as Slack shows them: our own blocks as a page, photographed by Chromium.

python docs/pictures/draw_slack.py      # writes docs/pictures/slack-*.png; part of `make pictures`
"""

from __future__ import annotations

import asyncio
import base64
import html
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec

from adapters.slack.home import home_view
from adapters.slack.modals import answer_view, form_view
from adapters.slack.pictures import picture_block
from adapters.slack.render import render
from adapters.slack.talk import Talk
from bot.model.card import Card
from bot.model.command import Asker, Command
from docs.pictures.draw import HERE, photograph, posted
from tests.samples import sample_desk

QUESTIONS = {
    "card": "report karabakh-1",
    "event": "event karabakh",
    "claims": "claims gaza status:disputed",
    "toll": "toll gaza view:timeline",
    "nothing": "toll Atlantis",
    "compare": "compare karabakh",
    "error": "tol karabakh",
}
STYLE = """
body{margin:0;background:#fff;color:#1d1c1d;font:15px/1.46 Lato,'Noto Sans','DejaVu Sans',sans-serif;width:660px;padding:18px}
h1{font-size:18px;line-height:1.33;margin:0 0 6px}p{margin:0 0 8px;white-space:pre-wrap}.small{font-size:13px;color:#616061;margin:0 0 8px}
a{color:#1264a3;text-decoration:none}hr{border:0;border-top:1px solid #ddd;margin:14px 0}.side{display:flex;gap:12px;justify-content:space-between}
.row{display:flex;gap:8px;flex-wrap:wrap;margin:6px 0 10px}.button{border:1px solid #bbb;border-radius:4px;padding:4px 12px;font-weight:700;font-size:13px;white-space:nowrap;height:20px}
.modal{border:1px solid #ccc;border-radius:8px;padding:16px 20px;box-shadow:0 2px 10px #0002}.bar{display:flex;justify-content:space-between;font-weight:800;font-size:18px;margin-bottom:12px}
.field{margin:0 0 12px}.field b{display:block;margin-bottom:3px}.box{border:1px solid #868686;border-radius:4px;padding:6px 10px;color:#616061;min-height:22px}
.optional{font-weight:400;color:#616061}table{border-collapse:collapse;margin:0 0 10px}td{border:1px solid #ddd;padding:4px 10px;font-size:14px}
.mention{background:#e8f5fa;color:#1264a3;border-radius:3px;padding:0 2px}img{max-width:560px;border-radius:8px;display:block;margin:6px 0}
"""


def words(text: str) -> str:
    """A piece of mrkdwn as HTML."""
    text = text.replace("\u2060*\u2060", "\1").replace("\u2060_\u2060", "\2").replace("\u2060", "")
    text = re.sub(r"<!date\^(\d+)\^[^|]*\|[^>]*>", _date, text)
    text = re.sub(r"<(https?://[^|>]+)\|([^>]*)>", r'<a href="\1">\2</a>', text)
    text = re.sub(r"<(@|#)([A-Z0-9]+)>", r'<span class="mention">\1\2</span>', text)
    text = re.sub(r"(?<!\w)\*([^*\n]+)\*(?!\w)", r"<b>\1</b>", text)
    text = re.sub(r"(?<!\w)_([^_\n]+)_(?!\w)", r'<i style="color:#616061">\1</i>', text)
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", text).replace("\1", "*").replace("\2", "_")


def _date(match: re.Match[str]) -> str:
    return datetime.fromtimestamp(int(match.group(1)), UTC).strftime("%b %-d at %H:%M")


def block(b: dict[str, Any], pictures: dict[str, bytes]) -> str:
    """One block."""
    kind = b["type"]
    if kind == "header":
        return f"<h1>{html.escape(b['text']['text'])}</h1>"
    if kind == "section":
        side = element(b["accessory"]) if b.get("accessory") else ""
        text = b["text"]["text"] if b["text"]["type"] == "mrkdwn" else html.escape(b["text"]["text"])
        return f'<div class="side"><p>{words(text)}</p>{side}</div>'
    if kind == "context":
        return f'<p class="small">{"  ".join(words(e["text"]) for e in b["elements"])}</p>'
    if kind == "actions":
        return f'<div class="row">{"".join(element(e) for e in b["elements"])}</div>'
    if kind == "divider":
        return "<hr>"
    if kind == "image":
        held = base64.b64encode(pictures[b["slack_file"]["id"]]).decode()
        return f'<img src="data:image/png;base64,{held}" alt="{html.escape(b["alt_text"])}">'
    if kind == "table":
        rows = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell['text'])}</td>" for cell in row) + "</tr>" for row in b["rows"]
        )
        return f"<table>{rows}</table>"
    if kind == "input":
        optional = ' <span class="optional">(optional)</span>' if b.get("optional") else ""
        return f'<div class="field"><b>{html.escape(b["label"]["text"])}{optional}</b>{element(b["element"])}</div>'
    return ""


def element(e: dict[str, Any]) -> str:
    """A button, or a field as an empty box that says what goes in."""
    if e["type"] == "button":
        return f'<span class="button">{html.escape(e["text"]["text"])}</span>'
    told = {
        "external_select": "Search …",
        "static_select": "Choose …",
        "multi_static_select": "Choose …",
        "datepicker": "Date",
    }
    return f'<div class="box">{html.escape(e.get("initial_value") or told.get(e["type"], ""))}</div>'


def page(blocks: list[dict[str, Any]], pictures: dict[str, bytes] | None = None) -> str:
    """Blocks as a page."""
    return "".join(block(b, pictures or {}) for b in blocks)


def modal(view: dict[str, Any]) -> str:
    """A modal as a page."""
    submit = f'<span class="button">{html.escape(view["submit"]["text"])}</span>' if "submit" in view else ""
    title = f'<div class="bar"><span>{html.escape(view["title"]["text"])}</span>{submit}</div>'
    return f'<div class="modal">{title}{page(view["blocks"])}</div>'


def message(card: Card) -> str:
    """A card as a message, with its picture where it has one."""
    if card.picture is None:
        return page(list(render(card).blocks))
    shown = render(card, picture=picture_block("F1", card.picture))
    return page(list(shown.blocks), {"F1": card.picture.content})


async def main() -> None:
    """Draw everything."""
    desk = sample_desk()
    asker = Asker(platform="slack", tenant="slack:T1", user="U1", channel="C1", may_manage=True, direct=True)
    drawn = {name: message(await desk.ask(question, asker)) for name, question in QUESTIONS.items()}
    drawn |= {name: message(card) for name, card in posted().items()}
    drawn["form"] = modal(form_view(Command(root="news", verb="search"), channel="C1", values={}))
    drawn["answer"] = modal(answer_view(await desk.ask("report ahli-1", asker)))
    await desk.ask("channel setup filter:country:AM", asker)
    await desk.ask("watch add actor:Armenia when:denied", asker)
    at_home = msgspec.structs.replace(asker, channel=None, direct=False)
    home = await home_view(Talk(desk, None), at_home)  # type: ignore[arg-type]  # nobody is asked for a client
    drawn["home"] = page(home["blocks"])
    for name, content in drawn.items():
        photograph(content, HERE / f"slack-{name}.png", style=STYLE)
        print(f"docs/pictures/slack-{name}.png")


if __name__ == "__main__":
    asyncio.run(main())
