import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grym_synth.errors import BadRequest
from grym_synth.resources.accounts import Accounts, Usage
from grym_synth.resources.room import Room

SECONDS = st.floats(0.0, 1e6)


def test_leases_and_reports_add_up_by_context() -> None:
    accounts = Accounts()
    accounts.add_lease("studio", Room(cpu=2.0, ram_gb=0.5, gpu_gb=1.0), 10.0)
    accounts.add_lease("studio", Room(cpu=1.0), 5.0)
    accounts.add_lease("garden", Room(cpu=1.0), 1.0)
    accounts.report("studio", cpu_used_s=12.5, storage_bytes=1000, model_tokens=77)
    assert accounts.of("studio") == Usage(2, 25.0, 5.0, 10.0, 12.5, 1000, 77)
    assert accounts.of("garden") == Usage(leases=1, cpu_s=1.0)
    assert accounts.total() == accounts.of("studio") + accounts.of("garden")
    assert list(accounts.snapshot()) == ["garden", "studio"]


def test_storage_that_was_removed_is_taken_off_and_never_below_nothing() -> None:
    accounts = Accounts()
    accounts.report("studio", storage_bytes=1000)
    accounts.report("studio", storage_bytes=-400)
    assert accounts.of("studio").storage_bytes == 600
    accounts.report("studio", storage_bytes=-9999)
    assert accounts.of("studio").storage_bytes == 0


@pytest.mark.parametrize("report", [{"cpu_used_s": -1.0}, {"cpu_used_s": float("nan")}, {"model_tokens": -1}])
def test_a_report_that_cannot_be_is_refused_and_nothing_is_counted(report: dict[str, int]) -> None:
    accounts = Accounts()
    with pytest.raises(BadRequest, match="'studio' cannot have used"):
        accounts.report("studio", **report)
    assert accounts.snapshot() == {}


def test_a_restart_goes_on_from_what_was_known_and_a_snapshot_is_a_copy() -> None:
    accounts = Accounts({"studio": Usage(leases=3, cpu_s=30.0)})
    before = accounts.snapshot()
    accounts.add_lease("studio", Room(cpu=1.0), 1.0)
    assert accounts.of("studio") == Usage(leases=4, cpu_s=31.0)
    assert before["studio"].leases == 3
    assert accounts.forget("studio").leases == 4
    assert accounts.of("studio") == Usage()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 4), SECONDS), max_size=30))
def test_the_sum_of_all_contexts_is_the_sum_of_all_leases(leases: list[tuple[str, int, float]]) -> None:
    accounts = Accounts()
    for context, cores, seconds in leases:
        accounts.add_lease(context, Room(cpu=float(cores)), seconds)
    assert accounts.total().leases == len(leases)
    assert accounts.total().cpu_s == pytest.approx(sum(cores * seconds for _, cores, seconds in leases))


def test_what_was_drained_and_what_was_known_add_up_to_all() -> None:
    accounts, stored = Accounts(), dict[str, Usage]()
    for i in range(10):
        accounts.add_lease("ab"[i % 2], Room(cpu=1.0), float(i))
        accounts.report("a", storage_bytes=-5 if i == 7 else 3)
        if i % 3 == 0:
            for context, usage in accounts.drain().items():
                stored[context] = stored.get(context, Usage()) + usage
    rest = accounts.drain()
    assert {name: stored.get(name, Usage()) + rest.get(name, Usage()) for name in "ab"} == accounts.snapshot()
    assert accounts.drain() == {}
