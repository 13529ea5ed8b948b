"""The words of a person's name in a phrase: "Commodore Ramil Santos" → Ramil Santos."""

from __future__ import annotations

import re

from bot.extract.gazetteer import Hit
from bot.extract.kinds import OFFICE
from bot.extract.places import country_of_place

_NAME = re.compile(
    r"(?:\b(?:[A-Z][\w’'-]*[a-z][\w’'-]*|(?:[A-Z]\.){1,3}|al-[A-Z]\w+|(?:bin|bint|van|von|de|del|al|el|da|dos|di|ibn|la)(?=\s+[A-Z]))"
    r"(?:\s+|(?=$|[,.;:!?)\]\"”])))+"
)
_NOT_IN_NAMES = frozenset(
    "The A An This That His Her Its Their Our My President Prime Minister Foreign Defence Defense Interior Health Governor "
    "Mayor General Colonel Major Captain Lieutenant Admiral Commodore Brigadier Chief Secretary Ambassador Senator Judge King "
    "Queen Prince Sheikh Ayatollah Pope Mr Mrs Ms Dr Sir Lord Deputy Vice Acting Former Spokesman Spokeswoman Spokesperson "
    "Ministry Army Armed Forces Force Government Police Coast Guard Department State Security Council Transport Justice "
    "Finance Energy Information Education Agriculture Economy Emergency Commander Officer Director Local Human Rights Regional National Official Officials Attorney "
    "Representative Rep Sen Gov Gen Col Lt Maj Capt Sgt Adm Russian-installed House Senate Parliament Speaker Commissioner "
    "And Of In At On For To Both Some Many Several Other Others One Two Three He She It They We".split()
)
_WHERE = re.compile(r"\b(?:of|in|for|from|at|near)\s+(?:the\s+)?$", re.IGNORECASE)
"""Before a place or body, not a person: "the governor of Kherson"."""


def person_name(words: str, hits: list[Hit]) -> list[str]:
    """The words of a person's name in the phrase: two or more capitalised words that are no title and no known name."""
    taken = {i for hit in hits for i in range(*hit.span)}
    runs: list[list[str]] = [[]]
    for match in _NAME.finditer(words):
        runs.append([])
        where = bool(_WHERE.search(words[: match.start()]))
        for word in re.finditer(r"(?:[A-Z]\.)+|[^\s,.;:!?()\"“”]+\.?", match.group()):
            at = match.start() + word.start()
            token = re.sub(r"['’]s$", "", word.group())
            if at in taken or token.strip(".") in _NOT_IN_NAMES or (at == 0 and token in ("The", "A")):
                runs.append([])
                where = False
            elif not where:
                runs[-1].append(token)
    whole = [run for run in runs if len(run) > 1 and not (run is not runs[-1] and country_of_place(" ".join(run)))]
    best = max(whole or [runs[-1]], key=len)
    return best if len(best) >= 2 or (best and OFFICE.search(words) and words.endswith(best[-1])) else []
