"""Of all addresses there are, only those of the public internet pass."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grym_synth.knowledge.rules.addresses import judge_address
from grym_synth.knowledge.rules.refusals import Refused

_ANY = st.ip_addresses(v=4) | st.ip_addresses(v=6)
_INNER = st.sampled_from(["10.0.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "8.8.8.8"]).map(IPv4Address)


@given(_ANY)
def test_what_passes_is_global_and_one_machine(address: IPv4Address | IPv6Address) -> None:
    refused = None
    try:
        judge_address(address)
    except Refused as error:
        refused = error
    if refused is not None:
        assert refused.code.endswith("_address")
        assert str(address) in str(refused)
    else:
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_reserved


@pytest.mark.parametrize("text", ["8.8.8.8", "1.1.1.1", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001:82a::200e"])
def test_public_addresses_pass_as_they_are(text: str) -> None:
    assert judge_address(text) == ip_address(text)


@given(_INNER, st.sampled_from(["::ffff:{}", "::{}", "64:ff9b::{}", "::ffff:0:{}", "64:ff9b:1::{}"]))
def test_no_address_hides_another(inner: IPv4Address, form: str) -> None:
    with pytest.raises(Refused) as caught:
        judge_address(form.format(inner))
    assert caught.value.code == "embedded_address"


def test_of_what_the_name_service_translates_the_inner_address_is_judged() -> None:
    assert str(judge_address("64:ff9b::8.8.8.8", resolved=True)) == "64:ff9b::808:808"
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        judge_address("64:ff9b::10.0.0.1", resolved=True)


@given(_ANY)
def test_in_a_test_nothing_but_this_machine_passes(address: IPv4Address | IPv6Address) -> None:
    if address.is_loopback and getattr(address, "ipv4_mapped", None) is None:
        assert judge_address(address, loopback_only=True) == address
        return
    with pytest.raises(Refused) as caught:
        judge_address(address, loopback_only=True)
    assert caught.value.code == "beyond_the_test"


@pytest.mark.parametrize("text", ["127.0.0.1", "127.8.8.8", "::1"])
def test_in_a_test_this_machine_passes(text: str) -> None:
    assert str(judge_address(text, loopback_only=True)) == text
