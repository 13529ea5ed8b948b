"""No address that a stranger writes makes Sitrep look inside."""

from __future__ import annotations

import csv
import ipaddress
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.errors import AddressRefused, InputError
from bot.sources.guard import inward, judge, read_url
from bot.sources.lines import guard_lines

PUBLIC = "93.184.216.34"


def _cases(shared: Path) -> list[dict[str, str]]:
    with (shared / "security" / "addresses.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _dns(told: str) -> dict[str, list[str]]:
    names = dict(part.partition("=")[::2] for part in told.split(";") if part)
    return {
        name: [one for one in addresses.replace(" then ", "|").split("|") if one] for name, addresses in names.items()
    }


def test_every_address_case_without_a_redirect_is_judged_right(shared: Path) -> None:
    cases = [case for case in _cases(shared) if not case["url"].startswith("https://redirect.example/")]
    lines = [json.dumps({"url": case["url"], "dns": _dns(case["dns"])}) for case in cases]
    wrong = [
        (case["url"], case["why"], answer["rule"])
        for case, answer in zip(cases, guard_lines(lines), strict=True)
        if answer["verdict"] != case["verdict"]
    ]
    assert len(cases) > 95
    assert wrong == []


@pytest.mark.parametrize(
    "address",
    ["9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255",
     "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0", "192.167.255.255", "192.169.0.0",
     "198.17.255.255", "198.20.0.0", "198.51.99.255", "203.0.112.255", "203.0.114.0", "223.255.255.255",
     "2001:200::1", "2001:db7:ffff::1", "2001:db9::1", "2003::1", "2606:4700::1111", "3ffe::1"],
)  # fmt: skip
def test_public_addresses_beside_the_reserved_ranges_stay_open(address: str) -> None:
    assert inward(ipaddress.ip_address(address)) == ""
    assert judge("https://neighbour.example/", lambda _: [address]).allow


@pytest.mark.parametrize(
    "address", ["168.63.129.16", "64:ff9b::a9fe:a9fe", "5f00::1", "3fff::1", "::ffff:93.184.216.34", "fe80::1%eth0"]
)
def test_inward_addresses_that_look_public_are_refused(address: str) -> None:
    assert not judge("https://evil.example/", lambda _: [address]).allow


def test_ipv6_only_networks_still_reach_public_ipv4_hosts() -> None:
    assert judge("https://feeds.example/", lambda _: ["64:ff9b::5db8:d822"]).allow


def test_a_refusal_names_the_rule_and_never_the_address_behind_the_name() -> None:
    verdict = judge("https://evil.example/rss", lambda _: ["10.20.30.40"])
    assert "private" in verdict.rule
    assert "10.20" not in verdict.rule


def test_a_password_in_the_address_is_not_repeated() -> None:
    with pytest.raises(AddressRefused) as caught:
        read_url("http://user:secret-word@feeds.example.org/rss")
    assert "secret-word" not in str(caught.value)


def test_an_opened_host_is_opened_alone() -> None:
    opened = {"127.0.0.1:8080", "intranet"}
    assert judge("http://127.0.0.1:8080/rss", lambda _: [], allow_hosts=opened).allow
    assert judge("http://intranet/rss", lambda _: ["10.1.2.3"], allow_hosts=opened).allow
    assert not judge("http://127.0.0.1/rss", lambda _: [], allow_hosts=opened).allow
    assert not judge("http://127.0.0.1:8081/rss", lambda _: [], allow_hosts=opened).allow
    assert not judge("http://127.0.0.2:8080/rss", lambda _: [], allow_hosts=opened).allow
    assert not judge("http://intranet:8080/rss", lambda _: ["10.1.2.3"], allow_hosts=opened).allow
    assert not judge("http://other.intranet/rss", lambda _: ["10.1.2.3"], allow_hosts=opened).allow


def test_the_name_is_resolved_once_and_in_ascii() -> None:
    asked: list[str] = []

    def resolve(host: str) -> list[str]:
        asked.append(host)
        return [PUBLIC]

    assert judge("https://BÜCHER.example./rss", resolve).allow
    assert asked == ["xn--bcher-kva.example"]


def test_what_is_asked_is_what_was_read() -> None:
    target = read_url("HTTPS://Feeds.Example.ORG.:443/ä b".replace(" ", "%20") + "?q=ü#part")
    assert target.url == "https://feeds.example.org/%C3%A4%20b?q=%C3%BC"


def test_a_line_that_is_not_as_agreed_is_named() -> None:
    with pytest.raises(InputError, match="line 2"):
        list(guard_lines(['{"url": "https://a.example/"}', '{"address": 1}']))


@given(st.text(max_size=60), st.sampled_from(["http://{}/", "https://{}:443/x", "{}", "http://{}@a.example/", "//{}"]))
def test_no_words_break_the_guard_or_get_past_it_to_an_inward_address(words: str, frame: str) -> None:
    verdict = judge(frame.format(words), lambda _: ["127.0.0.1"])
    if verdict.allow:
        assert all(inward(ipaddress.ip_address(address)) == "" for address in verdict.addresses)


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_whatever_python_calls_inward_is_inward_here(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert inward(address) or (address.version == 6 and address in ipaddress.ip_network("64:ff9b::/96"))


@given(st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address))
def test_no_odd_spelling_of_an_address_is_read_as_a_name(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for spelt in (str(number), hex(number), f"0{number:o}", f"{number >> 24}.{number & 0xFFFFFF}"):
        verdict = judge(f"http://{spelt}/", lambda _: pytest.fail("asked for an address as for a name"))
        assert not verdict.allow
