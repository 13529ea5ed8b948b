"""What a report introduces before it uses it short: "the Nile Press Agency (NPA)", "Commodore Ramil Santos"."""

from __future__ import annotations

import re

_SHORT = re.compile(
    r"(?P<long>(?:[A-Z][\w’'-]*\s+(?:(?:of|for|the|and|de|la|in|on)\s+){0,2}){1,7})\((?P<short>[A-Z][A-Za-z.-]{1,9})\)"
)
_TITLED = re.compile(
    r"\b(?P<title>(?:(?:[A-Z][\w-]+|vice|prime|foreign|defen[cs]e|interior)\s+){0,3}(?:President|Minister|Premier|Chancellor|Secretary|Governor|Mayor|Commodore|Admiral"
    r"|General|Colonel|Major|Captain|Lieutenant|Brigadier|Commander|Chief|Ambassador|Senator|Spokes(?:man|woman|person)|spokes(?:man|woman|person)|Judge"
    r"|minister|governor|mayor|president|ambassador|commander|leader|chief)(?:\s+(?:General|Colonel))?)\s+"
    r"(?P<name>[A-Z][\w’'-]+(?:\s+(?:al-|bin\s|van\s|de\s)?[A-Z][\w’'-]+){1,2})"
)


class Introduced:
    """The short forms and the titled names of a text."""

    def __init__(self, text: str) -> None:
        self._long: dict[str, str] = {}
        for match in _SHORT.finditer(text):
            words = re.sub(r"^(?:The|A|An|In|On|At|But|And|While)\s+", "", match["long"].strip())
            capitals = [word[0] for word in words.split() if word[:1].isupper()]
            initials = "".join(capitals)
            if match["short"].replace(".", "").upper()[0] in initials and len(words.split()) > 1:
                self._long.setdefault(match["short"], " ".join(words.split()))
        self._titled: dict[str, tuple[int, str]] = {}
        for match in _TITLED.finditer(text):
            self._titled.setdefault(match["name"].split()[-1], (match.start(), match.group()))

    def long_form(self, phrase: str) -> str | None:
        """What a phrase's short form was introduced as: "the NPA" → "Nile Press Agency"."""
        return self._long.get(re.sub(r"^(?:the|The)\s+|\W+$", "", phrase))

    def titled(self, surname: str, before: int) -> str | None:
        """The title and full name by which somebody of that surname was introduced before an offset."""
        found = self._titled.get(re.sub(r"^\W+|\W+$", "", surname))
        return found[1] if found and found[0] < before else None
