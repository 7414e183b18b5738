"""Which of the receiver's recordings one of a pack is, and whether both say the same of it.

The same bytes are the same recording. Else its acoustic print tells it in another coding, another gain, or with a
second cut away. Where both are the same and their figures are not, one of the two is wrong: that row is not used.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from ..storage.library_rows import Described
from ..storage.prints import StoredPrint
from ..storage.sharing import Fit
from .collecting import figures_of
from .contents import Recording

TEMPO = 0.04  # of the tempo, or of its half or double
LOUDNESS_LU = 1.0
LENGTH_S, LENGTH = 0.1, 0.01  # of the same bytes
_CUT_S = 3.0  # that another coding of a recording may lack

Alike = Callable[[StoredPrint], Sequence[tuple[str, float]]]  # contents of one's own, and how alike, the most first


def fits_of(recordings: Iterable[Recording], own: Mapping[str, Described], alike: Alike) -> list[Fit]:
    """How each recording of a pack fits one's own library.

    own : what is known of the contents that lie in it
    """
    return [_fit(item, own, alike) for item in recordings]


def _fit(item: Recording, own: Mapping[str, Described], alike: Alike) -> Fit:
    if item.sha256 in own:
        why = disagreement(item, own[item.sha256], is_copy=True)
        return Fit(item.sha256, item.sha256, "disagrees" if why else "copy", 1.0, why)
    near = [] if item.print is None else [each for each in alike(item.print) if each[0] in own]
    for content, likeness in near:
        if not disagreement(item, own[content], is_copy=False):
            return Fit(item.sha256, content, "same", round(likeness, 3))
    if near:
        content, likeness = near[0]
        why = disagreement(item, own[content], is_copy=False)
        return Fit(item.sha256, content, "disagrees", round(likeness, 3), why)
    return Fit(item.sha256, "", "none")


def disagreement(item: Recording, mine: Described, *, is_copy: bool) -> str:
    """What both say otherwise of one recording; "" where they agree, or one of them says nothing."""
    figures, _ = figures_of(mine)
    both = {name: (value, figures[name]) for name, value in item.figures.items() if name in figures}
    if "duration_s" in both:
        theirs, ours = both["duration_s"]
        if abs(theirs - ours) > (max(LENGTH_S, LENGTH * ours) if is_copy else _CUT_S):
            return f"its length is {theirs:.2f} s there and {ours:.2f} s here"
    if "tempo_bpm" in both and not _is_same_tempo(*both["tempo_bpm"]):
        theirs, ours = both["tempo_bpm"]
        return f"its tempo is {theirs:.1f} BPM there and {ours:.1f} BPM here"
    if (
        is_copy
        and "integrated_lufs" in both
        and abs(both["integrated_lufs"][0] - both["integrated_lufs"][1]) > LOUDNESS_LU
    ):
        theirs, ours = both["integrated_lufs"]
        return f"its loudness is {theirs:.1f} LUFS there and {ours:.1f} LUFS here"
    return ""


def _is_same_tempo(a: float, b: float) -> bool:
    if a <= 0 or b <= 0:
        return a == b
    octaves = math.log2(a / b)
    nearest = min(max(round(octaves), -1), 1)
    return bool(abs(2 ** (octaves - nearest) - 1) <= TEMPO)
