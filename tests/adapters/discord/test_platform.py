"""The Discord platform over real sockets: nonces, threads, forums, mentions, edits, and what is found again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import discord
import msgspec
import pytest
from discord.http import Route

from adapters.discord.client import DiscordDoor
from adapters.discord.platform import DiscordPlatform
from bot.deliver.port import Topic
from bot.model.card import Thumbnail
from bot.model.delivery import Posted
from bot.model.errors import DeliveryError, EditRefused, TryLater, Undeliverable
from bot.model.subscription import Destination
from bot.queries.cards import report_card
from bot.settings import DiscordSettings, Secret
from tests.samples import sample, sample_desk
from tests.stand_ins.discord_server import DiscordServer, discord_server
from tests.stand_ins.discord_wire import CROSSPOSTED, FORUM, GUILD, NEWS

CARD = report_card(*sample("karabakh-1"))
KEY = "k" * 25
POSTS = "/channels/{channel}/messages"


@asynccontextmanager
async def connected(server: DiscordServer) -> AsyncIterator[DiscordPlatform]:
    base, gateway = Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    async with discord_server(server):
        door = DiscordDoor(
            DiscordSettings(
                api_base=f"{server.url}/api/v10", gateway_url=server.url.replace("http", "ws") + "/gateway/"
            ),
            Secret("t"),
            sample_desk(),
        )
        try:
            await door.start()
            yield door.platform
        finally:
            await door.stop()
            Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


def at(channel: int) -> Destination:
    return Destination(platform="discord", tenant=f"discord:{GUILD}", channel=str(channel))


async def test_a_second_send_with_the_same_key_posts_nothing_and_tells_where_the_first_stands() -> None:
    server = DiscordServer()
    where = at(server.add_channel())
    async with connected(server) as platform:
        first = await platform.send(where, CARD, key=KEY)
        assert await platform.send(where, CARD, key=KEY) == first
        assert len(server.messages) == 1
        assert [entry.get("repeated", False) for entry in server.of("POST", POSTS)] == [False, True]


async def test_a_card_that_got_through_long_ago_is_found_by_its_mark() -> None:
    server = DiscordServer(nonce_seconds=0)
    where = at(server.add_channel())
    async with connected(server) as platform:
        posted = await platform.send(where, CARD, key=KEY)
        lately, long_ago = datetime.now(UTC), datetime.now(UTC) - timedelta(minutes=10)
        assert await platform.find(where, KEY, since=lately) is None, "Discord itself drops the repeated nonce"
        assert await platform.find(where, KEY, since=long_ago) == posted
        assert await platform.find(where, "another", since=long_ago) is None


async def test_a_thread_is_opened_once_and_updates_go_into_it() -> None:
    server = DiscordServer()
    where = at(server.add_channel())
    async with connected(server) as platform:
        first = await platform.send(where, CARD, key=KEY)
        thread = await platform.open_thread(where, first, Topic("KAR-0001 · " + "x" * 200))
        assert await platform.open_thread(where, first, Topic("again")) == thread == first.message
        assert len(server.channels[int(thread)]["name"]) <= 100
        update = await platform.send(where, CARD, key="u" * 25, thread=thread)
        assert update.channel == thread
        await platform.edit(where, update, CARD)
        await platform.edit(where, first, CARD)


async def test_a_forums_post_has_a_title_and_at_most_five_known_tags_and_is_found_again() -> None:
    server = DiscordServer()
    where = at(server.add_channel("forum", kind=FORUM, tags=("Armenia", "killed", *(f"t{n}" for n in range(17)))))
    topic = Topic("Shelling near the border", ("Armenia", "Azerbaijan", "killed", "injured", "disputed", "t1", "t2"))
    async with connected(server) as platform:
        posted = await platform.send(where, CARD, key=KEY, topic=topic)
        assert posted.forum and posted.thread == posted.message == posted.channel
        thread = server.channels[int(posted.message)]
        names = {tag["id"]: tag["name"] for tag in server.channels[int(where.channel)]["available_tags"]}
        assert thread["name"] == topic.title
        assert [names[tag] for tag in thread["applied_tags"]] == ["Armenia", "Azerbaijan", "killed", "t1", "t2"]
        assert len(names) == 20, "tags are added while there is room for them"
        assert await platform.find(where, KEY, since=datetime.now(UTC)) == posted
        assert await platform.find(where, "another", since=datetime.now(UTC)) is None
        assert await platform.open_thread(where, posted, topic) == posted.thread


async def test_a_mention_opens_exactly_one_role_and_a_silent_card_none() -> None:
    server = DiscordServer()
    where = at(server.add_channel())
    seen: list[dict] = []
    async with connected(server) as platform:
        made = server._made
        server._made = lambda *given: seen.append(given[1]) or made(*given)  # type: ignore[method-assign]
        await platform.send(where, CARD, key="a" * 25, mention="123456789012345678")
        await platform.send(where, CARD, key="b" * 25, silent=True)
    mentions, quiet = seen
    assert mentions["allowed_mentions"] == {"parse": [], "roles": [123456789012345678]}
    assert quiet["allowed_mentions"]["parse"] == [] and not quiet["allowed_mentions"].get("roles")
    assert quiet["flags"] & 1 << 12


async def test_a_card_is_published_once_and_only_from_an_announcement_channel() -> None:
    server = DiscordServer()
    news, text = at(server.add_channel(kind=NEWS)), at(server.add_channel())
    async with connected(server) as platform:
        posted = await platform.send(news, CARD, key=KEY)
        await platform.publish(news, posted)
        await platform.publish(news, posted)
        assert server.messages[int(posted.message)]["flags"] & CROSSPOSTED
        await platform.edit(news, posted, CARD)
        beside = await platform.send(text, CARD, key=KEY)
        with pytest.raises(DeliveryError, match="announcement") as refused:
            await platform.publish(text, beside)
        assert not isinstance(refused.value, Undeliverable), "the channel is not closed by that"
        with pytest.raises(EditRefused):
            await platform.publish(news, Posted(channel=news.channel, message="1"))


async def test_a_picture_that_discord_does_not_take_costs_no_card() -> None:
    server = DiscordServer()
    where = at(server.add_channel())
    async with connected(server) as platform:
        server.refuse[f"POST {POSTS}"] = [(400, 50035)]
        shown = msgspec.structs.replace(CARD, thumbnail=Thumbnail(url="https://news.example/p.jpg", alt="A picture"))
        await platform.send(where, shown, key=KEY)
        assert [entry["status"] for entry in server.of("POST", POSTS)] == [400, 200]


@pytest.mark.parametrize("code", [10008, 30046, 20022])
async def test_an_edit_that_is_refused_is_told_as_such(code: int) -> None:
    server = DiscordServer()
    where = at(server.add_channel())
    async with connected(server) as platform:
        posted = await platform.send(where, CARD, key=KEY)
        server.refuse["PATCH /channels/{channel}/messages/{message}"] = [(400, code)]
        with pytest.raises(EditRefused):
            await platform.edit(where, posted, CARD)


async def test_faults_are_told_apart() -> None:
    server = DiscordServer()
    where = at(server.add_channel())
    async with connected(server) as platform:
        server.refuse[f"POST {POSTS}"] = [(503, 0), (403, 50013), (404, 10003)]
        with pytest.raises(TryLater) as fault:
            await platform.send(where, CARD, key=KEY)
        assert fault.value.unsure
        for _ in range(2):
            with pytest.raises(Undeliverable):
                await platform.send(where, CARD, key=KEY)


async def test_a_direct_message_goes_to_the_person() -> None:
    server = DiscordServer()
    async with connected(server) as platform:
        where = Destination(platform="discord", tenant=f"discord:{GUILD}", channel="700000000000000001", direct=True)
        posted = await platform.send(where, CARD, key=KEY, topic=Topic("t"))
        assert posted.channel == "700000000000000002"


async def test_more_than_a_bucket_holds_waits_and_loses_nothing() -> None:
    server = DiscordServer(per_channel=(3, 0.5))
    where = at(server.add_channel())
    async with connected(server) as platform:
        for number in range(7):
            await platform.turn(where)
            await platform.send(where, CARD, key=f"k{number}")
    assert len(server.messages) == 7
