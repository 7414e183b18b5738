"""The fetch agent beside what it refuses: what it sends, what it keeps, and what only tests may have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.hostile_server import HostileServer, reply, says
from tests.web_world import HOST, Certificates, certificates, world

from grym_synth.agent_stdio import Call
from grym_synth.agents.fetch import fetch
from grym_synth.execution.catalog import read_catalog

PAGE = b"<!doctype html><title>A page</title><p>Some words."


@pytest.fixture(scope="module")
def made() -> Iterator[Certificates]:
    with certificates() as found:
        yield found


def test_nothing_is_sent_that_tells_who_asks(
    made: Certificates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    (tmp_path / "netrc").write_text(f"machine {HOST} login me password secret\n")
    with world(tmp_path, made) as w:
        w.page("/b", reply(200, PAGE))
        assert w.fetch(w.page("/a", reply(302, location="/b", set_cookie="id=7"))).evidence
        assert w.asked == ["/a", "/b"]
        for asked in w.safe.asked:
            assert set(asked.headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}
            assert asked.host == HOST


def test_robots_are_asked_once_an_hour(made: Certificates, tmp_path: Path) -> None:
    with world(tmp_path, made) as w:
        browser = w.browser()
        for path in ("/a", "/b", "/c"):
            assert w.fetch(w.page(path, reply(200, PAGE)), browser).evidence
        assert [asked.path for asked in w.safe.asked] == ["/robots.txt", "/a", "/b", "/c"]


def test_three_tries_wait_longer_each_time_and_as_the_server_says(made: Certificates, tmp_path: Path) -> None:
    with world(tmp_path, made) as w:
        (gap,) = w.fetch(w.page("/", reply(500, b""))).gaps
        assert (gap.code, w.asked, w.slept) == ("server_error", ["/"] * 3, [0.5, 2.0])
        w.slept.clear()
        (gap,) = w.fetch(w.page("/", reply(429, b"", retry_after="7"))).gaps
        assert (gap.code, gap.retry_after_s, w.slept) == ("too_many_requests", 7.0, [7.0, 7.0])


def test_what_will_not_change_is_tried_once_and_long_waits_are_left_to_the_caller(
    made: Certificates, tmp_path: Path
) -> None:
    with world(tmp_path, made) as w:
        assert w.fetch(w.page("/", reply(404, b""))).gaps[0].code == "not_found"
        assert w.fetch(w.page("/later", reply(503, b"", retry_after="3600"))).gaps[0].retry_after_s == 3600.0
        assert (w.asked, w.slept) == (["/", "/later"], [])


def test_a_mark_of_another_shape_is_not_sent_back(made: Certificates, tmp_path: Path) -> None:
    with world(tmp_path, made) as w:
        address = w.page("/", reply(200, PAGE, etag='"a b"', last_modified="yesterday"))
        told: Any = w.fetch(address, etag='"a"\r\nX-Evil: 1', last_modified="now\r\nX-Evil: 1").evidence[0].value
        assert (told["etag"], told["last_modified"]) == ("", "")
        assert not any("x-evil" in asked.headers or "if-none-match" in asked.headers for asked in w.safe.asked)


@pytest.mark.parametrize("folder", ["relative", "/nowhere/at/all", "link"])
def test_only_a_folder_that_is_there_is_written_to(made: Certificates, tmp_path: Path, folder: str) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    name = str(tmp_path / "link") if folder == "link" else folder
    with world(tmp_path, made) as w:
        (gap,) = fetch({"address": w.page("/", reply(200, PAGE)), "folder": name}, Call(), w.browser()).gaps
        assert (gap.code, w.connected) == ("bad_request", [])
    assert not list((tmp_path / "real").iterdir())


def test_the_setting_of_tests_opens_this_machine_says_so_and_opens_nothing_else(tmp_path: Path) -> None:
    with HostileServer(answers={"/": says(reply(200, PAGE))}).running() as server:
        address = f"http://127.0.0.1:{server.port}/"
        arguments = {"address": address, "folder": str(tmp_path), "allow_http": True}
        (found,) = fetch({**arguments, "loopback_test": True}, Call()).evidence
        told: Any = found.value
        assert (told["is_test"], found.source.method) == (True, "fetched from this machine, as a test")
        assert fetch(arguments, Call()).gaps[0].code == "odd_port"
        server.answers["/"] = says(reply(302, location="https://8.8.8.8/"))
        assert fetch({**arguments, "loopback_test": True}, Call()).gaps[0].code == "beyond_the_test"
        asked = [item.path for item in server.asked if item.path == "/"]
        assert asked == ["/", "/"]


def test_it_is_the_only_agent_that_asks_for_the_network() -> None:
    asking = [name for name, card in read_catalog().cards.items() if "network" in card.permissions]
    assert asking == ["fetch"]
