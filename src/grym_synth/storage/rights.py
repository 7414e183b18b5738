"""Who may do what with which rows of a shared store: a table, and the row-level security of Postgres made from it.

The owner of the tables, as whom hubs work for themselves, passes all of it. For a person a hub takes the role
`authenticated` and the person's claims for one transaction (`identity.asking`); through the data API of
Supabase the same rules hold. The hub, or that API, has verified the claims: whoever has the password of the database
can claim anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ..identity.person import ROLES, Role

Operation = Literal["select", "insert", "update", "delete"]
OPERATIONS: tuple[Operation, ...] = ("select", "insert", "update", "delete")

#: What a role may do with rows: of anybody, or of its own only.
Reach = Literal["any", "own"]


@dataclass(frozen=True, slots=True)
class Kind:
    """Tables with the same rights. Operations that a role has not are not allowed to it; the owner has all.

    owned : their rows know whose they are (`by_whom`), so that one may be allowed his own only
    """

    tables: tuple[str, ...]
    editor: Mapping[Operation, Reach]
    viewer: Mapping[Operation, Reach]
    agent: Mapping[Operation, Reach]
    owned: bool = False


def _may(operations: str, reach: Reach = "any") -> dict[Operation, Reach]:
    return {operation: reach for operation in OPERATIONS if operation in operations.split()}


_ALL, _LOOK, _ADD = "select insert update delete", "select", "select insert update"
KINDS = (
    Kind(  # what was heard and read, of all for all
        (
            "files", "heard", "library_files", "recordings", "vectors", "changes", "prints",
            "patterns", "occurrences", "ear_vectors", "knowledge_sources", "knowledge_passages", "knowledge_bands",
            "knowledge_vectors", "knowledge_words", "knowledge_changes",
            "foreign_patterns",
        ),
        _may(_ALL), _may(_LOOK), _may(_ADD),
    ),
    Kind(  # what somebody taught: heard by all, changed by whoever said it
        ("ear_labels", "ear_corrections", "ear_preferences", "route_corrections"),
        {**_may(_LOOK), **_may("insert update delete", "own")}, _may(_LOOK), _may(_LOOK), owned=True,
    ),
    # What a hub opens by itself: who could write it would have files read on the machines of others.
    Kind(("library_folders", "knowledge_follows"), _may(_LOOK), _may(_LOOK), _may(_LOOK)),
    Kind(("places",), _may(_LOOK), _may(_LOOK), _may(_LOOK)),  # made of `vectors`
    Kind(("ears", "ear_in_use", "ear_judged"), _may(_ADD), _may(_LOOK), _may(_LOOK)),
    Kind(  # what somebody asked is his own affair
        ("answers", "in_play"), _may(_ALL, "own"), _may(_ALL, "own"), _may(_ALL, "own"), owned=True,
    ),
    Kind(("shared_packs", "shared_parts", "shared_rows", "shared_fits"), _may(_LOOK), _may(_LOOK), _may(_LOOK)),
    Kind(("leases", "accounts", "account_batches", "health_log"), _may(_LOOK), _may(_LOOK), _may(_LOOK)),
    Kind(("events",), _may(_LOOK), _may(_LOOK), _may(_LOOK)),  # written by triggers
    Kind(("audit", "trusted_keys", "store_moves", "schema_version"), {}, {}, {}),
)  # fmt: skip
JOB_KINDS = (
    # The same: a job says what is to be read, by whichever machine takes it.
    Kind(("jobs", "job_items", "job_executors"), _may(_LOOK), _may(_LOOK), _may(_LOOK)),
    Kind(("job_schema_version",), {}, {}, {}),
)


def reach(kind: Kind, role: Role, operation: Operation) -> Reach | None:
    """How far a role reaches with an operation; None is not at all."""
    match role:
        case "owner":
            return "any"
        case "editor":
            return kind.editor.get(operation)
        case "viewer":
            return kind.viewer.get(operation)
        case "agent":
            return kind.agent.get(operation)


#: Who a transaction acts for: nobody without claims of somebody who is signed in. And who hears the broadcasts of
#: Supabase: everybody who has a role.
FUNCTIONS = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'authenticated') THEN
        CREATE ROLE authenticated NOLOGIN;
    END IF;
    IF NOT pg_has_role(CURRENT_USER, 'authenticated', 'MEMBER') THEN
        EXECUTE format('GRANT authenticated TO %I', CURRENT_USER);
    END IF;
EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
    RAISE WARNING 'grym-synth cannot act for several people here: the role authenticated is missing';
END $$;
CREATE OR REPLACE FUNCTION grym_claims() RETURNS JSONB LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb
$$;
CREATE OR REPLACE FUNCTION grym_who() RETURNS TEXT LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN grym_claims() ->> 'role' = 'authenticated' THEN grym_claims() ->> 'sub' END
$$;
CREATE OR REPLACE FUNCTION grym_role() RETURNS TEXT LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN grym_who() IS NULL THEN NULL
        WHEN grym_claims() -> 'app_metadata' ->> 'grym_role' IN ('owner', 'editor', 'agent')
            THEN grym_claims() -> 'app_metadata' ->> 'grym_role'
        ELSE 'viewer'
    END
$$;
DO $$ BEGIN
    IF to_regclass('realtime.messages') IS NOT NULL AND to_regprocedure('realtime.topic()') IS NOT NULL THEN
        DROP POLICY IF EXISTS grym_hears ON realtime.messages;
        CREATE POLICY grym_hears ON realtime.messages FOR SELECT TO authenticated
            USING (realtime.topic() = 'grym' AND extension = 'broadcast' AND (SELECT grym_role()) IS NOT NULL);
    END IF;
EXCEPTION WHEN insufficient_privilege OR undefined_column OR undefined_object THEN
    RAISE WARNING 'changes are not broadcast: a policy on realtime.messages is missing';
END $$
"""


def policies(kinds: tuple[Kind, ...]) -> Iterator[str]:
    """The statements that make the rights of these tables so; twice does no harm."""
    for kind in kinds:
        for table in kind.tables:
            if kind.owned:
                whose = "by_whom TEXT NOT NULL DEFAULT coalesce(grym_who(), '')"
                yield f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {whose}"
            yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
            for operation in OPERATIONS:
                rule = _rule(kind, operation)
                yield f"DROP POLICY IF EXISTS grym_{operation} ON {table}"
                clauses = {"insert": ("WITH CHECK",), "update": ("USING", "WITH CHECK")}.get(operation, ("USING",))
                checked = " ".join(f"{clause} ({rule})" for clause in clauses)
                yield f"CREATE POLICY grym_{operation} ON {table} FOR {operation.upper()} {checked}"
            yield (
                "DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'authenticated') THEN"
                f" GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO authenticated; END IF; END $$"
            )


def _rule(kind: Kind, operation: Operation) -> str:
    """Which rows, in SQL; a subquery is asked once for a statement and not for each row."""
    found = {role: reach(kind, role, operation) for role in ROLES}
    anybodys = ", ".join(f"'{role}'" for role, far in found.items() if far == "any")
    own = ", ".join(f"'{role}'" for role, far in found.items() if far == "own")
    rule = f"(SELECT grym_role()) IN ({anybodys})"
    return f"{rule} OR ((SELECT grym_role()) IN ({own}) AND by_whom = (SELECT grym_who()))" if own else rule


def rights_table() -> str:
    """The rights as a table in Markdown, for docs/sign-in.md."""
    lines = ["| rows of | editor | viewer | agent |", "|---|---|---|---|"]
    for kind in (*KINDS, *JOB_KINDS):
        cells = [_told(of) for of in (kind.editor, kind.viewer, kind.agent)]
        lines.append(f"| {', '.join(f'`{name}`' for name in kind.tables)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _told(may: Mapping[Operation, Reach]) -> str:
    words = {"select": "read", "insert": "add", "update": "change", "delete": "remove"}
    found = [f"{words[op]} own" if far == "own" else words[op] for op, far in may.items()]
    return ", ".join(found) or "nothing"
