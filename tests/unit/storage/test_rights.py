"""Every cell of the rights: role, table, operation, one's own row or another's; through a pooler where there is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from benchmarks.rights import claims, leaks
from psycopg import sql
from tests import postgres_world
from tests.postgres_world import PostgresWorld

from grym_synth.config import Config
from grym_synth.errors import NotAllowed
from grym_synth.identity.asking import in_name_of
from grym_synth.identity.person import ROLES, Person, Role
from grym_synth.storage.contexts import Contexts
from grym_synth.storage.opening import open_job_store
from grym_synth.storage.postgres import PostgresStore
from grym_synth.storage.rights import JOB_KINDS, KINDS, OPERATIONS, Kind, Operation, reach
from grym_synth.storage.teachings import Label, Teachings

ADA, BOB = "aaaaaaaa-0000-0000-0000-000000000001", "bbbbbbbb-0000-0000-0000-000000000002"
Row = dict[str, Any]


class House:
    """A database with rows in every table: of an owned table one is Ada's and one is Bob's."""

    def __init__(self, world: PostgresWorld) -> None:
        name = world.of_ours()
        self.session = world.address(name)
        self.pooled = world.pooled(name) if postgres_world.POOLER else self.session
        jobs = open_job_store(Config(home=Path("/nowhere"), store=self.pooled, store_session=self.session))
        jobs.counts()
        jobs.close()
        self.tables = {table: kind for kind in (*KINDS, *JOB_KINDS) for table in kind.tables}
        with psycopg.connect(self.session, autocommit=True) as db:
            self.columns = {table: _columns(db, table) for table in self.tables}
            for table, kind in self.tables.items():
                for number, who in enumerate((ADA, BOB) if kind.owned else (ADA,)):
                    if kind.owned or not _count(db, table):
                        self.insert(db, table, number, by_whom=who)
            self.counts = {table: _count(db, table) for table in self.tables}

    def insert(self, db: psycopg.Connection[Any], table: str, number: int, **given: Any) -> None:
        row = {name: _value(kind, name, number) for name, kind in self.columns[table].items()}
        row |= {name: value for name, value in given.items() if name in row}
        names, marks = (
            sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join(sql.Placeholder() * len(row)),
        )  # fmt: skip
        query = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), names, marks)
        db.execute(query, list(row.values()))


def _columns(db: psycopg.Connection[Any], table: str) -> dict[str, str]:
    query = (
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position"
    )
    return dict(db.execute(query, (table,)).fetchall())


def _count(db: psycopg.Connection[Any], table: str) -> int:
    return int(db.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchall()[0][0])


def _value(kind: str, name: str, number: int) -> Any:
    if name == "one":
        return 1
    if kind in ("bigint", "double precision"):
        return 1_000_000 + number
    return {"bytea": b"", "xid8": "1", "USER-DEFINED": None}.get(kind, f"x{number}")


@pytest.fixture(scope="module")
def house(postgres: PostgresWorld) -> House:
    return House(postgres)


def test_the_rights_are_those_that_were_meant() -> None:
    kinds = {table: kind for kind in (*KINDS, *JOB_KINDS) for table in kind.tables}
    may = {
        role: {(t, op): far for t, k in kinds.items() for op in OPERATIONS if (far := reach(k, role, op))}
        for role in ROLES
    }
    assert set(may["owner"].values()) == {"any"}
    assert len(may["owner"]) == 4 * len(kinds)
    writes = {(table, far) for (table, op), far in may["viewer"].items() if op != "select"}
    assert writes == {("answers", "own"), ("in_play", "own")}  # a viewer writes nothing but what he asked
    removed = {table for table, op in may["agent"] if op == "delete"}
    assert removed == {"answers", "in_play"}
    opened = {
        "jobs",
        "job_items",
        "job_executors",
        "library_folders",
        "knowledge_follows",
    }  # by hubs, on their machines
    for role in ("editor", "viewer", "agent"):
        assert {op for table, op in may[role] if table in opened} == {"select"}
        assert not {table for table, _ in may[role]} & {"audit", "trusted_keys", "store_moves", "schema_version"}
        assert may[role][("answers", "select")] == "own"
        assert ("events", "insert") not in may[role]
    assert may["editor"][("ear_labels", "delete")] == "own"


def test_every_table_has_its_rights_and_nobody_is_let_in_beside_them(house: House) -> None:
    with psycopg.connect(house.session) as db:
        tables = db.execute("SELECT tablename, rowsecurity FROM pg_tables WHERE schemaname = 'public'").fetchall()
        assert {name for name, _ in tables} == set(house.tables)
        assert all(is_on for _, is_on in tables)
        policies = db.execute("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'").fetchall()
    assert sorted(policies) == sorted(
        (table, f"grym_{operation}") for table in house.tables for operation in OPERATIONS
    )


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_cell(house: House, role: Role, operation: Operation) -> None:
    with psycopg.connect(house.pooled, autocommit=True, prepare_threshold=None) as db:
        for table, kind in house.tables.items():
            far = reach(kind, role, operation)
            wanted = 0 if far is None else 1 if far == "own" else house.counts[table]
            if operation == "insert":
                own, others = _may_insert(house, db, role, table, ADA), _may_insert(house, db, role, table, BOB)
                assert own is (far is not None), (table, "own")
                assert others is (far == "any" or (far == "own" and not kind.owned)), (table, "another's")
            else:
                assert _reached(house, db, role, operation, table, kind) == wanted, table


def _acting(db: psycopg.Connection[Any], who: Row) -> None:
    import json

    db.execute(
        "SELECT set_config('role', 'authenticated', true), set_config('request.jwt.claims', %s, true)",
        (json.dumps(who),),
    )


def _may_insert(house: House, db: psycopg.Connection[Any], role: Role, table: str, whose: str) -> bool:
    try:
        with db.transaction(force_rollback=True):
            _acting(db, claims(ADA, role))
            house.insert(db, table, 7, by_whom=whose)
    except psycopg.errors.InsufficientPrivilege:
        return False
    except psycopg.errors.IntegrityError:  # the rules let it pass; that table can have no second row
        return True
    return True


def _reached(
    house: House, db: psycopg.Connection[Any], role: Role, operation: Operation, table: str, kind: Kind
) -> int:
    name = sql.Identifier(table)
    column = sql.Identifier(next(iter(house.columns[table])))
    query = {
        "select": sql.SQL("SELECT 1 FROM {}").format(name),
        "update": sql.SQL("UPDATE {} SET {} = {}").format(name, column, column),
        "delete": sql.SQL("DELETE FROM {}").format(name),
    }[operation]
    with db.transaction(force_rollback=True):
        _acting(db, claims(ADA, role))
        found = db.execute(query)
        if kind.owned and operation == "select" and found.rowcount:
            whose = db.execute(sql.SQL("SELECT by_whom FROM {}").format(name)).fetchall()
            assert (ADA,) in whose
        return found.rowcount


@pytest.mark.parametrize("who", [{}, {"role": "anon"}, claims(ADA, "owner", of="anon"), {"role": "authenticated"}])
def test_who_is_not_signed_in_sees_and_does_nothing(house: House, who: Row) -> None:
    with psycopg.connect(house.pooled, autocommit=True, prepare_threshold=None) as db:
        for table in house.tables:
            with db.transaction(force_rollback=True):
                _acting(db, who)
                assert _count(db, table) == 0, table
            with db.transaction(force_rollback=True):
                _acting(db, who)
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    house.insert(db, table, 8)


@pytest.mark.parametrize("who", [{}, claims(ADA, "editor")])
def test_nobody_writes_an_event_but_by_changing_something(house: House, who: Row) -> None:
    with psycopg.connect(house.session, autocommit=True) as db, db.transaction(force_rollback=True):
        _acting(db, who)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.execute("SELECT grym_event('health', 'another hub', 'critical')")


def test_no_request_sees_what_is_anothers_however_many_share_few_connections(postgres: PostgresWorld) -> None:
    name = postgres.of_ours()
    session = postgres.address(name)
    store = PostgresStore(postgres.pooled(name) if postgres_world.POOLER else session, session, most=8, wait_s=60.0)
    assert leaks(store, users=10, requests=20, at_once=16) == 0
    assert len(store.read("SELECT 1 FROM answers")) == 10  # nothing of that outlives its transaction
    store.close()


def test_whose_role_does_not_reach_is_told_so_and_his_own_rows_are_his(postgres: PostgresWorld) -> None:
    name = postgres.of_ours()
    store = PostgresStore(postgres.address(name))
    teachings = Teachings(store)
    with in_name_of(Person(ADA, "", "viewer")), pytest.raises(NotAllowed, match="your role does not allow that"):
        teachings.put_labels([Label("aa", "dusty", True, "")])
    with in_name_of(Person(ADA, "", "editor")):
        teachings.put_labels([Label("aa", "dusty", True, "")])
    with in_name_of(Person(BOB, "", "editor")):
        assert [label.label for label in teachings.labels()] == ["dusty"]
        with pytest.raises(NotAllowed):
            teachings.put_labels([Label("aa", "dusty", False, "")])  # Ada has said otherwise
        assert teachings.take_back_labels("dusty") == 0
        assert Contexts(store).turns("default") == []
    with in_name_of(Person(ADA, "", "editor")):
        assert teachings.take_back_labels("dusty") == 1
    store.close()
