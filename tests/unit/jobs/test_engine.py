"""What a job does, on a real file; the runs are plain threads, so that DBOS need not be loaded."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from grym_synth.errors import BadRequest, Unavailable, UnusableAudio
from grym_synth.jobs.engine import Engine, open_jobs
from grym_synth.jobs.port import Found, Item, Job, Kind, NothingToRetry, UnknownJob, Work
from grym_synth.messages import Json, Need
from grym_synth.resources.pool import Pool
from grym_synth.storage.job_rows import NewItem, NewJob
from grym_synth.testing import PlainRuns

Do = Callable[[Work], Awaitable[Json | Found]]


class Counting:
    """A kind of job that counts what it begins; `does` says what becomes of an item."""

    def __init__(self, does: Do | None = None, *, at_once: int = 2, need: Need | None = None) -> None:
        self.begun: Counter[str] = Counter()
        self.most = self._now = 0
        self._does = does
        self.kind = Kind("count", self.items, self.do, self.finish, at_once=at_once, need=need, title=self.title)
        self.listed = 0

    def title(self, params: Mapping[str, Json]) -> str:
        return f"count to {params['n']}"

    def items(self, params: Mapping[str, Json]) -> Iterator[Item]:
        self.listed += 1
        assert isinstance(params["n"], int)
        return (Item(f"k{number}", number, size=number + 1.0) for number in range(params["n"]))

    async def do(self, work: Work) -> Json | Found:
        self.begun[work.key] += 1
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            return work.payload if self._does is None else await self._does(work)
        finally:
            self._now -= 1

    async def finish(self, id: str, params: Mapping[str, Json]) -> Json:
        return sum(self.begun.values())


@asynccontextmanager
async def opened(
    path: Path,
    counting: Counting,
    *,
    executor: str = "hub",
    pool: Pool | None = None,
    hold: Callable[[], str] = lambda: "",
    dead_s: float = 60.0,
) -> AsyncIterator[Engine]:
    found = open_jobs(path, [counting.kind], executor=executor, pool=pool, hold=hold, dead_s=dead_s, launch=PlainRuns)
    async with asyncio.timeout(60.0), found as jobs:
        yield jobs


async def until(jobs: Engine, id: str, reached: Callable[[Job], bool]) -> Job:
    while not (job := await jobs.show(id)).has_ended or reached(job):
        if reached(job):
            return job
        await asyncio.sleep(0.01)
    raise AssertionError("it ended before that")


async def fails_on_three(work: Work) -> Json:
    if work.key == "k3":
        raise UnusableAudio("k3 is no audio")
    return None


async def never(work: Work) -> Json:
    await asyncio.Event().wait()
    return None


def test_every_item_is_done_once_and_the_result_of_the_end_is_kept(tmp_path: Path) -> None:
    counting = Counting()

    async def run() -> None:
        async with opened(tmp_path / "jobs.db", counting) as jobs:
            id = await jobs.start("count", {"n": 1200})
            job = await jobs.wait(id[:6])
            assert (job.id, job.state, job.title, job.result) == (id, "done", "count to 1200", 1200)
            assert (job.progress.done, job.progress.total, job.progress.fraction) == (1200, 1200, 1.0)
            assert [item.result for item in await jobs.items(id, limit=3)] == [0, 1, 2]

    asyncio.run(run())
    assert counting.begun == Counter({f"k{n}": 1 for n in range(1200)})


def test_what_items_find_is_done_in_the_same_job_also_when_nothing_else_is_left(tmp_path: Path) -> None:
    async def finds(work: Work) -> Json | Found:
        depth = work.key.count("/")
        return Found(depth, [Item(f"{work.key}/{each}") for each in "ab"]) if depth < 3 else depth

    async def run() -> None:
        counting = Counting(finds)
        async with opened(tmp_path / "jobs.db", counting) as jobs:
            job = await jobs.wait(await jobs.start("count", {"n": 1}))
            assert (job.state, job.progress.done, job.progress.total) == ("done", 15, 15)
        assert set(counting.begun.values()) == {1}

    asyncio.run(run())


def test_an_item_that_cannot_be_done_stops_no_other_and_is_told_with_its_reason(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened(tmp_path / "jobs.db", Counting(fails_on_three)) as jobs:
            id = await jobs.start("count", {"n": 10})
            job = await jobs.wait(id)
            assert (job.state, job.cause) == ("done", "1 of 10 items failed")
            assert (job.progress.done, job.progress.failed, job.progress.left) == (9, 1, 0)
            (failed,) = await jobs.items(id, "failed")
            assert (failed.key, failed.code, failed.reason) == ("k3", "unreadable", "k3 is no audio")

    asyncio.run(run())


def test_a_job_of_which_nothing_could_be_done_has_failed(tmp_path: Path) -> None:
    async def fail(work: Work) -> Json:
        raise UnusableAudio("no audio")

    async def run() -> None:
        async with opened(tmp_path / "jobs.db", Counting(fail)) as jobs:
            job = await jobs.wait(await jobs.start("count", {"n": 3}))
            assert (job.state, job.cause) == ("failed", "3 of 3 items failed")

    asyncio.run(run())


def test_a_job_without_items_is_done(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened(tmp_path / "jobs.db", Counting()) as jobs:
            job = await jobs.wait(await jobs.start("count", {"n": 0}))
            assert (job.state, job.progress.total, job.progress.fraction) == ("done", 0, 1.0)

    asyncio.run(run())


def test_a_retry_does_only_what_is_not_done(tmp_path: Path) -> None:
    is_mended = False

    async def fail_at_first(work: Work) -> Json:
        return None if is_mended else await fails_on_three(work)

    counting = Counting(fail_at_first)

    async def run() -> None:
        nonlocal is_mended
        async with opened(tmp_path / "jobs.db", counting) as jobs:
            id = await jobs.start("count", {"n": 10})
            await jobs.wait(id)
            is_mended = True
            again = await jobs.retry(id)
            assert (again.attempts, again.progress.failed, again.progress.left) == (2, 0, 1)
            job = await jobs.wait(id)
            assert (job.state, job.cause, job.progress.done) == ("done", "", 10)
            with pytest.raises(NothingToRetry, match="left nothing undone"):
                await jobs.retry(id)

    asyncio.run(run())
    assert counting.begun == Counter({f"k{n}": 2 if n == 3 else 1 for n in range(10)})
    assert counting.listed == 1


def test_what_was_cancelled_begins_nothing_more_until_it_is_retried(tmp_path: Path) -> None:
    go_on = asyncio.Event()

    async def wait(work: Work) -> Json:
        if work.payload not in (0, 1):
            await go_on.wait()
        return None

    counting = Counting(wait)

    async def run() -> None:
        async with opened(tmp_path / "jobs.db", counting) as jobs:
            id = await jobs.start("count", {"n": 10})
            await until(jobs, id, lambda job: job.progress.done == 2 and len(counting.begun) == 4)
            cancelled = await jobs.cancel(id)
            assert (cancelled.state, cancelled.has_ended, cancelled.progress.done) == ("cancelled", True, 2)
            go_on.set()
            await asyncio.sleep(0.5)
            assert (await jobs.show(id)).progress.done == 2
            assert len(counting.begun) == 4
            assert (await jobs.cancel(id)).state == "cancelled"
            await jobs.retry(id)
            job = await jobs.wait(id)
            assert (job.state, job.progress.done, job.attempts) == ("done", 10, 2)
            assert {item.attempts for item in await jobs.items(id)} == {1}  # what was given up was no attempt

    asyncio.run(run())
    assert counting.begun == Counter({f"k{n}": 2 if n in (2, 3) else 1 for n in range(10)})


def test_what_a_killed_process_of_this_name_had_in_hand_is_in_nobodys_when_the_job_is_cancelled(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened(tmp_path / "jobs.db", Counting()) as jobs:
            killed, store = jobs.store.register("hub", 1), jobs.store
            id = store.add(NewJob("j1", "count", "count to 1", {"n": 1}, "default", ""))
            store.begin(id, killed)
            store.list_items(1, [NewItem("k0", 0, 1.0)], killed)
            assert store.claim(1, killed) is not None
            await jobs.cancel(id)
            assert [item.state for item in await jobs.items(id)] == ["waiting"]

    asyncio.run(run())


def test_an_item_that_is_not_possible_now_is_tried_again_and_in_the_end_given_up(tmp_path: Path) -> None:
    async def busy(work: Work) -> Json:
        if work.key == "k1" or work.attempt < 2:
            raise Unavailable("not now", retry_after=0.01)
        return work.attempt

    async def run() -> None:
        async with opened(tmp_path / "jobs.db", Counting(busy)) as jobs:
            id = await jobs.start("count", {"n": 3})
            job = await jobs.wait(id)
            assert (job.progress.done, job.progress.failed) == (2, 1)
            items = await jobs.items(id)
            assert [(item.state, item.attempts) for item in items] == [("done", 2), ("failed", 3), ("done", 2)]
            assert (items[1].code, items[1].reason) == ("unavailable", "not now")

    asyncio.run(run())


@pytest.mark.parametrize(
    ("result", "told"), [("x" * 70_000, "70002 characters"), ({1, 2}, "no JSON"), (None, "division by zero")]
)
def test_a_fault_in_an_item_is_told_and_stops_no_other(result: Json, told: str, tmp_path: Path) -> None:
    async def fault(work: Work) -> Json:
        return (result or 1 / 0) if work.key == "k0" else None

    async def run() -> None:
        async with opened(tmp_path / "jobs.db", Counting(fault)) as jobs:
            id = await jobs.start("count", {"n": 4})
            assert (await jobs.wait(id)).progress.done == 3
            (failed,) = await jobs.items(id, "failed")
            assert told in failed.reason

    asyncio.run(run())


def test_a_job_that_cannot_be_listed_fails_with_the_cause_and_can_be_retried(tmp_path: Path) -> None:
    counting, is_there = Counting(), False

    def items(params: Mapping[str, Json]) -> Iterator[Item]:
        yield Item("first")
        if not is_there:
            raise UnusableAudio("the folder is gone")
        yield Item("second")

    counting.kind = Kind("count", items, counting.do)

    async def run() -> None:
        nonlocal is_there
        async with opened(tmp_path / "jobs.db", counting) as jobs:
            id = await jobs.start("count", {})
            job = await jobs.wait(id)
            assert (job.state, job.cause, job.title) == ("failed", "the folder is gone", "count")
            is_there = True
            await jobs.retry(id)
            assert (await jobs.wait(id)).progress.done == 2

    asyncio.run(run())


def test_a_job_of_which_there_may_be_only_one_is_not_begun_twice(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened(tmp_path / "jobs.db", Counting(never)) as jobs:
            first = await jobs.start("count", {"n": 1}, only_one="/music")
            assert await jobs.start("count", {"n": 1}, only_one="/music") == first
            assert await jobs.start("count", {"n": 1}, only_one="/other") != first
            await jobs.cancel(first)
            assert await jobs.start("count", {"n": 1}, only_one="/music") != first

    asyncio.run(run())


def test_an_id_that_no_job_or_more_than_one_has_is_told(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened(tmp_path / "jobs.db", Counting()) as jobs:
            with pytest.raises(UnknownJob, match="there is no job 'zz'"):
                await jobs.show("zz")
            ids = [await jobs.start("count", {"n": 0}) for _ in range(17)]  # of 16 first letters two are the same
            common = next(id[0] for id in ids if sum(other[0] == id[0] for other in ids) > 1)
            with pytest.raises(UnknownJob, match="begins the ids of several jobs"):
                await jobs.show(common)
            with pytest.raises(BadRequest, match="there is no kind of job 'sing'; known: count"):
                await jobs.start("sing", {})

    asyncio.run(run())


def test_no_more_items_are_begun_at_once_than_the_kind_allows(tmp_path: Path) -> None:
    async def wait(work: Work) -> Json:
        await asyncio.sleep(0.01)
        return None

    counting = Counting(wait, at_once=3)

    async def run() -> None:
        async with opened(tmp_path / "jobs.db", counting) as jobs:
            await jobs.wait(await jobs.start("count", {"n": 40}))

    asyncio.run(run())
    assert counting.most == 3


def test_what_is_held_back_begins_nothing_and_says_why(tmp_path: Path) -> None:
    held = ""

    async def hold_after_the_second(work: Work) -> Json:
        nonlocal held
        held = "paused" if work.key == "k1" else held
        return None

    counting = Counting(hold_after_the_second, at_once=1)

    async def run() -> None:
        nonlocal held
        async with opened(tmp_path / "jobs.db", counting, hold=lambda: held) as jobs:
            id = await jobs.start("count", {"n": 5})
            job = await until(jobs, id, lambda job: job.cause == "paused" and job.progress.done == 2)
            assert (job.state, job.finish) == ("running", None)
            assert jobs.counts() == {"running": 1, "waiting": 0, "paused": True, "held": "paused"}
            await asyncio.sleep(0.5)
            assert len(counting.begun) == 2
            held = ""
            assert (await jobs.wait(id)).progress.done == 5

    asyncio.run(run())


def test_a_question_gets_the_room_before_the_next_item(tmp_path: Path) -> None:
    order: list[str] = []
    pool = Pool(Need(cpu=1.0, ram_gb=1.0))

    async def note(work: Work) -> Json:
        order.append(work.key)
        await asyncio.sleep(0.05)
        return None

    async def ask() -> None:
        async with pool.lease(Need(cpu=1.0, ram_gb=0.1), holder="question", timeout=30.0):
            order.append("question")

    async def run() -> None:
        counting = Counting(note, at_once=3, need=Need(cpu=1.0, ram_gb=0.1))
        async with opened(tmp_path / "jobs.db", counting, pool=pool) as jobs:
            id = await jobs.start("count", {"n": 8})
            while len(order) < 2:
                await asyncio.sleep(0.005)
            under_way = len(order)
            await ask()
            assert order.index("question") <= under_way + 1  # before all that wait
            await jobs.wait(id)
            assert len(order) == 9

    asyncio.run(run())


def test_what_was_under_way_at_the_end_of_a_process_is_begun_anew_by_the_next_and_was_no_attempt(
    tmp_path: Path,
) -> None:
    counting = Counting(never, at_once=2)

    async def first() -> str:
        async with opened(tmp_path / "jobs.db", counting) as jobs:
            id = await jobs.start("count", {"n": 4})
            await until(jobs, id, lambda job: len(counting.begun) == 2)
            return id

    async def second(id: str) -> None:
        async with opened(tmp_path / "jobs.db", Counting()) as jobs:
            assert (await jobs.show(id)).state == "running"
            assert await jobs.resume() == 1
            assert (await jobs.wait(id)).progress.done == 4
            assert {item.attempts for item in await jobs.items(id)} == {1}
            assert await jobs.resume() == 0

    asyncio.run(second(asyncio.run(first())))


def test_two_executors_share_the_items_of_one_job(tmp_path: Path) -> None:
    async def wait_for_help(work: Work) -> Json:
        while not other.begun:
            await asyncio.sleep(0.01)
        return None

    one, other = Counting(wait_for_help), Counting()

    async def run() -> None:
        async with (
            opened(tmp_path / "jobs.db", one) as jobs,
            opened(tmp_path / "jobs.db", other, executor="worker-1") as helper,
        ):
            id = await jobs.start("count", {"n": 300})
            await until(jobs, id, lambda job: bool(one.begun))
            await helper.resume()
            job = await jobs.wait(id)
            assert (job.progress.done, job.attempts) == (300, 1)

    asyncio.run(run())
    assert one.begun
    assert sum((one.begun + other.begun).values()) == 300
