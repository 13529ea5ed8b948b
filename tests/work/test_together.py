"""Pieces of work that are handed over together: all are done, a bad one fails for itself, and a single one waits for none."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.work.together import Together


async def test_what_waits_while_the_hands_are_full_goes_together_and_each_has_its_own_result() -> None:
    calls: list[list[int]] = []
    gate = asyncio.Event()

    async def doubled(some: Sequence[int]) -> list[int]:
        calls.append(list(some))
        await gate.wait()
        return [2 * one for one in some]

    hands = Together(doubled, at_once=1, most=4)
    tasks = [asyncio.create_task(hands.do(number)) for number in range(7)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert calls == [[0]] and hands.enough
    gate.set()
    assert await asyncio.gather(*tasks) == [0, 2, 4, 6, 8, 10, 12]
    assert calls == [[0], [1, 2, 3, 4], [5, 6]] and not hands.enough


async def test_a_piece_that_fails_harms_no_other_of_its_call() -> None:
    async def careful(some: Sequence[int]) -> list[int]:
        await asyncio.sleep(0)
        if 3 in some:
            raise ValueError("three")
        return list(some)

    hands = Together(careful, at_once=1, most=8)
    found = await asyncio.gather(*(hands.do(number) for number in range(6)), return_exceptions=True)
    assert [one for one in found if isinstance(one, int)] == [0, 1, 2, 4, 5]
    with pytest.raises(ValueError, match="three"):
        raise next(one for one in found if isinstance(one, BaseException))


async def test_whoever_no_longer_waits_is_left_out_and_when_little_waits_it_is_said() -> None:
    done: list[int] = []
    said: list[int] = []
    gate = asyncio.Event()

    async def noted(some: Sequence[int]) -> list[int]:
        await gate.wait()
        done.extend(some)
        return list(some)

    hands = Together(noted, at_once=1, most=2)
    hands.low = lambda: said.append(len(done))
    tasks = [asyncio.create_task(hands.do(number)) for number in range(4)]
    await asyncio.sleep(0)
    tasks[2].cancel()
    await asyncio.sleep(0)
    gate.set()
    assert await asyncio.gather(*tasks[:2], tasks[3]) == [0, 1, 3]
    await asyncio.sleep(0)
    assert done == [0, 1, 3] and said
