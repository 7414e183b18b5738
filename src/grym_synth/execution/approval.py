"""Which scripts may be run: ours as they were shipped, others as their owner approved them; none that has changed.

`approved.json` in the folder of the user's scripts holds, by name of the agent, the SHA-256 of its script and, where it
needs more than the running interpreter has, the interpreter of the environment that was made for it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..errors import BadSetup, NotApproved
from .catalog import AGENTS_FOLDER, AgentCard, read_card

PINS = AGENTS_FOLDER / "pins.json"


class Approvals:
    """What was approved; `folder` holds the scripts of the user."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "approved.json"

    def check(self, card: AgentCard) -> None:
        """Let a script be run that is as it was approved.

        Raises
        ------
        NotApproved
            It is new, or has changed since.
        """
        try:
            now = hashlib.sha256(card.script.read_bytes()).hexdigest()  # it may have changed since its header was read
        except OSError as error:
            raise BadSetup(f"the script of agent {card.name!r} cannot be read: {error}") from error
        if now != card.sha256:
            raise NotApproved(
                f"agent {card.name!r} is not run: {card.script.name} has changed since it was approved or read",
                hint=f"look at {card.script}, then: grym agents approve {card.name}; and start `grym serve` again",
            )
        approved = read_approvals(self.folder)
        shipped = _read(PINS).get(card.name) if card.is_ours else None
        if now not in (approved.get(card.name, {}).get("sha256"), shipped):
            known = card.name in approved or card.is_ours
            what = "has changed since it was approved" if known else "was never approved"
            raise NotApproved(
                f"agent {card.name!r} is not run: {card.script.name} {what}",
                hint=f"look at {card.script}, then: grym agents approve {card.name if known else card.script}",
            )

    def is_approved(self, card: AgentCard) -> bool:
        try:
            self.check(card)
        except BadSetup:
            return False
        return True

    def approve(
        self, script: Path, prepare: Callable[[AgentCard], str | None] = lambda card: None, *, shown: str = ""
    ) -> AgentCard:
        """Approve a script as it is now; one that lies elsewhere is copied to `folder`. The card of what was approved.

        prepare : makes the environment of a script, where it needs one, and tells its interpreter
        shown : the SHA-256 that its owner was shown; another is not approved

        Raises
        ------
        BadSetup
            It declares nothing usable, or bears the name of one of ours.
        """
        card = read_card(script)
        if shown and card.sha256 != shown:
            raise NotApproved(f"{script.name} has changed since it was shown, so it is not approved", hint="look again")
        ours = AGENTS_FOLDER / f"{card.name}.py"
        if ours.is_file() and script.resolve() != ours.resolve():
            raise BadSetup(f"{script.name} calls itself {card.name!r}, as one of our agents does", hint="rename it")
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not card.is_ours and script.resolve() != (self.folder / f"{card.name}.py").resolve():
            copy = self.folder / f".{card.name}.new"
            shutil.copyfile(script, copy)
            if read_card(copy).sha256 != card.sha256:
                copy.unlink()
                raise NotApproved(
                    f"{script.name} changed while it was copied, so it is not approved", hint="look again"
                )
            copy.replace(self.folder / f"{card.name}.py")
            card = read_card(self.folder / f"{card.name}.py")
        entry = {"sha256": card.sha256}
        if python := prepare(card):
            entry["python"] = python
        approved = {**read_approvals(self.folder), card.name: entry}
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps(approved, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        draft.replace(self._file)
        return card


def read_approvals(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """What was approved of the scripts in a folder: `sha256`, and `python` where it has an environment of its own."""
    found = _read(folder / "approved.json")
    return {name: entry for name, entry in found.items() if isinstance(entry, dict)}


def _read(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise BadSetup(f"{path} cannot be read: {error}", hint="remove it and approve your agents again") from error
    return found if isinstance(found, dict) else {}
