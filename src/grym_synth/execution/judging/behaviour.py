"""What was seen beside the answers, in all conversations: what went where, and how much of it."""

from __future__ import annotations

from .bench import Bench, Fault, Lacks


async def stdout(bench: Bench) -> str:
    """Nothing but protocol went to standard output."""
    return _none(bench.observed.junk, "only protocol")


async def answers(bench: Bench) -> str:
    """Each request had one answer, under its own id."""
    return _none(bench.observed.strays, "one for each request")


async def requests(bench: Bench) -> str:
    """It asked nothing of a client that offers nothing."""
    return _none(bench.observed.asked, "none to us")


async def texts(bench: Bench) -> str:
    """No text holds control characters, which could do anything to a terminal."""
    return _none(bench.observed.texts, "no control characters")


async def answer_size(bench: Bench) -> str:
    """No answer is too big or nested too deep."""
    return _none(bench.observed.sizes, f"at most {bench.limits.answer_mb:g} MB")


async def messages(bench: Bench) -> str:
    """It does not flood us with messages."""
    return _none(bench.observed.floods, f"at most {bench.limits.messages} in a process")


async def stays_up(bench: Bench) -> str:
    """It ends only when its input does."""
    return _none(bench.observed.deaths, "until its input ended")


async def stderr(bench: Bench) -> str:
    """Standard error is for words, not for floods."""
    megabytes = bench.observed.stderr_bytes / 2**20
    if megabytes > bench.limits.stderr_mb:
        raise Fault(
            f"it wrote {megabytes:.0f} MB to standard error; {bench.limits.stderr_mb:g} MB are more than enough"
        )
    return f"{megabytes:.1f} MB" if megabytes >= 0.1 else "quiet"


async def files(bench: Bench) -> str:
    """Recordings are as they were, and nothing was written where it was started."""
    if changed := bench.recordings.changed():
        raise Fault(f"it changed the recording it was given: {', '.join(changed)}")
    beside = {path.name for path in bench.recordings.short.parent.iterdir()}
    strange = beside - {bench.recordings.short.name, bench.recordings.other.name, bench.recordings.long.name}
    written = sorted({path.name for path in bench.folder.iterdir()} | strange)
    if not written or (bench.card and "write" in bench.card.permissions):
        return "recordings as they were"
    what = (
        f"it wrote {', '.join(repr(name[:40]) for name in written[:3])} where it was started, or beside the recording"
    )
    if bench.card is None:
        raise Lacks(f"lacks restraint: {what}")
    raise Fault(what)


def _none(notes: list[str], otherwise: str) -> str:
    if notes:
        raise Fault("; ".join(notes[:3]))
    return otherwise
