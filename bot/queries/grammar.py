"""Words to a command: one grammar for slash options, Slack's text, the terminal and direct messages.

/news toll karabakh view:timeline      news toll karabakh view:timeline      toll KAR-0142
how many killed in Karabakh?           (in direct messages and mentions)
"""

from __future__ import annotations

import difflib
import re

from bot.model.command import Command, Root
from bot.model.errors import CommandError
from bot.queries.plain_questions import plain_question

NEWS = {
    "latest": ("topic", "source", "count", "since"),
    "search": ("query", "actor", "country", "from", "to", "status", "source", "page"),
    "report": ("id", "detail"),
    "event": ("event",),
    "claims": ("event", "by", "about", "status", "page"),
    "toll": ("event", "view", "group", "page"),
    "actor": ("name", "event", "page"),
    "compare": ("event", "side_a", "side_b"),
    "timeline": ("event", "from", "to", "page"),
    "corrections": ("since", "source", "page"),
    "evidence": ("id", "field", "page"),
    "export": ("event", "format"),
    "about": (),
    "help": ("topic",),
}
FEEDS = {
    "add": ("url", "name", "channel", "interval", "backfill", "preset", "kind"),
    "edit": ("feed", "name", "interval", "backfill", "preset"),
    "remove": ("feed",),
    "list": ("page",),
    "test": ("feed", "item"),
    "why": ("item",),
    "health": ("page",),
    "pause": ("feed",),
    "resume": ("feed",),
    "refresh": ("feed",),
    "find": ("site",),
    "import": ("file",),
    "export": (),
}
CHANNEL = {
    "setup": ("preset", "format", "filter", "page"),
    "follow": ("what", "event"),
    "unfollow": ("what", "event"),
    "show": (),
    "preview": (),
    "filter": ("filter",),
    "try": ("filter",),
    "why": ("report",),
    "export": (),
    "restore": ("url", "file"),
    "import": ("url", "file"),
    "format": ("preset", "spoilers", "pictures", "crosspost"),
    "schedule": ("mode", "at", "tz", "days"),
    "limit": ("per_hour",),
    "quiet": ("start", "end", "tz", "mode", "filter"),
    "threads": ("mode",),
    "mentions": ("role", "filter"),
    "managers": ("role", "remove"),
    "doctor": (),
    "list": ("page",),
    "log": ("count",),
    "dead": ("count",),
    "replay": ("id",),
    "drop": ("id",),
    "reset": (),
}
EVENTS = {
    "merge": ("event", "other"),
    "split": ("event", "reports"),
    "detach": ("report",),
    "attach": ("report", "event"),
    "log": ("count",),
}
WATCH = {
    "add": ("actor", "country", "keywords", "event", "when", "min_change", "deliver", "mode", "at", "day", "tz"),
    "list": (),
    "edit": (
        "watch",
        "actor",
        "country",
        "keywords",
        "event",
        "when",
        "min_change",
        "deliver",
        "mode",
        "at",
        "day",
        "tz",
    ),
    "pause": ("watch", "until"),
    "resume": ("watch",),
    "remove": ("watch",),
    "quiet": ("start", "end", "tz", "mode"),
}
PRIVACY = {"show": (), "export": (), "erase": ("confirm",)}
VERBS: dict[Root, dict[str, tuple[str, ...]]] = {
    "news": NEWS,
    "watch": WATCH,
    "privacy": PRIVACY,
    "feeds": FEEDS,
    "channel": CHANNEL,
    "events": EVENTS,
}
"""For each root its verbs, each with its options; what stands without a name belongs to the first."""

LONGEST = 1000
_HABITS = {
    "subscribe": "feeds add",
    "unsubscribe": "feeds remove",
    "list": "feeds list",
    "start": "help",
    "hi": "help",
    "hello": "help",
}
_ABOUT = ("latest", "event", "claims", "toll", "timeline")
"""Verbs after which people say "on" or "in": "latest on Sudan"."""
_SENTENCE = 3
"""Spaces from which words are a sentence."""
_FILTERS = frozenset(("filter", "what"))
"""Options that are lines of the filter language."""
_PAIR = re.compile(r'(?<!\S)([a-z_]+):(?!//)("[^"]*"|\S+)')


def parse(words: str, *, direct: bool = False) -> Command:
    """The command that the words give.

    Raises `CommandError` with the nearest commands where they give none; nothing is guessed. With `direct`, plain
    questions are understood as well.
    """
    plain = " ".join(words.replace("“", '"').replace("”", '"').split())
    if len(plain) > LONGEST:
        raise CommandError(
            "that is too long for a command", subject=plain[:40] + "…", hint=f"at most {LONGEST} characters"
        )
    plain = plain.removeprefix("/").strip()
    if not plain:
        return Command(root="news", verb="help")
    first, _, rest = plain.partition(" ")
    if habit := _HABITS.get(first.lower()):
        return parse(f"{habit} {rest}".strip())
    head = first.lower()
    if head in VERBS:
        verb, _, rest = rest.partition(" ")
        if not verb:
            return Command(root="news", verb="help", options={"topic": head})
        asked = head == "news" and (verb.lower() not in NEWS or (verb.lower() == "about" and rest))
        if asked and (question := plain_question(plain)):  # "news from Gaza", "news about Gaza"
            return question
        return _command(head, verb.lower(), rest)
    if direct and (question := plain_question(plain)):
        return question
    if head in NEWS:
        return _command("news", head, rest)
    if question := plain_question(plain):
        return question
    raise _unknown(plain)


def _command(root: Root, verb: str, rest: str) -> Command:
    options = VERBS[root]
    if verb not in options:
        raise _unknown(f"{root} {verb}" if root != "news" else verb)
    given: dict[str, str] = {}
    # A filter's own facts (country:AM) look like options, and are its words.
    in_filter = not _FILTERS.isdisjoint(options[verb])
    pairs = [match for match in _PAIR.finditer(rest) if not in_filter or match[1] in options[verb]]
    for name, value in (match.groups() for match in pairs):
        if name not in options[verb] and name != "share":
            nearest = difflib.get_close_matches(name, options[verb], n=1)
            hint = f"did you mean {nearest[0]}:?" if nearest else f"it takes {', '.join(options[verb]) or 'none'}"
            raise CommandError(f"{verb} has no option {name}", hint=hint, suggestions=(f"help {verb}",))
        given[name] = value.strip('"')
    for match in reversed(pairs):
        rest = f"{rest[: match.start()]} {rest[match.end() :]}"
    bare = " ".join(rest.split())
    bare = bare if in_filter else bare.strip('"')
    if verb in _ABOUT:
        bare = re.sub(r"^(?:on|about|in|of|for)\s+", "", bare)
    share = given.pop("share", "") not in ("", "no", "false")
    if re.search(r"(?:^|\s)share$", bare):
        share, bare = True, bare.removesuffix("share").rstrip()
    if bare:
        if not options[verb]:
            raise CommandError(f"{verb} takes no options", subject=bare, suggestions=(verb,))
        given.setdefault(options[verb][0], bare)
    return Command(root=root, verb=verb, options=given, share=share)


def _unknown(plain: str) -> CommandError:
    """The nearest commands, with what stood behind the unknown word."""
    every = [*NEWS, *(f"{root} {verb}" for root in VERBS if root != "news" for verb in VERBS[root])]
    first, _, rest = plain.lower().partition(" ")
    # A sentence is like no command, whichever letters they share.
    whole = difflib.get_close_matches(plain.lower(), every, n=3, cutoff=0.5) if plain.count(" ") < _SENTENCE else []
    near = difflib.get_close_matches(first, every, n=3, cutoff=0.6)
    kept = plain.partition(" ")[2].strip() if near and rest and first not in VERBS else ""
    if near and kept.lower().split()[:1] == near[0].split()[1:]:  # "wath add …": its verb is there
        kept = kept.partition(" ")[2].strip()
    nearest = [*(f"{verb} {kept}" for verb in near[:1] if kept and _is_command(f"{verb} {kept}")), *whole, *near]
    found = [] if nearest else [f"search {plain}"] if len(plain) <= 60 and _is_command(f"search {plain}") else []
    suggestions = tuple(dict.fromkeys([*nearest, *found, "latest", "help"]))[:4]
    return CommandError(
        "I do not know that command", subject=plain[:60], hint=f"try: {', '.join(suggestions)}", suggestions=suggestions
    )


def _is_command(words: str) -> bool:
    try:
        parse(words)
    except CommandError:
        return False
    return True


def words_of(command: Command) -> str:
    """The words that give this command again: what a button carries."""
    root = "" if command.root == "news" else f"{command.root} "
    options = " ".join(f"{name}:{_quoted(value)}" for name, value in command.options.items())
    return f"{root}{command.verb} {options}".strip()


def _quoted(value: str) -> str:
    plain = value.replace('"', "")
    return f'"{plain}"' if " " in plain else plain
