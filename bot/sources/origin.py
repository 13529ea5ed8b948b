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
_TAIL = 300
_DATELINE = re.compile(
    rf"^(?:[^\n(]{{0,80}}?)\(\s*({_ANY})(?:\s*/[^)\n]{{1,40}})?\s*\)\s*[-–—:.]|^({_ANY})\s*[-–—:]\s+[A-Z]"
    rf"|^[A-Z][A-Z .'’-]{{2,40}},[^\n]{{0,40}}?\b({_ANY})\s*[-–—]"
)
_CREDIT = re.compile(
    rf"(?:\(\s*(?:with|by|from|via|source:)?\s*({_ANY})(?:\s*(?:,|/|and)[^)\n]{{1,40}})?\s*\)"
    rf"|(?:^|\n)\s*(?:source|credit|by|via|from)\s*:?\s*({_ANY})\s*\.?"
    rf"|(?:reporting|material|report|story|copyright|©)[^\n]{{0,30}}?\b(?:by|from|for|of)?\s*({_LONG})\b[^\n]{{0,40}})\s*$",
    re.I,
)
_BYLINE = re.compile(rf"^\s*(?:by\s+)?({_LONG})\s*(?:\n|$)", re.I)


def origin_of(text: str, *, title: str | None = None, outlet: str | None = None) -> str | None:
    """The agency whose text this is, by its canonical name; None where the text does not say so.

    Datelines, bylines and credits count: they say that the text is the agency's. A mere "the agency said" is a claim
    within the text and does not. An agency's own outlet is its own origin.
    """
    if outlet and (own := _agency(outlet)):
        return own
    head = text[:_HEAD].lstrip()
    for pattern, where in ((_DATELINE, head), (_BYLINE, head), (_CREDIT, text[-_TAIL:].rstrip())):
        if found := pattern.search(where):
            return _agency(next(form for form in found.groups() if form))
    if title and (found := re.search(rf"\s[-–|]\s*({_LONG})\s*$", title)):
        return _agency(found[1])
    return None


def _agency(form: str) -> str | None:
    form = " ".join(form.split())
    if form in _BY_FORM:
        return _BY_FORM[form]
    folded = form.casefold()
    return next((agency for known, agency in _BY_FORM.items() if len(known) > 3 and known.casefold() == folded), None)
