"""The agency that a text comes from, where it says so: "(Reuters)", "AFP reported", a dateline."""

from __future__ import annotations

import re

# Names as they are shown, and the forms in which texts name them.
_AGENCIES = {
    "Reuters": ("Reuters", "Thomson Reuters"),
    "AFP": ("AFP", "Agence France-Presse", "Agence France Presse"),
    "AP": ("AP", "Associated Press", "The Associated Press", "The AP"),
    "dpa": ("dpa", "DPA", "Deutsche Presse-Agentur"),
    "EFE": ("EFE", "Agencia EFE"),
    "ANSA": ("ANSA",),
    "UPI": ("UPI", "United Press International"),
    "PA Media": ("PA Media", "Press Association"),
    "Bloomberg": ("Bloomberg",),
    "Xinhua": ("Xinhua", "Xinhua News Agency"),
    "TASS": ("TASS", "Itar-Tass", "ITAR-TASS"),
    "Interfax": ("Interfax",),
    "Interfax-Ukraine": ("Interfax-Ukraine",),
    "RIA Novosti": ("RIA Novosti", "RIA"),
    "Ukrinform": ("Ukrinform",),
    "Anadolu": ("Anadolu", "Anadolu Agency", "AA"),
    "Kyodo": ("Kyodo", "Kyodo News"),
    "Yonhap": ("Yonhap", "Yonhap News Agency"),
    "PTI": ("PTI", "Press Trust of India"),
    "ANI": ("ANI",),
    "IANS": ("IANS",),
    "WAFA": ("WAFA",),
    "SANA": ("SANA",),
    "IRNA": ("IRNA",),
    "Mehr": ("Mehr",),
    "Tasnim": ("Tasnim",),
    "Fars": ("Fars",),
    "SPA": ("SPA", "Saudi Press Agency"),
    "WAM": ("WAM", "Emirates News Agency"),
    "MENA": ("MENA",),
    "Belga": ("Belga",),
    "APA": ("APA",),
    "Trend": ("Trend",),
    "Armenpress": ("Armenpress", "ARMENPRESS"),
    "Azertac": ("Azertac", "AZERTAC"),
    "CNA": ("CNA",),
    "The New Humanitarian": ("The New Humanitarian",),
}  # fmt: skip
_BY_FORM = {form: agency for agency, forms in _AGENCIES.items() for form in forms}
_BY_FOLDED_FORM = {form.casefold(): agency for form, agency in _BY_FORM.items() if len(form) > 3}
# Short or common words count only where their place says that an agency is meant.
_ANY = "|".join(sorted((re.escape(form) for form in _BY_FORM), key=len, reverse=True))
_LONG = "|".join(
    sorted(
        (
            re.escape(form)
            for form in _BY_FORM
            if len(form) > 3 and form not in ("Mehr", "Fars", "Trend", "MENA", "ANSA", "SANA")
        ),
        key=len,
        reverse=True,
    )
)
_HEAD = 400
_EARLY = 160
_OPENING = 300
_TAIL = 160
_FIRST_WORDS = frozenset({form.split()[0] for form in _BY_FORM} - {"The", "PA", "RIA"} | {"Associated", "RIA"})
_SPACED = str.maketrans(dict.fromkeys(",.;:'’()\"“”", " "))
_BY = frozenset({"By", "BY", "by", "The"})
_CREDIT_STARTS = ("source", "credit", "by ", "via ", "from ")
_CREDIT_WORDS = ("reporting", "material", "report by", "report from", "story by", "copyright", "©")
_TITLED = re.compile(rf"\s[-–|]\s*({_LONG})\s*$")
_DATELINE = re.compile(
    rf"^(?:[^\n(]{{0,80}}?)\(\s*({_ANY})(?:\s*/[^)\n]{{1,40}})?\s*\)\s*[-–—:.]|^({_ANY})\s*[-–—:]\s+[A-Z]"
    rf"|^[A-Z][A-Z .'’-]{{2,40}},[^\n]{{0,40}}?\b({_ANY})\s*[-–—]"
)
_CREDIT = re.compile(
    rf"(?:\(\s*(?:with|by|from|via|source:)?\s*({_ANY})(?:\s*(?:,|/|and)[^)\n]{{1,40}})?\s*\)"
    rf"|(?:^|\n)\s*(?:source|credit|by|via|from)\s*:?\s*({_ANY})\s*\.?"
    rf"|(?:reporting|material|report|story|copyright|©)[^\n]{{0,30}}?\b({_LONG})\b[^\n]{{0,40}})\s*\.?$",
    re.I,
)
_RELAYED = re.compile(
    rf"\b({_ANY})(?:['’]s? \w+)?(?: (?:state )?(?:news )?agency)? (?:report(?:s|ed)|has reported|quoted|cited)\b"
    rf"|\b(?:reported by|told|according to|citing)(?: the)?(?: (?:state )?(?:news )?agency)? ({_ANY})\b"
)
_RELAY_WORDS = ("report", "told ", "according to", "citing", "quoted", "cited")
_BYLINE = re.compile(rf"^\s*(?:by\s+)?({_LONG})\s*(?:\n|$)", re.I)


def origin_of(text: str, *, title: str | None = None, outlet: str | None = None) -> str | None:
    """The agency that a text comes from, by its canonical name; None where the text does not say so.

    Datelines, bylines and credits count, and what the opening relays ("AFP reported"): two outlets that both
    pass on one agency are one origin. An agency's own outlet is its own origin.
    """
    if outlet and (own := _agency(outlet)):
        return own
    head = text[:_HEAD].lstrip()
    if _may_open(head) and (found := _DATELINE.search(head) or _BYLINE.search(head)):
        return _agency(next(form for form in found.groups() if form))
    last = text[text.rfind("\n", 0, len(text.rstrip())) + 1 :].strip()[-_TAIL:]
    if _may_close(last) and (found := _CREDIT.search(last)):
        return _agency(next(form for form in found.groups() if form))
    opening = head[:_OPENING]
    if _may_relay(opening) and (found := _RELAYED.search(opening)):
        return _agency(found[1] or found[2])
    if title and (found := _TITLED.search(title)):
        return _agency(found[1])
    return None


def _may_open(head: str) -> bool:
    """A quick look whether a text can begin with a dateline or byline: most do not, and the patterns are dear."""
    first = head[:30].partition(" ")[0].partition("\n")[0]
    return "(" in head[:_EARLY] or first[:2].isupper() or first.rstrip(":-–—") in _FIRST_WORDS or first in _BY


def _may_relay(opening: str) -> bool:
    if not any(word in opening for word in _RELAY_WORDS):
        return False
    return not _FIRST_WORDS.isdisjoint(opening.translate(_SPACED).split())


def _may_close(last: str) -> bool:
    if last.endswith((")", ").")):
        return True
    lowered = last.lower()
    return lowered.startswith(_CREDIT_STARTS) or any(word in lowered for word in _CREDIT_WORDS)


def _agency(form: str) -> str | None:
    form = " ".join(form.split())
    return _BY_FORM.get(form) or _BY_FOLDED_FORM.get(form.casefold())
