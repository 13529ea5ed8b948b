"""What a count counts where no noun follows it at once: nobody, money, people told of before, or a number told after it."""

from __future__ import annotations

import re

from bot.extract.numbers import Quantity

_SUM = re.compile(
    r"\s+(?:in|of|worth\s+of)\s+(?:\w+\s+){0,2}(?:loss(?:es)?|damages?|property|aid|cash|money|dollars|pesos|euros|rubles|roubles|pounds|revenue|goods)\b",
    re.IGNORECASE,
)
_THE = re.compile(r"\bthe\s+$", re.IGNORECASE)
_THAT_ONE = re.compile(r"\s+(?:who|that|which)\b", re.IGNORECASE)
_NONE_OF = re.compile(r"\b(?:none|neither)\s+of\s+(?:the|its|their|our|those)\s+(?:\w+\s+)?$", re.IGNORECASE)
_OF_THOSE = re.compile(
    r"\s*(?:$|[^\w\s]|(?:who|whom|killed|injured|wounded|hurt|dead|aboard|in|inside|on|at|were|was|are|is|and|had|have|has|missing|present|arrested|detained|captured|kidnapped|"
    r"held|still|later|also|died|rescued|taken|from|remain|seriously|critically|identified|trapped)\b)",
    re.IGNORECASE,
)
_THE_NUMBER = re.compile(r"\s+the\s+(?:total\s+|overall\s+)?(?:number|toll|count|total)\s+of\b", re.IGNORECASE)
_SINCE_DIED = re.compile(r"\s+(?:(?:have|has|had|later|since|also|then)\s+){0,3}(?:died|succumbed)\b", re.IGNORECASE)
_THEM = re.compile(r"\b(?:them|whom|those|these)\s*$", re.IGNORECASE)


def counts_no_victims(text: str, quantity: Quantity, at: int, end: int) -> bool:
    """ "None of the 40 passengers", "millions in losses", "the one who was hurt"."""
    begin = quantity.number[0]
    if _NONE_OF.search(text, max(0, begin - 30), begin):
        return True
    if quantity.qualifier == "vague" and _SUM.match(text, at, end):
        return True
    one = text[slice(*quantity.number)].lower() == "one" and _THE.search(text, max(0, begin - 5), begin)
    return bool(one) and bool(_THAT_ONE.match(text, at, end))


def stands_before_its_noun(text: str, at: int, end: int) -> bool:
    """Whether what a count counts is told after it: "brings to 60 the number of dead"."""
    return _THE_NUMBER.match(text, at, end) is not None


def have_died_since(text: str, at: int, end: int) -> bool:
    """Whether those before are said to have died: "two of the 18 injured have since died"."""
    return _SINCE_DIED.match(text, at, end) is not None


def of_people_told(text: str, at: int, until: int, end: int) -> bool | None:
    """Whether "of" and a pronoun between two offsets are of people told of before; None where there is no pronoun.

    "Some of them", "two of those killed"; not "some of those documents".
    """
    pronoun = _THEM.search(text, at, until)
    if pronoun is None:
        return None
    return pronoun.group().strip().lower() in ("them", "whom") or bool(_OF_THOSE.match(text, until, end))


_QUOTED = re.compile(r"\s*[\"“][^\"”]*")


def closed(text: str, start: int, end: int) -> int:
    """The end of words between two offsets, over the mark that ends a quotation with which they begin: two "smugglers"."""
    quoted = _QUOTED.fullmatch(text, start, end) is not None
    return end + 1 if quoted and text[end : end + 1] in ('"', "”") else end
