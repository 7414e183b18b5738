import dataclasses
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from grym_synth.health.signals import Signal
from grym_synth.resources.accounts import Usage
from grym_synth.storage.house import House
from grym_synth.storage.house_file import HouseFile
from grym_synth.storage.house_rows import Account, AuditRow, LeaseRow
from grym_synth.storage.opening import Place, open_house
from grym_synth.storage.store import MIGRATIONS, StoreUnavailable

NOW = 1_800_000_000.0
DAY = 86400.0


@dataclasses.dataclass(frozen=True)
class Snap:
    """A snapshot as the log takes it."""

    seq: int
    at: float
    pressure: float = 0.25
    state: str = "healthy"
    cause: str = "memory"
    event: str = ""
    signals: Mapping[str, Signal] = dataclasses.field(default_factory=dict)


def lease(id: str, heartbeat: float = NOW, holder: str = "s1") -> LeaseRow:
    return LeaseRow(id, "hub", holder, "listen", "default", "batch", 1.0, 0.5, NOW - 5.0, None, heartbeat)


@pytest.fixture
def house(any_place: Place) -> Iterator[House]:
    house = open_house(any_place, "hub 1")
    yield house
    house.close()


def take(house: House, now: float = NOW, limit: int = 1000) -> list[str]:
    taken = house.take_stale("lease", now, stale_after=30.0, limit=limit, cause="no heartbeat")
    return [row.id for row in taken]


def test_nothing_is_opened_before_it_is_needed(tmp_path: Path) -> None:
    House(tmp_path / "none" / "grym.db").close()
    assert not (tmp_path / "none").exists()


def test_leases_come_back_as_they_were_written(house: House) -> None:
    rows = [lease("a"), dataclasses.replace(lease("b"), expires=NOW + 60.0, priority="critical")]
    house.put_leases(rows)
    house.put_leases(rows)
    assert house.leases() == rows
    house.drop_leases(["a", "never was"])
    house.drop_leases(["a"])
    assert house.leases() == rows[1:]


def test_a_heartbeat_that_arrives_late_does_not_make_a_lease_older(house: House) -> None:
    house.put_leases([lease("a", NOW)])
    house.put_leases([lease("a", NOW - 100.0)])
    assert house.leases()[0].heartbeat == NOW


def test_a_lease_is_stale_from_thirty_seconds_without_heartbeat_on(house: House) -> None:
    house.put_leases([lease("silent", NOW - 30.0), lease("alive", NOW - 29.75), lease("future", NOW + 500.0)])
    assert [row.id for row in house.stale("lease", NOW, 30.0)] == ["silent"]
    assert take(house) == ["silent"]
    assert {row.id for row in house.leases()} == {"alive", "future"}


def test_a_lease_that_beats_is_never_stale_however_long_it_runs(house: House) -> None:
    since = dataclasses.replace(lease("long", NOW), since=NOW - 30 * DAY, expires=NOW - 29 * DAY)
    house.put_leases([since])
    assert take(house) == []


def test_a_lease_found_stale_whose_heartbeat_comes_before_it_is_taken_stays(house: House) -> None:
    house.put_leases([lease("a", NOW - 40.0)])
    assert house.stale("lease", NOW, 30.0)
    house.put_leases([lease("a", NOW - 1.0)])
    assert take(house) == []
    assert [row.id for row in house.leases()] == ["a"]


def test_looking_taking_and_writing_it_down_is_one_transaction_under_the_write_lock(tmp_path: Path) -> None:
    ground = HouseFile(tmp_path / "grym.db")
    house = House(ground)
    house.put_leases([lease("a", NOW - 40.0)])
    said: list[str] = []
    assert ground._db is not None
    ground._db.set_trace_callback(said.append)
    take(house)
    verbs = [statement.split("(")[0].split("WHERE")[0].split() for statement in said]
    assert [" ".join(words[:3]) for words in verbs if words[0] != "SELECT"] == [
        "BEGIN IMMEDIATE", "DELETE FROM leases", "INSERT INTO audit", "COMMIT",
    ]  # fmt: skip
    assert verbs[0] == ["BEGIN", "IMMEDIATE"]


def test_what_is_taken_is_in_the_audit_log_with_whose_it_was_and_why(house: House) -> None:
    house.put_leases([lease("a", NOW - 40.0, holder="step 3"), lease("b", NOW - 50.0)])
    assert take(house) == ["a", "b"]
    (row,) = house.audit_since()
    assert (row.kind, row.count, row.cause, row.hub, row.at) == ("lease", 2, "no heartbeat", "hub 1", NOW)
    told = {"agent": "listen", "context": "default"}
    assert row.detail["rows"] == [
        {"id": "a", "last_sign": NOW - 40.0, "holder": "step 3", **told},
        {"id": "b", "last_sign": NOW - 50.0, "holder": "s1", **told},
    ]
    assert take(house) == []
    assert len(house.audit_since()) == 1


def test_what_one_transaction_does_not_take_the_next_does(house: House) -> None:
    house.put_leases([lease(str(n), NOW - 40.0 - n) for n in range(10)])
    assert house.stale_hubs("lease", NOW, 30.0) == {"hub": 10}
    assert take(house, limit=3) == ["0", "1", "2"]
    assert take(house, limit=100) == list("3456789")
    assert house.stale_hubs("lease", NOW, 30.0) == {}


def test_numbers_of_the_log_go_on_after_a_restart_and_are_never_given_twice(tmp_path: Path) -> None:
    house = House(tmp_path / "grym.db", "hub 1")
    assert house.last_health() is None
    house.append_health([Snap(1, NOW), Snap(2, NOW + 1)])
    house.close()
    other = House(tmp_path / "grym.db", "hub 2")
    assert other.last_health() == (2, NOW + 1)
    other.append_health([Snap(1, NOW + 5), Snap(2, NOW + 6)])  # of a hub that could not read the log when it began
    assert [(row.seq, row.hub) for row in other.health_since()] == [
        (1, "hub 1"), (2, "hub 1"), (3, "hub 2"), (4, "hub 2"),
    ]  # fmt: skip
    other.append_health([Snap(90, NOW + 7)])
    assert other.last_health() == (90, NOW + 7)
    other.close()


def test_snapshots_that_are_written_twice_are_there_once(house: House) -> None:
    early = [Snap(5, NOW), Snap(6, NOW + 1)]
    house.append_health(early)
    house.append_health([*early, Snap(7, NOW + 2)])
    assert [row.seq for row in house.health_since()] == [5, 6, 7]
    renumbered = [Snap(3, NOW + 3), Snap(4, NOW + 4)]
    house.append_health(renumbered)
    house.append_health(renumbered)
    assert [row.seq for row in house.health_since()] == [5, 6, 7, 8, 9]


def test_an_entry_of_the_log_carries_every_signal(house: House) -> None:
    signals = {"memory": Signal(0.4212345, 0.37), "store": Signal(1.0, 1.0, "locked by another")}
    house.append_health([Snap(1, NOW, 0.9, "critical", "store", "changed", signals)])
    (row,) = house.health_since()
    assert (row.state, row.pressure, row.cause, row.event) == ("critical", 0.9, "store", "changed")
    assert row.signals == {"memory": [0.4212, 0.37], "store": [1.0, 1.0, "locked by another"]}


def test_the_log_is_read_from_a_number_or_a_time_on(house: House) -> None:
    house.append_health([Snap(n, NOW + n) for n in range(1, 11)])
    assert [row.seq for row in house.health_since(seq=7)] == [8, 9, 10]
    assert [row.seq for row in house.health_since(at=NOW + 9)] == [9, 10]
    assert [row.seq for row in house.health_since(seq=2, limit=2)] == [3, 4]


def test_after_a_day_the_worst_of_each_minute_stays_and_all_that_was_more_than_a_sample(house: House) -> None:
    minute = NOW // 60 * 60
    old = minute - DAY - 60.0
    snaps = [Snap(n + 1, old + n, 0.9 if n == 17 else 0.2, event="changed" if n == 40 else "") for n in range(60)]
    fresh = [Snap(n + 61, old + 60 + n) for n in range(60)]
    house.append_health([*snaps, *fresh])
    assert house.thin_health(minute + 30.0) == 58
    kept = [row.seq for row in house.health_since()]
    assert kept == [18, 41, *range(61, 121)]  # a minute that is not over a day old yet is left whole
    assert house.thin_health(minute + 30.0) == 0


def test_after_thirty_days_the_log_is_gone_but_for_its_last_number(house: House) -> None:
    house.append_health([Snap(n, NOW + n) for n in range(1, 5)])
    assert house.thin_health(NOW + 31 * DAY) == 3
    assert house.last_health() == (4, NOW + 4)


def test_a_long_log_is_thinned_a_part_at_a_time(house: House) -> None:
    house.append_health([Snap(n + 1, NOW + 10.0 * n) for n in range(3000)])  # six a minute, 500 minutes
    went: list[int] = []
    while not went or went[-1]:
        went.append(house.thin_health(NOW + 2 * DAY))
    assert sum(went) == 2499  # one of each minute stays, and the last for its number
    assert max(went) <= 121 * 5


def test_an_entry_of_the_audit_log_that_is_written_twice_is_there_once(house: House) -> None:
    rows = [AuditRow(NOW, "hub", "handle", "h", "unused", 1, {"size": 5}), AuditRow(NOW, "hub", "x", "h", "", 1, {})]
    house.append_audit(rows)
    house.append_audit(rows)
    assert [row.kind for row in house.audit_since()] == ["handle", "x"]
    assert house.audit_since()[0].detail == {"size": 5}
    assert [row.kind for row in house.audit_since(seq=house.audit_since()[0].seq)] == ["x"]


def test_audit_numbers_are_not_used_again(house: House) -> None:
    house.append_audit([AuditRow(NOW - 31 * DAY, "hub", "a", "", "", 1, {})])
    assert house.thin_audit(NOW) == 1
    house.append_audit([AuditRow(NOW, "hub", "b", "", "", 1, {})])
    assert [row.seq for row in house.audit_since()] == [2]


def test_accounts_add_up_and_a_batch_counts_once(house: House) -> None:
    used = [Account("album", 1, 1.5, 2.0, storage_bytes=100, model_tokens=7), Account("default", cpu_used_s=1.0)]
    house.add_to_accounts(used, "one")
    house.add_to_accounts(used, "one")
    house.add_to_accounts([Account("album", cpu_s=0.5, storage_bytes=-40)], "two")
    assert house.accounts() == {
        "album": Account("album", 1, 2.0, 2.0, storage_bytes=60, model_tokens=7),
        "default": Account("default", cpu_used_s=1.0),
    }


def test_an_account_keeps_every_figure_that_the_pool_counts() -> None:
    kept = {field.name for field in dataclasses.fields(Account)}
    assert kept == {"context", *(field.name for field in dataclasses.fields(Usage))}


def test_names_that_are_no_utf8_can_be_stored(house: House) -> None:
    house.put_leases([lease("\udcff", NOW - 40.0, holder="\ud800 ä")])
    house.add_to_accounts([Account("\udcfe", 1)], "a")
    assert house.leases()[0].holder == "\\ud800 ä"
    assert take(house) == ["\\udcff"]


def test_it_works_beside_the_store_and_on_one_of_an_older_version(tmp_path: Path) -> None:
    path = tmp_path / "grym.db"
    with sqlite3.connect(path) as db:
        db.executescript((MIGRATIONS / "001_first.sql").read_text())
        db.execute("PRAGMA user_version = 1")
    db.close()
    house = House(path)
    house.put_leases([lease("a")])
    assert len(house.leases()) == 1
    house.close()


def test_a_file_that_is_no_store_is_unavailable_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "grym.db").write_text("this is a shopping list, " * 100)
    with pytest.raises(StoreUnavailable, match="no store of grym-synth") as caught:
        House(tmp_path / "grym.db").leases()
    assert "move it away" in caught.value.hint


def test_a_store_that_is_gone_is_unavailable_and_back_when_it_is_back(tmp_path: Path) -> None:
    house = House(tmp_path / "grym.db", "hub 1")
    house.put_leases([lease("a")])
    away = tmp_path / "elsewhere"
    away.mkdir()
    for path in tmp_path.glob("grym.db*"):
        path.rename(away / path.name)
    with pytest.raises(StoreUnavailable, match=r"grym\.db"):
        house.append_health([Snap(1, NOW)])
    assert not (tmp_path / "grym.db").exists()  # a store that is not there is not begun anew
    for path in away.iterdir():
        path.rename(tmp_path / path.name)
    house.append_health([Snap(1, NOW)])
    assert [row.id for row in house.leases()] == ["a"]
    assert house.last_health() == (1, NOW)


def test_a_store_that_another_takes_the_place_of_is_opened_anew(tmp_path: Path) -> None:
    house = House(tmp_path / "grym.db", "hub 1")
    house.put_leases([lease("a")])
    house.close()
    other = House(tmp_path / "other.db")
    other.put_leases([lease("b")])
    other.close()
    assert [row.id for row in house.leases()] == ["a"]
    (tmp_path / "other.db").replace(tmp_path / "grym.db")
    for name in ("grym.db-wal", "grym.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    assert [row.id for row in house.leases()] == ["b"]


@pytest.mark.slow
def test_a_locked_store_is_read_but_not_written(tmp_path: Path) -> None:
    house = House(tmp_path / "grym.db", "hub 1")
    house.put_leases([lease("a", NOW - 40.0)])
    other = sqlite3.connect(tmp_path / "grym.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked") as caught:
        take(house)
    assert caught.value.retry_after
    assert [row.id for row in house.stale("lease", NOW, 30.0)] == ["a"]
    newcomer = House(tmp_path / "grym.db")
    assert [row.id for row in newcomer.leases()] == ["a"]
    newcomer.close()
    other.execute("ROLLBACK")
    other.close()
    assert take(house) == ["a"]


_FULL = """
import resource, sys
from pathlib import Path
from grym_synth.storage.house_file import HouseFile
from grym_synth.storage.opening import Place, open_house
from grym_synth.storage.house import House
from grym_synth.storage.house_rows import AuditRow
from grym_synth.storage.store import StoreUnavailable

house = House(Path(sys.argv[1]))
written = len(house.audit_since(limit=10_000))
size = max(path.stat().st_size for path in Path(sys.argv[1]).parent.iterdir())
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100_000, resource.RLIM_INFINITY))
refused = 0
for number in range(50):
    try:
        house.append_audit([AuditRow(float(number), "hub", "test", "", "", 1, {"text": "x" * 10_000})])
        written += 1
    except StoreUnavailable:
        refused += 1
assert refused and written == len(house.audit_since()), (refused, written, len(house.audit_since()))
taken = house.stale("lease", 1e10, 30.0)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
house.append_audit([AuditRow(-1.0, "hub", "test", "", "", 1, {"text": "room again"})])
assert len(house.audit_since()) == written + 1
print(refused)
"""


@pytest.mark.slow
def test_a_full_disk_refuses_what_does_not_fit_and_loses_nothing(tmp_path: Path) -> None:
    house = House(tmp_path / "grym.db", "hub 1")
    assert resource.RLIM_INFINITY in resource.getrlimit(resource.RLIMIT_FSIZE)
    house.put_leases([lease("a")])
    house.close()
    done = subprocess.run(
        [sys.executable, "-c", _FULL, str(tmp_path / "grym.db")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0


_READ_ONLY = """
import os
from pathlib import Path
from grym_synth.storage.house_file import HouseFile
from grym_synth.storage.opening import Place, open_house
from grym_synth.storage.house import House
from grym_synth.storage.store import StoreUnavailable

if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    House(Path("/usr/grym.db")).leases()
except StoreUnavailable as error:
    print(error, "/", error.hint)
"""


def test_a_folder_that_nothing_can_be_written_to_is_unavailable() -> None:
    done = subprocess.run([sys.executable, "-c", _READ_ONLY], capture_output=True, text=True, check=False)
    assert "check the folder's rights" in done.stdout, done
