"""Names and descriptions of commands in the languages of Discord's clients, from `config/locales/`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from bot.shipped import shipped

ENGLISH = "en"


class Worded(NamedTuple):
    """How a command, verb or option is called and described in one language."""

    name: str
    tells: str


class Catalogue:
    """One language: `discord` are the locales of Discord that it serves.

    Keys are "root", "root verb", or for options "root verb option", which fall back on what the option is called
    elsewhere; for choices "root verb option word", which fall back on the word.
    """

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.discord: tuple[str, ...] = tuple(told["discord"])
        self._told = told

    def command(self, root: str, verb: str = "") -> Worded | None:
        """A root's words, or a verb's; None where the catalogue has none."""
        return _worded(self._told.get(root, {}).get(verb) if verb else self._told["roots"].get(root))

    def option(self, root: str, verb: str, option: str) -> Worded | None:
        """An option's words; those of this very command where it has its own."""
        options = self._told["options"]
        return _worded(options.get(f"{root} {verb} {option}") or options.get(option))

    def choice(self, root: str, verb: str, option: str, word: str) -> str | None:
        """What a word that an option takes is called; None where the catalogue has nothing for it."""
        choices = self._told["choices"]
        label = choices.get(f"{root} {verb} {option} {word}") or choices.get(word)
        return None if label is None else str(label)

    def menu(self, what: str) -> str | None:
        """The name of a message menu."""
        name = self._told["menus"].get(what)
        return None if name is None else str(name)


def _worded(pair: list[str] | None) -> Worded | None:
    return Worded(*pair) if pair else None


@cache
def catalogues() -> dict[str, Catalogue]:
    """All languages by the names of their files."""
    files = sorted(shipped("config/locales").glob("*.toml"))
    return {file.stem: Catalogue(tomllib.loads(file.read_text(encoding="utf-8"))) for file in files}


def english() -> Catalogue:
    """The language that stands where a client's own is missing."""
    return catalogues()[ENGLISH]


def spoken(locale: str) -> Catalogue:
    """The language of a client by Discord's locale; English where there is none."""
    return next((catalogue for catalogue in catalogues().values() if locale in catalogue.discord), english())


def localisations(find: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Names and descriptions by Discord's locale; `find` takes a catalogue's words (`Catalogue` → `Worded | None`)."""
    names: dict[str, str] = {}
    tells: dict[str, str] = {}
    for language, catalogue in catalogues().items():
        found = find(catalogue)
        if language == ENGLISH or found is None:
            continue
        for locale in catalogue.discord:
            names[locale], tells[locale] = found.name, found.tells
    return names, tells
