"""What a shared store needs, tried on the real server one by one; nothing stays of it."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Any

import psycopg

from ..errors import GrymError
from .opening import JobPlace as Place
from .opening import open_job_store, open_store
from .rights import JOB_KINDS, KINDS

Connection = psycopg.Connection[Any]

_CONNECT_S = 10
_EACH_MACHINE = 13  # connections that a hub takes at most
_VERSIONS = range(15, 19)
_VIEWER = {"sub": "grym-doctor", "role": "authenticated", "app_metadata": {"grym_role": "viewer"}}


class Lacks(GrymError):
    """Its sentence says what is missing, and what to do."""


#: A name, what tries it and says what was found, and whether one can do without.
Trial = tuple[str, Callable[[], str], bool]


def trials(place: Place) -> list[Trial]:
    """Everything to try on the server that the settings name; each raises GrymError where it does not go well."""
    session = place.store_session or place.store
    listed: list[tuple[str, str, Callable[[Connection], str], bool]] = [
        ("address", place.store, _answers, False),
        ("session", session, _answers, False),
        ("transactions", place.store, _forgets, False),
        ("LISTEN", session, partial(_listens, session), False),
        ("row-level security", session, _is_secured, False),
        ("rights", place.store, _keeps_rights, False),
        ("connections", session, _has_room, False),
        ("realtime", session, _broadcasts, True),
        ("pgvector", session, _has_vectors, True),
    ]
    found: list[Trial] = [
        (name, partial(_on, address, check), is_optional) for name, address, check, is_optional in listed
    ]
    return [*found[:2], ("tables", partial(_has_tables, place), False), *found[2:]]


def _on(address: str, check: Callable[[Connection], str]) -> str:
    try:
        with psycopg.connect(
            address, autocommit=True, prepare_threshold=None, connect_timeout=_CONNECT_S, application_name="grym doctor"
        ) as db:
            return check(db)
    except psycopg.Error as error:
        raise Lacks(" ".join(str(error).split()) or type(error).__name__) from error


def _has_tables(place: Place) -> str:
    """They are made where they are not there."""
    open_store(place).close()
    with closing(open_job_store(place)) as jobs:
        jobs.counts()
    return "are there, and of this version"


def _one(db: Connection, query: str, values: tuple[object, ...] = ()) -> Any:
    row = db.execute(query.encode(), values).fetchone()
    return None if row is None else row[0]


def _answers(db: Connection) -> str:
    began = time.perf_counter()
    version = int(_one(db, "SELECT current_setting('server_version_num')::int")) // 10_000
    took_ms = (time.perf_counter() - began) * 1000.0
    info = db.info
    is_here = info.host.startswith("/") or info.host in ("localhost", "127.0.0.1", "::1")
    if not (db.pgconn.ssl_in_use or is_here):
        raise Lacks(f"{info.host} is spoken to in the clear; add ?sslmode=require to the address")
    known = "" if version in _VERSIONS else ", which nobody tried with this program"
    how = "encrypted" if db.pgconn.ssl_in_use else "on this machine"
    return f"Postgres {version}{known}, answers in {took_ms:.0f} ms, {how}"


def _forgets(db: Connection) -> str:
    """What is said for one transaction must not be there in the next, which may be another's."""
    mark = secrets.token_hex(8)
    with db.transaction():
        _one(db, "SELECT set_config('request.jwt.claims', %s, true)", (json.dumps({"mark": mark}),))
    if mark in (_one(db, "SELECT coalesce(current_setting('request.jwt.claims', true), '')") or ""):
        raise Lacks("what holds for one transaction outlives it; use another pooler")
    return "keep to themselves who they act for"


def _listens(address: str, db: Connection) -> str:
    """Only a session hears what another one says; behind a pooler in transaction mode it is lost without a word."""
    channel = f"grym_doctor_{secrets.token_hex(4)}"
    db.execute(f"LISTEN {channel}".encode())
    with psycopg.connect(address, autocommit=True, prepare_threshold=None, connect_timeout=_CONNECT_S) as other:
        other.execute(f"NOTIFY {channel}".encode())
    if not list(db.notifies(timeout=3.0, stop_after=1)):
        raise Lacks("is not heard: store_session has to go around a pooler in transaction mode (Supabase: port 5432)")
    return "is heard"


def _is_secured(db: Connection) -> str:
    tables = [table for kind in (*KINDS, *JOB_KINDS) for table in kind.tables]
    query = (
        "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND relkind = 'r' AND pg_table_is_visible(oid)"
        " AND NOT relrowsecurity ORDER BY 1"
    )
    if bare := [name for (name,) in db.execute(query.encode(), (tables,)).fetchall()]:
        raise Lacks(f"is off for {', '.join(bare)}: ALTER TABLE ... ENABLE ROW LEVEL SECURITY")
    return f"is on for all {len(tables)} tables"


def _keeps_rights(db: Connection) -> str:
    with db.transaction(force_rollback=True):
        _one(
            db,
            "SELECT set_config('role', 'authenticated', true), set_config('request.jwt.claims', %s, true)",
            (json.dumps(_VIEWER),),
        )
        _one(db, "SELECT count(*) FROM recordings")
        try:
            db.execute(b"INSERT INTO changes (sha256) VALUES ('grym doctor')")
        except psycopg.errors.InsufficientPrivilege:
            return "a viewer may look and not write"
    raise Lacks("a viewer may write: were its policies changed?")


def _has_room(db: Connection) -> str:
    used = int(_one(db, "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"))
    query = "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
    most = int(_one(db, query))
    free = most - used
    if free < _EACH_MACHINE:
        raise Lacks(
            f"{used} of {most} are in use, and a hub takes up to {_EACH_MACHINE}; end others, or take a larger plan"
        )
    return f"{used} of {most} in use; room for {free // _EACH_MACHINE} hubs or workers at their most"


def _broadcasts(db: Connection) -> str:
    if _one(db, "SELECT to_regprocedure('realtime.send(jsonb, text, text, boolean)')::text") is None:
        raise Lacks("is not there; changes are seen by LISTEN")
    if _one(db, "SELECT count(*) FROM pg_policies WHERE schemaname = 'realtime' AND policyname = 'grym_hears'") == 0:
        raise Lacks("changes are handed to realtime.send, and nobody may hear them; changes are seen by LISTEN")
    return "changes are handed to realtime.send, and whoever has a role may hear them"


def _has_vectors(db: Connection) -> str:
    version = _one(db, "SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
    if version is None:
        raise Lacks("is not there; every hub reads the library and searches it by itself")
    column = "table_name = 'places' AND column_name = 'place' AND table_schema = current_schema()"
    if not _one(db, f"SELECT count(*) FROM information_schema.columns WHERE {column}"):
        raise Lacks(f"{version} could not be used when the tables were made; every hub searches by itself")
    given, known = _one(db, "SELECT count(*) FROM places"), _one(db, "SELECT count(*) FROM recordings")
    return f"{version}; {given} of {known} recordings have a place, and hubs that stay give them theirs"
