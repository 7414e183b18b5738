"""Commands that an answer offers: what does the next step, ready to be typed."""

from __future__ import annotations

import shlex
from pathlib import PurePath

#: Formats that an edit writes without losing anything again; from all others it goes to WAV.
_LOSSLESS = frozenset((".wav", ".flac", ".aiff", ".aif"))


def edit_command(subject: str, ops: str, mark: str, lead: str = "To do that") -> str:
    """ "To do that: grym edit mix.wav normalise=-14LUFS --out mix-14LUFS.wav"; "" where a name cannot be typed.

    The new file lies beside the recording, with `mark` at the end of its name.
    """
    path = PurePath(subject)
    if not subject.isprintable() or not path.name:
        return ""
    ending = path.suffix if path.suffix.lower() in _LOSSLESS else ".wav"
    out = str(path.with_name(f"{path.stem}-{mark}{ending}"))
    return f"{lead}: grym edit {_typed(subject)} {ops} --out {_typed(out)}"


def analyze_command(subject: str, options: str, lead: str) -> str:
    """ "To write a file: grym analyze song.wav --midi song.mid"."""
    if not subject.isprintable():
        return ""
    return f"{lead}: grym analyze {_typed(subject)} {options}"


def tagged_command(subject: str) -> str:
    """What writes a copy with the tempo and key that were heard as its tags; "" for formats that carry none."""
    path = PurePath(subject)
    if path.suffix.lower() not in (".mp3", ".wav", ".aiff", ".aif", ".flac", ".ogg") or not subject.isprintable():
        return ""
    out = str(path.with_name(f"{path.stem}-tagged{path.suffix}"))
    return f"To write what I hear into a copy: grym analyze {_typed(subject)} --tagged {_typed(out)}"


def _typed(subject: str) -> str:
    """A path as a shell takes it, never as an option."""
    return shlex.quote(f"./{subject}" if subject.startswith("-") else subject)
