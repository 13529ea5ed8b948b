"""Which language a text is in, as far as it matters here: English, or not.

By the share of a language's commonest words, which in running text of any length over a few sentences is telling.
"""

from __future__ import annotations

import re
from collections import Counter

_COMMON = {
    "en": "the of and to in a that is was for on with as by at from it are be he has have said were an this which but not had they",
    "de": "der die das und ist in den von zu mit sich des auf für im dem nicht ein eine als auch es an werden aus er hat dass sie nach",
    "fr": "le la les de des et en un une du est que dans qui pour par sur au plus pas ne se ce il sont avec ont été à aux",
    "es": "el la los las de que y en un una por con del se para es al su lo como más pero sus le fue ha este no",
    "it": "il la di che e un una in per con del della sono non è da al dei le nel si alla ha gli più",
    "pt": "o a os as de que e do da em um uma para com não por dos das no na se foi ao mais como",
    "nl": "de het een en van in is op te dat die voor met zijn niet aan er om ook als door naar bij",
    "tr": "ve bir bu için ile da de olarak daha olan en çok gibi sonra kadar ise olduğunu ancak",
    "id": "yang dan di dari untuk dengan pada ini itu adalah tidak dalam akan oleh juga ke",
    "pl": "w i na z się do nie że to jest o od przez po za jak ale dla co oraz",
}
_OF = {
    word: tuple(language for language, common in _COMMON.items() if word in common.split())
    for word in {word for common in _COMMON.values() for word in common.split()}
}
"""The languages of which each word is common."""
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = (
    ("uk", re.compile(r"[іїєґІЇЄҐ]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("fa", re.compile(r"[پچژگ]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
)
_ANY_SCRIPT = re.compile("[" + "".join(pattern.pattern.strip("[]") for _, pattern in _SCRIPTS) + "]")
_SAMPLE = 4000
_ENOUGH_WORDS = 12
_ENGLISH_SHARE = 0.12
_SHORT_WORDS = 40
"""Words below which few common ones tell nothing: "Israel says Hezbollah fired 40 rockets"."""


def language_of(text: str) -> str:
    """ISO 639-1 of the text's language, "en" where it is English or too short to tell, "und" where none fits."""
    sample = text[:_SAMPLE]
    if _ANY_SCRIPT.search(sample):
        letters = sum(character.isalpha() for character in sample)
        for language, pattern in _SCRIPTS:
            if letters and len(pattern.findall(sample)) > (0.02 if language in ("uk", "fa") else 0.4) * letters:
                return language
    found = [word.lower() for word in _WORD.findall(sample)]
    if len(found) < _ENOUGH_WORDS:
        return "en"
    seen = Counter(language for word in found for language in _OF.get(word, ()))
    shares = {language: seen[language] / len(found) for language in _COMMON}
    best = max(sorted(shares), key=lambda language: shares[language])
    if shares["en"] >= _ENGLISH_SHARE and shares["en"] >= shares[best] - 0.02:
        return "en"
    if shares[best] >= _ENGLISH_SHARE:
        return best
    return "und" if shares["en"] < 0.04 and len(found) >= _SHORT_WORDS else "en"
