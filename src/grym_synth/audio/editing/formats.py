"""What an output is written as, and which format, rate and depth follow from what was asked and what the source has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from ...errors import BadRequest
from ..decoding.decoders import Header
from .grammar import FORMATS, format_of_name
from .operations import Convert, Depth


@dataclass(frozen=True, slots=True)
class Kind:
    """A format: its name for libsndfile and for people, its depths, and its bounds."""

    container: str
    said: str
    subtypes: Mapping[Depth, str]  # empty for lossy ones
    most_channels: int
    rates: tuple[int, ...] = ()  # empty: any
    most_rate: int = 384_000
    lossy_subtype: str = ""
    compression: float | None = None

    @property
    def is_lossy(self) -> bool:
        return not self.subtypes


_MPEG_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
KINDS: Mapping[str, Kind] = {
    "wav": Kind("WAV", "WAV", {"16": "PCM_16", "24": "PCM_24", "32f": "FLOAT"}, 64),
    "flac": Kind("FLAC", "FLAC", {"16": "PCM_16", "24": "PCM_24"}, 8),
    "aiff": Kind("AIFF", "AIFF", {"16": "PCM_16", "24": "PCM_24", "32f": "FLOAT"}, 64),
    # Of libsndfile's 0 (best) to 1: quality 8 of 10, about 256 kbit/s; and LAME's V0, about 245 kbit/s.
    "ogg": Kind("OGG", "Ogg Vorbis", {}, 8, (), 192_000, "VORBIS", 0.2),
    "mp3": Kind("MP3", "MP3", {}, 2, _MPEG_RATES, 48_000, "MPEG_LAYER_III", 0.0),
}
_OF_CONTAINER = {"WAV": "wav", "RF64": "wav", "W64": "wav", "FLAC": "flac", "AIFF": "aiff", "OGG": "ogg", "MP3": "mp3"}
_LARGEST = 4_000_000_000  # bytes: what the size fields of WAV and AIFF can tell, with room for their heads


@dataclass(frozen=True, slots=True)
class Form:
    """How an output is written. `depth` is None for lossy formats."""

    name: str
    depth: Depth | None
    sr: int
    channels: int

    @property
    def kind(self) -> Kind:
        return KINDS[self.name]

    @property
    def bits(self) -> int | None:
        """Bits of a whole number; None where samples are floats or are coded."""
        return int(self.depth) if self.depth in ("16", "24") else None

    @property
    def said(self) -> str:
        depth = {"16": " 16 bit", "24": " 24 bit", "32f": " 32 bit float", None: ""}[self.depth]
        channels = {1: " mono", 2: ""}.get(self.channels, f" {self.channels} channels")
        return f"{self.kind.said}{depth} {self.sr / 1000:g} kHz{channels}"

    def container_for(self, frames: int | None) -> str:
        """libsndfile's name of the container: WAV beyond 4 GB is RF64.

        Raises
        ------
        BadRequest
            So much does not fit into this format.
        """
        size = (frames or 0) * self.channels * {"16": 2, "24": 3, "32f": 4, None: 0}[self.depth]
        if size <= _LARGEST or self.name == "flac":
            return self.kind.container
        if self.name == "wav":
            return "RF64"
        raise BadRequest(
            f"{self.kind.said} holds at most 4 GB, and this is {size / 1e9:.1f} GB", hint="convert=flac, or trim it"
        )


def suffix_for(source: str, header: Header, convert: Convert) -> str:
    """How the name of an output ends that has none yet: as the source's, where that can be written."""
    name = convert.format or _OF_CONTAINER.get(header.container, "wav")
    own = PurePath(source).suffix
    return own if format_of_name(source) == name else f".{name}"


def choose_form(header: Header, convert: Convert, out: str, sr: int, channels: int) -> Form:
    """Format by `convert`, else by the name of the output, else by the source; depth by `convert`, else the source.

    Lossy sources have no depth: what was decoded from them is kept in 24 bits.

    Raises
    ------
    BadRequest
        The name and the format contradict each other, or the format does not take this rate, depth or channels.
    """
    named = format_of_name(out)
    name = convert.format or named or _OF_CONTAINER.get(header.container, "")
    if not name:
        raise BadRequest(
            f"{header.container} can be read and not be written", hint=f"end the name in .{', .'.join(FORMATS)}"
        )
    if named is None:
        raise BadRequest(f"the name {out!r} does not end as one of a recording", hint=f"name it {out + '.' + name!r}")
    if named != name:
        raise BadRequest(
            f"convert={convert.format} writes {KINDS[name].said}, and {out!r} is the name of another format",
            hint=f"name it {out.rpartition('.')[0] + '.' + name!r}, or leave out the format",
        )
    kind = KINDS[name]
    form = Form(name, _depth(header, convert, kind), sr, channels)
    _check(form)
    return form


def _depth(header: Header, convert: Convert, kind: Kind) -> Depth | None:
    if convert.depth is not None and convert.depth not in kind.subtypes:
        there_is = f"it has {' and '.join(kind.subtypes)}" if kind.subtypes else "it has no depth"
        raise BadRequest(f"{kind.said} cannot be written with a depth of {convert.depth}", hint=there_is)
    if kind.is_lossy:
        return None
    if convert.depth is not None:
        return convert.depth
    bits = header.bit_depth
    if bits is None or 16 < bits <= 24:
        return "24"
    wanted: Depth = "16" if bits <= 16 else "32f"
    return wanted if wanted in kind.subtypes else "24"


def _check(form: Form) -> None:
    kind = form.kind
    if form.channels > kind.most_channels:
        raise BadRequest(
            f"{kind.said} takes at most {kind.most_channels} channels, and there are {form.channels}",
            hint="write it as .wav",
        )
    if (kind.rates and form.sr not in kind.rates) or form.sr > kind.most_rate:
        rates = ", ".join(map(str, kind.rates)) if kind.rates else f"up to {kind.most_rate}"
        raise BadRequest(
            f"{kind.said} cannot be written at {form.sr} Hz; it takes {rates}", hint="resample it: resample=44100"
        )
