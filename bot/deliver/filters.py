"""The filter language: one line over words and facts, as `country:AM AND (status:denied OR killed>=10) NOT outlet:x`.

    line   = either { "OR" either }
    either = part { ["AND"] part }                (side by side means AND)
    part   = ["NOT"] ( "(" line ")" | fact | word | "quoted words" | /regular expression/ )
    fact   = name ":" value | number ">=" value

Names: actor, country, status (claimed, denied, acknowledged, disputed), outlet, place, kind, feed, has (civilians,
children and the like). Numbers: killed, injured, missing, displaced, captured, unspecified, origins, outlets. Regular
expressions are RE2's, which take time proportional to the text whatever they say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import msgspec
import re2

from bot.model.errors import CommandError
from bot.model.event import Event
from bot.model.report import Report
from bot.model.summary import Summary

LONGEST = 500
MOST_PARTS = 40
_SYMBOL = re.compile(
    r'\s*(?:(?P<paren>[()])|(?P<quoted>"[^"]*")|(?P<regex>/(?:[^/\\]|\\.)+/)|(?P<word>[^\s()"]+(?:"[^"]*")?))'
)
_NUMBERS = ("killed", "injured", "missing", "displaced", "captured", "unspecified", "origins", "outlets")
_NAMES = ("actor", "country", "status", "outlet", "place", "kind", "feed", "has")
_STATUSES = ("claimed", "denied", "acknowledged", "disputed")


class Facts(msgspec.Struct, frozen=True):
    """What a filter looks at, all in lower case."""

    text: str
    actors: tuple[str, ...]
    countries: frozenset[str]
    statuses: frozenset[str]
    groups: frozenset[str]
    tolls: dict[str, int]
    outlet: str
    feed: str
    place: str
    kind: str

    @classmethod
    def of(cls, report: Report, summary: Summary, event: Event | None) -> Facts:
        """The facts of a report in its event."""
        stances = {claim.stance for claim in summary.claims}
        statuses = {"claimed"} if summary.claims else set()
        statuses |= {"denied"} if "denies" in stances else set()
        statuses |= {"acknowledged"} if "acknowledges" in stances else set()
        statuses |= {"disputed"} if any(claim.disputes for claim in summary.claims) else set()
        tolls: dict[str, int] = {}
        for figure in summary.casualties:
            if figure.scope == "event":
                tolls[figure.state] = max(tolls.get(figure.state, 0), figure.min or 0)
        tolls["origins"], tolls["outlets"] = (event.origins, event.outlets) if event else (1, 1)
        countries = {actor.country.lower() for actor in summary.actors if actor.country}
        return cls(
            text=f"{report.title or ''}\n{report.text}".lower(),
            actors=tuple(actor.name.lower() for actor in summary.actors),
            countries=frozenset(countries),
            statuses=frozenset(statuses),
            groups=frozenset(group for figure in summary.casualties for group in figure.groups),
            tolls=tolls,
            outlet=(report.outlet or "").lower(),
            feed=(report.feed_id or "").lower(),
            place=(summary.place or "").lower(),
            kind=event.kind if event else "",
        )


class Filter(msgspec.Struct, frozen=True):
    """A compiled filter; `parts` are its facts and words with what each tests, for `explain`."""

    line: str
    passes: Callable[[Facts], bool]
    parts: tuple[tuple[str, Callable[[Facts], bool]], ...]


def explain(line: str, facts: Facts) -> tuple[bool, tuple[tuple[str, bool], ...]]:
    """Whether the report passes, and for each part of the line whether it holds."""
    built = compiled(line)
    return built.passes(facts), tuple((shown, test(facts)) for shown, test in built.parts)


@lru_cache(maxsize=20_000)
def compiled(line: str) -> Filter:
    """Compile a line; "" passes everything. Raises `CommandError` that points at the place in the line."""
    if not line.strip():
        return Filter("", lambda facts: True, ())
    if len(line) > LONGEST:
        raise CommandError(f"a filter has at most {LONGEST} characters", subject=line[:40] + "…", hint="shorten it")
    reading = _Reading(line)
    test = reading.line()
    if reading.symbol is not None:
        raise reading.wrong("this does not belong here")
    return Filter(line, test, tuple(reading.parts))


class _Reading:
    """Reads a line from left to right."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._at = 0
        self._start = 0
        self._depth = 0
        self.parts: list[tuple[str, Callable[[Facts], bool]]] = []
        self.symbol: str | None = None
        self._next()

    def _next(self) -> str | None:
        taken = self.symbol
        match = _SYMBOL.match(self._line, self._at)
        if match is None:
            if self._line[self._at :].strip():
                self._start = self._at
                raise self.wrong("this cannot be read (a quotation mark without its second?)")
            self._start, self.symbol = len(self._line), None
        else:
            self._start, self._at, self.symbol = match.start(match.lastgroup or 0), match.end(), match.group().strip()
        return taken

    def wrong(self, what: str) -> CommandError:
        """An error that points at the present place."""
        pointed = f"{self._line[: self._start]}⟪{self._line[self._start : self._start + 25]}⟫"
        return CommandError(
            what, subject=f"character {self._start + 1} of the filter: {pointed}", hint="see `help filter`"
        )

    def line(self) -> Callable[[Facts], bool]:
        """Alternatives joined by OR."""
        tests = [self._all()]
        while self.symbol is not None and self.symbol.upper() == "OR":
            self._next()
            tests.append(self._all())
        return tests[0] if len(tests) == 1 else lambda facts: any(test(facts) for test in tests)

    def _all(self) -> Callable[[Facts], bool]:
        tests = [self._part()]
        while self.symbol is not None and self.symbol != ")" and self.symbol.upper() != "OR":
            if self.symbol.upper() == "AND":
                self._next()
            tests.append(self._part())
        return tests[0] if len(tests) == 1 else lambda facts: all(test(facts) for test in tests)

    def _part(self) -> Callable[[Facts], bool]:
        if self.symbol is None:
            raise self.wrong("something is missing here")
        if self.symbol.upper() == "NOT":
            self._next()
            inner = self._part()
            return lambda facts: not inner(facts)
        if self.symbol == "(":
            self._depth += 1
            if self._depth > 10:
                raise self.wrong("too many brackets within each other")
            self._next()
            inner = self.line()
            if self.symbol != ")":
                raise self.wrong("a bracket is not closed")
            self._depth -= 1
            self._next()
            return inner
        if self.symbol == ")" or self.symbol.upper() in ("AND", "OR"):
            raise self.wrong("something is missing before this")
        test = self._fact(self.symbol)
        self.parts.append((self.symbol, test))
        if len(self.parts) > MOST_PARTS:
            raise self.wrong(f"a filter has at most {MOST_PARTS} parts")
        self._next()
        return test

    def _fact(self, symbol: str) -> Callable[[Facts], bool]:
        if symbol.startswith("/"):
            return self._regex(symbol[1:-1])
        if symbol.startswith('"'):
            return _word(symbol[1:-1])
        if match := re.fullmatch(r"(\w+)>=(\d{1,9})", symbol):
            name, least = match.group(1).lower(), int(match.group(2))
            if name not in _NUMBERS:
                raise self.wrong(f"there is no number called {name}; there are {', '.join(_NUMBERS)}")
            return lambda facts: facts.tolls.get(name, 0) >= least
        name, colon, value = symbol.partition(":")
        if not colon:
            return _word(symbol)
        return self._named(name.lower(), value.strip('"').lower())

    def _named(self, name: str, value: str) -> Callable[[Facts], bool]:
        if name not in _NAMES:
            raise self.wrong(f"there is no fact called {name}; there are {', '.join((*_NAMES, *_NUMBERS))}")
        if not value:
            raise self.wrong(f"{name}: needs a value")
        if name == "status" and value not in _STATUSES:
            raise self.wrong(f"a status is one of {', '.join(_STATUSES)}")
        tests: dict[str, Callable[[Facts], bool]] = {
            "actor": lambda facts: any(value in actor for actor in facts.actors),
            "country": lambda facts: value in facts.countries,
            "status": lambda facts: value in facts.statuses,
            "outlet": lambda facts: value in facts.outlet,
            "place": lambda facts: value in facts.place,
            "kind": lambda facts: value == facts.kind,
            "feed": lambda facts: value == facts.feed,
            "has": lambda facts: value in facts.groups or value.rstrip("s") in facts.groups,
        }
        return tests[name]

    def _regex(self, pattern: str) -> Callable[[Facts], bool]:
        try:
            found = re2.compile(f"(?i){pattern}")
        except re2.error as error:
            raise self.wrong(f"no regular expression that RE2 knows ({error})") from None
        return lambda facts: found.search(facts.text) is not None


def _word(words: str) -> Callable[[Facts], bool]:
    wanted = words.lower()
    pattern = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)")
    return lambda facts: wanted in facts.text and pattern.search(facts.text) is not None
