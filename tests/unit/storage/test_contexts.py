import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from grym_synth.messages import Answer, Plan, Request, Route
from grym_synth.storage.contexts import Contexts, Played
from grym_synth.storage.house import House
from grym_synth.storage.house_rows import Account, LeaseRow
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.store import MIGRATIONS, FileStamp, Store, StoreUnavailable

ANSWER = Answer("It runs at 126 BPM.", (), (), (), Route((), 1.0, {}, {}), Plan(()), "healthy", {})
A, B = Played("a.wav", "/music/a.wav"), Played("b.wav", "/music/b.wav")


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path / "grym.db")


def ask(store: Store, question: str, *recordings: Played, context: str = "album", text: str = "Fast.") -> None:
    request = Request(question, tuple(item.subject for item in recordings), "/music", context)
    store.keep_answer(request, replace(ANSWER, text=text), recordings)


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("grym.db*")))


def test_questions_come_back_newest_first_with_where_their_recordings_lie(any_store: Store) -> None:
    before = time.time()
    ask(any_store, "which is louder?", B, A)
    ask(any_store, "and a fifth above D?")
    ask(any_store, "elsewhere?", A, context="other")
    newest, oldest = Contexts(any_store).turns("album")
    assert (newest.question, newest.recordings) == ("and a fifth above D?", ())
    assert (oldest.question, oldest.recordings) == ("which is louder?", (B, A))
    assert before <= oldest.asked_at <= newest.asked_at <= time.time()
    assert oldest.answer()["answer"] == "Fast."


def test_questions_are_bounded_by_count_and_by_time(any_store: Store) -> None:
    for number in range(5):
        ask(any_store, f"{number}?")
    assert [turn.question for turn in Contexts(any_store).turns("album", limit=2)] == ["4?", "3?"]
    assert Contexts(any_store).turns("album", since=time.time() + 1.0) == []
    assert Contexts(any_store).turns("nobody's") == []


def test_the_folder_from_which_names_start_is_kept(any_store: Store) -> None:
    ask(any_store, "how fast?", A)
    assert any_store.read("SELECT folder, paths FROM answers") == [("/music", '["a.wav"]')]


@pytest.mark.parametrize("name", ["\udcff\n😀.wav", "\x1b[2J.wav", "ä\ud800.wav", "a\x00b.wav", '"; DROP TABLE x'])
def test_names_that_are_no_text_come_back_as_they_were(any_store: Store, name: str) -> None:
    ask(any_store, f"how fast is {name}?", Played(name, f"/music/{name}"), context=name)
    (turn,) = Contexts(any_store).turns(name)
    shown = name.replace("\ud800", "\\ud800").replace("\0", "\ufffd")  # neither is in a file name
    assert turn.recordings == (Played(shown, f"/music/{shown}"),)
    assert turn.question == f"how fast is {shown}?"
    assert [row.name for row in Contexts(any_store).overview()] == [shown]


def test_a_context_in_figures(store: SqliteStore, tmp_path: Path) -> None:
    ask(store, "which is louder?", A, B)
    ask(store, "how fast?", A)
    ask(store, "a fifth above D?", context="ä")
    house = House(tmp_path / "grym.db")
    used = [Account("album", cpu_used_s=1.5, model_tokens=7), Account("ä", 1), Account("only measured", 2, cpu_s=3.0)]
    house.add_to_accounts(used, "one")
    house.close()
    rows = {row.name: row for row in Contexts(store).overview()}
    assert list(rows) == ["ä", "album", "only measured"]
    album, measured = rows["album"], rows["only measured"]
    assert (album.questions, album.recordings, album.account) == (2, 2, used[0])
    assert album.first_asked is not None
    assert album.last_asked is not None
    assert album.first_asked <= album.last_asked
    assert rows["ä"].account == used[1]
    assert (measured.questions, measured.first_asked, measured.last_asked, measured.recordings) == (0, None, None, 0)
    assert measured.account == used[2]


def test_what_is_forgotten_is_gone_and_what_is_not_stays(store: SqliteStore, tmp_path: Path) -> None:
    ask(store, "which is louder?", A, B)
    ask(store, "how fast?", B, context="other")
    house = House(tmp_path / "grym.db")
    house.add_to_accounts([Account("album", 3, model_tokens=7), Account("other", 1)], "one")
    forgotten = Contexts(store).forget("album")
    assert forgotten is not None
    assert forgotten.is_wiped
    assert (forgotten.context.questions, forgotten.context.recordings) == (1, 2)
    assert forgotten.context.account == Account("album", 3, model_tokens=7)
    assert Contexts(store).forget("album") is None
    assert Contexts(store).turns("album") == []
    assert [row.name for row in Contexts(store).overview()] == ["other"]
    assert Contexts(store).turns("other")[0].recordings == (B,)
    assert house.accounts() == {"other": Account("other", 1)}
    house.close()


def test_where_its_recordings_lie_is_forgotten_unless_another_context_knows_it(any_store: Store) -> None:
    ask(any_store, "which is louder?", A, B)
    ask(any_store, "how fast?", B, context="other")
    stamps = {path: FileStamp(path, 1, 2, 3, 4) for path in (A.path, B.path, "/music/measured.wav")}
    for stamp in stamps.values():
        any_store.keep_hash(stamp, "ab")
    Contexts(any_store).forget("album")
    assert [path for path, stamp in stamps.items() if any_store.recall_hash(stamp)] == [B.path, "/music/measured.wav"]


def test_a_context_that_was_forgotten_can_be_used_again(any_store: Store) -> None:
    ask(any_store, "how fast?", A)
    Contexts(any_store).forget("album")
    ask(any_store, "how loud?", B)
    (turn,) = Contexts(any_store).turns("album")
    assert turn.recordings == (B,)


def test_no_trace_of_a_forgotten_context_is_left_in_the_files(tmp_path: Path) -> None:
    store, house = SqliteStore(tmp_path / "grym.db"), House(tmp_path / "grym.db")
    draw = random.Random(7)
    for number in range(600):  # short and long, mixed with others, so that pages split and overflow
        secret = number % 3 == 0
        word = "xyzzy" if secret else "plain"
        context = f"{word}-project" if secret else f"other {number % 40}"
        files = [Played(f"{word}{k}.wav", f"/music/{word}/{k}.wav") for k in range(draw.randrange(6))]
        ask(store, f"{word} question?", *files, context=context, text=f"{word} " * draw.randrange(1, 3000))
        if not number % 50:
            names = [f"{number}", f"{number} given back"]
            house.put_leases(
                [LeaseRow(i, "hub", "s1", "listen", context, "batch", 1.0, 0.5, 1.0, None, 1.0) for i in names]
            )
            house.drop_leases(names[1:])
            house.add_to_accounts([Account(context, 1)], str(number))
    house.take_stale("lease", 100.0, stale_after=30.0, limit=3, cause="no heartbeat")
    assert b"xyzzy" in bytes_of(tmp_path)
    forgotten = Contexts(store).forget("xyzzy-project")
    assert forgotten is not None
    assert forgotten.is_wiped
    assert b"xyzzy" not in bytes_of(tmp_path)
    assert len(house.audit_since()) == 1
    assert sum(row.questions for row in Contexts(store).overview()) == 400
    house.close()
    store.close()


def test_what_the_log_still_holds_is_told_while_somebody_reads(store: SqliteStore, tmp_path: Path) -> None:
    ask(store, "xyzzy?", A)
    store.read("PRAGMA busy_timeout = 50")
    reader = sqlite3.connect(tmp_path / "grym.db", isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM answers").fetchone() == (1,)
    forgotten = Contexts(store).forget("album")
    assert forgotten is not None
    assert not forgotten.is_wiped
    reader.close()
    assert store.empty_log()
    assert b"xyzzy" not in bytes_of(tmp_path)


_KILLED = """
import os, signal, sys
from pathlib import Path
from grym_synth.storage.contexts import Contexts
from grym_synth.storage.sqlite import SqliteStore

store = SqliteStore(Path(sys.argv[1]))
steps = [0]

def die(statement: str) -> None:
    steps[0] += 1
    if steps[0] == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

store._db.set_trace_callback(die)
Contexts(store).forget("album")
"""


@pytest.mark.slow
def test_killed_in_the_middle_it_has_forgotten_all_or_nothing(tmp_path: Path) -> None:
    outcomes = set()
    for step in range(2, 20):
        folder = tmp_path / str(step)
        folder.mkdir()
        store = SqliteStore(folder / "grym.db")
        ask(store, "how fast?", A, B)
        ask(store, "how loud?", A)
        store.close()
        house = House(folder / "grym.db")
        house.add_to_accounts([Account("album", 1)], "one")
        house.close()
        words: Sequence[str] = [sys.executable, "-c", _KILLED, str(folder / "grym.db"), str(step)]
        done = subprocess.run(words, capture_output=True, check=False, env=os.environ)
        store = SqliteStore(folder / "grym.db")
        left = [row[0] for name in ("answers", "in_play", "accounts") for row in store.read(f"SELECT 1 FROM {name}")]
        assert len(left) in (0, 6), step
        outcomes.add((done.returncode, len(left)))
        store.close()
    assert outcomes >= {(-signal.SIGKILL, 6), (-signal.SIGKILL, 0), (0, 0)}


def test_a_store_of_version_two_is_brought_up_with_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "grym.db"
    with sqlite3.connect(path) as db:
        for name in ("001_first.sql", "002_house.sql"):
            db.executescript((MIGRATIONS / name).read_text())
        db.execute("PRAGMA user_version = 2")
        row = (1_700_000_000.0, "album", "how fast?", '["a.wav"]', '{"answer": "Fast."}')
        db.execute("INSERT INTO answers (asked_at, context, question, paths, answer) VALUES (?, ?, ?, ?, ?)", row)
        db.execute("INSERT INTO accounts VALUES ('album', 1, 2.0, 3.0, 0.0, 1.5, 0, 7)")
    db.close()
    store = SqliteStore(path)
    (old,) = Contexts(store).turns("album")
    assert (old.question, old.recordings, old.asked_at) == ("how fast?", (), 1_700_000_000.0)  # nobody knows where from
    assert old.answer() == {"answer": "Fast."}
    (row_now,) = Contexts(store).overview()
    assert (row_now.questions, row_now.account.cpu_used_s, row_now.account.model_tokens) == (1, 1.5, 7)
    ask(store, "how loud?", A)
    assert [turn.question for turn in Contexts(store).turns("album")] == ["how loud?", "how fast?"]
    forgotten = Contexts(store).forget("album")
    assert forgotten is not None
    assert forgotten.context.questions == 2


def test_ten_thousand_questions_are_looked_through_quickly(any_store: Store) -> None:
    with any_store.transaction() as db:
        rows = [(float(n), "album", "q", "[]", '{"answer": ""}', "/") for n in range(10_000)]
        db.executemany(
            "INSERT INTO answers (asked_at, context, question, paths, answer, folder) VALUES (?, ?, ?, ?, ?, ?)", rows
        )
        db.execute("INSERT INTO in_play SELECT id, 0, id || '.wav', '/' || id || '.wav' FROM answers")
    assert len(Contexts(any_store).turns("album")) == 50
    assert Contexts(any_store).turns("album")[0].recordings[0].subject == "10000.wav"
    assert Contexts(any_store).overview()[0].recordings == 10_000


def test_a_damaged_store_is_unavailable(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "grym.db")
    store.read("SELECT 1")
    with store.transaction() as db:
        db.execute("DROP TABLE answers")
    with pytest.raises(StoreUnavailable, match="answers"):
        Contexts(store).turns("album")
