"""What people mean by the words of an option: a topic without its small words, a side by any of its names."""

from __future__ import annotations

from functools import lru_cache

from bot.deliver.names import actor_named, country_named
from bot.extract.gazetteer import gazetteer
from bot.model.legible import one_line
from bot.model.summary import Actor
from bot.queries.cards import short_name
from bot.store.postings import words_in

_SMALL = frozenset(
    "a an the of in on at to by for from with and or is are was were be been about after during near over that this "
    "it its has have had did does do what who which as into his her their".split()
)
_SPOKESMEN = frozenset("spokesman spokeswoman spokesperson spokesmen".split())
_SHORT = {"mod": "Ministry of Defence of", "mfa": "Ministry of Foreign Affairs of", "armed forces": "Armed Forces of"}
_OF_A_STATE = ("state", "government", "military", "official", "population")


def telling_words(words: str) -> str:
    """The words that tell what is meant: "the shelling in Karabakh" → "shelling karabakh"; all if none is left."""
    every = words_in(words)
    return " ".join([word for word in every if word not in _SMALL] or every)


@lru_cache(maxsize=1024)
def canonical(name: str) -> str:
    """The usual name: "Baku", "Azeri" → "Azerbaijan"; "Azerbaijan MoD" → its ministry; others as they are."""
    plain = one_line(name)
    for short, long in _SHORT.items():
        if plain.casefold().endswith(f" {short}"):
            return f"{long} {canonical(plain[: -len(short)].strip())}"
    return actor_named(plain)


@lru_cache(maxsize=1024)
def country_of(words: str) -> str:
    """The code of a country given by code in capitals, name, adjective or capital; "" where the words mean none."""
    plain = one_line(words)
    return "" if len(plain) == 2 and not plain.isupper() else country_named(plain) or ""


def is_meant(actor: Actor, words: str) -> bool:
    """Whether a name in an option means this actor: by its name, or as one who is named for the country meant.

    A body that only stands in a country (a ministry of which the report does not say whose) is not that country.
    """
    wanted = canonical(words).casefold()
    if wanted in actor.name.casefold() or words.casefold() in short_name(actor.name).casefold():
        return True
    return _is_person(actor) and bool(country := country_of(words)) and actor.country == country


def speaks_for(actor: Actor, words: str, text: str) -> bool:
    """Whether a report calls a person the spokesman of whom the words name: "Kremlin spokesman Dmitry Peskov"."""
    named = set(words_in(words)) - _SMALL
    told = [set(words_in(text[slice(*span)])) for span in actor.mentions] if actor.type == "official" and named else []
    return any(named <= said and not said.isdisjoint(_SPOKESMEN) for said in told)


def _is_person(actor: Actor) -> bool:
    """ "Nikol Pashinyan", but not "Local officials", of whom nobody knows whose they are."""
    return actor.type == "official" and all(word[:1].isupper() for word in actor.name.split())


def side_of(actor: Actor) -> str:
    """The side that an actor speaks for: its country's code where its name or office says so, else its own name."""
    country = gazetteer().countries.get(actor.country or "")
    if country is not None and actor.type in _OF_A_STATE:
        named = (country.name.casefold(), country.demonym.casefold() or country.name.casefold())
        if _is_person(actor) or actor.type == "state" or any(name in actor.name.casefold() for name in named):
            return country.code
    return short_name(actor.name)


def side_name(side: str) -> str:
    """A side for people."""
    country = gazetteer().countries.get(side)
    return country.name if country else side
