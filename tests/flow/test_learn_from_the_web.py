"""`grym learn ADDRESS` from a server of ours on loopback, which only the setting of tests lets it open."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.command import Grym
from tests.hostile_server import HostileServer, reply, says
from tests.ordinary_web import PAGE, RSS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with HostileServer().running() as running:
        yield running


def test_a_page_is_learned_once_and_asked_for_again_by_its_mark(server: HostileServer, tmp_path: Path) -> None:
    grym = Grym(tmp_path, GRYM_LOOPBACK_TEST="1")
    server.answers["/low"] = lambda asked, line: line.send(
        reply(304, etag='"1"') if asked.headers.get("if-none-match") == '"1"' else reply(200, PAGE, etag='"1"')
    )
    address = f"http://127.0.0.1:{server.port}/low"
    page, summary = grym("learn", "--allow-http", address)
    assert (page["title"], page["address"], page["domain"]) == ("Low end", address, "127.0.0.1")
    (summary,) = grym("learn", "--allow-http", address)
    assert (summary["new"], summary["unchanged"]) == (0, 1)
    assert not list((tmp_path / "home" / "cache" / "fetched").iterdir())
    (source,) = grym("learn", "--list")[0]["sources"]
    assert (source["kind"], source["version"]) == ("page", 1)


def test_each_entry_of_a_feed_is_learned_by_itself_and_one_that_lies_elsewhere_is_refused(
    server: HostileServer, tmp_path: Path
) -> None:
    own = f"http://127.0.0.1:{server.port}"
    more = f"<item><title>Again</title><link>{own}/feed</link></item>"  # itself
    more += "<item><link>http://10.0.0.1/admin</link></item><item><link>/etc/passwd</link></item></channel>"
    feed = RSS.replace(b"https://page.example", own.encode()).replace(b"</channel>", more.encode())
    server.answers |= {
        "/low": says(reply(200, PAGE)),
        "/feed": says(reply(200, feed, content_type="application/rss+xml")),
    }
    grym = Grym(tmp_path, GRYM_LOOPBACK_TEST="1")
    followed, page, *failed, summary = grym("learn", "--allow-http", f"{own}/feed")
    assert (followed["state"], followed["kind"], followed["entries"], followed["left"]) == ("followed", "feed", 4, 0)
    assert (page["title"], page["address"]) == ("Low end", f"{own}/low")
    assert "10.0.0.1" in failed[0]["error"]["message"]
    assert (summary["new"], summary["followed"], len(failed)) == (1, 1, summary["failed"])
    assert len([asked for asked in server.asked if asked.path == "/feed"]) == 1
    # The same feed as a file: its entries are addresses, and never files of this machine.
    (tmp_path / "feed.xml").write_bytes(feed.replace(b"/low", b"/deep").replace(b"/etc/passwd", b"feed.xml"))
    server.answers["/deep"] = says(reply(200, PAGE.replace(b"Low end", b"Deep end")))
    followed, page, again, *failed, summary = grym("learn", "--allow-http", "feed.xml")
    assert (page["title"], followed["entries"], again["state"]) == ("Deep end", 4, "followed")
    assert "does not begin with https" in failed[-1]["error"]["message"]
    # Whoever forgets the feed forgets what came of it.
    (gone,) = grym("forget", "feed.xml", "--yes")
    assert {f"{own}/low", f"{own}/deep"} <= {*gone["forgotten"]}
    assert own.encode() not in (tmp_path / "home" / "jobs.db").read_bytes()


def test_why_a_page_cannot_be_had_is_told_in_words(server: HostileServer, tmp_path: Path) -> None:
    server.answers["/"] = says(reply(200, b"MZ\x90\0\x03\0\0\0"))
    grym = Grym(tmp_path, GRYM_LOOPBACK_TEST="1")
    failed, _ = grym("learn", "--allow-http", f"http://127.0.0.1:{server.port}/", code=3)
    assert failed["error"]["code"] == "mislabelled"
    assert failed["error"]["message"] == "it says that it is text/html, and is a program"


def test_without_the_setting_this_machine_is_never_opened(server: HostileServer, tmp_path: Path) -> None:
    for address, code in (
        (f"http://127.0.0.1:{server.port}/", "odd_port"),
        ("http://127.0.0.1/", "loopback_address"),
        ("https://localhost/", "local_name"),
    ):
        (failed,) = Grym(tmp_path)("learn", "--allow-http", address, code=3)
        assert failed["error"]["code"] == code
    assert not server.asked


def test_a_recording_from_the_web_is_analysed_catalogued_found_and_forgotten_with_its_file(
    server: HostileServer, tmp_path: Path
) -> None:
    time = np.arange(44100) / 44100
    sound = io.BytesIO()
    soundfile.write(sound, 0.5 * np.sin(2 * np.pi * 440 * time), 44100, format="WAV")
    server.answers["/tone.wav"] = says(reply(200, sound.getvalue(), content_type="audio/wav"))
    grym, address = Grym(tmp_path, GRYM_LOOPBACK_TEST="1"), f"http://127.0.0.1:{server.port}/tone.wav"
    told, summary = grym("learn", "--allow-http", address)
    assert (told["state"], summary["failed"]) == ("new", 0)
    (kept,) = (tmp_path / "home" / "sounds").iterdir()
    (found,) = grym("find", "shorter than 2 seconds")[0]["matches"]
    assert found["path"] == str(kept)
    assert (found["sha256"], kept.suffix) == (kept.stem, ".wav")
    grym("forget", "--yes", address)
    assert not list((tmp_path / "home" / "sounds").iterdir())
    assert grym("find", "shorter than 2 seconds", code=5)[0]["error"]["code"] == "empty_library"
    left = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert address.encode() not in left
