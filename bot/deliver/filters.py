"""The filter language: one line over words and facts, as `country:AM AND (status:denied OR killed>=10) NOT outlet:x`.

    line   = either { "OR" either }
    either = part { ["AND"] part }                (side by side means AND)
    part   = ["NOT"] ( "(" line ")" | fact | number | word | begin* | "quoted words" | /regular expression/ )
    fact   = name ":" value                       (a value of several words stands in quotation marks)
    number = ( state | group | state "(" group ")" | "origins" | "outlets" ) ">=" digits

docs/filters.md tells what each name means. Regular expressions are RE2's, which take time proportional to the text
whatever they say.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_left
from collections.abc import Callable
from functools import lru_cache

import msgspec
import re2

from bot.deliver.facts import GROUPS, STATES, STATUSES, Facts, group_named, words_in
from bot.deliver.names import actor_named, country_named, nearest_country, telling_words
from bot.deliver.parts import COUNTED, All, Anchors, Either, Leaf, Not, Part, Seen, counted, seldom, test_of, told
from bot.deliver.patterns import pattern
from bot.model.errors import CommandError
from bot.model.happening import KINDS

LONGEST = 500
MOST_PARTS = 40
LONGEST_PATTERN = 200
_DEEPEST = 10
_SYMBOL = re.compile(
    r"\s*(?:(?P<number>\w+(?:\(\s*\w+\s*\))?\s*(?:>=|=>|≥|<=|≤|==?|>|<)\s*\d[\d,]*)|(?P<paren>[()])"
    r'|(?P<quoted>"[^"]*")|(?P<regex>/(?:[^/\\]|\\.)+/)|(?P<word>[^\s()"]+(?:"[^"]*")?))'
)
_NUMBER = re.compile(r"(\w+)(?:\(\s*(\w+)\s*\))?\s*(>=|=>|≥|<=|≤|==?|>|<)\s*(\d[\d,]*)")
NAMES = ("actor", "by", "country", "event", "feed", "has", "kind", "outlet", "place", "status")
_NUMBERS = (*STATES, *GROUPS, "origins", "outlets")
_NOTHING = Leaf("everything", lambda facts: True, lambda facts: "")


class Filter(msgspec.Struct, frozen=True, eq=False):
    """A compiled filter; `passes` says whether a report of some facts passes.

    `anchors` are facts of which one stands in whatever passes; None where none can be told.
    """

    line: str
    part: Part
    anchors: Anchors | None
    passes: Callable[[Facts], bool]


def explain(line: str, facts: Facts) -> tuple[bool, tuple[Seen, ...]]:
    """Whether the report passes; and each part of the line, whether it holds, and what of it stands in the report."""
    built = compiled(line)
    return built.passes(facts), told(built.part, facts) if built.line else ()


@lru_cache(maxsize=20_000)
def compiled(line: str) -> Filter:
    """Compile a line; "" passes everything. Raises `CommandError` that points at the place in the line."""
    if not line.strip():
        return Filter("", _NOTHING, None, _NOTHING.test)
    if len(line) > LONGEST:
        raise CommandError(f"a filter has at most {LONGEST} characters", subject=line[:40] + "…", hint="shorten it")
    reading = _Reading(line)
    part = reading.line()
    if reading.symbol is not None:
        raise reading.wrong("this does not belong here", "a bracket has no partner")
    return Filter(line, part, part.anchors, test_of(part))


def alternatives(line: str) -> tuple[str, ...]:
    """The parts of a line that OR joins outside of all brackets; () for ""."""
    compiled(line)
    parts, depth, start, at = [], 0, 0, 0
    while match := _SYMBOL.match(line, at):
        symbol = match[match.lastgroup or 0]
        depth += (symbol == "(") - (symbol == ")")
        if symbol.upper() == "OR" and depth == 0:
            parts.append(line[start : match.start(match.lastgroup or 0)].strip())
            start = match.end()
        at = match.end()
    return tuple(part for part in (*parts, line[start:].strip()) if part)


class _Reading:
    """Reads a line from left to right."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._at = 0
        self._start = 0
        self._depth = 0
        self._count = 0
        self.symbol: str | None = None
        self._next()

    def _next(self) -> None:
        match = _SYMBOL.match(self._line, self._at)
        if match is None:
            self._start = len(self._line) - len(self._line[self._at :].lstrip())
            self.symbol = None
            if self._line[self._at :].strip():
                raise self.wrong("this cannot be read", "a quotation mark has no partner")
        else:
            self.symbol = match[match.lastgroup or 0]
            self._start, self._at = match.start(match.lastgroup or 0), match.end()

    def wrong(self, what: str, hint: str = "") -> CommandError:
        """An error that points at the present place."""
        pointed = f"{self._line[: self._start]}⟪{self._line[self._start : self._start + 25]}⟫"
        return CommandError(
            what,
            subject=f"character {self._start + 1} of the filter: {pointed}",
            hint=hint or "see `help filter`",
            suggestions=("help filter",),
        )

    def line(self) -> Part:
        """Alternatives joined by OR."""
        parts = [self._all()]
        while self.symbol is not None and self.symbol.upper() == "OR":
            self._next()
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _all(self) -> Part:
        parts = [self._part()]
        while self.symbol is not None and self.symbol != ")" and self.symbol.upper() != "OR":
            if self.symbol.upper() == "AND":
                self._next()
            parts.append(self._part())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _part(self) -> Part:
        if self.symbol is None:
            raise self.wrong("something is missing here", "after AND, OR, NOT and a bracket a word or fact must follow")
        if self.symbol.upper() == "NOT":
            return self._within(lambda: Not(self._part()))
        if self.symbol == "(":
            return self._within(self._bracketed)
        if self.symbol == ")" or self.symbol.upper() in ("AND", "OR"):
            raise self.wrong("something is missing before this", "AND and OR stand between two words or facts")
        part = self._leaf(self.symbol)
        self._count += 1
        if self._count > MOST_PARTS:
            raise self.wrong(f"a filter has at most {MOST_PARTS} parts")
        self._next()
        return part

    def _within(self, read: Callable[[], Part]) -> Part:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self.wrong("too many brackets within each other")
        self._next()
        part = read()
        self._depth -= 1
        return part

    def _bracketed(self) -> Part:
        inner = self.line()
        if self.symbol != ")":
            raise self.wrong("a bracket is not closed", "add )")
        self._next()
        return inner

    def _leaf(self, symbol: str) -> Leaf:
        if symbol.startswith("/") and symbol.endswith("/") and len(symbol) > 2:
            return self._pattern(symbol)
        if symbol.startswith('"'):
            return self._words(symbol, symbol[1:-1])
        if match := _NUMBER.fullmatch(symbol):
            return self._number(*match.groups(default=""))
        name, colon, value = symbol.partition(":")
        if not colon:
            return self._beginning(symbol) if symbol.endswith("*") else self._words(symbol, symbol)
        return self._fact(symbol, name.casefold(), " ".join(value.strip('"').casefold().split()))

    def _number(self, name: str, group: str, sign: str, digits: str) -> Leaf:
        number = int(digits.replace(",", ""))
        if number > 10**9:
            raise self.wrong("this number is too large")
        key = self._number_named(name.casefold(), group.casefold())
        if sign not in (">=", "=>", "≥") or not number:
            least = number + 1 if sign == ">" else max(1, number)
            raise self.wrong("a number is asked for from below, from 1", f"write {key}>={least}")
        anchors = counted(key, number) if key in COUNTED else frozenset([("state", key)])
        return Leaf(
            f"{key}>={number}",
            lambda facts: facts.numbers.get(key, 0) >= number,
            lambda facts: _highest(facts, key),
            anchors,
        )

    def _number_named(self, name: str, group: str) -> str:
        key = name if name in ("origins", "outlets", *STATES) else group_named(name)
        if key is None:
            raise self.wrong(f"there is no number called {name}", _nearest(name, _NUMBERS, "{}>=1"))
        if not group:
            return key
        within = group_named(group)
        if within is None or key not in STATES:
            raise self.wrong(
                "within the brackets stands a group, before them a state",
                f"such as killed(children)>=1; groups are {', '.join(GROUPS)}",
            )
        return f"{key}({within})"

    def _fact(self, symbol: str, name: str, value: str) -> Leaf:
        if name in _NUMBERS and value.isdigit():
            raise self.wrong(f"{name} is a number", f"write {name}>={value}")
        if name not in NAMES:
            near = _nearest(name, (*NAMES, *_NUMBERS), "{}:" if _is_name(name) else "{}>=1")
            raise self.wrong(f"there is no fact called {name}", f'{near}; as words: "{symbol}"')
        if not value:
            raise self.wrong(f"{name}: needs a value", f"such as {_EXAMPLES[name]}")
        if name in ("actor", "by"):
            return self._actor(name, value)
        if name == "country":
            return self._country(value)
        if name in ("status", "kind", "has"):
            return self._of_a_list(name, value)
        if name in ("place", "outlet"):
            held = {"place": "places", "outlet": "outlets"}[name]
            return _named_by_words(name, held, f"{name}:{_quoted(value)}", telling_words(value))
        kind, held = ("event", "events") if name == "event" else ("feed", "feed")
        return Leaf(
            f"{name}:{value.upper() if kind == 'event' else value}",
            (lambda facts: value in facts.events) if kind == "event" else (lambda facts: value == facts.feed),
            lambda facts: _these(getattr(facts, held)),
            frozenset([(kind, value)]),
        )

    def _actor(self, name: str, value: str) -> Leaf:
        canonical = actor_named(value)
        wanted = telling_words(canonical)
        if not wanted:
            raise self.wrong(f"{name}: needs a name", f"such as {_EXAMPLES[name]}")
        kind, held = ("speaker", "speakers") if name == "by" else ("actor", "actors")
        return _named_by_words(kind, held, f"{name}:{_quoted(canonical)}", wanted)

    def _country(self, value: str) -> Leaf:
        code = country_named(value)
        if code is None:
            near = nearest_country(value)
            raise self.wrong(
                f"I know no country called {value}", f"did you mean country:{_quoted(near)}?" if near else "such as AM"
            )
        wanted = code.casefold()
        return Leaf(
            f"country:{code}",
            lambda facts: wanted in facts.countries,
            lambda facts: _these(country.upper() for country in facts.countries),
            frozenset([("country", wanted)]),
        )

    def _of_a_list(self, name: str, value: str) -> Leaf:
        known = {"status": STATUSES, "kind": KINDS, "has": GROUPS}[name]
        wanted = group_named(value.replace(" ", "_")) if name == "has" else value
        if wanted not in known:
            raise self.wrong(f"there is no {_LISTS[name]} called {value}", _nearest(value, known, name + ":{}"))
        held = {"status": "statuses", "kind": "kind", "has": "groups"}[name]
        anchor = {"status": "status", "kind": "kind", "has": "group"}[name]
        return Leaf(
            f"{name}:{wanted}",
            (lambda facts: facts.kind == wanted) if name == "kind" else (lambda facts: wanted in getattr(facts, held)),
            lambda facts: _these(getattr(facts, held)),
            frozenset([(anchor, wanted)]),
        )

    def _pattern(self, symbol: str) -> Leaf:
        words = symbol[1:-1].replace("\\/", "/")
        if len(words) > LONGEST_PATTERN:
            raise self.wrong(f"a regular expression has at most {LONGEST_PATTERN} characters")
        try:
            found = pattern(words).found
        except re2.error as error:
            said = error.args[0] if error.args else error
            said = said.decode() if isinstance(said, bytes) else said
            raise self.wrong(f"no regular expression that RE2 knows ({said})", "look-arounds are not in it") from None
        return Leaf(
            symbol,
            lambda facts: found(facts.text) is not None,
            lambda facts: _match(found(facts.text)),
            frozenset([("pattern", words)]),
        )

    def _words(self, shown: str, words: str) -> Leaf:
        folded = " ".join(words.casefold().split())
        parts = words_in(folded)
        if not parts:
            raise self.wrong("there is no word in this")
        anchors = seldom(frozenset([("word", word)]) for word in parts)
        if parts == [folded]:
            return Leaf(
                shown, lambda facts: folded in facts.words, lambda facts: _found(folded in facts.words), anchors
            )
        phrase = re.compile(rf"(?<!\w){re.escape(folded)}(?!\w)".replace(r"\ ", r"\s+"))

        def stands(facts: Facts) -> bool:
            return facts.words.issuperset(parts) and phrase.search(facts.text) is not None

        return Leaf(shown, stands, lambda facts: _found(stands(facts)), anchors)

    def _beginning(self, symbol: str) -> Leaf:
        beginning = symbol[:-1].casefold()
        if len(beginning) < 3 or words_in(beginning) != [beginning]:
            raise self.wrong("before the star stand three letters or more", "such as shell*")

        def first(facts: Facts) -> str:
            at = bisect_left(facts.sorted_words, beginning)
            found = facts.sorted_words[at] if at < len(facts.sorted_words) else ""
            return found if found.startswith(beginning) else ""

        return Leaf(
            symbol,
            lambda facts: bool(first(facts)),
            lambda facts: _found(bool(first(facts)), first(facts)),
            frozenset([("beginning", beginning)]),
        )


def _named_by_words(kind: str, held: str, shown: str, wanted: frozenset[str]) -> Leaf:
    """An actor, speaker, place or outlet in whose name all the words stand."""
    longest = max(wanted, key=lambda word: (len(word), word), default="")
    return Leaf(
        shown,
        lambda facts: any(wanted <= words for words in facts.named[held].values()),
        lambda facts: _these(facts.named[held]),
        frozenset([(kind, longest)]) if wanted else None,
    )


_EXAMPLES = {
    "actor": "actor:Armenia", "by": 'by:"Ministry of Defence of Armenia"', "country": "country:AM",
    "event": "event:KAR-0142", "feed": "feed:f0123456789", "has": "has:children", "kind": "kind:strike",
    "outlet": "outlet:BBC", "place": "place:Kharkiv", "status": "status:denied",
}  # fmt: skip
_LISTS = {"status": "status", "kind": "kind of event", "has": "group"}


def _is_name(name: str) -> bool:
    near = difflib.get_close_matches(name, (*NAMES, *_NUMBERS), n=1, cutoff=0.5)
    return not near or near[0] in NAMES


def _nearest(word: str, known: tuple[str, ...], form: str) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"did you mean {form.format(near[0])}?" if near else f"there are {', '.join(known)}"


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


def _these(values: object) -> str:
    names = sorted({values} if isinstance(values, str) else {str(value) for value in values})  # type: ignore[attr-defined]  # names of some collection
    return f"here: {', '.join(name for name in names[:6] if name)}" if any(names) else "none here"


def _found(stands: bool, word: str = "") -> str:
    return (f"stands in the text{f': {word}' if word else ''}") if stands else "not in the text"


def _match(found: str | None) -> str:
    return f"found: {found[:40]}" if found is not None else "not found in the text"


def _highest(facts: Facts, key: str) -> str:
    number = facts.numbers.get(key, 0)
    if key in ("origins", "outlets"):
        return f"the event has {number}"
    return f"highest of one source: {number:,}, according to {facts.givers[key]}" if number else "no such figure"
