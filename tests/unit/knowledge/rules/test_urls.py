"""Every spelling comes to one, and that one is judged; what is refused is told in words of its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grym_synth.knowledge.rules.refusals import Refused
from grym_synth.knowledge.rules.urls import Target, judge_redirect, judge_url

_PIECES = st.sampled_from(
    [
        "https://", "http://", "file://", "//", "127.0.0.1", "[::1]", "[", "]", "@", ":", "443", "%31", "\\", "/", "?",
        "#", ".", "。", "localhost", "example.com", "münchen.de", "0x7f", "１", "\u200b", " ", "\t", "xn--", "ß", "a",
    ]
)  # fmt: skip


def judged(text: str) -> tuple[Refused | None, Target | None]:
    try:
        return None, judge_url(text)
    except Refused as error:
        return error, None


@given(st.lists(_PIECES, max_size=8).map("".join) | st.text(max_size=40).map("https://{}".format))
def test_whatever_passes_is_ascii_and_judged_the_same_again(text: str) -> None:
    refused, target = judged(text)
    if target is None:
        assert refused is not None
        assert refused.code.isidentifier()
        assert len(str(refused)) < 400
        return
    assert target.url.isascii()
    assert target.url.isprintable()
    assert " " not in target.url
    assert target.url.startswith("https://")
    assert judge_url(target.url) == target
    assert target.literal is None or target.literal.is_global


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://example.com", "https://example.com/"),
        ("HTTPS://EXAMPLE.com:443/A?b=C#d", "https://example.com/A?b=C"),
        ("https://example.com:80/", "https://example.com:80/"),
        ("https://münchen.de/ö?ü=ß", "https://xn--mnchen-3ya.de/%C3%B6?%C3%BC=%C3%9F"),
        ("https://日本語。jp/", "https://xn--wgv71a119e.jp/"),
        ("https://раура.example/", "https://xn--80aa0cbo.example/"),
        ("https://my_site.example.com/", "https://my_site.example.com/"),
        ("https://[2606:4700:0:0::1111]/", "https://[2606:4700::1111]/"),
        ("https://example.com/100%/%zz", "https://example.com/100%/%zz"),
        ("https://example.com/a@b:c", "https://example.com/a@b:c"),
    ],
)
def test_one_spelling_is_kept(text: str, url: str) -> None:
    assert judge_url(text).url == url


def test_http_passes_only_where_it_is_allowed() -> None:
    assert judge_url("http://example.com/", allow_http=True).origin == "http://example.com"
    with pytest.raises(Refused, match="anybody on the way"):
        judge_url("http://example.com/")


def test_other_ports_pass_only_in_a_test_and_there_only_on_this_machine() -> None:
    assert judge_url("http://127.0.0.1:8123/", allow_http=True, loopback_only=True).authority == "127.0.0.1:8123"
    with pytest.raises(Refused) as caught:
        judge_url("https://8.8.8.8:8123/", loopback_only=True)
    assert caught.value.code == "beyond_the_test"


def test_a_redirect_is_judged_from_where_it_stands() -> None:
    base = judge_url("https://example.com/a/b?c")
    assert judge_redirect(base, "../d", [base.url]).url == "https://example.com/d"
    assert judge_redirect(base, "?e", [base.url]).url == "https://example.com/a/b?e"
    assert judge_redirect(base, "//example.org", [base.url]).url == "https://example.org/"


def test_from_http_to_https_is_followed_and_back_is_not() -> None:
    plain, safe = judge_url("http://example.com/", allow_http=True), judge_url("https://example.com/")
    assert judge_redirect(plain, safe.url, [plain.url]).scheme == "https"
    with pytest.raises(Refused) as caught:
        judge_redirect(safe, plain.url, [safe.url], allow_http=True)
    assert caught.value.code == "downgrade"
