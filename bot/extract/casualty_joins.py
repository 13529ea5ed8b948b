"""What joins the victims of one verb: commas, "and", over what is said of each of them, and over their parts."""

from __future__ import annotations

import re

from bot.extract.victims import Phrase

_VERB = r"took|takes|taking|held|hold|stole|burnt|beat|hit|left|lost|let|set|drove|threw|found|made|gave|sent|put|(?!(?:un\w+|retired|armed|alleged|suspected|accused|wanted|married|disabled|aged|supposed|uniformed|hooded|masked|related|estimated|hired|trained|registered|two-[\w-]+)\b)\w\w+ed"
"""Verbs of the past, with what happened to others: "killed a guard and robbed two nurses"."""
_JOINS = re.compile(
    r"(?:\s*,?\s*\(?(?:aged?\s+)?\d{1,3}\)?(?=\s*[,;]))?\s*(?:,|;|and|,\s*and|;\s*and|,?\s*as\s+well\s+as|,?\s*along\s+with|,?\s*together\s+with)\s*(?:of\s+)?(?:(?:the|his|her|their|a|an|at\s+least|about|another|some|more\s+than)\s+)*"
    r"(?:(?!(?:said|says|told|that|whose|into|onto|among|amid|over|under|against|before|because|if|then|who|whom|which|where|when|while|but|killed|wounded|injured|died|wound|injure|hurt|kill|captured|kidnapped|abducted|arrested|detained|seized|freed|rescued|was|were|had|has|have|by|in|on|at|of|to|for|from|with|after|near"
    r"|according|including|killing|wounding|injuring|hurting|leaving|kidnapping|capturing|displacing|as|than|is|are|[\w-]+ing|"
    + _VERB
    + r")\b)[\w.-]+\s+){0,3}?",
    re.IGNORECASE,
)
_APPOSED = re.compile(
    r",(?!\s+(?:said|who|whom|which|where|when|while|but|and)\b)[^,;.]{2,70},\s*(?:and|as\s+well\s+as|along\s+with|together\s+with)\s+(?:the\s+|his\s+|her\s+)?"
)
"""Between a victim with a description and the next one: "Ana Ruiz, third judge of the district, and two guards"."""
_WITH_OFFICE = re.compile(
    r",\s+(?:the\s+|a\s+)?[\w-]+(?:\s[\w-]+){0,4}\s+(?:of|at|for|from)\s+(?:(?!\b(?:said|says|who|that|was|were|has|had|is)\b)[^,;.]){2,70},\s+(?:the\s+|an?\s+)?"
)
"""Between a victim with an office and the next one: "Ana Ruiz, rector of the college, five nuns and …"."""
_COMPLEMENT = re.compile(r"\s+(?:of|from|at)\s+[^,;.:]{1,45}?(?=\s+and\s|\s*,)", re.IGNORECASE)
_VERB_WITHIN = re.compile(
    r"\b(?:said|says|told|was|were|had|has|have|killed|wounded|injured|died|that|who|which|when|by|is|are)\b",
    re.IGNORECASE,
)


_OVER_PARTS = re.compile(
    r"\s*(?:\([^()]*\)|--.*?\s--|[–—][^–—]*[–—]|,\s*including\s[^,;.]*(?=,))\s*(?:,|,?\s*and)\s+(?:(?:the|his|her|their|at\s+least|about|another)\s+)?",
    re.DOTALL,
)


def joins(text: str, one: Phrase, two: Phrase) -> bool:
    """Whether "and" or a comma joins two phrases, over what the first is of: "an official from the bank and a prosecutor"."""
    start, end = one.span[1], two.span[0]
    complement = _COMPLEMENT.match(text, start, end)
    if complement and not _VERB_WITHIN.search(complement.group()) and _JOINS.fullmatch(text, complement.end(), end):
        return True
    if one.kind == "name" and _APPOSED.fullmatch(text, start, end):
        return True
    if one.kind in ("name", "single") and _WITH_OFFICE.fullmatch(text, start, end):
        return True
    return _JOINS.fullmatch(text, start, end) is not None


def joins_over_parts(text: str, one: Phrase, two: Phrase) -> bool:
    """Whether two phrases are joined behind the first's parts: "six people (two of them women) and a guard"."""
    return _OVER_PARTS.fullmatch(text, one.span[1], two.span[0]) is not None
