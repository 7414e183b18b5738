"""What calls answer, as far as others may rely on it; documents hold more, and more is added."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Result(BaseModel):
    """A document that may hold more than is named here."""

    model_config = ConfigDict(extra="allow")


class Source(Result):
    agent: str
    version: str
    method: str


_Plain = bool | float | str | None


class Evidence(Result):
    id: str = Field(description="What the answer cites, as [e1].")
    kind: str = Field(description="tempo, musical_key, loudness, passage, ...")
    value: _Plain | list[_Plain | list[_Plain] | dict[str, Any]] | dict[str, Any]
    unit: str = Field(description="BPM, LUFS, Hz, s, ...; '' where it has none.")
    confidence: float = Field(ge=0.0, le=1.0, description="Calibrated.")
    subject: str = Field(description="The recording, by its path.")
    span_s: list[float] | None = Field(default=None, description="The part that it speaks of, in seconds.")
    quality: Literal["full", "lite"] = "full"
    source: Source


class Gap(Result):
    capability: str
    reason: str = Field(description="Why it is not answered.")
    code: str = ""
    subject: str = ""
    hint: str = Field(default="", description="What can be done.")
    retry_after_s: float | None = None


class Claim(Result):
    text: str
    evidence: list[str]
    support: Literal["measured", "inferred", "computed", "quoted"]


class Answer(Result):
    answer: str = Field(default="", description="In words; each number and quotation is in the evidence it cites.")
    claims: list[Claim] = []
    evidence: list[Evidence] = []
    gaps: list[Gap] = []
    route: dict[str, Any] = {}
    plan: list[dict[str, Any]] = Field(default=[], description="The steps; with plan_only what would be done.")
    health: str = ""


class Recording(Result):
    path: str | None = None
    sha256: str | None = None
    duration_s: float | None = None
    gaps: list[Gap] = []


class Recordings(Result):
    recordings: list[Recording] = Field(
        description="One for each file: a section for each capability, or `error` with code, message and hint."
    )
    shortened: dict[str, int] = Field(
        default={}, description="Long lists are cut; how long they are. recordings://SHA256 has all of it."
    )


class Comparisons(Result):
    comparisons: list[dict[str, Any]] = Field(description="One for each recording after the first.")
    shortened: dict[str, int] = {}


class Match(Result):
    path: str
    sha256: str
    similarity: float | None = Field(default=None, ge=0.0, le=1.0)
    aspects: dict[str, float] = {}
    span_s: list[float] | None = None


class Matches(Result):
    matches: list[Match]


class Found(Matches):
    filters: dict[str, Any] = Field(default={}, description="What was understood of the words.")
    adjectives: dict[str, Any] = {}


class PatternList(Result):
    patterns: list[dict[str, Any]] = Field(description="Fragments that recur, with where they occur.")


class Passage(Result):
    text: str = Field(description="Verbatim.")
    source: str
    title: str = ""
    start: int
    end: int
    score: float


class Passages(Result):
    passages: list[Passage]


class Job(Result):
    id: str
    kind: str
    title: str
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    cause: str = ""
    done: int
    failed: int
    total: int
    fraction: float = Field(ge=0.0, le=1.0)
    left_s: list[float] | None = Field(default=None, description="Between how many seconds it takes still.")


class JobList(Result):
    jobs: list[Job]


class Made(Result):
    path: str | None = None
    outputs: list[dict[str, Any]] = Field(default=[], description="The files that were made, or would be.")


class Folders(Result):
    folders: list[dict[str, Any]]


class Status(Result):
    state: str = Field(default="", description="healthy, warning or critical.")
    pressure: float | None = None
    cause: str = ""
    jobs: dict[str, Any] = {}


class Route(Result):
    capabilities: list[str]
    confidence: float
    reasons: dict[str, str]


class Document(Result):
    """A document that docs/commands.md tells of."""
