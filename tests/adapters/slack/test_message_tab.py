"""The message tab and links: what is offered to ask, and what stands beside a link to an evidence page."""

from __future__ import annotations

import json
from datetime import timedelta

from aiohttp import web

from adapters.slack import limits
from bot.queries.links import Links
from tests.adapters.slack.workspace import plain, workspace
from tests.samples import NOW, filled_store, sample_desk

LINKS = Links("https://sitrep.example.org", b"k" * 32, days=7)
EVENT = "https://sitrep.example.org/evidence/"


def shared(*urls: str, **more: str) -> dict[str, object]:
    links = [{"domain": "sitrep.example.org", "url": url} for url in urls]
    return {"type": "link_shared", "channel": "C1", "user": "U1", "message_ts": "8.8", "links": links, **more}


async def test_a_link_to_a_page_is_told_beside_its_message_and_any_other_is_not() -> None:
    store = filled_store()
    async with workspace(sample_desk(store, LINKS)) as slack:
        report = LINKS.address("karabakh-1", "slack:T1", NOW)
        await slack.event(shared(report, f"{EVENT}made.up", "https://news.example/a"))
        (told,) = slack.server.of("chat.unfurl")
        assert (told["channel"], told["ts"]) == ("C1", "8.8") and list(told["unfurls"]) == [report]
        words = plain({"text": "", **told["unfurls"][report]})
        assert "Azerbaijan MoD" in words and "denied by Armenia MoD" in words
        assert not any(block["type"] == "actions" for block in told["unfurls"][report]["blocks"])
        await slack.event(shared(report))  # Slack repeats what it thinks was not taken
        await slack.event(shared(report, unfurl_id="C.1", source="composer", channel="COMPOSER"), event_id="Ev2")
        assert [call.get("unfurl_id") for call in slack.server.of("chat.unfurl")] == [None, "C.1"]


async def test_a_link_that_has_run_out_or_opens_nothing_is_let_be_and_a_refusal_harms_nothing() -> None:
    async with workspace(sample_desk(filled_store(), LINKS)) as slack:
        late = LINKS.address("karabakh-1", "slack:T1", NOW - timedelta(days=30))
        unseen = LINKS.address("no-such-report", "slack:T1", NOW)
        await slack.event(shared(late, unseen))
        assert not slack.server.of("chat.unfurl")
        slack.server.refuse["chat.unfurl"] = [web.json_response({"ok": False, "error": "cannot_unfurl_url"})]
        assert await slack.event(shared(LINKS.address("karabakh-1", "slack:T1", NOW)), event_id="Ev2") == 200
    async with workspace() as slack:  # pages are switched off
        await slack.event(shared(LINKS.address("karabakh-1", "slack:T1", NOW)))
        assert not slack.server.of("chat.unfurl")


async def test_who_opens_the_message_tab_is_offered_questions_that_have_answers() -> None:
    async with workspace() as slack:
        await slack.event({"type": "app_home_opened", "user": "U1", "tab": "messages", "channel": "D1"})
        (told,) = slack.server.of("assistant.threads.setSuggestedPrompts")
        assert told["channel_id"] == "D1" and "thread_ts" not in told and 2 < len(told["prompts"]) <= 4
        assert not slack.server.of("views.publish")
        for number, prompt in enumerate(told["prompts"]):
            assert 0 < len(prompt["title"]) <= limits.PROMPT_TITLE
            message = {"type": "message", "channel_type": "im", "user": "U1", "channel": "D1", "ts": f"{number}.1"}
            await slack.event({**message, "text": prompt["message"]}, event_id=prompt["message"])
        answers = slack.server.of("chat.postMessage")
        assert len(answers) == len(told["prompts"])
        assert "do not know" not in json.dumps(answers) and "Nothing" not in json.dumps(answers)
