"""Which addresses of machines may be connected to: those of the public internet, and no other.

References
----------
IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890); RFC 6052 for addresses that hold another.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from .refusals import Refused

Address = IPv4Address | IPv6Address

# The first network that holds an address names it.
_V4 = tuple(
    (IPv4Network(network), code, words)
    for network, code, words in (
        ("169.254.169.254/32", "metadata_address", "a cloud, which keeps credentials there"),
        ("169.254.170.2/32", "metadata_address", "a cloud, which keeps credentials there"),
        ("100.100.100.200/32", "metadata_address", "a cloud, which keeps credentials there"),
        ("168.63.129.16/32", "metadata_address", "a cloud, which keeps secrets of its machines there"),
        ("192.0.0.192/32", "metadata_address", "a cloud, which keeps credentials there"),
        ("0.0.0.0/8", "unspecified_address", "no machine in particular"),
        ("127.0.0.0/8", "loopback_address", "this machine itself"),
        ("10.0.0.0/8", "private_address", "a private network"),
        ("172.16.0.0/12", "private_address", "a private network"),
        ("192.168.0.0/16", "private_address", "a private network"),
        ("169.254.0.0/16", "link_local_address", "machines on the same cable or radio"),
        ("100.64.0.0/10", "carrier_address", "the inside of a provider's network"),
        ("192.0.2.0/24", "documentation_address", "examples in documentation"),
        ("198.51.100.0/24", "documentation_address", "examples in documentation"),
        ("203.0.113.0/24", "documentation_address", "examples in documentation"),
        ("198.18.0.0/15", "reserved_address", "tests of networks"),
        ("192.0.0.0/24", "reserved_address", "protocols"),
        ("192.31.196.0/24", "reserved_address", "services of the network"),
        ("192.52.193.0/24", "reserved_address", "services of the network"),
        ("192.175.48.0/24", "reserved_address", "services of the network"),
        ("192.88.99.0/24", "reserved_address", "relays"),
        ("224.0.0.0/4", "multicast_address", "a group of machines"),
        ("255.255.255.255/32", "broadcast_address", "every machine nearby"),
        ("240.0.0.0/4", "reserved_address", "nobody yet"),
    )
)
_V6 = tuple(
    (IPv6Network(network), code, words)
    for network, code, words in (
        ("fd00:ec2::254/128", "metadata_address", "a cloud, which keeps credentials there"),
        ("fd20:ce::254/128", "metadata_address", "a cloud, which keeps credentials there"),
        ("::/128", "unspecified_address", "no machine in particular"),
        ("::1/128", "loopback_address", "this machine itself"),
        ("::ffff:0:0/96", "embedded_address", "addresses that hide an IPv4 address (mapped)"),
        ("::ffff:0:0:0/96", "embedded_address", "addresses that hide an IPv4 address (translated)"),
        ("::/96", "embedded_address", "addresses that hide an IPv4 address (compatible)"),
        ("64:ff9b::/96", "embedded_address", "addresses that hide an IPv4 address (NAT64)"),
        ("64:ff9b:1::/48", "embedded_address", "addresses that hide an IPv4 address (NAT64 of a network)"),
        ("2001::/32", "embedded_address", "addresses that hide an IPv4 address (Teredo)"),
        ("2002::/16", "embedded_address", "addresses that hide an IPv4 address (6to4)"),
        ("fc00::/7", "private_address", "a private network"),
        ("fec0::/10", "private_address", "a private network"),
        ("fe80::/10", "link_local_address", "machines on the same cable or radio"),
        ("ff00::/8", "multicast_address", "a group of machines"),
        ("2001:db8::/32", "documentation_address", "examples in documentation"),
        ("3fff::/20", "documentation_address", "examples in documentation"),
        ("2001::/23", "reserved_address", "protocols"),
        ("2620:4f:8000::/48", "reserved_address", "services of the network"),
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")  # nothing outside it has been given to anybody
_NAT64 = IPv6Network("64:ff9b::/96")
_PUBLIC_ONLY = "only addresses of the public internet are opened; save the page, and give the file"


def judge_address(
    text: str | Address, *, host: str = "", resolved: bool = False, loopback_only: bool = False
) -> Address:
    """The address, where it may be connected to.

    host : the name that it was found under, for the sentence
    resolved : it comes from the name service, so an IPv4 address in the well-known prefix of NAT64 is judged by itself:
        networks that have only IPv6 see all others so
    loopback_only : the setting of tests: this machine itself and nothing else

    Raises
    ------
    Refused
        It is no address of the public internet; the code says what it is.
    """
    address = _parsed(text)
    if loopback_only:
        if not address.is_loopback or getattr(address, "ipv4_mapped", None) is not None:
            raise Refused("beyond_the_test", f"{_told(address, host)} is not this machine, and this is a test")
        return address
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            raise Refused("zone_address", f"{_told(address, host)} names a part of this machine (%)", _PUBLIC_ONLY)
        if resolved and address in _NAT64:
            judge_address(IPv4Address(int(address) & 0xFFFFFFFF), host=host)
            return address
        found = next(((code, words) for network, code, words in _V6 if address in network), None)
        if found is None and address not in _GLOBAL_V6:
            found = "reserved_address", "nobody yet"
    else:
        found = next(((code, words) for network, code, words in _V4 if address in network), None)
    if found is not None:
        raise Refused(found[0], f"{_told(address, host)} belongs to {found[1]}: it is not opened", _PUBLIC_ONLY)
    return address


def _parsed(text: str | Address) -> Address:
    try:
        return ip_address(text)
    except ValueError as error:
        raise Refused("bad_address", f"{str(text)[:80]!r} is no address of a machine") from error


def _told(address: Address, host: str) -> str:
    return f"{host} leads to {address}, which" if host and host != str(address) else f"{address}"
