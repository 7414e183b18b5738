"""A feed whose learning is cut off in the middle, by kill -9 or by another command that forgets it."""

from __future__ import annotations

import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.command import Grym
from tests.hostile_server import Answer, Asked, HostileServer, Line, reply, says
from tests.ordinary_web import page

from grym_synth.storage.knowledge import Knowledge
from grym_synth.storage.knowledge_rows import SourceRow
from grym_synth.storage.sqlite import SqliteStore

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

PATHS = ["/first", "/second", "/third"]


class Feed:
    """A feed as a file, of three pages; the second of them never comes while it is `stuck`."""

    def __init__(self, server: HostileServer, folder: Path) -> None:
        self.server, self.grym = server, Grym(folder, GRYM_LOOPBACK_TEST="1")
        self.path, self.is_waited_for = folder / "feed.xml", threading.Event()
        server.answers |= {path: _page(path) for path in PATHS}
        items = "".join(f"<item><link>http://127.0.0.1:{server.port}{path}</link></item>" for path in PATHS)
        self.path.write_text(f'<rss version="2.0"><channel><title>Mix</title>{items}</channel></rss>', encoding="utf-8")

    @contextmanager
    def learning(self) -> Iterator[subprocess.Popen[str]]:
        """A process that learns the feed, when the first page is kept and the second is waited for."""
        self.server.answers["/second"] = self._hang
        command = self.grym.command("learn", "--allow-http", self.path.name)
        with subprocess.Popen(
            command, cwd=self.grym.folder, env=self.grym.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True,
        ) as process:  # fmt: skip
            try:
                assert self.is_waited_for.wait(60.0)
                self._wait_for_done(2)  # the feed itself, and its first page
                yield process
            finally:
                process.kill()
                process.communicate()
        self.server.answers["/second"] = _page("/second")

    def kept(self) -> list[SourceRow]:
        with closing(SqliteStore(self.grym.home / "grym.db")) as store:
            return Knowledge(store).sources()

    def _wait_for_done(self, count: int) -> None:
        deadline = time.monotonic() + 60.0
        with closing(sqlite3.connect(self.grym.home / "jobs.db")) as db:
            while db.execute("SELECT count(*) FROM job_items WHERE state = 'done'").fetchone()[0] < count:
                assert time.monotonic() < deadline
                time.sleep(0.02)

    def _hang(self, asked: Asked, line: Line) -> None:
        self.is_waited_for.set()
        line.wait(100.0)


def _page(path: str) -> Answer:
    words = f"Of {path[1:]} nobody else on this server says anything, so that no page is taken for a copy of another."
    return says(reply(200, page(words).encode()))


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[Feed]:
    with HostileServer().running() as server:
        yield Feed(server, tmp_path)


def test_a_feed_that_is_killed_in_the_middle_goes_on_with_the_entries_that_are_left(feed: Feed) -> None:
    with feed.learning() as process:
        process.kill()
    feed.path.unlink()  # what it lists is known by now
    *_, told = feed.grym("jobs", "list", "--follow")
    (job,) = told["jobs"]
    assert (job["state"], job["done"], job["failed"], job["total"]) == ("done", 4, 0, 4)
    asked = Counter(each.path for each in feed.server.asked)
    assert {path: asked[path] for path in PATHS} == {"/first": 1, "/second": 2, "/third": 1}
    assert [(row.parent, row.version) for row in feed.kept()] == [(str(feed.path), 1)] * 3


def test_a_feed_that_is_forgotten_while_another_process_learns_it_stays_away(feed: Feed) -> None:
    with feed.learning() as process:
        (gone,) = feed.grym("forget", "--yes", feed.path.name)
        process.communicate(timeout=60.0)
    assert [address.rpartition("/")[2] for address in gone["forgotten"]] == ["first"]
    assert gone["ended_jobs"] == [f"learn {feed.path}"]
    assert feed.kept() == []
