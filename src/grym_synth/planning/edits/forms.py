"""How the new file is written, in words: "as mp3", "24-bit flac at 48k", "save it as final.wav"."""

from __future__ import annotations

from pathlib import PurePath

from ...audio.editing.formats import KINDS
from ...audio.editing.grammar import FORMATS, MAX_RATE_HZ, MIN_RATE_HZ, format_of_name
from ...audio.editing.operations import Resample
from ...audio.editing.wording import canonical
from .amounts import format_of
from .clauses import Clause
from .wish import Draft

_DEPTHS = {16.0: "16", 24.0: "24", 32.0: "32f"}
_THERE_IS = f"there is {', '.join(kind.said for kind in KINDS.values())}"
_USUAL_RATES = frozenset({22.05, 44.1, 48.0, 88.2, 96.0, 176.4, 192.0})
_OVER = frozenset({"over", "uber", "ueber", "sobre", "sur", "sopra", "onto"})
_LONGEST_NAME = 200


def read_forms(clause: Clause, draft: Draft) -> None:
    """Format, depth and rate, wherever they are said, and the name of the new file."""
    named = [at for at, token in enumerate(clause.tokens) if format_of(token) is not None and at not in clause.used]
    aimed = [at for at in named if clause.before(at, "TO", "AS")]
    clause.take(*named)
    for at in aimed or named:  # "convert the wav to an mp3"
        name, shown = format_of(clause.tokens[at]), clause.tokens[at].text
        draft.form_at = clause.first + at
        if name:
            draft.formats.append(name)
        else:
            draft.refuse(f"I cannot write {shown.strip('.').upper()}; {_THERE_IS}.")
    _read_pairs(clause, draft)
    _read_depths(clause, draft)
    _read_rates(clause, draft)
    _read_names(clause, draft)
    if clause.free("quantity", "kbps"):
        clause.take(*clause.free("quantity", "kbps"))
        draft.refuse("I write MP3 and Ogg Vorbis at their best variable bit rate, and no bit rate can be chosen yet.")


def _read_pairs(clause: Clause, draft: Draft) -> None:
    """ "44.1/16", "24/96": rate and depth, whichever comes first."""
    for at in range(1, len(clause.tokens) - 1):
        before, behind = clause.tokens[at - 1], clause.tokens[at + 1]
        if clause.tokens[at].text != "/" or {before.kind, behind.kind} != {"number"}:
            continue
        depth, rate = sorted((before.value, behind.value))
        rate = rate / 1000.0 if rate >= MIN_RATE_HZ else rate
        if depth in _DEPTHS and rate in _USUAL_RATES:
            clause.take(at - 1, at + 1)
            draft.depths.append(_DEPTHS[depth])
            draft.rates.append(round(1000.0 * rate))


def _read_depths(clause: Clause, draft: Draft) -> None:
    for at in clause.free("quantity", "bit") + clause.free("change", "bit"):
        token = clause.tokens[at]
        value = token.second if token.second is not None else token.value
        clause.take(at)
        draft.form_at = clause.first + at
        if value in _DEPTHS:
            draft.depths.append(_DEPTHS[value])
        else:
            draft.refuse(f"I write 16 bit, 24 bit and 32 bit float, not {token.text}.")
    if clause.has("FLOAT") and "32f" not in draft.depths:
        draft.depths.append("32f")


def _read_rates(clause: Clause, draft: Draft) -> None:
    for at in clause.free("quantity", "hz") + clause.free("change", "hz"):
        token = clause.tokens[at]
        value = token.second if token.second is not None else token.value
        if value < MIN_RATE_HZ or value > MAX_RATE_HZ or value != int(value):
            continue
        clause.take(at)
        _want_rate(clause, at, int(value), draft)
    if not clause.has("RATE"):
        return
    bare = [at for at in clause.free("number") if not clause.tokens[at].is_signed]
    if bare:
        value = clause.tokens[bare[0]].value
        value = value * 1000.0 if value in _USUAL_RATES or value < 400.0 else value
        clause.take(bare[0])
        if MIN_RATE_HZ <= value <= MAX_RATE_HZ and value == int(value):
            _want_rate(clause, bare[0], int(value), draft)
            return
    if not draft.rates and not any(op.startswith("resample=") for _, op in draft.wants):
        draft.ask('To which sample rate? Say for example "resample to 48 kHz".')


def _want_rate(clause: Clause, at: int, rate: int, draft: Draft) -> None:
    """A resampling of its own where that is what is asked for; else a part of the output's form."""
    if clause.has("RATE") and not clause.has("CONVERT"):
        draft.want(clause.first + at, canonical(Resample(rate)))
    else:
        draft.rates.append(rate)
        draft.form_at = clause.first + at


# --- the name ---


def _read_names(clause: Clause, draft: Draft) -> None:
    if clause.has("JOIN", "CROSSFADE", "ADD_TO") and not clause.has("SAVE", "NAME", "CONVERT"):
        return
    saves = clause.has("SAVE", "NAME", "CONVERT")
    for at in clause.free("name"):
        clause.take(at)
        if saves or clause.before(at, "AS", "TO", "BE", reach=2) or at == 0:
            _name(clause.tokens[at].text, draft)
        else:
            draft.ask(f"{clause.tokens[at].text[:80]!r} is not among the files: put all of them after the question.")
    for at in clause.free("quoted") if saves else ():
        clause.take(at)
        _name(clause.tokens[at].text, draft)
    likens = clause.has("SPEED", "LOUDNESS", "AS_LOUD", "LENGTH", "PEAK")
    for at, token in enumerate(clause.tokens):
        over = at > 0 and clause.tokens[at - 1].folded in _OVER
        aimed = over or clause.before(at, "AS", "TO", "NAME", reach=1)
        if token.kind == "file" and saves and aimed and not likens:
            clause.take(at)
            draft.refuse(
                f"{token.text!r} is a recording that is there, and I never write over one: choose another name."
            )
    if clause.has("NAME") and not draft.names:
        _read_plain_name(clause, draft)


def _read_plain_name(clause: Clause, draft: Draft) -> None:
    """ "call it final mix": the rest of the clause."""
    begin = clause.places("NAME")[0] + 1
    words = [token.text for token in clause.tokens[begin:] if token.concepts.isdisjoint({"THIS", "AS"}) or token.unit]
    words = [word for word in words if word not in ("-", "'", "’")]
    if 0 < len(words) <= 5:
        _name(" ".join(words), draft)
        clause.take(*range(begin, len(clause.tokens)))


def _name(name: str, draft: Draft) -> None:
    """A name without a folder; words alone must not write anywhere else than beside the recording."""
    if any(not letter.isprintable() for letter in name):
        draft.refuse(f"The name {name[:60]!r} holds what no file name should.")
    elif "/" in name or "\\" in name or name.startswith("~") or name in (".", ".."):
        draft.refuse(
            f"I write beside the recording only, and {name[:80]!r} lies elsewhere: name the file without a folder, or "
            "use `grym edit ... --out`."
        )
    elif len(name) > _LONGEST_NAME:
        draft.refuse(f"The name {name[:40]!r}... is {len(name)} characters long; at most {_LONGEST_NAME} make one.")
    elif PurePath(name).suffix and format_of_name(name) is None and PurePath(name).suffix[1:].isalpha():
        draft.refuse(f"I cannot write {PurePath(name).suffix[1:].upper()}; {_THERE_IS}.")
    else:
        draft.names.append(name)
        named = format_of_name(name)
        if named is not None:
            draft.formats.append(named)


def with_suffix(name: str, formats: list[str], subject: str) -> str:
    """The name with an ending: of the format that was asked for, else of the recording, else WAV."""
    if format_of_name(name) is not None:
        return name
    own = PurePath(subject).suffix if format_of_name(subject) else ".wav"
    return f"{name}.{formats[0]}" if formats and formats[0] in FORMATS else f"{name}{own}"
