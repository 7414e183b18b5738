"""What became of a mixed question: crashes, dead ends, untrue sentences, and whether the right capability answered.

A row of benchmarks/mixed_questions.jsonl says what is expected: `expect` (each must answer), `any` (one of them must),
`must` (values among what the sentences cite, as benchmarks/answered.py reads them; a name alone: it is cited at all),
`say` and `never` (words of the answer), `plan` (operations of an edit that is shown and not carried out), `about`
(recordings that a follow-up means), `ok` (may be told besides). Its `kind` is one of

- answerable;
- not_yet: a capability of a later version, so a gap that names it is right as well;
- ask_back: something is missing that the answer has to ask for;
- refuse: the file or the order cannot be served, and the answer says so;
- out_of_scope: nothing may be found for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.answered import holds
from benchmarks.mixed_numbers import unsupported

UNREADABLE = frozenset({"empty", "text", "missing", "void/"})
#: What is told of a capability first: a value there is an answer, whatever else is said.
MAIN = {
    "rhythm": "rhythm.tempo_bpm",
    "tonality": "tonality.key",
    "loudness": "loudness.integrated_lufs",
    "facts": "facts.duration_s",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question put to the command."""

    exit_code: int
    document: Mapping[str, Any] | None  # None when stdout was not one JSON document
    stderr: str
    seconds: float
    changed: tuple[str, ...] = ()  # files that were made, changed or removed meanwhile


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one question; `outcome` is "right", or what went wrong."""

    id: str
    kind: str
    question: str
    outcome: str  # "right", "wrong value", "not answered", "answered what it cannot", "dead end", "crash"
    detail: str
    unsupported: tuple[str, ...]  # what its sentences state and their evidence does not hold
    unasked: tuple[str, ...]  # arithmetic that nobody asked for
    answer: str
    seconds: float
    timings_ms: Mapping[str, float]


def judge(row: Mapping[str, Any], asked: Asked, paths: Mapping[str, Path]) -> Verdict:
    document = asked.document or {}
    outcome, detail = _outcome(row, asked, paths)
    names = [path.name for path in paths.values()]
    return Verdict(
        id=row["id"],
        kind=row["kind"],
        question=row["question"],
        outcome=outcome,
        detail=detail,
        unsupported=tuple(lies(row, document, names)),
        unasked=tuple(unasked_arithmetic(row, document)),
        answer=str(document.get("answer", "")),
        seconds=asked.seconds,
        timings_ms=document.get("timings_ms") or {},
    )


def _outcome(row: Mapping[str, Any], asked: Asked, paths: Mapping[str, Path]) -> tuple[str, str]:
    document = asked.document
    if document is None or "answer" not in document or asked.exit_code not in (0, 3, 4, 5) or _fell(asked.stderr):
        return "crash", f"exit {asked.exit_code}: {asked.stderr.strip()[-300:]} {str(document)[:200]}"
    if asked.changed:
        return "answered what it cannot", f"files were written or changed: {asked.changed}"
    if not document["claims"] and not explains(document):
        return "dead end", f"exit {asked.exit_code}, gaps {document['gaps']}"
    match row["kind"]:
        case "answerable":
            return _edited(row, document) if row.get("expect") == ["edit"] else _answered(row, document, paths)
        case "not_yet":
            named = {*row["expect"], *row.get("any", ())}
            told = {item["capability"] for item in document["gaps"]} | _capabilities(document)
            return ("right", "") if named & told else ("not answered", f"expected {named}; {_routed(document)}")
        case "ask_back":
            told = {gap["capability"] for gap in document["gaps"]}
            asks = told & set(row["expect"]) and not _mains(row, document)
            return ("right", "") if asks else ("not answered", f"does not ask back; {_routed(document)}")
        case "refuse":
            values = _mains(row, document)
            return ("answered what it cannot", str(values)) if values or _plans_writing(document) else ("right", "")
    found = sorted({item["name"] for item in document["evidence"]})
    return ("answered what it cannot", f"found {found[:6]}; {_routed(document)}") if found else ("right", "")


def _answered(row: Mapping[str, Any], document: Mapping[str, Any], paths: Mapping[str, Path]) -> tuple[str, str]:
    """Whether each expected capability left evidence for each file, and its values are the known ones."""
    evidence = document["evidence"]
    recordings = [path for role in row.get("about", row["files"]) for path in expand(role, paths)]
    bad = {str(paths[role]) for role in UNREADABLE & paths.keys()}

    def missing(capability: str) -> list[str]:
        subjects = {item["subject"] for item in evidence if item["name"].partition(".")[0] == capability}
        if not subjects:
            return [capability]
        of_all = [] if capability in ("theory", "system") else recordings[capability == "compare" :]
        # A recording that a follow-up means is called as it was named before, which may be by its name alone.
        told = {str(path) for path in of_all if {str(path), path.name} & (subjects | bad)}
        return [f"{capability} of {path.name}" for path in of_all if str(path) not in told]

    open_parts = [part for capability in row.get("expect", ()) for part in missing(capability)]
    choices = row.get("any", ())
    if choices and all(missing(capability) for capability in choices):
        open_parts.append(f"any of {choices}")
    if open_parts:
        return "not answered", f"no {open_parts}; {_routed(document)}"
    untold = [
        path for path in recordings if str(path) in bad and str(path) not in {g["subject"] for g in document["gaps"]}
    ]
    if untold:
        return "not answered", f"nothing is said of {untold}"
    cited = _cited(document)
    for must in row.get("must", ()):
        if not _holds(must, cited):
            names = tuple(_names(must))
            found = [item["value"] for item in cited if item["name"].startswith(names) and not item["rank"]]
            return "wrong value", f"wanted {must}, found {str(found)[:200]}"
    for words in row.get("never", ()):
        if words in document["answer"]:
            return "wrong value", f"says {words!r}: {document['answer'][:200]}"
    for words in row.get("say", ()):
        if not any(re.search(rf"(?<![\w.]){re.escape(word)}", document["answer"]) for word in _listed(words)):
            return "wrong value", f"does not say {words!r}: {document['answer'][:200]}"
    return "right", ""


def _edited(row: Mapping[str, Any], document: Mapping[str, Any]) -> tuple[str, str]:
    """Whether an edit is planned as asked; that nothing was written is judged before."""
    if not _plans_writing(document):
        return "not answered", f"no edit is planned; {_routed(document)}"
    shown = json.dumps([step["params"] for step in document["plan"]]) + document["answer"]
    lacking = [operation for operation in row["plan"] if operation not in shown.replace(" ", "")]
    return ("wrong value", f"the plan lacks {lacking}: {shown[:300]}") if lacking else ("right", "")


def expand(role: str, paths: Mapping[str, Path]) -> list[Path]:
    """The recordings that a role stands for: one, or those of its folder."""
    if not role.endswith("/"):
        return [paths[role]]
    return sorted(path for path in paths.values() if path.parent == paths[role] and path.suffix)


def _holds(must: Mapping[str, Any], evidence: Sequence[Mapping[str, Any]]) -> bool:
    """As `holds`, where `name` and `near` may be lists, one of which is enough."""
    names, values = _names(must), must.get("near")
    if must.keys() == {"name"}:
        return any(item["name"] in names for item in evidence)
    choices = [{**must, "name": name, "near": value} for name in names for value in _listed(values)]
    return any(holds({k: v for k, v in choice.items() if v is not None}, evidence) for choice in choices)


def _names(must: Mapping[str, Any]) -> list[str]:
    return [str(name) for name in _listed(must["name"])]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def explains(document: Mapping[str, Any]) -> bool:
    """Whether an answer without claims says in words why, or what to do."""
    reasons = [gap["reason"] for gap in document["gaps"]]
    return len(document["answer"].split()) >= 5 and all(reason.strip() for reason in reasons)


def lies(row: Mapping[str, Any], document: Mapping[str, Any], names: Sequence[str] = ()) -> list[str]:
    """What the sentences of an answer state beyond their evidence; `names` of files may be said anywhere."""
    evidence = {item["id"]: item for item in document.get("evidence", ())}
    rest, found = str(document.get("answer", "")), []
    for claim in document.get("claims", ()):
        unknown = [key for key in claim["evidence"] if key not in evidence]
        if unknown or not claim["evidence"]:
            found.append(f"cites {unknown or 'nothing'}: {claim['text']}")
        cited = [evidence[key] for key in claim["evidence"] if key in evidence]
        untrue = unsupported(claim["text"], cited, row["question"], names)
        found += [f"{token!r} in {claim['text']!r}" for token in untrue]
        rest = rest.replace(claim["text"], " ")
    # Beside the claims stand what is missing and what to do: it may repeat the question, gaps and plan.
    known = json.dumps([row["question"], *(document.get(part) for part in ("gaps", "plan", "referred"))])
    untrue = unsupported(rest, [*evidence.values()], known, names, is_claim=False)
    return [*found, *(f"{token!r} beside the claims in {rest.strip()!r}" for token in untrue)]


def _fell(stderr: str) -> bool:
    return "Traceback" in stderr or "fault of ours" in stderr


def _cited(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The findings that the sentences rest on: the rest is not told to who reads the answer."""
    keys = {key for claim in document["claims"] for key in claim["evidence"]}
    return [item for item in document["evidence"] if item["id"] in keys]


def unasked_arithmetic(row: Mapping[str, Any], document: Mapping[str, Any]) -> list[str]:
    """Sentences that tell a computation nobody asked for: their numbers are true of nothing in the question."""
    if "theory" in {*row.get("expect", ()), *row.get("any", ()), *row.get("ok", ())}:
        return []
    theory = {item["id"] for item in document.get("evidence", ()) if item["name"].startswith("theory.")}
    return [claim["text"] for claim in document.get("claims", ()) if theory & set(claim["evidence"])]


def _capabilities(document: Mapping[str, Any]) -> set[str]:
    return {item["name"].partition(".")[0] for item in document["evidence"]}


def _mains(row: Mapping[str, Any], document: Mapping[str, Any]) -> list[Any]:
    """Values of what the question asks for first, where there should be none."""
    wanted = {MAIN[name] for name in row.get("expect", ()) if name in MAIN} or {"edit.out"}
    return [
        i["value"] for i in document["evidence"] if i["name"] in wanted and i["value"] is not None and not i["rank"]
    ]


def _plans_writing(document: Mapping[str, Any]) -> bool:
    return any("edit" in step["capabilities"] for step in document["plan"])


def _routed(document: Mapping[str, Any]) -> str:
    return f"routed to {document['route'].get('capabilities')}; gaps {[gap['reason'][:90] for gap in document['gaps']]}"
