"""Attributions that tell what somebody has not said: "did not confirm", "declined to comment", "neither confirmed nor denied".

They have a source, a cue and words, but nobody says these words: shown as a claim they would be put into a mouth. What somebody
does not believe or accept is said, and denied (`is_doubt`).
"""

from __future__ import annotations

import re

from bot.extract.attribution import Attribution
from bot.model.report import Span

_TELLS = (
    r"(?:sa(?:y|ys|id|ying)|tell|told|telling|confirm\w*|accus\w*|claim\w*|comment\w*|respond\w*|repl(?:y|ies|ied)|den(?:y|ies|ied|ying)"
    r"|acknowledg\w*|admit\w*|report\w*|mention\w*|identif\w*|name[ds]?|naming|blam\w*|disclos\w*|specif\w*|elaborat\w*"
    r"|explain\w*|verif\w*|announc\w*|state[ds]?|condemn\w*|warn\w*|address\w*|discuss\w*|answer\w*|reveal\w*|release[ds]?)"
)
_NOT = r"(?:not|never|n['’]t|cannot)"
_NEGATED = re.compile(
    rf"(?:\b{_NOT}|n['’]t)\s+(?:\w+ly\s+|yet\s+|even\s+|ever\s+)*(?:be\s+|been\s+|being\s+)?{_TELLS}\b"
    rf"|\bneither\b.{{0,30}}\b{_TELLS}|\bnor\s+{_TELLS}",
    re.IGNORECASE,
)
_DECLINED = re.compile(
    rf"\b(?:declin\w+|refus\w+|unable|yet|fail\w*)\b.{{0,14}}?\bto\s+(?:\w+ly\s+)?(?:{_TELLS}|give|provide|be\s+(?:drawn|named|quoted))\b",
    re.IGNORECASE,
)
_SHORT_OF = re.compile(
    rf"\b(?:short\s+of|avoid\w*|without|instead\s+of|far\s+from)\s+(?:\w+ly\s+)?{_TELLS}\b", re.IGNORECASE
)
_UNCLEAR = re.compile(
    r"\b(?:not|n['’]t|un)\s*(?:\w+ly\s+|yet\s+)*(?:clear|known|certain)\b|\bremain\w*\s+(?:unclear|unknown)\b",
    re.IGNORECASE,
)
_NOBODY = re.compile(r"^\W*(?:no|nobody|none|neither)\b", re.IGNORECASE)
_ASKED = re.compile(r"^\W*asked\b", re.IGNORECASE)
"""Before its source: "asked about it, the mayor …", who has not said it."""
_ASKED_ABOUT = re.compile(r"(?:When\s+)?[Aa]sked\s+(?:about|whether|if|why|how|what|who|by)\b")
_CONTRARY = re.compile(r"\b(?:contrary\s+to|unlike|despite)\s+(?:what|the\s+\w+\s+that)\s+$", re.IGNORECASE)
_ANONYMOUS = re.compile(
    r"\b(?:anonymity|anonymously|not\s+(?:to\s+)?be(?:ing)?\s+(?:named|identified|quoted)|to\s+remain\s+(?:anonymous|unnamed))\b",
    re.IGNORECASE,
)
"""What a source asks for itself is no part of the news."""
_NO_EVIDENCE = re.compile(
    r"^\W*without\s+(?:\w+ing)\s+(?:any\s+|further\s+)?(?:evidence|proof|details?)\W*$", re.IGNORECASE
)
_NOTHING = re.compile(r"^\W*(?:nothing|little|no\s+more|so)\W*$", re.IGNORECASE)
_DOUBT = re.compile(
    rf"(?:\b{_NOT}|n['’]t)\s+(?:\w+ly\s+)?(?:believ\w+|think\w*|accept\w*|recogni[sz]\w+|agree\w*|buy|consider\w*|see\b)",
    re.IGNORECASE,
)
_CALLS = re.compile(
    r"^(?:also\s+|still\s+|better\s+|widely\s+|locally\s+)?(?:call(?:s|ed|ing)?|dub(?:s|bed)|nam(?:es?|ed)|refers?\s+to\s+as|known(?:\s+as)?|nicknamed)$",
    re.IGNORECASE,
)
_NAME = re.compile(r"^\W*(?:(?:the|[A-Z\u00c0-\u024f][\w’'-]*|of|de|al)\s*){1,5}\W*$")
_HELD = re.compile(
    r"\b(?:is|are|was|were|be|been|being)\s+(?:(?:also|still|now|\w+ly)\s+){0,2}(?:believed|feared|thought|presumed|assumed|considered|expected|known)\b",
    re.IGNORECASE,
)
"""What nobody in particular believes: "two people are still believed to be inside"."""
_CITES = re.compile(r"\W*(?:cit(?:es|ed|ing)|quot(?:es|ed|ing)|invok\w+)\b", re.IGNORECASE)
_CANNOT_SPEAK = re.compile(
    r"\b(?:treaty|treaties|law|laws|constitution|article|concerns?|reasons?|grounds|fears?|shortages?|lack|pressure|needs?|risks?|rules?|regulations?|agreement|accord|convention|resolution|security|weather|costs?|delays?)\s*$",
    re.IGNORECASE,
)
"""Whom nobody quotes although it is cited: "citing a 1951 treaty"."""
_BEFORE = 24
_SHORT = 60
_AHEAD = 30


def is_unsaid(text: str, attribution: Attribution) -> bool:
    """Whether the source has not said the content."""
    if not attribution.cue:
        return False
    cue = (attribution.cue[0][0], attribution.cue[-1][1])
    source = " ".join(text[slice(*span)] for span in attribution.source)
    content = " ".join(text[slice(*span)] for span in attribution.content)
    first = min(span[0] for span in (*attribution.source, *attribution.cue))
    asked_before = attribution.source and attribution.source[0][0] > cue[0] and _ASKED.match(text[slice(*cue)])
    return bool(
        _on_cue(_NEGATED, text, attribution.sentence, cue)
        or _on_cue(_DECLINED, text, attribution.sentence, (cue[0], cue[1] + _AHEAD))
        or _on_cue(_SHORT_OF, text, attribution.sentence, cue)
        or _NOBODY.match(source)
        or (not source and _UNCLEAR.search(text[slice(*cue)]))
        or _NOTHING.match(content)
        or (_ANONYMOUS.search(content) and len(content) < _SHORT)
        or _NO_EVIDENCE.match(f"{text[slice(*cue)]} {content}")
        or asked_before
        or (text[cue[0]].isupper() and _ASKED_ABOUT.match(text, cue[0]))
        or _CONTRARY.search(text, max(0, first - _BEFORE), first)
        or _is_naming(text, attribution)
        or (_CITES.match(text[slice(*cue)]) and _CANNOT_SPEAK.search(source))
        or _is_held_by_nobody(text, attribution, cue)
    )


def _is_held_by_nobody(text: str, attribution: Attribution, cue: Span) -> bool:
    """Whether a belief in the passive names nobody who holds it: who stands before it is whom it is about."""
    return _on_cue(_HELD, text, attribution.sentence, cue) and not any(
        cue[1] <= start < attribution.sentence[1] for start, _ in attribution.source
    )


def _is_naming(text: str, attribution: Attribution) -> bool:
    """Whether somebody only has another name for it: "the town, which Azerbaijanis call Khankendi"."""
    cue = " ".join(text[slice(*span)] for span in attribution.cue)
    return bool(_CALLS.match(cue) and _NAME.match(text[slice(*attribution.content[-1])]))


def is_doubt(cue: str) -> bool:
    """Whether a cue says that its source holds the content not to be so: "does not believe"."""
    return _DOUBT.search(cue) is not None


def _on_cue(pattern: re.Pattern[str], text: str, sentence: Span, cue: Span) -> bool:
    """Whether the pattern is found where it reaches into the cue."""
    start, end = max(sentence[0], cue[0] - _BEFORE), min(sentence[1], cue[1])
    return any(match.end() > cue[0] for match in pattern.finditer(text, start, end))
