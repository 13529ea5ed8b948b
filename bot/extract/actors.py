"""The actors of a report: who speaks, and whom else the text names as acting or acted upon.

Speakers are resolved over the whole text: "he" and "it" stand for the last person or body that spoke, "the ministry" for
the last ministry, "Santos" for "Commodore Ramil Santos".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from bot.extract.acting import actor_span, roles_at
from bot.extract.attribution import Attribution
from bot.extract.belonging import STATELY, Belonging
from bot.extract.gazetteer import Gazetteer
from bot.extract.held import Held, same
from bot.extract.home import DATELINE, Home
from bot.extract.introduced import Introduced
from bot.extract.kinds import DISPUTED_STATES, NOBODY
from bot.extract.named_accounts import accused_before
from bot.extract.naming import PRONOUNS, SEEN, Named, identify
from bot.extract.pronouns import NAMED_WITHIN, antecedent, body_before, person_before, person_of_last_sentence
from bot.model.report import Span
from bot.model.summary import Actor, Role, Stance

_PERSONAL = frozenset("he she him her his who i".split())
_PLURAL = frozenset("they them their we our us".split())
_NEXT = 160
"""Characters within which a bare name is still the office that spoke before it."""
_BARE_BODY = re.compile(
    r"(?:(?<=[.!?]\s)|(?<=\n)|^)The (?:army|military|government|navy|air force|coast guard|junta)(?=\s+(?:ha[sd]|was|did|\w+(?:ed|s)\b))"
    r"|\b(?:accused|accuses|accusing|blamed|blames|blaming|urged|urges|urging) the (?:army|military|government|navy|junta)\b(?!['’]s)"
)
_OWN_FORCES = re.compile(
    r"\b(?:[Ii]ts|[Tt]heir|[Tt]he country['’]s)\s+(?:own\s+)?(?:military\s+)?(?P<forces>army|armed forces|forces|troops|peacekeepers|coast guard|air force|navy|soldiers|servicemen|military)\b"
)

_MEDIATES = re.compile(
    r"\b(?:mediat|broker|stop the (?:bloodshed|fighting)|ceasefire between|both (?:sides|parties)|two sides)\w*",
    re.IGNORECASE,
)


class ActorIndex(msgspec.Struct, frozen=True):
    """The actors in order of first mention, and for each attribution its speaker's id (None: nobody is named)."""

    actors: tuple[Actor, ...]
    speakers: tuple[str | None, ...]


class _Reading:
    """Reads one text; keeps who has been named so far."""

    def __init__(self, text: str, title: str, names: Gazetteer) -> None:
        self.text = text
        self.names = names
        self.hits = list(names.hits(text))
        self.held: list[Held] = []
        self.spoken: list[Held] = []
        self.home = Home(text, title, self.hits, names)
        self.introduced = Introduced(text)
        self.belonging = Belonging(text, self.home, names, self.held, self.spoken)

    def speaker(self, attribution: Attribution, accused: Span | None = None) -> Held | None:
        """Who says it; adds the mention. `accused` are the words for whom an accusation before it, that it denies, means."""
        if not attribution.source:
            return None
        whole = self.text[attribution.source[0][0] : attribution.source[-1][1]]
        if NOBODY.search(SEEN.sub("", whole)) or _several(whole, self.names):
            return None
        span = attribution.source[0][0], attribution.source[-1][1]
        phrase = self.text[slice(*attribution.source[0])]
        plain = re.sub(r"^\W+|\W+$", "", phrase).lower()
        if plain in PRONOUNS and not (phrase.strip() == "WHO" and not self.text.isupper()):
            found: Held | None
            if accused and _WHICH_IT_DENIES.search(self.text, max(0, span[0] - NAMED_WITHIN), span[0]):
                found = self._resolve(self.text[slice(*accused)], accused[0])
                self._mention(found, accused)
            else:
                found = self._pronoun(plain, span[0])
            if found is None:
                return None
        else:
            found = self._resolve(phrase, span[0])
            self._mention(found, attribution.source[0])
        found.roles.add("speaker")
        self.spoken.append(found)
        return found

    def _pronoun(self, pronoun: str, at: int) -> Held | None:
        """The last speaker (else the last actor named before) that the pronoun can stand for."""
        span = antecedent(self.text, at, self.names) if pronoun in ("which", "who") else None
        if span is None:
            person = pronoun in _PERSONAL
            span = (
                person_before(self.text, at, self.names) if person else body_before(self.text, pronoun, at, self.hits)
            )
        if span is None and pronoun in _PERSONAL:
            span = person_of_last_sentence(self.text, at, self.names)
        if span:
            held = self._resolve(self.text[slice(*span)], span[0])
            self._mention(held, span)
            return held
        persons = ("official", "other")
        for candidates in (self.spoken, [h for h in self.held if h.mentions and h.mentions[-1][0] < at]):
            for held in reversed(candidates):
                person = held.named.type in persons
                fits = person if pronoun in _PERSONAL else not person or pronoun in _PLURAL or pronoun == "which"
                if fits:
                    return held
        return self.spoken[-1] if self.spoken else None

    def _resolve(self, phrase: str, at: int) -> Held:
        """The actor of a phrase: one that was named before, or a new one."""
        full = self.introduced.long_form(phrase)
        if full is None and len(phrase.split()) == 1:
            full = self.introduced.titled(phrase, at)
        named = identify(full or phrase, self.names, self.home.means)
        if office := self._office_of(named, phrase, at):
            office.named = msgspec.structs.replace(named, type="official")
            return office
        country = named.country or (self.belonging.country(phrase, named, at) if named.open else None)
        for held in reversed(self.held):
            if same(held, named, country, phrase):
                if len(named.name) > len(held.named.name) and named.surname and held.named.surname:
                    held.named = named
                if held.named.open:
                    held.country = held.country or country
                return held
        self.held.append(Held(named, country, [], set(), at))
        return self.held[-1]

    def _office_of(self, named: Named, phrase: str, at: int) -> Held | None:
        """ "The governor said … Oleh Marchuk said": the office that spoke last, when a bare name speaks in the next sentence."""
        last = self.spoken[-1] if self.spoken else None
        if last is None or not named.surname or named.type != "other" or "," in phrase or len(phrase.split()) < 2:
            return None
        if last.named.type != "official" or last.named.surname or len(last.mentions) != 1:
            return None
        start, end = last.mentions[0]
        definite = re.match(r"the\s", self.text[start:end], re.IGNORECASE)
        near = self.text[end:at].count("\n") <= 1 and at - end < _NEXT
        known = any(held.named.surname == named.surname for held in self.held)
        return last if definite and near and not known else None

    def own_forces(self, told: Sequence[tuple[Attribution, Held | None]]) -> None:
        """ "Its troops", "the country's army": the forces of whose words these are, else of the country that is spoken of."""
        taken = [span for attribution, _ in told for span in attribution.source]
        for match in _OWN_FORCES.finditer(self.text):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            at = accused_before(self.text, match.start())
            country = self._country_of_whose_words(at, told) or self.home.near(at)
            if country is None:
                continue
            demonym = self.names.countries[country].demonym
            named = identify(f"{demonym} {match.group('forces')}", self.names)
            held = next((h for h in self.held if same(h, named, country, named.name)), None)
            if held is None:
                held = Held(named, country, [], set(), match.start())
                self.held.append(held)
            self._mention(held, match.span())
            held.roles |= roles_at(self.text, match.span())

    def _country_of_whose_words(self, at: int, told: Sequence[tuple[Attribution, Held | None]]) -> str | None:
        """Whose words they are in which "its" stands, where these name no country before it: "Oslo said |its troops …"."""
        around = [
            (start, speaker)
            for attribution, speaker in told
            for start, end in attribution.content
            if start <= at < end and speaker is not None and speaker.named.type in STATELY
        ]
        if not around:
            return None
        start, speaker = max(around, key=lambda pair: pair[0])
        named = any(start <= hit.span[0] and hit.span[1] <= at and hit.country for hit in self.hits)
        return None if named else speaker.country

    def _mention(self, held: Held, span: Span) -> None:
        if span not in held.mentions:
            held.mentions.append(span)
            held.order = min(held.order, span[0])

    def named_elsewhere(self, taken: Sequence[Span]) -> None:
        """States, forces and bodies that the text names as acting, apart from the speakers' own phrases."""
        datelines = [match.span() for match in DATELINE.finditer(self.text)]
        busy = sorted([*taken, *datelines])
        for hit in self.hits:
            if hit.weak or any(start < hit.span[1] and hit.span[0] < end for start, end in busy):
                continue
            span = actor_span(self.text, hit)
            if span is None:
                continue
            held = self._resolve(self.text[slice(*span)], span[0])
            self._mention(held, span)
            held.roles |= roles_at(self.text, span)

    def bare_bodies(self, taken: Sequence[Span]) -> None:
        """ "The army sent …", "accused the government": bodies of the report's own country, named without it."""
        busy = [*taken, *(span for held in self.held for span in held.mentions)]
        for match in _BARE_BODY.finditer(self.text):
            if any(start < match.end() and match.start() < end for start, end in busy):
                continue
            start = match.start() + match.group().lower().rindex("the ")
            held = self._resolve(self.text[start : match.end()], start)
            self._mention(held, (start, match.end()))
            held.roles |= roles_at(self.text, (start, match.end()))


def _several(phrase: str, names: Gazetteer) -> bool:
    """Whether a phrase names two states at once ("Ukraine and Russia")."""
    states = {hit.name for hit in names.hits(phrase) if hit.sense in ("name", "capital")}
    return (
        len(states) > 1
        and bool(re.fullmatch(r"(?:both\s+)?[\w.’' ]+\s+and\s+[\w.’' ]+", phrase))
        and len(phrase.split()) < 6
    )


_BY_STANCE: dict[Stance, Role] = {"supports": "supporter"}


_WHICH_IT_DENIES = re.compile(r",\s+(?:which|an?|something|charges|accusations|allegations|claims)\b[\w\s-]{0,25}$")


def _accused(before: tuple[Attribution, Stance], after: tuple[Attribution, Stance]) -> Span | None:
    """Whom an accusation means that is denied in its own sentence: "accuses the army of theft, which it denies"."""
    (accusing, first), (denying, second) = before, after
    if (first, second) != ("accuses", "denies") or accusing.sentence != denying.sentence:
        return None
    return accusing.content[0] if len(accusing.content) > 1 else None


def actors_of(
    text: str, title: str, attributions: Sequence[Attribution], stances: Sequence[Stance], names: Gazetteer
) -> ActorIndex:
    """The actors of the text and the speaker of each attribution; `stances` are the attributions' own."""
    reading = _Reading(text, title, names)
    answering = [None, *(_accused(*pair) for pair in pairwise(zip(attributions, stances, strict=True)))]
    speakers = [reading.speaker(attribution, who) for attribution, who in zip(attributions, answering, strict=False)]
    for attribution, stance, speaker in zip(attributions, stances, speakers, strict=True):
        if speaker is not None:
            if role := _BY_STANCE.get(stance):
                speaker.roles.add(role)
            content = " ".join(text[start:end] for start, end in attribution.content)
            if stance == "demands" and _MEDIATES.search(content):
                speaker.roles.add("mediator")
    taken = [span for attribution in attributions for span in attribution.source]
    reading.named_elsewhere(taken)
    reading.own_forces(list(zip(attributions, speakers, strict=True)))
    reading.bare_bodies(taken)
    kept = sorted((held for held in reading.held if held.mentions), key=lambda held: (held.order, held.named.key))
    numbers = {id(held): f"a{number}" for number, held in enumerate(kept, 1)}
    actors = tuple(
        Actor(
            id=numbers[id(held)],
            name=held.named.name,
            type=held.named.type,
            country=None if held.country in DISPUTED_STATES else held.country,
            mentions=tuple(sorted(held.mentions)),
            roles=tuple(role for role in Role.__args__ if role in (held.roles or {"mentioned"})),  # type: ignore[attr-defined]  # a Literal's own members
        )
        for held in kept
    )
    return ActorIndex(actors, tuple(numbers.get(id(speaker)) if speaker else None for speaker in speakers))
