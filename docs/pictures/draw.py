"""Draw cards as Discord shows them: our own payload as a page, photographed by Chromium.

python docs/pictures/draw.py            # writes docs/pictures/*.png; `make pictures`
"""

from __future__ import annotations

import asyncio
import html
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from adapters.discord.render import render
from bot.model.command import Asker
from tests.samples import sample_desk

HERE = Path(__file__).resolve().parent
QUESTIONS = {
    "card": "report karabakh-1",
    "event": "event karabakh",
    "claims": "claims gaza status:disputed",
    "toll": "toll gaza",
    "evidence": "evidence ahli-1",
    "nothing": "toll Atlantis",
    "error": "tol karabakh",
}
STYLE = """
body{margin:0;background:#313338;color:#dbdee1;font:15px/1.38 'Noto Sans','DejaVu Sans',sans-serif;width:680px;padding:18px}
.card{background:#2b2d31;border:1px solid #3f4147;border-left:4px solid var(--accent);border-radius:8px;padding:14px 18px;white-space:pre-wrap}
h3{margin:0 0 2px;font-size:17px;color:#f2f3f5}.small{font-size:12.5px;color:#a5a8af}b{color:#f2f3f5}p{margin:0 0 8px}
blockquote{margin:2px 0;padding-left:10px;border-left:3px solid #4e5058}hr{border:0;border-top:1px solid #3f4147;margin:8px 0}
.row{display:flex;gap:8px;margin-top:10px;flex-wrap:wrap}.button{background:#4e5058;color:#fff;border-radius:6px;padding:5px 14px;font-size:14px}
a{color:#00a8fc;text-decoration:none}.li{padding-left:1.1em;text-indent:-.8em}.li2{padding-left:2.4em;text-indent:-.8em}.note{padding-left:1.1em}
.file{background:#313338;border:1px solid #3f4147;border-radius:8px;padding:8px 12px;margin:6px 0;color:#00a8fc}
"""


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
    return re.sub("\0(\\d+)\0", lambda m: kept[int(m.group(1))], text)


def _date(match: re.Match[str]) -> str:
    from datetime import UTC, datetime

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


def component(c: dict[str, Any]) -> str:
    """One component of the payload."""
    kind = c["type"]
    inner = "".join(component(child) for child in c.get("components", []))
    if kind == 17:
        return f'<div class="card" style="--accent:#{c.get("accent_color") or 0:06x}">{inner}</div>'
    if kind == 10:
        return text_display(c["content"])
    if kind == 14:
        return "<hr>"
    if kind == 1:
        return f'<div class="row">{inner}</div>'
    if kind == 2:
        return f'<span class="button">{html.escape(c["label"])}</span>'
    if kind == 13:
        return f'<div class="file">📄 {html.escape(c["file"]["url"].removeprefix("attachment://"))}</div>'
    return inner


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
    asker = Asker(platform="discord", tenant="discord:1", user="1", channel="1", direct=True)
    for name, question in QUESTIONS.items():
        rendered = render(await desk.ask(question, asker))
        photograph("".join(component(c) for c in rendered.view.to_components()), HERE / f"{name}.png")
        print(f"docs/pictures/{name}.png")


if __name__ == "__main__":
    asyncio.run(main())
