"""From a report to its summary: the stages in order. A pure function; the weights and the gazetteer are loaded once."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from bot.extract.actors import actors_of
from bot.extract.attribution import attributions
from bot.extract.casualties import casualties_of
from bot.extract.casualty_context import with_sides, without_denied_deeds
from bot.extract.counter_accounts import with_counter_accounts
from bot.extract.disputes import link_disputes
from bot.extract.gazetteer import gazetteer
from bot.extract.headline import headline_of
from bot.extract.labels import with_labels
from bot.extract.language import language_of
from bot.extract.markup import without_markup
from bot.extract.named_accounts import with_named_accounts
from bot.extract.places import places
from bot.extract.quoted import as_quoted
from bot.extract.relatives import with_clauses_apart
from bot.extract.stance import stances
from bot.extract.subjects import with_subjects
from bot.extract.tolls_told import with_tolls
from bot.extract.unsaid import is_unsaid
from bot.extract.words import sentences
from bot.model.legible import one_line, shortened
from bot.model.report import Report
from bot.model.summary import Claim, Summary

LONGEST_TEXT = 400_000
"""Characters; what stands beyond is not read, and the summary's notice says so."""
MOST_PLACES = 60
"""Places that a summary holds, the first of the text."""


def summarise(report: Report, own_names: Path | None = None) -> Summary:
    """The structured summary of a report; the same for the same report, always.

    `own_names` is a file of further actors (docs/gazetteer.md); raises `SettingsError` where it is malformed.

    A text in another language than English yields the title and a notice alone, an empty one an empty summary.
    """
    text = without_markup(report.text[:LONGEST_TEXT])
    if not text.strip():
        return Summary(id=report.id, headline=shortened(one_line(report.title or ""), 150))
    language = language_of(text) if report.lang in (None, "en") else report.lang
    if not language.startswith("en"):
        return Summary(
            id=report.id, headline=shortened(one_line(report.title or ""), 150), notice=f"language:{language}"
        )
    names = gazetteer(own_names)
    tagged = with_clauses_apart(text, with_subjects(text, attributions(text), names))
    tagged = with_counter_accounts(text, with_tolls(text, tagged, names), names)
    said = [one for one in with_labels(text, tagged, names) if not is_unsaid(text, one)]
    found = with_named_accounts(text, as_quoted(text, said), names)
    by_cue = stances(text, found)
    index = actors_of(text, report.title or "", found, by_cue, names)
    claims = tuple(
        Claim(
            id=f"c{number}",
            speaker=speaker,
            source=attribution.source,
            cue=attribution.cue,
            content=attribution.content,
            stance=stance,
            sentence=attribution.sentence,
        )
        for number, (attribution, stance, speaker) in enumerate(zip(found, by_cue, index.speakers, strict=True), 1)
    )
    published = report.published_at.date() if report.published_at else None
    figures = casualties_of(text, sentences=sentences(text), attributions=found, published=published)
    figures = with_sides(text, figures, claims, index.actors)
    figures = without_denied_deeds(text, figures, claims)
    linked = link_disputes(text, claims, figures, index.actors)
    scenes = [figure.place for figure in figures if figure.place and figure.scope == "event"]
    return Summary(
        id=report.id,
        headline=headline_of(report.title, text, linked, index.actors),
        actors=index.actors,
        claims=linked,
        casualties=figures,
        place=scenes[0] if scenes else None,
        places=tuple(span for span, _ in islice(places(text), MOST_PLACES)),
        notice="cut" if len(report.text) > LONGEST_TEXT else None,
    )
