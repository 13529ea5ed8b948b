"""Help and about: what can be asked, how Sitrep works, and where it ends."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.model.card import Action, Card, Line, Section
from bot.model.command import Root
from bot.queries.filter_help import filter_card
from bot.queries.forms import Form, form_of
from bot.queries.grammar import VERBS
from bot.queries.question import Question

_TELLS = {
    "latest": "the newest summaries",
    "search": "full-text and field search",
    "report": "one report: actors, claims, casualties, sources",
    "event": "all reports of one event, and where the accounts stand",
    "claims": "who claims what, and who denies or acknowledges it",
    "toll": "killed, injured, missing: according to whom, never added up",
    "actor": "what somebody claims, and what others claim about them",
    "compare": "two accounts side by side",
    "timeline": "what was told when, and what changed",
    "corrections": "what changed after it was posted",
    "evidence": "the sentences behind a report's fields",
    "export": "an event as json, csv or md",
    "about": "method, limits, privacy",
    "help": "this",
    "watch add": "be told of changes: watch add Armenia when:denied,toll-change mode:daily",
    "watch list": "your watches",
    "watch edit": "change one: watch edit w3 when:new keywords:drone",
    "watch pause": "let one rest: watch pause w3 2d",
    "watch resume": "wake one",
    "watch remove": "end one",
    "watch quiet": "hours without alerts: watch quiet 22:00 07:00 tz:Europe/London mode:batch; watch quiet off",
    "privacy show": "what is kept of you",
    "privacy export": "the same as a file",
    "privacy erase": "erase it",
    "feeds add": "read a feed: feeds add <url> [name:…] [channel:…] [backfill:0–20]",
    "feeds edit": "a feed's name, interval, backfill or cards: feeds edit <feed> interval:30",
    "feeds remove": "stop reading a feed",
    "feeds list": "the feeds that are read here",
    "feeds test": "read a feed once and show its newest card; posts nothing",
    "feeds why": "what became of an item, stage by stage: feeds why <link>",
    "feeds health": "how well the feeds do",
    "feeds pause": "stop reading for now",
    "feeds resume": "read again",
    "feeds refresh": "read at once",
    "feeds find": "the feeds that a site offers",
    "feeds import": "read the feeds of an OPML list, from an address or a file",
    "feeds export": "all feeds as OPML",
    "channel setup": "post to this channel: a region or topic by one word, or what a filter lets through",
    "channel follow": "post an event, or what a search finds, beside what is posted: channel follow KAR-0142",
    "channel unfollow": "follow it no longer",
    "channel show": "how this channel is posted to",
    "channel list": "the channels that are posted to",
    "channel filter": "what is posted here: country:AM AND (status:denied OR killed>=10)",
    "channel try": "how many of the last day's reports a filter would let through",
    "channel why": "why a report is posted here or not, part by part",
    "channel preview": "the card of the newest report that passes, as it would be posted here",
    "channel export": "all settings of this place as one file",
    "channel restore": "set this place to what such a file says: attach it, or channel restore url:…",
    "channel import": "take feeds and channels from OPML or MonitoRSS: attach the file, or channel import url:…",
    "channel format": "brief, standard or full cards; covered; with the sources' pictures; published to followers",
    "channel schedule": "now, or in one card: channel schedule daily 08:00 Europe/London mon-fri",
    "channel limit": "cards an hour at most, the rest in one: channel limit 6",
    "channel quiet": "hours of rest: channel quiet 22:00 07:00 Europe/London critical; channel quiet off",
    "channel threads": "an event's updates in a thread of its own: none, per-event, forum",
    "channel mentions": "whom cards mention: channel mentions @role killed>=10; channel mentions off",
    "channel doctor": "which permissions are missing here, and what has not got through",
    "channel managers": "a role that may manage what is read and posted here",
    "channel log": "the last posts here, and how they went",
    "channel dead": "what could not be posted here, and why",
    "channel replay": "post that again: an id, or all",
    "channel drop": "strike that off: an id, or all",
    "channel reset": "stop posting here",
    "events merge": "make one event of two: events merge KAR-0142 KAR-0150",
    "events split": "make an event of their own of some reports: events split KAR-0142 <report> …",
    "events detach": "take a report out of its event",
    "events attach": "put a report into an event: events attach <report> event:KAR-0142",
    "events log": "what was said about events here",
}
_MANAGING = ("feeds ", "channel ", "events ")
_ABOUT = (
    "Sitrep reads news feeds and says who claims what, who disputes it, and which casualty figures whom are given by whom. It asserts nothing itself.",
    "Attributions are found by a small model that runs on this machine, everything else by rules; nothing is sent anywhere. Every line rests on a sentence: see evidence.",
    "It misses some attributions and misreads a few; casualties that a source does not call dead are never shown as killed, and figures of different sources are never added.",
    "It reads English. It keeps no message of yours: only what a setting needs.",
)


def told_of(root: Root, verb: str = "") -> str:
    """What a command does, in a few words; "" where it is not told."""
    return _TELLS.get(f"{root} {verb}" if root != "news" else verb, "")


def help_card(c: Connection, question: Question) -> Card:
    """All commands, or those of a root or the options of one command."""
    del c
    topic = question.option("topic").lower().removeprefix("/")
    if topic in ("filter", "filters"):
        return filter_card(question.now)
    wanted = [name for name in _TELLS if not topic or name == topic or name.startswith(f"{topic} ")]
    lines = tuple(Line(text=f"{name}{_options(name)}", note=_TELLS[name], command="") for name in (wanted or _TELLS))
    looking = tuple(line for line in lines if not line.text.startswith(_MANAGING))
    managing = tuple(line for line in lines if line.text.startswith(_MANAGING))
    sections = (
        Section(heading="Anybody can ask", lines=looking),
        Section(heading="For those who manage this place", lines=managing),
        Section(heading="What its options take", lines=_taken(topic) if topic in _TELLS else ()),
    )
    return Card(
        kind="help",
        title="What you can ask",
        as_of=question.now,
        lead="In direct messages plain questions work too: latest on …, who denies …, how many killed in …, what did … say.",
        sections=tuple(section for section in sections if section.lines),
        actions=(Action(label="Latest", command="latest"), Action(label="About", command="about")),
    )


def _options(name: str) -> str:
    root, verb = _command(name)
    options = VERBS[root][verb]
    return " " + " ".join(f"[{option}]" for option in options) if options else ""


def _taken(name: str) -> tuple[Line, ...]:
    """The options of one command that take a few words or a number within bounds, and which."""
    root, verb = _command(name)
    forms = [(option, form_of(root, verb, option)) for option in VERBS[root][verb]]
    told = [(option, form.choices or _bounds(form), form.several) for option, form in forms]
    return tuple(
        Line(text=f"{option}: {' · '.join(words)}{', joined by commas' if several else ''}", command="")
        for option, words, several in told
        if words
    )


def _bounds(form: Form) -> tuple[str, ...]:
    return (f"{form.least} to {form.most}",) if form.least is not None and form.most is not None else ()


def _command(name: str) -> tuple[Root, str]:
    root, _, verb = name.rpartition(" ")
    return root or "news", verb  # type: ignore[return-value]  # the names are VERBS' own


def about(c: Connection, question: Question) -> Card:
    """Method, limits and privacy, in a few sentences."""
    del c
    return Card(
        kind="help",
        title="About Sitrep",
        as_of=question.now,
        sections=(Section(heading="Method and limits", lines=tuple(Line(text=text) for text in _ABOUT)),),
        actions=(Action(label="Help", command="help"),),
    )


def greeting(*, back: bool) -> Card:
    """What a server is told that has just invited the bot; `back`: it had it before, and its settings still stand."""
    steps = (
        "Set up the channel that is to be posted to: all that is read, or what a filter lets through.",
        "Add feeds of your own beside those that come with Sitrep.",
        "Ask: /news latest, /news toll, /news claims. Answers are seen by the asker alone unless they share them.",
    )
    return Card(
        kind="help",
        title="Sitrep is here",
        lead="Your settings of before are in force again."
        if back
        else "Who says what, and who disputes it. Nothing is posted until somebody who manages this server sets it up.",
        sections=(Section(heading="Next", lines=tuple(Line(text=text) for text in steps)),),
        actions=(
            Action(label="Set up this channel", command="channel setup"),
            Action(label="Add a feed", command="feeds add"),
            Action(label="Latest", command="latest"),
            Action(label="Check permissions", command="channel doctor"),
            Action(label="Help", command="help"),
        ),
    )
