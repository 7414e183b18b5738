"""What a call may be given: every text, number and list has bounds, and what is not named here is refused.

The sentences are read by language models, small ones too: each says what to give, in which unit, and by which example.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

#: What one recording can be asked for, without a second one and without writing.
Measure = Literal["facts", "loudness", "rhythm", "tonality", "chords", "spectrum", "structure", "notes", "timbre"]
Aspect = Literal["timbre", "rhythm", "harmony", "pitch", "loudness"]
Window = Literal["hann", "hamming", "blackman", "blackmanharris", "rect"]
Scale = Literal["linear", "mel", "log"]
Direction = Literal[
    "brighter",
    "darker",
    "faster",
    "slower",
    "louder",
    "quieter",
    "longer",
    "shorter",
    "busier",
    "calmer",
    "noisier",
    "purer",
]


def _whole(value: Any) -> Any:
    """In JSON 10.0 is a whole number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


_NO_CONTROL = r"^[^\x00-\x08\x0b-\x1f]*$"  # tabs and line ends are text
_ONE_LINE = r"^[^\x00-\x1f]*$"

FromJson = BeforeValidator(_whole)
Text = Annotated[str, Field(min_length=1, max_length=4000, pattern=_NO_CONTROL)]
PathText = Annotated[str, Field(min_length=1, max_length=4096, pattern=_ONE_LINE)]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=_ONE_LINE)]
Seconds = Annotated[float, Field(ge=0.0, le=1e6, allow_inf_nan=False)]
Limit = Annotated[int, Field(ge=1, le=200, description="How many at most."), FromJson]
Context = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$",
        description="A project's name. In one context 'it' and 'the other one' mean what was asked about before.",
    ),
]


class Arguments(BaseModel):
    """What is not named is refused: a misspelt argument must not be passed over in silence."""

    model_config = ConfigDict(extra="forbid", strict=True)

    def given(self) -> dict[str, Any]:
        """By name, without what was not said."""
        return self.model_dump(exclude_none=True)


class Ask(Arguments):
    question: Annotated[
        Text, Field(description="The question in plain words, e.g. 'how fast is it, and in which key?'")
    ]
    paths: Annotated[
        list[PathText],
        Field(max_length=50, description="Audio files or folders that it is about. Leave it empty for music theory."),
    ] = []
    context: Context = "default"
    detail: Annotated[
        Literal["brief", "normal", "full"], Field(description="How much is told: 'brief' is one sentence.")
    ] = "normal"
    plan_only: Annotated[bool, Field(description="True: only say what would be done and how long it takes.")] = False
    consent: Annotated[
        bool, Field(description="True: steps that write a file may run. Only after the person has said yes.")
    ] = False
    out: Annotated[PathText | None, Field(description="The new file, for a question that makes one.")] = None


class Analyze(Arguments):
    paths: Annotated[list[PathText], Field(min_length=1, max_length=50, description="Audio files, or folders of them.")]
    capabilities: Annotated[
        list[Measure],
        Field(max_length=9, description="What to measure; empty: everything. 'notes' takes longest."),
    ] = []
    n_fft: Annotated[
        int | None, Field(ge=16, le=1 << 20, description="Points of the FFT that peaks are read of."), FromJson
    ] = None
    window: Annotated[Window | None, Field(description="Its window.")] = None
    start_s: Annotated[Seconds | None, Field(description="Where the FFT starts, in seconds.")] = None
    use_cache: Annotated[bool, Field(description="False: listen again, even to what was heard before.")] = True


class Compare(Arguments):
    paths: Annotated[list[PathText], Field(min_length=2, max_length=20, description="Each is held against the first.")]
    use_cache: Annotated[bool, Field(description="False: listen again.")] = True


class Find(Arguments):
    words: Annotated[
        Text,
        Field(description="What to look for, e.g. 'dark pads in A minor at 80 to 100 bpm, longer than 10 s'."),
    ]
    limit: Limit = 10


class Similar(Arguments):
    path: Annotated[PathText, Field(description="The recording that others are to be like.")]
    limit: Limit = 10
    start_s: Annotated[Seconds | None, Field(description="Only the part from here, in seconds.")] = None
    end_s: Annotated[Seconds | None, Field(description="Only the part up to here, in seconds.")] = None
    weights: Annotated[
        dict[Aspect, Annotated[float, Field(ge=0.0, le=100.0)]] | None,
        Field(description="How much each aspect counts, e.g. {'timbre': 2, 'rhythm': 1}."),
    ] = None
    direction: Annotated[Direction | None, Field(description="Like it, but further in this direction.")] = None
    fits: Annotated[bool, Field(description="True: what goes with it by key and tempo.")] = False


class Spectrogram(Arguments):
    path: Annotated[PathText, Field(description="The recording.")]
    start_s: Annotated[Seconds | None, Field(description="From here, in seconds; else from the beginning.")] = None
    end_s: Annotated[Seconds | None, Field(description="Up to here, in seconds; else to the end.")] = None
    n_fft: Annotated[
        int | None, Field(ge=64, le=1 << 16, description="Points of each FFT; more tells pitches apart."), FromJson
    ] = None
    window: Annotated[Window | None, Field(description="Its window.")] = None
    scale: Annotated[Scale | None, Field(description="How frequencies lie: 'linear' or gathered in bands.")] = None


class Patterns(Arguments):
    id: Annotated[
        int | None, Field(ge=1, le=1 << 53, description="One pattern by its number; else a list."), FromJson
    ] = None
    name: Annotated[Name | None, Field(description="Only those of this name.")] = None
    within: Annotated[PathText | None, Field(description="Only those that occur in this recording.")] = None
    limit: Limit = 20


class Notes(Arguments):
    words: Annotated[Text, Field(description="What to look for in the notes, pages and books that were learned.")]
    domain: Annotated[str, Field(max_length=100, pattern=_ONE_LINE, description="Only this collection; '' is all.")] = (
        ""
    )
    limit: Limit = 5


class Learn(Arguments):
    targets: Annotated[
        list[PathText],
        Field(min_length=1, max_length=20, description="Web addresses (https), files or folders to read."),
    ]
    domain: Annotated[
        str, Field(max_length=100, pattern=_ONE_LINE, description="The collection that they go into.")
    ] = ""
    every: Annotated[
        str | None, Field(pattern=r"^[0-9]{1,4}[mhdw]$", description="Read again this often, e.g. '7d'.")
    ] = None


class Index(Arguments):
    folders: Annotated[list[PathText], Field(min_length=1, max_length=20, description="Folders of recordings.")]
    retry: Annotated[bool, Field(description="True: try files again that could not be listened to.")] = False


class Library(Arguments):
    """Nothing is needed."""


JobId = Annotated[str, Field(pattern=r"^[0-9a-f]{1,32}$", description="The id of a job, or its beginning.")]


class Jobs(Arguments):
    id: Annotated[JobId | None, Field(description="One job; else a list.")] = None


class ChangeJob(Arguments):
    id: JobId
    do: Annotated[Literal["cancel", "retry"], Field(description="'cancel' keeps what is done; 'retry' goes on.")]


class Edit(Arguments):
    path: Annotated[PathText, Field(description="The recording. It stays as it is.")]
    operations: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=500, pattern=_ONE_LINE)]],
        Field(
            min_length=1,
            max_length=20,
            description="In this order, e.g. ['trim=0:30-1:00', 'fade-out=8', 'normalise=-14LUFS', 'shift=+2st', "
            "'stretch=1.05x', 'reverse', 'slice=onsets', 'convert=flac/48000/24'].",
        ),
    ]
    out: Annotated[PathText, Field(description="The new file; never the recording itself.")]
    replace: Annotated[bool, Field(description="True: a file of this name may be replaced.")] = False
    consent: Annotated[
        bool, Field(description="False: only say what would be made. True: make it, after the person has said yes.")
    ] = False


class Teach(Arguments):
    label: Annotated[Name, Field(description="What they are called, e.g. 'snare' or 'my pads'.")]
    paths: Annotated[list[PathText], Field(max_length=50, description="Recordings that are it.")] = []
    others: Annotated[list[PathText], Field(max_length=50, description="Recordings that are not it.")] = []
    forget: Annotated[bool, Field(description="True: take it back instead.")] = False


class Correct(Arguments):
    path: Annotated[PathText, Field(description="The recording.")]
    values: Annotated[
        dict[Literal["tempo", "key"], Annotated[str, Field(min_length=1, max_length=30)]],
        Field(min_length=1, description="What is right, e.g. {'tempo': '140', 'key': 'A minor'}."),
    ]


class Forget(Arguments):
    sources: Annotated[
        list[PathText],
        Field(min_length=1, max_length=20, description="Addresses, files or collections."),
    ]
    consent: Annotated[
        bool, Field(description="False: only say what would be forgotten. True: forget it, after the person said yes.")
    ] = False


class Status(Arguments):
    """Nothing is needed."""


class Question(Arguments):
    query: Annotated[Text, Field(description="A question.")]
    files: Annotated[list[PathText], Field(max_length=50, description="Files it is about; they need not exist.")] = []


class Contexts(Arguments):
    name: Annotated[Context | None, Field(description="One context; else a list.")] = None
    limit: Limit = 20


class Sources(Arguments):
    domain: Annotated[str, Field(max_length=100, pattern=_ONE_LINE, description="Only this collection; '' is all.")] = (
        ""
    )


class RemoveFolder(Arguments):
    folder: Annotated[PathText, Field(description="A folder of the library. Its files stay as they are.")]


class NamePattern(Arguments):
    id: Annotated[int, Field(ge=1, le=1 << 53, description="The pattern, by its number."), FromJson]
    name: Annotated[Name, Field(description="What it is called from now on.")]


class Prefer(Arguments):
    closer: Annotated[PathText, Field(description="This one is closer to `to`...")]
    further: Annotated[PathText, Field(description="...than this one is.")]
    to: Annotated[PathText, Field(description="What both are held against.")]


class TeachRoute(Arguments):
    question: Annotated[Text, Field(description="The question.")]
    capabilities: Annotated[
        list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]],
        Field(max_length=20, description="What it needs; empty: it is not for this hub."),
    ] = []
    forget: Annotated[bool, Field(description="True: take back what was taught of it.")] = False


class ForgetContext(Arguments):
    name: Context


class ExportPack(Arguments):
    out: Annotated[PathText, Field(description="The new file, ending in .grym.")]
    what: Annotated[
        list[Literal["labels", "features", "notes", "ear"]], Field(max_length=4, description="What goes along.")
    ] = ["labels", "features", "notes"]


class Pack(Arguments):
    path: Annotated[PathText, Field(description="A pack of somebody.")]


class TakePack(Pack):
    dry_run: Annotated[bool, Field(description="True: only say what would change.")] = False
    trust: Annotated[bool, Field(description="True: take it in though its signer is not trusted yet.")] = False


PackId = Annotated[str, Field(pattern=r"^[0-9a-f]{1,64}$", description="The id of a pack, or its beginning.")]
Key = Annotated[str, Field(min_length=1, max_length=200, pattern=_ONE_LINE, description="The key of a signer.")]


class UndoPack(Arguments):
    id: Annotated[PackId | None, Field(description="One pack; else the latest.")] = None


class PackEar(Arguments):
    id: PackId
    out: Annotated[PathText, Field(description="The new file, ending in .json.")]


class Trust(Arguments):
    key: Key
    name: Annotated[str, Field(max_length=60, pattern=_ONE_LINE, description="What they are called.")] = ""


class Distrust(Arguments):
    key: Key


class ExportEar(Arguments):
    out: Annotated[PathText, Field(description="The new file, ending in .json.")]


class MergeEar(Arguments):
    path: Annotated[PathText, Field(description="What export_ear wrote on another machine.")]


class NoteText(Arguments):
    source: Annotated[PathText, Field(description="An address or a file that was learned.")]


#: Arguments that name one file or folder.
OF_PATHS = ("path", "within", "folder", "closer", "further", "to")


def paths_in(arguments: Mapping[str, Any]) -> list[str]:
    """The paths that recordings are read from, wherever a call names them."""
    found = [*arguments.get("paths", ()), *arguments.get("others", ()), *arguments.get("folders", ())]
    return [*found, *(arguments[name] for name in OF_PATHS if arguments.get(name))]
