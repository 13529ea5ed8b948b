"""Discord's commands follow the grammar, in every language, within every limit."""

from __future__ import annotations

import re
from typing import Any

import pytest
from discord import AppCommandType

from adapters.discord import limits, modals, wording
from adapters.discord.client import SitrepClient
from adapters.discord.commands import Tree
from bot.queries import forms
from bot.queries.grammar import VERBS
from tests.adapters.discord.simulated import assert_sound, discord_with
from tests.samples import sample_desk

_NAME = re.compile(r"^[-_'\w]{1,32}$")
EVERY = [(root, verb) for root, verbs in VERBS.items() for verb in verbs]


@pytest.fixture
async def tree() -> Tree:
    return SitrepClient(sample_desk()).tree


def _chat(tree: Tree) -> dict[str, dict[str, Any]]:
    return {c["name"]: c for c in tree.told() if c["type"] == AppCommandType.chat_input.value}


async def test_every_verb_of_the_grammar_has_its_slash_command_with_all_its_options(tree: Tree) -> None:
    told = _chat(tree)
    assert set(told) == set(VERBS)
    for root, verbs in VERBS.items():
        subcommands = {sub["name"]: sub for sub in told[root]["options"]}
        assert set(subcommands) == set(verbs)
        for verb, options in verbs.items():
            named = {option["name"] for option in subcommands[verb]["options"]} - {"share"}
            assert named == set(options), f"{root} {verb}"


@pytest.mark.parametrize("language", sorted(wording.catalogues()))
def test_every_root_verb_option_and_menu_is_told_in_every_language(language: str) -> None:
    catalogue = wording.catalogues()[language]
    missing = [root for root in VERBS if not catalogue.command(root)]
    missing += [f"{root} {verb}" for root, verb in EVERY if not catalogue.command(root, verb)]
    for root, verb in EVERY:
        for option in (*VERBS[root][verb], "share"):  # type: ignore[index]
            if not catalogue.option(root, verb, option):
                missing.append(f"{root} {verb} {option}")
            words = forms.form_of(root, verb, option).choices if option != "share" else ()  # type: ignore[arg-type]
            missing += [word for word in words if not catalogue.choice(root, verb, option, word)]
    missing += [menu for menu in ("claims", "evidence", "error") if not catalogue.menu(menu)]
    assert not missing


def test_there_are_the_languages_that_are_promised() -> None:
    served = {locale for catalogue in wording.catalogues().values() for locale in catalogue.discord}
    assert served >= {"en-US", "de", "fr", "es-ES", "es-419", "uk", "ru", "ar", "tr"}


def test_all_languages_tell_the_same_things() -> None:
    english = wording.english()._told
    for language, catalogue in wording.catalogues().items():
        for section in english.keys() - {"discord"}:
            assert catalogue._told[section].keys() == english[section].keys(), (language, section)


def test_the_catalogue_and_the_tables_name_no_command_that_the_grammar_does_not_have() -> None:
    every = {f"{root} {verb}" for root, verb in EVERY}
    options = {option for verbs in VERBS.values() for listed in verbs.values() for option in listed} | {"share"}
    assert {command for command, _ in forms._BY_COMMAND} <= every
    assert {option for _, option in forms._BY_COMMAND} | set(forms._BY_OPTION) <= options
    assert {f"{root} {verb}" for root, verb in modals.SHEETS} <= every


async def test_no_command_exceeds_a_limit_in_any_language(tree: Tree) -> None:
    for command in tree.told():
        if command["type"] != AppCommandType.chat_input.value:
            for name in (command["name"], *command["name_localizations"].values()):
                assert 1 <= len(name) <= limits.COMMAND_NAME
            continue
        assert _characters(command) <= limits.COMMAND_CHARACTERS
        assert len(command["options"]) <= limits.COMMAND_OPTIONS
        for sub in command["options"]:
            assert len(sub["options"]) <= limits.COMMAND_OPTIONS
        for part in _parts(command):
            for name in (part["name"], *part["name_localizations"].values()):
                assert _NAME.match(name) and name == name.lower(), name
            for tells in (part["description"], *part["description_localizations"].values()):
                assert 1 <= len(tells) <= limits.DESCRIPTION, tells


async def test_choices_are_shown_in_ones_language_and_given_in_the_grammars(tree: Tree) -> None:
    toll = next(sub for sub in _chat(tree)["news"]["options"] if sub["name"] == "toll")
    (view,) = [option for option in toll["options"] if option["name"] == "view"]
    assert [choice["value"] for choice in view["choices"]] == ["now", "by-source", "timeline"]
    assert [choice["name_localizations"]["de"] for choice in view["choices"]][1] == "nach Quelle"
    for command in _chat(tree).values():
        for option in (part for sub in command["options"] for part in sub["options"]):
            for locale in {locale for choice in option.get("choices", ()) for locale in choice["name_localizations"]}:
                labels = [choice["name_localizations"][locale] for choice in option["choices"]]
                assert len(set(labels)) == len(labels) and all(1 <= len(label) <= limits.CHOICE for label in labels)


async def test_no_two_neighbours_have_the_same_name_in_a_language(tree: Tree) -> None:
    for command in _chat(tree).values():
        for siblings in (command["options"], *(sub["options"] for sub in command["options"])):
            for locale in {locale for part in siblings for locale in part["name_localizations"]}:
                names = [part["name_localizations"].get(locale, part["name"]) for part in siblings]
                assert len(names) == len(set(names)), (locale, names)


async def test_what_discord_is_told_is_what_discord_takes(tree: Tree) -> None:
    assert_sound("PUT", "/applications/1/commands", tree.told())


async def test_look_ups_work_everywhere_and_settings_in_servers_for_managers(tree: Tree) -> None:
    for root, command in _chat(tree).items():
        everybody = root in ("news", "watch", "privacy")
        assert command["contexts"] == ([0, 1, 2] if everybody else [0])
        assert command["integration_types"] == ([0, 1] if everybody else [0])
        assert command["default_member_permissions"] == (None if everybody else 1 << 5)


async def test_commands_are_told_again_only_when_they_have_changed() -> None:
    desk = sample_desk()
    async with discord_with(desk) as env:
        await env.restart_bot(SitrepClient(desk))
        assert len([r for r in env.http_requests if r.method == "PUT" and r.path.endswith("/commands")]) == 1
        changed = SitrepClient(desk)
        changed.tree.remove_command("feeds")
        await env.restart_bot(changed)
        assert len([r for r in env.http_requests if r.method == "PUT" and r.path.endswith("/commands")]) == 2


def _parts(command: dict[str, Any]) -> list[dict[str, Any]]:
    parts = [command]
    for option in command.get("options", []):
        parts += _parts(option)
    return parts


def _characters(command: dict[str, Any]) -> int:
    """Discord's count: names, descriptions and values, each in its longest language."""

    def longest(part: dict[str, Any], key: str) -> int:
        return max(len(part.get(key, "")), *(len(text) for text in part.get(f"{key}_localizations", {}).values()), 0)

    total = 0
    for part in _parts(command):
        total += longest(part, "name") + longest(part, "description")
        total += sum(longest(choice, "name") + len(str(choice["value"])) for choice in part.get("choices", []))
    return total
