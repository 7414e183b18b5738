"""What lies beside an edit: how it was made, so that it can be made again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .operations import Shift, Stretch
from .outputs import MADE_BY, hash_file

if TYPE_CHECKING:
    from .make import Made


def sidecar_for(
    made: Made, said: Sequence[str], moves: Sequence[tuple[Path, Path]], made_with: Mapping[str, str]
) -> dict[str, Any]:
    """The sidecar of an edit whose files still have the first of their names in `moves`.

    `said` are the operations as they were carried out, `made_with` names versions of ours.
    """
    plan = made.plan
    return {
        "made_by": MADE_BY,
        "made_with": {**made_with, **_versions(made)},
        "sources": [{"path": str(Path(path).absolute()), "sha256": hash_file(path)} for path in plan.sources],
        "ops": list(said),
        "form": plan.form.said,
        "files": [{"name": target.name, "sha256": hash_file(temporary)} for temporary, target in moves],
        "measured": {
            "duration_s": made.duration_s,
            "loudness_lufs": made.loudness_lufs,
            "true_peak_dbtp": made.true_peak_dbtp,
            "gain_db": made.gain_db,
            "tempo_bpm": None if made.tempo is None else made.tempo.bpm,
        },
        "notices": [notice.reason for notice in made.notices],
    }


def _versions(made: Made) -> dict[str, str]:
    """What the samples were computed by."""
    import soundfile

    versions: dict[str, str] = {"numpy": np.__version__, "libsndfile": str(soundfile.__libsndfile_version__)}
    if any(isinstance(op, Stretch | Shift) for op in made.plan.ops):
        from importlib.metadata import PackageNotFoundError, version

        try:
            versions["python-stretch"] = version("python-stretch")
        except PackageNotFoundError:  # it is there, without the papers of a package
            versions["python-stretch"] = "unknown"
    return versions
