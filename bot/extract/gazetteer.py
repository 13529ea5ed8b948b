"""Names of states and bodies: which country or organisation some words stand for.

The data lies in `lexicon/countries.tsv` and `lexicon/organisations.tsv`; a user's own file has the form of the latter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from bot.model.errors import SettingsError
from bot.model.report import Span
from bot.model.summary import ActorType

LEXICON = Path(__file__).resolve().parent / "lexicon"
Sense = Literal["name", "demonym", "capital", "organisation"]


class Country(msgspec.Struct, frozen=True):
    """A country by its code and usual English name; `demonym` is the adjective."""

    code: str
    name: str
    demonym: str


class Hit(msgspec.Struct, frozen=True):
    """Words that the gazetteer knows.

    Attributes:
        sense: a country's name, its demonym, its capital (or another seat), or an organisation.
        name: the canonical name of the country or organisation.
        country: the country's code; for organisations that of their home, or None.
        weak: the words also mean something else ("Georgia", "Jordan").
    """

    span: Span
    sense: Sense
    name: str
    type: ActorType
    country: str | None
    weak: bool = False


class _Entry(msgspec.Struct, frozen=True):
    sense: Sense
    name: str
    type: ActorType
    country: str | None
    weak: bool


class Gazetteer:
    """All names in one expression; the longest match wins."""

    def __init__(self, extra: Path | None = None) -> None:
        self.countries: dict[str, Country] = {}
        self._entries: dict[str, _Entry] = {}
        for cells in rows(LEXICON / "countries.tsv", 4):
            self._add_country(cells)
        for file in filter(None, (LEXICON / "organisations.tsv", extra)):
            for name, kind, country, aliases in rows(file, 4):
                if kind not in ActorType.__args__:  # type: ignore[attr-defined]  # a Literal's own members
                    raise SettingsError(
                        f"{kind!r} is no kind of actor", subject=str(file), hint="see docs/gazetteer.md"
                    )
                for alias in aliases.split("|"):
                    entry = _Entry("organisation", name, kind, country or None, weak=False)  # type: ignore[arg-type]
                    self._entries[_folded(alias)] = entry
        # "us" and "it" are no names: short words count in their own case only.
        self._shouted = {alias.casefold(): entry for alias, entry in self._entries.items() if len(alias) > 3}
        self._pattern = _longest_of(self._entries)
        self._upper = _longest_of({alias.lower() for alias in self._entries}, re.IGNORECASE)

    def _add_country(self, cells: list[str]) -> None:
        code, names, demonyms, capitals = cells
        demonym = demonyms.split("|")[0].lstrip("~")
        self.countries[code] = Country(code, names.split("|")[0].lstrip("~"), demonym)
        senses: tuple[tuple[Sense, str], ...] = (("capital", capitals), ("demonym", demonyms), ("name", names))
        for sense, words in senses:
            for word in filter(None, words.split("|")):
                entry = _Entry(sense, self.countries[code].name, "state", code, weak=word.startswith("~"))
                self._entries[_folded(word.lstrip("~"))] = entry

    def nationals(self) -> dict[str, str]:
        """Plural demonyms ("Palestinians"), in lower case, with their countries' codes."""
        return {
            alias.casefold(): entry.country or ""
            for alias, entry in self._entries.items()
            if entry.sense == "demonym" and not entry.weak and len(alias) > 3 and alias.endswith(("s", "ese"))
        }

    def hits(self, text: str, start: int = 0, end: int | None = None) -> Iterator[Hit]:
        """What the gazetteer knows in the text, in order; in a text of capitals, in any case of letters."""
        shouted = text.isupper()
        pattern = self._upper if shouted else self._pattern
        for match in pattern.finditer(text, start, len(text) if end is None else end):
            words = _folded(match.group())
            entry = self._entries.get(words) or self._shouted.get(words.casefold())
            if entry is not None:
                yield Hit(match.span(), entry.sense, entry.name, entry.type, entry.country, entry.weak)


def _longest_of(aliases: Iterable[str], flags: int = 0) -> re.Pattern[str]:
    """An expression for the longest of the aliases that stands somewhere as words by itself.

    Aliases share their beginnings, letter by letter: what stands in a text is compared with one way through them, not with all.
    """
    tree: dict[str, Any] = {}
    for alias in aliases:
        node = tree
        for letter in alias:
            node = node.setdefault(letter, {})
        node[""] = {}
    first = re.escape("".join(sorted(tree)))
    return re.compile(rf"(?=[{first}])(?<![\w.]){_ways(tree)}(?!\w)", flags)


_LOOSE = {" ": r"\s+", "'": "['’]"}


def _ways(node: dict[str, Any]) -> str:
    """The ways on from a node, as a group that is optional where an alias ends here."""
    ways = [_LOOSE.get(letter, re.escape(letter)) + _ways(node[letter]) for letter in sorted(node) if letter]
    return "" if not ways else f"(?:{'|'.join(ways)})" + ("?" if "" in node else "")


def _folded(words: str) -> str:
    return " ".join(words.replace("’", "'").split())


def rows(file: Path, width: int) -> Iterator[list[str]]:
    """The lines of a tab-separated file, without comments; raises `SettingsError` on a line of another width."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise SettingsError(f"the gazetteer cannot be read: {error.strerror}", subject=str(file)) from None
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        cells += [""] * (width - len(cells))
        if len(cells) != width:
            raise SettingsError(f"line {number} has {len(cells)} columns instead of {width}", subject=str(file))
        yield cells


@lru_cache(maxsize=2)
def gazetteer(extra: Path | None = None) -> Gazetteer:
    """The gazetteer, with a user's own additions from a file of four columns (name, type, country, aliases)."""
    return Gazetteer(extra)
