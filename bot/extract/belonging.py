"""Which country an office or body is of, where its phrase does not tell: by whose it is, by its kind, by who spoke before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.extract.gazetteer import Gazetteer
from bot.extract.held import Held
from bot.extract.home import Home
from bot.extract.kinds import DISPUTED
from bot.extract.named_accounts import accused_before
from bot.extract.naming import Named, identify
from bot.extract.pronouns import sentence_start

_POSSESSED = re.compile(r"(?P<whose>its|their|his|her|whose)\s", re.IGNORECASE)
_CITES = re.compile(r"\b(?:citing|quoting|quoted|cited|quotes|cites)\s+$")
"""Before a body: what an outlet passes on is its own country's body."""
_CITED = re.compile(
    r"^[^.\n]{0,20}?,?\s+(?:quoted|cited|carried)\s+by\s+(?P<outlet>[^.,\n]{2,50})|^\s+told\s+(?P<told>[A-Z][^.,\n]{2,30})"
)
_BODY = re.compile(
    r"\b(?:coast guard|border guard|army|navy|air force|police|foreign office|presidency|parliament|government|cabinet|military"
    r"|(?:foreign|defen[cs]e|health|interior|justice|information|finance|education|transport|energy)\s+ministry|ministry)\b",
    re.IGNORECASE,
)
_NATIONAL = re.compile(
    r"\b(?:minist(?:er|ry)\w*|president\w*|premier|chancellor|government|cabinet|parliament|senate|speaker|army|armed forces|military"
    r"|navy|air force|embassy|consulate|foreign|general staff|authorities)\b",
    re.IGNORECASE,
)
_LOCAL = re.compile(
    r"\b(?:mayor|governor|police|district|provincial|province|regional|region|local|city|town|village|county|municipal\w*|court|hospital|company|firm|operator|owner|union)\b",
    re.IGNORECASE,
)
_DISPUTED_REGION = re.compile(r"(?:the\s+)?(?:region|enclave|territory)['’]s\s", re.IGNORECASE)
_DEFINITE = re.compile(r"(?:the|an?)\s", re.IGNORECASE)
"""A title without article at a sentence's beginning introduces somebody new, of whatever side."""
_OPPOSED = re.compile(r"\b(?:by|from)\s$")
"""Before whom the sentence's subject has to do with, and is not."""
_SPEAKS_FOR = re.compile(r"\b(?:spokes(?:man|woman|person)|deputy|aide|adviser)\b", re.IGNORECASE)
_MILITARY = re.compile(r"\b(?:military|army|troops|soldiers?|air force|navy|general staff)\b", re.IGNORECASE)
_WITHOUT_FORCES = frozenset(("PS", "IS", "CR", "PA", "LI", "MC", "SM", "VA", "AD", "NR", "TV", "MU"))
"""Where no army is the country's own: one that is spoken of there is another's."""
STATELY = frozenset(("state", "government", "military", "official"))
_CITED_BEFORE = 120
"""Characters before a body within which the outlet stands that cites it."""


class Belonging:
    """Tells the countries of bodies and offices in one text; the lists are the reading's own, and grow with it."""

    def __init__(self, text: str, home: Home, names: Gazetteer, held: Sequence[Held], spoken: Sequence[Held]) -> None:
        self.text = text
        self.home = home
        self.names = names
        self.held = held
        self.spoken = spoken

    def country(self, phrase: str, named: Named, at: int) -> str | None:
        """ISO 3166-1 alpha-2 of what a phrase at an offset names without its country; None where nothing tells."""
        country = self._country(phrase, at)
        if country in _WITHOUT_FORCES and (named.type == "military" or _MILITARY.search(phrase)):
            return next((other for other in self.home.ranked if other not in _WITHOUT_FORCES), None)
        return country

    def _country(self, phrase: str, at: int) -> str | None:
        if (whose := _POSSESSED.match(phrase)) and (owner := self._owner(whose["whose"].lower(), at)):
            return owner.country
        if outlet := self._outlet(phrase, at):
            return outlet
        if country := self._of_body(phrase):
            return country
        local = bool(_LOCAL.search(phrase))
        if not local:
            start = sentence_start(self.text, at)
            within = _DEFINITE.match(phrase) or self.text[start:at].strip(' "“”')
            side = self._side(start if _OPPOSED.search(self.text, max(0, at - 6), at) else at) if within else None
            if side and _NATIONAL.search(phrase) and side.named.type in STATELY and side.country:
                return side.country
            if side and _SPEAKS_FOR.search(phrase) and not _NATIONAL.search(phrase) and side.named.type not in STATELY:
                return side.country
        if _DISPUTED_REGION.match(phrase) and DISPUTED.search(self.text):
            return None
        return self.home.near(at, local=local)

    def _owner(self, whose: str, at: int) -> Held | None:
        """Whose it is: of "its ministry" the last body that was named, of "his office" the last person."""
        person = whose in ("his", "her")
        at = accused_before(self.text, at)
        before = sorted(
            (
                (max(start for start, _ in held.mentions if start < at), held)
                for held in self.held
                if any(start < at for start, _ in held.mentions)
            ),
            key=lambda pair: pair[0],
        )
        fits = [held for _, held in before if bool(held.named.surname or held.named.type == "official") == person]
        return fits[-1] if fits else None

    def _outlet(self, phrase: str, at: int) -> str | None:
        """The country of the outlet that passes on what a body says."""
        before = self.text[max(0, at - _CITED_BEFORE) : at].rsplit("\n", 1)[-1]
        if _CITES.search(before):
            return self._of_outlet(re.split(r"[.?!]\s", before)[-1])
        after = _CITED.match(self.text[at + len(phrase) : at + len(phrase) + 80])
        return self._of_outlet(after["outlet"] or after["told"]) if after else None

    def _of_outlet(self, words: str) -> str | None:
        hits = [hit for hit in self.names.hits(words) if hit.country and not hit.weak]
        return (
            hits[-1].country
            if any(hit.type == "media" for hit in hits)
            or (re.search(r"\b(?:agency|media|television|TV)\b", words) and hits)
            else None
        )

    def _of_body(self, phrase: str) -> str | None:
        """The country of the body that a phrase speaks for, where one of that kind was named: "coast guard spokesman"."""
        match = _BODY.search(phrase)
        if match is None:
            return None
        kind = match.group().lower()
        canonical = identify(kind, self.names).name
        for held in reversed(self.held):
            name = held.named.name
            if held.country and (name.startswith(canonical) or kind in name.lower()):
                return held.country
        return None

    def _side(self, at: int) -> Held | None:
        """Who spoke last before an offset in its paragraph, with a name or country of its own."""
        line = self.text.rfind("\n", 0, at) + 1
        for held in reversed(self.spoken):
            if any(line <= start < at for start, _ in held.mentions):
                return held
        return None
