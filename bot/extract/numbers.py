"""How many: figures, number words, ranges and vague plurals as an interval with a qualifier (CONTRACT rule 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from bot.model.report import Span
from bot.model.summary import Qualifier

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {word: value for value, word in enumerate(_ONES)} | {word: 10 * i for i, word in enumerate(_TENS, 2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
VAGUE = {
    "several": 2,
    "several dozen": 24,
    "several hundred": 200,
    "several thousand": 2000,
    "several tens of thousands": 20000,
    "a few dozen": 24,
    "a few hundred": 200,
    "a few thousand": 2000,
    "a number of": 2,
    "an undetermined number of": 2,
    "an unknown number of": 2,
    "an unspecified number of": 2,
    "a handful of": 2,
    "a handful": 2,
    "a few": 2,
    "some": 2,
    "many": 2,
    "numerous": 2,
    "dozens": 24,
    "scores": 40,
    "hundreds": 200,
    "thousands": 2000,
    "tens of thousands": 20000,
    "hundreds of thousands": 200_000,
    "millions": 2_000_000,
}
NUMBER_WORDS = frozenset(_WORDS) - {"one"}
"""Number words above one: none stands within a phrase that a number opens."""
_ONE_WORD = "|".join(sorted([*_WORDS, *_SCALES], key=len, reverse=True))
_START_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_WRITTEN = rf"(?:{_START_WORD})(?:[\s-]+(?:and\s+)?(?:{_ONE_WORD}))*"
_DIGITS = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"
_NUMBER = rf"(?:(?:{_DIGITS})(?:\s+(?:hundred|thousand|million|billion))?|(?:a|half\s+a)\s+(?:dozen|hundred|thousand|million)|{_WRITTEN}(?:\s+dozen)?)"
_AT_LEAST = r"at\s+least|no\s+fewer\s+than|no\s+less\s+than|not\s+less\s+than|a\s+minimum\s+of"
_MORE = r"more\s+than|over|above|upwards\s+of|in\s+excess\s+of|well\s+over|well\s+above"
_AT_MOST = r"up\s+to|as\s+many\s+as|at\s+most|a\s+maximum\s+of|no\s+more\s+than"
_FEWER = r"fewer\s+than|less\s+than|under|below"
_ABOUT = r"about|around|some|nearly|almost|roughly|approximately|an\s+estimated|close\s+to|an\s+average\s+of|approximately|circa|or\s+so"
_LEADS = rf"(?P<at_least>{_AT_LEAST})|(?P<more>{_MORE})|(?P<at_most>{_AT_MOST})|(?P<fewer>{_FEWER})|(?P<about>{_ABOUT})"
_VAGUE = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(VAGUE, key=len, reverse=True))
_QUANTITY = re.compile(
    rf"(?<![\w$€£.,:#-])(?<!\bno )(?<!\bNo )(?<!\bNO )(?:(?:(?:{_LEADS})\s+)?(?:(?:the|another|an?|a\s+further|a\s+total\s+of|all|other|further)\s+)?"
    rf"(?:between\s+(?P<low>{_NUMBER})\s+and\s+(?P<high>{_NUMBER})|(?P<from>{_NUMBER})\s+(?:to|or)\s+(?P<to>{_NUMBER})|(?P<first>{_DIGITS})\s?[-–—]\s?(?P<last>{_DIGITS})|(?P<number>{_NUMBER}))"
    rf"(?P<or_more>\s+or\s+more\b)?|(?P<vague>{_VAGUE}))(?![\w%°]|-[A-Za-z]|[.,:]\d|\s*(?:%|per\s+cent|percent|degrees))",
    re.IGNORECASE,
)
_NOT_PEOPLE = re.compile(
    r"^[-\s]*(?:year|month|week|day|hour|minute|second|mile|kilomet|met(?:er|re)|km|mm|kg|ton|dollar|euro|pound|kron|peso|a\.?m\.?\b|p\.?m\.?\b|GMT|o['’]clock|st\b|nd\b|rd\b|th\b|times\b|per\b|hectare|inch|feet|foot|acre|litre|point)",
    re.IGNORECASE,
)


_MOVES = re.compile(r"\b(?:toll|number|count|tally|total|figure|dead|casualties)\b[^.;]*\bfrom\s+$", re.IGNORECASE)
"""Before "31 to 37" that is a rise from one to the other, not a range."""


class Quantity(msgspec.Struct, frozen=True):
    """A count in a text.

    Attributes:
        number: where the figure itself stands, without "at least" and the like; a vague word stands for itself.
        extent: the whole, with what qualifies it.
    """

    number: Span
    extent: Span
    min: int | None
    max: int | None
    qualifier: Qualifier


def value_of(words: str) -> int | None:
    """The whole number that digits or number words name, or None ("2.5" without a scale)."""
    plain = " ".join(words.lower().replace("-", " ").split())
    if plain.startswith("half a "):
        base = value_of("a " + plain.removeprefix("half a "))
        return base // 2 if base else None
    if plain.endswith("dozen"):
        before = plain.removesuffix("dozen").strip()
        times = 1 if before in ("a", "") else value_of(before)
        return 12 * times if times else None
    total, part = 0.0, 0.0
    seen = False
    for word in plain.split():
        if word == "and":
            continue
        if word == "a":
            part = 1.0
        elif word in _SCALES:
            scale = _SCALES[word]
            if scale == 100:
                part = (part or 1.0) * 100
            else:
                total, part = total + (part or 1.0) * scale, 0.0
        elif word in _WORDS:
            part += _WORDS[word]
        else:
            part += float(word.replace(",", ""))
        seen = True
    whole = total + part
    return int(whole) if seen and whole == int(whole) else None


_COUNT = re.compile(rf"(?:{_NUMBER})\s+", re.IGNORECASE)


def after_count(text: str, at: int) -> int:
    """The offset behind a count that stands here, else the offset itself: "four of the *nine* students"."""
    match = _COUNT.match(text, at)
    return match.end() if match else at


def quantities(text: str, start: int, end: int) -> Iterator[Quantity]:
    """The counts between two offsets that can be counts of people: no ages, sums of money, shares, dates or measures."""
    for match in _QUANTITY.finditer(text, start, end):
        if _NOT_PEOPLE.match(text[match.end() : match.end() + 14]) or _dated(text, match) or _of_all(text, match):
            continue
        if found := _quantity(match):
            yield found


_LABELLED = re.compile(
    r"\b(?:cadena|channel|canal|no\.|numbers?|routes?|highway|road|kilomet\w+|km|page|article|phase|zone|sector|grade|apartment|flight|block|chapter)\s+$",
    re.IGNORECASE,
)
"""Before a number that is a label, not a count: "Channel 4"."""
_HOW = re.compile(r"\bhow\s+$", re.IGNORECASE)


_NOT = re.compile(r"\bnot\s+(?:the\s+)?$", re.IGNORECASE)
"""Before a number that somebody corrects: "seven soldiers, not six"."""
_PARENT_OF = re.compile(
    r"\b(?:mother|father|parents?|grandmother|grandfather|widow|widower|family|household|couple|crew)\s+of\s+$",
    re.IGNORECASE,
)
_HOUR = re.compile(r"\bat\s+(?:about\s+|around\s+|approximately\s+)?$", re.IGNORECASE)
_BY_ONE = re.compile(r"\s+by\s+one\b", re.IGNORECASE)
_OF_ALL = re.compile(r"\b(?:every|each|any|not(?:\s+even)?|no)\s+(?:single\s+)?$", re.IGNORECASE)
"""Before "one", which then counts all or nobody: "every one of the dead", "not one passenger"."""


def _of_all(text: str, match: re.Match[str]) -> bool:
    one = (match.group("number") or "").lower() == "one"
    return one and _OF_ALL.search(text, max(0, match.start() - 24), match.start()) is not None


_AGED = re.compile(r"\baged?\s+(?:from\s+)?$", re.IGNORECASE)
_AGES_BEFORE = re.compile(r"[a-z],\s+(?:\d{1,2}\s+and\s+)?$")
_AGES_AFTER = re.compile(r"(?:\s+and\s+\d{1,2})?\s*[,.;]")


_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May(?!\s+(?:have|be|yet|still|also|not|well)\b)|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?"
    r"|Dec(?:ember)?)\b\.?"
)
_MONTH_BEFORE = re.compile(rf"\b{_MONTH}\s+$", re.IGNORECASE)
_MONTH_AFTER = re.compile(rf"\s+{_MONTH}", re.IGNORECASE)


def _is_one_of_two_ages(text: str, match: re.Match[str]) -> bool:
    """ "Their sons, 8 and 11, were hurt": whole ages between commas after a noun."""
    before, after = text[max(0, match.start() - 16) : match.start()], text[match.end() : match.end() + 10]
    pair = " and " in after[:8] or before.endswith("and ")
    return pair and bool(_AGES_BEFORE.search(before)) and bool(_AGES_AFTER.match(after))


def _dated(text: str, match: re.Match[str]) -> bool:
    """A year, a day of a month, an age, a label, an hour; or "how many"."""
    number = match.group("number")
    if (match.group("low") or match.group("from") or match.group("first") or "1")[0] == "0":
        return True  # "between 0200 and 0300"
    before = text[max(0, match.start() - 24) : match.start()]
    if not number and _AGED.search(before):
        return True  # "aged between four and nine"
    if number and number.isdigit() and _is_one_of_two_ages(text, match):
        return True
    if _PARENT_OF.search(before) or (_NOT.search(before) and match.start("number") == match.start()):
        return True
    if number and number.lower() == "one" and _BY_ONE.match(text, match.end()):
        return True
    if number and number.isdigit() and len(number) == 4 and int(number) < 2400 and _HOUR.search(before):
        return True
    if number and (number[0] == "0" or _LABELLED.search(text, max(0, match.start() - 24), match.start())):
        return True
    if match.group("vague") and _HOW.search(text, max(0, match.start() - 5), match.start()):
        return True
    if (
        number
        and re.search(r"[A-Z][\w’'-]+(?:\s[\w’'-]+)?,\s+$", text[max(0, match.start() - 40) : match.start()])
        and re.match(r"\s*[,;.)]", text[match.end() : match.end() + 3])
    ):
        return True  # "Maria Lopez, 42, …"
    if number and re.search(
        r"\b(?:boy|girl|child|man|woman|son|daughter|aged?)\s+(?:of\s+|\d+\s+and\s+)?$",
        text[max(0, match.start() - 16) : match.start()],
    ):
        return True
    if not number or not number.isdigit():
        return False
    before, after = before[-12:], text[match.end() : match.end() + 20]
    if _MONTH_BEFORE.search(before) or _MONTH_AFTER.match(after):
        return True
    return (
        1800 <= int(number) <= 2100
        and len(number) == 4
        and not match.group("at_least")
        and not re.match(r"\s+(?:people|civilians|persons|soldiers|dead|wounded)", after)
    )


def _quantity(match: re.Match[str]) -> Quantity | None:
    extent = match.span()
    if match.group("vague"):
        least = VAGUE[" ".join(match.group("vague").lower().split())]
        return Quantity(match.span("vague"), extent, least, None, "vague")
    pairs = (("low", "high"), ("from", "to"), ("first", "last"))
    if names := next((pair for pair in pairs if match.group(pair[0])), None):
        low, high = (value_of(match.group(name)) for name in names)
        if names[0] == "from" and high is not None and _MOVES.search(match.string, max(0, extent[0] - 60), extent[0]):
            return Quantity(match.span("to"), extent, high, high, "exact")
        if low is None or high is None or low > high:
            return None
        return Quantity((match.start(names[0]), match.end(names[1])), extent, low, high, "range")
    value = value_of(match.group("number"))
    if value is None:
        return None
    number = match.span("number")
    if match.group("at_least") or match.group("or_more"):
        return Quantity(number, extent, value, None, "at_least")
    if match.group("more"):
        return Quantity(number, extent, value + 1, None, "at_least")
    if match.group("at_most"):
        return Quantity(number, extent, None, value, "at_most")
    if match.group("fewer"):
        return Quantity(number, extent, None, value - 1, "at_most")
    return Quantity(number, extent, value, value, "about" if match.group("about") else "exact")
