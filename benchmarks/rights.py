"""Many people, few connections: does any request ever see what is another's?

    python -m benchmarks.rights [--users N] [--requests N] [--write]

Each person asked one question; then all of them ask at the same time for what they asked, over and over, by sixteen
threads on eight connections to a pooler in transaction mode, which has two to the server.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import time
from typing import Any

from tests.postgres_world import POOLER, running

from benchmarks.rows import Row, write_table
from grym_synth.identity.asking import in_name_of
from grym_synth.identity.person import Person
from grym_synth.storage.postgres import PostgresStore

COMMAND = "python -m benchmarks.rights"
_ASKED = "INSERT INTO answers (asked_at, context, question, paths, answer, folder) VALUES (0.0, ?, ?, '[]', '{}', '')"


def claims(who: str, role: str, of: str = "authenticated") -> dict[str, Any]:
    """As in a token that was verified."""
    return {"sub": who, "role": of, "app_metadata": {"grym_role": role}}


def leaks(store: PostgresStore, *, users: int, requests: int, at_once: int) -> int:
    """How many of so many requests of each user saw anything but his own."""
    names = [f"user-{number}" for number in range(users)]
    for name in names:
        with in_name_of(Person(name, "", "viewer")), store.transaction() as db:
            db.execute(_ASKED, ("default", name))

    def is_leak(name: str) -> bool:
        with in_name_of(Person(name, "", "viewer")):
            return store.read("SELECT question FROM answers") != [(name,)]

    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        return sum(pool.map(is_leak, names * requests))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--write", action="store_true", help="write the table")
    asked = parser.parse_args()
    assert POOLER is not None, "pgbouncer is not installed"
    with running() as world:
        name = world.of_ours()
        store = PostgresStore(world.pooled(name), world.address(name), most=8, wait_s=60.0)
        began = time.perf_counter()
        found = leaks(store, users=asked.users, requests=asked.requests, at_once=16)
        seconds = time.perf_counter() - began
        store.close()
    figure = f"{found} leaks; {asked.users * asked.requests / seconds:.0f} requests a second"
    what = f"{asked.users} people, {asked.requests} requests each, a transaction pooler of 2"
    print(f"{what}: {figure}")
    if asked.write:
        write_table([Row(what, figure, "0 leaks", COMMAND)])


if __name__ == "__main__":
    main()
