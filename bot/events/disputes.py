"""Disputes across reports: what is claimed in one outlet and denied in another, and figures that exclude each other.

Precision before recall. Two claims of different reports and camps dispute each other where
- one denies what the other tells: acts of the same kind, laid at the denier's door;
- each tells its own version of one act, which both reports or a link within one of them show to be the same;
- they tell again what disputes each other within one of the reports: told in two outlets, a claim is one all the same;
- their figures for the same people exclude each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from bot.events.camps import camps_of
from bot.events.exclusion import Counted, exclude
from bot.events.origins import Told
from bot.events.positions import NO_ACCOUNT, Position, positions_in
from bot.model.acts import DEEDS, Act
from bot.model.event import Dispute

_SHARED = 2
_VAGUE: frozenset[Act] = frozenset({"harm", "civilians", "weapons", "presence", "truce"})
"""Kinds of acts that by themselves do not show two claims to be about one thing."""

Facing = frozenset[frozenset[str]]


def disputes_across(ordered: Sequence[Told]) -> set[Dispute]:
    """Pairs of claims of different reports that cannot stand beside each other."""
    camps = camps_of(ordered)
    said = [one for told in ordered for one in positions_in(told, camps)]
    within = _within(said)
    facing = frozenset(frozenset({one.camp, other.camp}) for one, other in within) | _accusing(said)
    counted = Counted.of(ordered)
    # Asked for each two claims of an event: what a pair lacks for a question is seen before it is asked.
    found = {
        Dispute(*sorted((one.ref, other.ref)))
        for one, other in combinations(said, 2)
        if one.report != other.report
        and (not one.camp or one.camp != other.camp)
        and (
            (one.denies and other.tells and _denied(one, other, facing, within))
            or (other.denies and one.tells and _denied(other, one, facing, within))
            or (one.tells and other.tells and _versions(one, other))
            or (one.figures and other.figures and exclude(one, other, counted, facing))
        )
    }
    return found | set(_told_again(said, within))


def _within(said: Sequence[Position]) -> list[tuple[Position, Position]]:
    """The links within reports, each once, as positions."""
    by_ref = {one.ref: one for one in said}
    pairs = {
        tuple(sorted((one.ref, ref)))
        for one in said
        for other in one.claim.disputes
        if (ref := f"{one.report}#{other}") in by_ref
    }
    return [(by_ref[one], by_ref[other]) for one, other in sorted(pairs)]


def _accusing(said: Sequence[Position]) -> Facing:
    """Camps of which one accuses the other."""
    return frozenset(
        frozenset({one.camp, doer}) for one in said if one.claim.stance == "accuses" and one.camp for doer in one.doers
    )


def _denied(denial: Position, other: Position, facing: Facing, within: Sequence[tuple[Position, Position]]) -> bool:
    """Whether a claim elsewhere, which tells something, is one that the denial denies."""
    if not denial.camp:
        return False
    opposed = frozenset({denial.camp, other.camp}) in facing
    if denial.figures or denial.acts == {"harm"}:
        return opposed and _denies_figures(denial, other)
    if "harm" in denial.acts:
        same = len(denial.words & other.words) >= _SHARED or "civilians" in denial.acts & other.acts
        return opposed and "harm" in other.acts and bool(other.figures) and same
    if not (denial.camp in other.doers or (_of_nobody(other) and (opposed or _one_deed(denial, other)))):
        return False
    if denial.bare or denial.acts == {"presence"}:
        # What answers something in its own report is told again elsewhere, or is not denied there.
        answers = any(denial in pair for pair in within)
        meant = other.claim.stance == "accuses" or denial.camp in other.doers
        return not answers and meant and bool(other.acts & DEEDS)
    shared, words = denial.acts & other.acts, denial.words & other.words
    if "civilians" in denial.acts and not denial.acts & DEEDS:
        return "attack" in other.acts and "civilians" in shared and not other.figures
    if shared - _VAGUE:
        return denial.camp in other.doers or bool(words)
    return opposed and len(words) >= _SHARED and (bool(shared) or len(words) > _SHARED)


def _of_nobody(other: Position) -> bool:
    """Whether a claim tells what was done without saying by whom, nor to how many."""
    return not other.doers and not other.figures


def _one_deed(one: Position, other: Position) -> bool:
    """Whether two claims speak of a deed of one kind, with a telling word in common."""
    return bool(one.acts & other.acts & DEEDS and one.words & other.words)


def _denies_figures(denial: Position, other: Position) -> bool:
    """Whether a denial of casualties denies those that another claim gives; "nobody" is left to `exclude`."""
    given = [figure for figure in other.figures if figure.scope == "event" and figure.min]
    if not given or any(figure.max == 0 for figure in denial.figures):
        return False
    if not denial.figures:
        return len(denial.words & other.words) >= _SHARED
    return any(ours.state == theirs.state and ours.min == theirs.min for ours in denial.figures for theirs in given)


def _versions(one: Position, other: Position) -> bool:
    """Whether two accounts lay one act at two doors: the blamed of the one tells that somebody else did it."""
    if one.handed_on or other.handed_on:
        return False
    if one.suffered or other.suffered:
        told, suffered = (other, one) if one.suffered else (one, other)
        return suffered.camp in told.doers and "collision" in told.acts & suffered.acts
    if not one.doers or not other.doers or one.doers & other.doers:
        return False
    shared = one.acts & other.acts & DEEDS
    if one.claim.stance == other.claim.stance == "accuses" and one.camp in other.doers and other.camp in one.doers:
        return bool(shared) or bool({"blame"} & (one.acts ^ other.acts) and (one.acts | other.acts) & DEEDS)
    if not shared or (one.camp not in other.doers and other.camp not in one.doers):
        return False
    accused = "accuses" in (one.claim.stance, other.claim.stance)
    return bool(shared & {"collision", "provocation"}) or len(one.words & other.words) >= _SHARED - accused


def _told_again(said: Sequence[Position], within: Sequence[tuple[Position, Position]]) -> Iterator[Dispute]:
    """What two claims within a report dispute, the same claims of the same camps in other reports dispute as well."""
    for one, other in within:
        if not one.camp or not other.camp or one.camp == other.camp:
            continue
        ones = [again for again in said if _same(one, again, other.camp)]
        others = [again for again in said if _same(other, again, one.camp)]
        for a in ones:
            for b in others:
                if a.report != b.report and a.camp != b.camp and not (_of_civilians(a, b) or _of_civilians(b, a)):
                    yield Dispute(*sorted((a.ref, b.ref)))


def _of_civilians(denial: Position, other: Position) -> bool:
    """Whether a denial denies only that civilians were meant, of whom the other claim does not speak."""
    return denial.denies and "civilians" in denial.acts - other.acts and not denial.acts & DEEDS


def _same(one: Position, again: Position, against: str) -> bool:
    """Whether a claim tells again what another tells against a camp.

    The same act at the same door, whoever else repeats it; or the same camp's denial of that act.
    """
    if one is again:
        return True
    if one.denies != again.denies or again.claim.stance in NO_ACCOUNT:
        return False
    deeds = bool(one.acts & again.acts & DEEDS)
    if one.denies:
        return one.camp == again.camp and deeds
    if against in one.doers:
        return against in again.doers and deeds
    if one.camp != again.camp:
        return False
    return one.doers == again.doers and (deeds if one.doers else len(one.words & again.words) > _SHARED)
