"""Paragraphs, sentences and words of a text, all as offsets into it."""

from __future__ import annotations

import re

from bot.model.report import Span

_WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}"  # U.N., a.m.
    r"|\d+(?:[.,:]\d+)*(?:[^\W\d_]{1,2}\b)?"  # 1,200  3.5  14:05  30th
    r"|[^\W_]+(?:[-_][^\W_]+)*"  # cease-fire
    r"|['’](?:s|S|t|T|re|ve|ll|d|m)\b"  # Russia's
    r"|[^\w\s]|_"
)
_BLANK_LINE = re.compile(r"\n[^\S\n]*(?:\n\s*)+")
_LINE = re.compile(r"[^\n]+")
_BULLET = re.compile(r"\s*(?:[-*•–—▪◦·]\s|\d{1,2}[.)]\s|\[?\d{1,2}[:.]\d{2}\b)")
_CLOSED = re.compile(r"[.!?:;…]['\"”’»)\]]*\s*$")
_UNFINISHED = re.compile(r"(?:[,;]|\b(?:and|or|of|the|an?|in|to|with|by|for|from))\s*$")
"""How a line ends that goes on in the next one, however short it is."""
_WRAPPED = 55
"""A line of at least this many characters that ends in no stop may be a line broken by its typesetting."""
_STOP = re.compile(r"[.!?…]+['\"”’»)\]]*(?=\s)|[.!?…]+['\"”’»)\]]*$")
_OPENING = re.compile(r"\s+['\"“‘«(\[]*(\S)")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof rev hon st sr jr sen rep gov gen lt col maj capt cmdr adm sgt cpl pvt brig pres amb atty supt insp "
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun "
    "no nos vs etc inc ltd co corp bros dept univ assn est approx fig ave blvd rd mt ft al cf eg ie p pp vol ed".split()
)
_ALWAYS_JOINED = frozenset(
    "mr mrs ms dr prof rev hon sen rep gov gen lt col maj capt cmdr adm sgt cpl brig no nos vs st".split()
)


def words(text: str) -> list[Span]:
    """Words, numbers and single marks of punctuation, in order; "Russia's" is "Russia" and "'s"."""
    return [match.span() for match in _WORD.finditer(text)]


def paragraphs(text: str) -> tuple[Span, ...]:
    """Paragraphs without the white space around them: blank lines part them, and so do line ends that end a sentence."""
    found: list[Span] = []
    start = 0
    for gap in [*_BLANK_LINE.finditer(text), None]:
        end = gap.start() if gap else len(text)
        found += _lines_joined(text, start, end)
        start = gap.end() if gap else end
    return tuple(found)


def _lines_joined(text: str, start: int, end: int) -> list[Span]:
    """The paragraphs of a block without blank lines: its lines, joined where a line was only broken by its width."""
    joined: list[Span] = []
    for match in _LINE.finditer(text, start, end):
        line = _stripped(text, *match.span())
        if line[0] == line[1]:
            continue
        if joined and _continues(text, joined[-1], line):
            joined[-1] = (joined[-1][0], line[1])
        else:
            joined.append(line)
    return joined


def _continues(text: str, before: Span, line: Span) -> bool:
    """Whether `line` goes on in the middle of what the lines before it say."""
    last_start = text.rfind("\n", before[0], before[1]) + 1 or before[0]
    last = text[max(last_start, before[0]) : before[1]]
    shown = text[line[0] : line[1]]
    if _UNFINISHED.search(last):
        return not _BULLET.match(shown)
    if _BULLET.match(shown) or _CLOSED.search(last):
        # A wrapped paragraph's line may end in a stop by chance; its neighbours then are of full width.
        return not _BULLET.match(shown) and "\n" in text[before[0] : before[1]] and len(last) >= _WRAPPED
    return shown[:1].islower() or len(last) >= _WRAPPED


def _stripped(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def sentences(text: str) -> tuple[Span, ...]:
    """Sentences without the white space around them; none crosses a paragraph."""
    return tuple(sentence for paragraph in paragraphs(text) for sentence in _sentences_of(text, *paragraph))


def _sentences_of(text: str, start: int, end: int) -> list[Span]:
    found: list[Span] = []
    begin = start
    for stop in _STOP.finditer(text, start, end):
        if stop.end() >= end or not _ends_sentence(text, begin, stop, end):
            continue
        found.append((begin, stop.end()))
        begin = _stripped(text, stop.end(), end)[0]
    if begin < end:
        found.append((begin, end))
    return found


def _ends_sentence(text: str, begin: int, stop: re.Match[str], end: int) -> bool:
    opening = _OPENING.match(text, stop.end(), end)
    if opening is None or opening.group(1).islower():
        return False
    if not stop.group().startswith(".") or stop.group().startswith(".."):
        return True
    word_start = stop.start()
    while word_start > begin and not text[word_start - 1].isspace() and text[word_start - 1] not in "(\"“'‘[":
        word_start -= 1
    word = text[word_start : stop.start()].lower()
    if word in _ALWAYS_JOINED:
        return False
    if word in _ABBREVIATIONS:
        return not opening.group(1).isdigit() and stop.end() - stop.start() > 1
    if len(word) == 1 and word.isalpha() and text[word_start].isupper():
        return False  # an initial: "George W. Bush"
    if "." in word and word.replace(".", "").isalpha():
        return _after_letters(text, opening, end)  # "the U.N. Security Council", but "in the U.S. He said"
    return True


_STARTERS = frozenset("the a an he she it they we i but and in on at this that these those there his her its".split())


def _after_letters(text: str, opening: re.Match[str], end: int) -> bool:
    """Whether the word after "U.N." is one that starts sentences more often than it follows such letters."""
    word = re.compile(r"[^\W\d_]*").match(text, opening.start(1), end)
    return word is not None and word.group().lower() in _STARTERS
