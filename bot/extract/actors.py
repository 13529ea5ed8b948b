"""The actors of a report: who speaks, and whom else the text names as acting or acted upon.

Speakers are resolved over the whole text: "he" and "it" stand for the last person or body that spoke, "the ministry" for
the last ministry, "Santos" for "Commodore Ramil Santos".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from bot.extract.attribution import Attribution
from bot.extract.gazetteer import Gazetteer, Hit
from bot.extract.home import DATELINE, Home
from bot.extract.introduced import Introduced
from bot.extract.kinds import NOBODY
from bot.extract.naming import PRONOUNS, Named, identify
from bot.model.report import Span
from bot.model.summary import Actor, ActorType, Role, Stance

_PERSONAL = frozenset("he she him her his who i".split())
_PLURAL = frozenset("they them their we our us".split())
_PLACE_BEFORE = re.compile(
    r"\b(?:in|from|near|into|across|inside|outside|around|throughout|within|through|at|over|toward|towards|on|off|(?:north|south|east|west)"
    r"(?:ern)?(?:\s+of)?|central|northern|southern|eastern|western|north-?eastern|south-?eastern|north-?western|south-?western"
    r"|capital|city|town|village|region|province|district|kilometres\s+\w+\s+of|border\s+with)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_PLACE_AFTER = re.compile(
    r"^\s*(?:region|province|city|airport|border|district|coast|time\b|\([A-Z]|,\s+[A-Z][a-z]+\.?\s+\d)", re.IGNORECASE
)
_POSSESSED = re.compile(
    r"^['’]s?\s+(?:[\w-]+\s+){0,3}?(?:capital|north|south|east|west|coast|border|city|region|territory|province|people|embassy)\b"
)
_FORCES_AFTER = re.compile(
    r"^\s+(?:(?:armed|ground|air|naval|security|special|government|state|military|army|defence|defense|coast|border|regional|occupying|occupation)\s+){0,2}"
    r"(?:forces?|army|general staff|air force|peacekeeping contingent|troops|soldiers?|military|servicem[ae]n|units?|peacekeepers|guards?|navy|police|border guards|artillery|missiles?\s+brigade|fighters|gunmen"
    r"|militants|separatists|rebels|formations|government|ministry|officials?|authorities|armed groups|side|coast\s?guard)\b",
    re.IGNORECASE,
)
_POSSESSED_BODY = re.compile(
    r"['’]s?\s+(?:[\w-]+\s+)?(?:military|army|armed forces|ministry|government|forces|police|coast guard|navy|air force|presidency|parliament)\b",
    re.IGNORECASE,
)
_SEATS = frozenset(("brussels", "the hague", "turtle bay", "geneva"))
"""Towns that stand for an organisation, where they are not just places."""
_LAST_NAMED = re.compile(
    r"\b(?P<named>(?:[Tt]he|[Aa]n?)\s+(?!\w+\s+(?:on|in|by|with|from|to|at|for|against)\s)(?:[\w-]+\s+){0,2}?[\w-]+(?:\s+of\s+(?:the\s+)?[\w-]+)?"
    r"|(?:[A-Z][\w’'-]+\s+){0,3}[A-Z][\w’'-]+|police|officials|rebels)\s*,\s*$"
)
"""The words before a comma that name somebody."""
_EMBEDDED = re.compile(r"\b(?:that|which|what|as)\s+$", re.IGNORECASE)
"""Before a pronoun that means its own sentence's subject: "… published recordings that it said …"."""
_CLOSE = 6
"""Characters: how near a subject stands to its sentence's beginning, and a relative pronoun to what it means."""
_NAMED_WITHIN = 60
"""Characters before a pronoun in which whom it means is looked for."""
_NEXT = 160
"""Characters within which a bare name is still the office that spoke before it."""
_BARE_BODY = re.compile(
    r"(?:(?<=[.!?]\s)|(?<=\n)|^)The (?:army|military|government|navy|air force|coast guard|junta)(?=\s+(?:ha[sd]|was|did|\w+(?:ed|s)\b))"
    r"|\b(?:accused|accuses|accusing|blamed|blames|blaming|urged|urges|urging) the (?:army|military|government|navy|junta)\b(?!['’]s)"
)
_OWN_FORCES = re.compile(
    r"\b(?:[Ii]ts|[Tt]heir|[Tt]he country['’]s)\s+(?:own\s+)?(?:military\s+)?(?P<forces>army|armed forces|forces|troops|peacekeepers|coast guard|air force|navy|soldiers|servicemen|military)\b"
)
_BODY = re.compile(
    r"\b(?:coast guard|army|navy|air force|police|foreign ministry|defen[cs]e ministry|presidency|parliament)\b",
    re.IGNORECASE,
)
_MEDIATES = re.compile(
    r"\b(?:mediat|broker|stop the (?:bloodshed|fighting)|ceasefire between|both (?:sides|parties)|two sides)\w*",
    re.IGNORECASE,
)
_ATTACKS = re.compile(
    r"^\W*(?:\w+\W+){0,3}?(?:attack|shell|bomb|struck|strike|hit|fir|launch|shot|raid|storm|kill|ramm|target|seiz|captur|assault|bombard)\w*",
    re.IGNORECASE,
)


_SUBJECT = re.compile(
    r"(?P<who>(?:The\s+)?[\w’'-]+(?:\s+(?!(?:was|were|is|are|has|had|have|did|will|would|could|who|which|that|and|but)\b|\w+ed\b)[\w’'-]+){0,7})"
    r"(?:,[^,.]{1,60},)?\s+(?:was|were|is|has|had|did|will|would|could|\w+ed)\b"
)
"""The subject with which a sentence begins."""
_INNER_QUOTE = re.compile(r"[“\"]")


class ActorIndex(msgspec.Struct, frozen=True):
    """The actors in order of first mention, and for each attribution its speaker's id (None: nobody is named)."""

    actors: tuple[Actor, ...]
    speakers: tuple[str | None, ...]


class _Held(msgspec.Struct):
    """An actor while the text is being read."""

    named: Named
    country: str | None
    mentions: list[Span]
    roles: set[Role]
    order: int


class _Reading:
    """Reads one text; keeps who has been named so far."""

    def __init__(self, text: str, title: str, names: Gazetteer) -> None:
        self.text = text
        self.names = names
        self.hits = list(names.hits(text))
        self.held: list[_Held] = []
        self.spoken: list[_Held] = []
        self.home = Home(text, title, self.hits, names)
        self.introduced = Introduced(text)

    def speaker(self, attribution: Attribution, accused: Span | None = None) -> _Held | None:
        """Who says it; adds the mention. `accused` are the words for whom an accusation before it, that it denies, means."""
        if not attribution.source:
            return None
        whole = self.text[attribution.source[0][0] : attribution.source[-1][1]]
        if NOBODY.search(whole) or _several(whole, self.names):
            return None
        span = attribution.source[0][0], attribution.source[-1][1]
        phrase = self.text[slice(*attribution.source[0])]
        plain = re.sub(r"^\W+|\W+$", "", phrase).lower()
        if plain in PRONOUNS and not (phrase.strip() == "WHO" and not self.text.isupper()):
            found: _Held | None
            if accused and _WHICH_IT_DENIES.search(self.text, max(0, span[0] - _NAMED_WITHIN), span[0]):
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

    def _pronoun(self, pronoun: str, at: int) -> _Held | None:
        """The last speaker (else the last actor named before) that the pronoun can stand for."""
        if pronoun in ("which", "who") and (before := self._antecedent(at)):
            return before
        if pronoun not in _PERSONAL and (subject := self._subject(pronoun, at)):
            return subject
        if pronoun in _PERSONAL and (whose := self._person_before(at)):
            return whose
        persons = ("official", "other")
        for candidates in (self.spoken, [h for h in self.held if h.mentions and h.mentions[-1][0] < at]):
            for held in reversed(candidates):
                person = held.named.type in persons
                fits = person if pronoun in _PERSONAL else not person or pronoun in _PLURAL or pronoun == "which"
                if fits:
                    return held
        return self.spoken[-1] if self.spoken else None

    def _person_before(self, at: int) -> _Held | None:
        """Whom "he" means within its own sentence: the person with whom it begins ("The mayor was shot after he accused …")."""
        start = max(self.text.rfind(mark, 0, at) + len(mark) for mark in (". ", "\n", "? ", "! ", '." '))
        match = _SUBJECT.match(self.text, start, at)
        if match is None or _INNER_QUOTE.search(self.text, start, at):
            return None
        named = identify(match["who"], self.names)
        if named.type != "official" and not named.surname:
            return None
        held = self._resolve(match["who"], start)
        self._mention(held, match.span("who"))
        return held

    def _antecedent(self, at: int) -> _Held | None:
        """Whom a relative pronoun after a comma goes on from: "on the army, which said"; None where that is nobody."""
        match = _LAST_NAMED.search(self.text, max(0, at - _NAMED_WITHIN), at)
        if match is None:
            return None
        span = match.span("named")
        named = identify(match["named"], self.names)
        if named.type == "other" and not named.surname:
            return None
        held = self._resolve(match["named"], span[0])
        self._mention(held, span)
        return held

    def _subject(self, pronoun: str, at: int) -> _Held | None:
        """Whom "it" means within its own sentence: the body that the sentence begins with, or that "which" follows."""
        start = max(self.text.rfind(mark, 0, at) + len(mark) for mark in (". ", "\n", "? ", "! ", '." '))
        before = [hit for hit in self.hits if start <= hit.span[0] and hit.span[1] <= at and not hit.weak]
        embedded = pronoun == "which" or _EMBEDDED.search(self.text[max(start, at - 10) : at])
        if not before or not embedded:
            return None
        hit = before[-1] if pronoun == "which" else before[0]
        named = pronoun == "which" and hit.sense in ("name", "capital")
        span = hit.span if named else self._actor_span(hit)
        if (
            span is None
            and hit.sense in ("name", "capital")
            and (match := _POSSESSED_BODY.match(self.text, hit.span[1]))
        ):
            span = (hit.span[0], match.end())
        near = at - span[1] <= _CLOSE if span and pronoun == "which" else span is not None and span[0] - start <= _CLOSE
        if span is None or not near:
            return None
        held = self._resolve(self.text[slice(*span)], span[0])
        self._mention(held, span)
        return held

    def _resolve(self, phrase: str, at: int) -> _Held:
        """The actor of a phrase: one that was named before, or a new one."""
        full = self.introduced.long_form(phrase)
        if full is None and len(phrase.split()) == 1:
            full = self.introduced.titled(phrase, at)
        named = identify(full or phrase, self.names)
        if office := self._office_of(named, phrase, at):
            office.named = msgspec.structs.replace(named, type="official")
            return office
        country = named.country or (self._of_body(phrase) or self.home.near(at) if named.open else None)
        for held in reversed(self.held):
            if _same(held, named, country, phrase):
                if len(named.name) > len(held.named.name) and named.surname and held.named.surname:
                    held.named = named
                if held.named.open:
                    held.country = held.country or country
                return held
        self.held.append(_Held(named, country, [], set(), at))
        return self.held[-1]

    def _office_of(self, named: Named, phrase: str, at: int) -> _Held | None:
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

    def _of_body(self, phrase: str) -> str | None:
        """The country of the body that a phrase speaks for, where one of that kind was named: "coast guard spokesman"."""
        match = _BODY.search(phrase)
        if match is None:
            return None
        kind = match.group().lower()
        return next(
            (held.country for held in reversed(self.held) if kind in held.named.name.lower() and held.country), None
        )

    def own_forces(self, taken: Sequence[Span]) -> None:
        """ "Its troops", "the country's army": the forces of the country that is spoken of."""
        for match in _OWN_FORCES.finditer(self.text):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            country = self.home.near(match.start())
            if country is None:
                continue
            demonym = self.names.countries[country].demonym
            named = identify(f"{demonym} {match.group('forces')}", self.names)
            held = next((h for h in self.held if _same(h, named, country, named.name)), None)
            if held is None:
                held = _Held(named, country, [], set(), match.start())
                self.held.append(held)
            self._mention(held, match.span())
            held.roles |= self._roles(match.span())

    def _mention(self, held: _Held, span: Span) -> None:
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
            span = self._actor_span(hit)
            if span is None:
                continue
            held = self._resolve(self.text[slice(*span)], span[0])
            self._mention(held, span)
            held.roles |= self._roles(span)

    def bare_bodies(self, taken: Sequence[Span]) -> None:
        """ "The army sent …", "accused the government": bodies of the report's own country, named without it."""
        busy = [*taken, *(span for held in self.held for span in held.mentions)]
        for match in _BARE_BODY.finditer(self.text):
            if any(start < match.end() and match.start() < end for start, end in busy):
                continue
            start = match.start() + match.group().lower().rindex("the ")
            held = self._resolve(self.text[start : match.end()], start)
            self._mention(held, (start, match.end()))
            held.roles |= self._roles((start, match.end()))

    def _actor_span(self, hit: Hit) -> Span | None:
        """The words of the actor around a known name; None where the name is a place or merely describes."""
        start, end = hit.span
        after = self.text[end : end + 80]
        forces = _FORCES_AFTER.match(re.sub(r"^['’]s?", "", after)) if hit.sense != "organisation" else None
        if forces:
            shift = len(after) - len(re.sub(r"^['’]s?", "", after))
            return self._with_article(start), end + shift + forces.end()
        if hit.sense == "demonym":
            return None
        before = self.text[max(0, start - 40) : start]
        seat = hit.sense in ("name", "capital") or self.text[start:end].lower() in _SEATS
        if seat and (
            _PLACE_BEFORE.search(before)
            or _PLACE_AFTER.match(after)
            or _POSSESSED.match(after)
            or after.startswith(("'s", "’s"))
        ):
            return None
        if hit.sense == "name" and re.search(r"\bof\s+(?:the\s+)?$", before):
            return None
        return self._with_article(start) if hit.sense == "organisation" else start, end

    def _with_article(self, start: int) -> int:
        match = re.search(r"\b[Tt]he\s+$", self.text[max(0, start - 5) : start])
        return start - len(match.group()) if match else start

    def _roles(self, span: Span) -> set[Role]:
        after = self.text[span[1] : span[1] + 60].split(".")[0]
        return {"attacker"} if _ATTACKS.match(after) else {"mentioned"}


def _several(phrase: str, names: Gazetteer) -> bool:
    """Whether a phrase names two states at once ("Ukraine and Russia")."""
    states = {hit.name for hit in names.hits(phrase) if hit.sense in ("name", "capital")}
    return (
        len(states) > 1
        and bool(re.fullmatch(r"(?:both\s+)?[\w.’' ]+\s+and\s+[\w.’' ]+", phrase))
        and len(phrase.split()) < 6
    )


def _same(held: _Held, named: Named, country: str | None, phrase: str) -> bool:
    """Whether a phrase names an actor that is held already."""
    known = held.named
    if known.key == named.key:
        return held.country is None or country is None or held.country == country
    if named.surname and known.surname:
        return named.surname == known.surname
    if known.surname and re.sub(r"^\W+|\W+$", "", phrase) in known.name.split():
        return True
    definite = re.match(r"(?:the|its|this)\s", phrase, re.IGNORECASE)
    if definite and named.head in _HEADS_OF.get(known.type, ()) and len(phrase.split()) == 2:
        return True
    alike = known.head == named.head and {known.type, named.type} <= _LIKE.get(known.type, {known.type})
    clash = held.country and named.country and held.country != named.country
    return bool(definite and alike and not clash and len(phrase.split()) <= 3)


_HEADS_OF: dict[ActorType, frozenset[str]] = {
    "media": frozenset(
        ("agency", "newspaper", "paper", "broadcaster", "daily", "magazine", "channel", "website", "network")
    ),
    "armed_group": frozenset(
        ("group", "forces", "paramilitaries", "militants", "rebels", "movement", "fighters", "militia", "guerrillas")
    ),
    "ngo": frozenset(("charity", "organisation", "organization", "group", "agency", "society")),
}
"""What a later "the …" calls an actor of that type."""
_LIKE: dict[ActorType, set[ActorType]] = {
    "military": {"military", "government"},
    "government": {"military", "government"},
}
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
    reading.own_forces(taken)
    reading.bare_bodies(taken)
    kept = sorted((held for held in reading.held if held.mentions), key=lambda held: (held.order, held.named.key))
    numbers = {id(held): f"a{number}" for number, held in enumerate(kept, 1)}
    actors = tuple(
        Actor(
            id=numbers[id(held)],
            name=held.named.name,
            type=held.named.type,
            country=held.country,
            mentions=tuple(sorted(held.mentions)),
            roles=tuple(role for role in Role.__args__ if role in (held.roles or {"mentioned"})),  # type: ignore[attr-defined]  # a Literal's own members
        )
        for held in kept
    )
    return ActorIndex(actors, tuple(numbers.get(id(speaker)) if speaker else None for speaker in speakers))
