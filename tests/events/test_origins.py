"""Outlets and origins counted apart: a reprinted agency is one origin."""

from __future__ import annotations

import msgspec

from bot.events.origins import origins, outlets
from bot.model.summary import Summary
from tests.events import accounts as a


def test_independent_accounts_are_as_many_origins_as_outlets() -> None:
    told = a.plain(a.FERRY, "f")
    assert (outlets(told), origins(told)) == (5, 5)


def test_three_sites_that_reprint_one_agency_are_one_origin() -> None:
    told = [
        (a.report(f"p{n}", a.FERRY[0] + f" {site}"), Summary(id=f"p{n}"))
        for n, site in enumerate(("", "Read more.", "Share this."))
    ]
    assert (outlets(told), origins(told)) == (3, 1)


def test_reports_that_name_the_same_agency_are_one_origin() -> None:
    told = [(msgspec.structs.replace(r, origin="Sample Wire"), s) for r, s in a.plain(a.FERRY[:3], "f")]
    assert origins(told) == 1


def test_one_outlet_is_one_origin_however_often_it_reports() -> None:
    told = [(msgspec.structs.replace(r, outlet="Lakeside Monitor"), s) for r, s in a.plain(a.FERRY, "f")]
    assert (outlets(told), origins(told)) == (1, 1)


def test_a_report_that_retells_another_outlets_words_is_no_origin_of_its_own() -> None:
    wire = (a.report("w", a.FERRY[0], outlet="Harbour Wire"), Summary(id="w"))
    text = "Harbour Wire reported that the ferry had sunk. Twelve had died, Harbour Wire said."
    leaning = Summary(
        id="l",
        actors=(a.actor("a1", "Harbour Wire", "media"),),
        claims=(a.claim("c1", text, "the ferry had sunk", "a1"), a.claim("c2", text, "Twelve had died", "a1")),
    )
    told = [wire, (a.report("l", text), leaning)]
    assert (outlets(told), origins(told)) == (2, 1)
