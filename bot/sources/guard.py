"""Which addresses may be asked: nothing that a stranger writes may make Sitrep look inside its own network.

An address is judged in two steps that never come apart: `read_url` looks at the words, `judge_addresses` at every
answer of the one name look-up; only addresses that were judged are connected to (`bot.sources.fetch`).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from urllib.parse import quote

import idna
import msgspec

from bot.model.errors import AddressRefused

Resolve = Callable[[str], Iterable[str]]
"""What a name resolves to: addresses as text; empty where it does not resolve."""

_PORTS = {"http": 80, "https": 443}
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\\u0085\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMERIC = re.compile(r"\d+|0x[0-9a-f]*")
_SAFE_IN_PATH = "%/:?#[]@!$&'()*+,;=~-._|"
_MAX_URL = 2000

# Suffixes that never name anything outside: RFC 6761, 6762, 8375, 7686 and ICANN's reservation of ".internal".
_INWARD_SUFFIXES = ("localhost", "local", "internal", "home.arpa", "onion", "invalid")

# IANA IPv4 Special-Purpose Address Registry, with multicast (224/4) and the reserved block (240/4).
_INWARD_V4 = tuple(
    (ipaddress.IPv4Network(network), rule)
    for network, rule in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared address space"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        # A public-looking address that a cloud answers from inside its machines.
        ("168.63.129.16/32", "metadata service"),
    )
)
# IANA IPv6 Special-Purpose Address Registry; outside of 2000::/3 only NAT64 of a public IPv4 address is open.
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_INWARD_V6 = tuple(
    (ipaddress.IPv6Network(network), rule)
    for network, rule in (
        ("2001::/23", "protocol assignment"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
    )
)


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """An address whose words are in order.

    Attributes:
        url: the address as it will be asked: host in lower-case ASCII, no fragment, no default port.
        host: lower-case ASCII name, or an address literal without brackets; no trailing dot.
        open: the operator has opened this host, so that its addresses are not judged.
    """

    url: str
    scheme: str
    host: str
    port: int
    open: bool = False


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """May this address be asked? `rule` says why (not); `addresses` are the checked ones, all of them."""

    allow: bool
    rule: str
    addresses: tuple[str, ...] = ()


def read_url(url: str, *, allow_hosts: Collection[str] = ()) -> Target:
    """Check everything about `url` that needs no name look-up.

    `allow_hosts` holds "host" (ports 80 and 443) or "host:port" entries that the operator has opened.
    Raises `AddressRefused` naming the rule.
    """
    if len(url) > _MAX_URL:
        raise AddressRefused("longer than 2000 characters", subject=url[:80] + "…")
    if _FORBIDDEN.search(url):
        raise AddressRefused("spaces, control characters or backslashes", subject=_shown(url))
    scheme, colon, rest = url.partition(":")
    scheme = scheme.lower()
    if not colon or scheme not in _PORTS:
        raise AddressRefused("scheme is not http or https", subject=_shown(url))
    if not rest.startswith("//"):
        raise AddressRefused("no host", subject=_shown(url))
    authority, path = _split(rest[2:])
    if "@" in authority:
        raise AddressRefused("user name or password in the address", subject=f"{scheme}://…")
    host, port_digits = _host_and_port(authority, url)
    port = _port(port_digits, scheme, url)
    literal = _literal(host, url)
    name = str(literal) if literal is not None else _name(host, url)
    written = f"[{name}]" if isinstance(literal, ipaddress.IPv6Address) else name
    default = port == _PORTS[scheme]
    opened = f"{written}:{port}" in allow_hosts or (port in _PORTS.values() and written in allow_hosts)
    if not opened:
        if port not in _PORTS.values():
            raise AddressRefused("port is not 80 or 443", subject=_shown(url))
        if literal is None and (rule := _inward_name(name)):
            raise AddressRefused(rule, subject=_shown(url))
        if literal is not None and (rule := inward(literal)):
            raise AddressRefused(f"address is {rule}", subject=_shown(url))
    asked = f"{scheme}://{written}{'' if default else f':{port}'}{_path(path)}"
    return Target(url=asked, scheme=scheme, host=name, port=port, open=opened)


def judge_addresses(addresses: Sequence[str]) -> Verdict:
    """Judge all answers of a name look-up; one that leads inward refuses the name."""
    if not addresses:
        return Verdict(allow=False, rule="name does not resolve")
    for address in addresses:
        try:
            read = ipaddress.ip_address(address)
        except ValueError:
            return Verdict(allow=False, rule="name resolves to no address")
        if rule := inward(read):
            return Verdict(allow=False, rule=f"name leads to an address that is {rule}")
    return Verdict(allow=True, rule="public", addresses=tuple(addresses))


def judge(url: str, resolve: Resolve, *, allow_hosts: Collection[str] = ()) -> Verdict:
    """Judge an address, words and look-up together; `resolve` is asked at most once, with the ASCII name."""
    try:
        target = read_url(url, allow_hosts=allow_hosts)
    except AddressRefused as refused:
        return Verdict(allow=False, rule=refused.rule)
    if is_literal(target.host):
        return Verdict(allow=True, rule="opened" if target.open else "public", addresses=(target.host,))
    addresses = tuple(resolve(target.host))
    if target.open and addresses:
        return Verdict(allow=True, rule="opened", addresses=addresses)
    return judge_addresses(addresses)


def inward(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """Why this address is not public, or "" where it is."""
    if isinstance(address, ipaddress.IPv4Address):
        return next((rule for network, rule in _INWARD_V4 if address in network), "")
    if address.scope_id is not None:
        return "bound to an interface"
    if address.ipv4_mapped is not None:
        return "an IPv4 address in IPv6 clothes"
    if address in _NAT64:
        return inward(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if address not in _PUBLIC_V6:
        return "not public"
    return next((rule for network, rule in _INWARD_V6 if address in network), "")


def is_literal(host: str) -> bool:
    """Whether a host of a `Target` is an address and not a name."""
    return ":" in host or host.replace(".", "").isdigit()


def _shown(url: str) -> str:
    """The address for a message: one line, no user name or password, not too long."""
    line = re.sub(r"[\x00-\x20\x7f]+", " ", url)
    return re.sub(r"//[^/?#]*@", "//…@", line)[:120]


def _split(rest: str) -> tuple[str, str]:
    end = re.search(r"[/?#]", rest)
    return (rest, "") if end is None else (rest[: end.start()], rest[end.start() :])


def _host_and_port(authority: str, url: str) -> tuple[str, str]:
    if authority.startswith("["):
        host, bracket, port = authority[1:].partition("]")
        if not bracket or (port and not port.startswith(":")):
            raise AddressRefused("host is not well formed", subject=_shown(url))
        return f"[{host}", port[1:]
    host, _, port = authority.partition(":")
    if not host:
        raise AddressRefused("no host", subject=_shown(url))
    return host, port


def _port(digits: str, scheme: str, url: str) -> int:
    if not digits:
        return _PORTS[scheme]
    if not re.fullmatch(r"[0-9]{1,5}", digits) or not 0 < int(digits) < 65536:
        raise AddressRefused("port is not a number from 1 to 65535", subject=_shown(url))
    return int(digits)


def _literal(host: str, url: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that `host` spells, None for a name; odd spellings (octal, hex, short) are refused."""
    if host.startswith("["):
        try:
            return ipaddress.IPv6Address(host[1:])
        except ValueError:
            raise AddressRefused("host is no IPv6 address", subject=_shown(url)) from None
    name = _name(host, url)
    if not _NUMERIC.fullmatch(name.rpartition(".")[2]):
        return None
    try:
        return ipaddress.IPv4Address(name)
    except ValueError:
        raise AddressRefused("an odd spelling of an IPv4 address", subject=_shown(url)) from None


def _name(host: str, url: str) -> str:
    """The name in lower-case ASCII without its trailing dot (UTS 46, so that look-alike digits and dots are read)."""
    try:
        ascii_name = host.lower() if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        # uts46 refuses what is left of odd digits after mapping; the mapping alone shows an address for what it is.
        try:
            ascii_name = idna.uts46_remap(host)
        except (idna.IDNAError, UnicodeError):
            ascii_name = host
    ascii_name = ascii_name.removesuffix(".")
    labels = ascii_name.split(".")
    if len(ascii_name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise AddressRefused("host is not well formed", subject=_shown(url))
    return ascii_name


def _inward_name(name: str) -> str:
    if "." not in name:
        return "name without a dot"
    if any(name == suffix or name.endswith(f".{suffix}") for suffix in _INWARD_SUFFIXES):
        return "name of the inside"
    return ""


def _path(path: str) -> str:
    """Path and query as they are sent: without the fragment, everything outside of ASCII percent-encoded."""
    path = path.partition("#")[0]
    if not path.startswith("/"):
        path = "/" + path
    return quote(path, safe=_SAFE_IN_PATH)
