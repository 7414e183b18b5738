"""Which recordings a question means by "it", "the other mix", "the second one": found in its words, never guessed.

What was asked before in the same context is the only source. Where the words fit two recordings or more, what comes
back is a question; where they may mean no recording at all ("is it true that ..."), the route decides: `is_meant`.
Decides, touches nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Protocol

from ...messages import Gap, Request, Route
from ...storage.contexts import Played, Turn
from ..capabilities import CAPABILITY
from ..telling import ago, listed, plain, short_names
from .in_play import InPlay, Meaning
from .mentions import Mention, Question, find_left_out, find_mentions, find_taught
from .open_questions import AGAINST, ARTICLE, COMPARES

DEFAULT_CONTEXT, DEFAULT_MEMORY_S = "default", 3600.0  # where nobody chose a context, an hour is long
_SURE = 0.8  # of a route without recordings: a question that needs none is not about "it"
_POINTING = ("same", "pronoun", "generic")  # to the recording that the question is about
_RELATIVE = ("other", "other or second", "others", "previous", "both")
_FAINT = ("pronoun", "generic", "which", "left out")  # which may also mean no recording


class Needing(Protocol):
    """What has to be known of an agent here."""

    @property
    def needs_recording(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Resolved:
    """A request with the recordings that its words stand for; with gaps, the person has to say more first.

    files : what to route it with: its recordings, or so many of those that it may mean
    notices : what was understood, to be told
    offered : the recordings that a question back names; kept with it, "the first one" can answer it
    is_plain : its words can mean nothing but a recording ("the other mix", not "it")
    """

    request: Request
    files: tuple[str, ...]
    gaps: tuple[Gap, ...] = ()
    notices: tuple[str, ...] = ()
    offered: tuple[Played, ...] = ()
    is_plain: bool = True

    @property
    def referred(self) -> Mapping[str, tuple[str, ...]]:
        return self.request.referred


def resolve(request: Request, turns: Sequence[Turn], *, now: float, is_there: Callable[[str], bool]) -> Resolved:
    """Put recordings in the place of the words that stand for them; the request itself where there are none.

    turns : what was asked before in its context, newest first
    is_there : whether a file is at a path
    """
    if request.context == DEFAULT_CONTEXT:
        turns = [turn for turn in turns if now - turn.asked_at <= DEFAULT_MEMORY_S]
    about = [turn for turn in turns if turn.recordings]
    question = Question(request.question)
    if not about or not any(letter.isalnum() for letter in question.text):
        return Resolved(request, request.paths)
    play = InPlay(about)
    given = [str(PurePath(request.folder, path)) for path in request.paths]
    mentions = find_mentions(question, play.every)
    asks_again = _asks_again(question, mentions, given)
    if given:
        mentions = _beside_given(question, mentions, given)
    elif not mentions and (taught := find_taught(question)) is not None:
        mentions = [taught]
    elif not mentions and turns[0].recordings:
        mentions = find_left_out(question)
    readings = _read(question, mentions, play, given)
    resolved = _settle(request, question, readings, play, now, is_there)
    if asks_again and not resolved.gaps and (given or readings):
        return _asked_again(resolved, question, readings, play)
    return resolved


def is_doubtful(route: Route) -> bool:
    """Whether a question without a recording may lack one: where it went nowhere, or where such questions stray."""
    return set(route.capabilities) <= {"theory", "system"}


def suppose_recording(request: Request) -> Resolved:
    """The request as if it spoke of a recording that was left out: to see whether it makes more sense so."""
    return Resolved(request, ("recording.wav",), is_plain=False)


def is_meant(resolved: Resolved, asked: Route, referred: Route, agents: Mapping[str, Needing]) -> bool:
    """Whether a question speaks of the recordings that were found for it.

    asked : its route with the files it came with
    referred : its route with `resolved.files`
    """
    if "teach" in referred.capabilities:
        return bool(resolved.files)
    if resolved.is_plain or not _needs_any(referred, agents):
        return resolved.is_plain and _needs_any(referred, agents)
    if _needs_any(asked, agents):
        return True
    if "theory" in asked.capabilities:  # the arithmetic never guesses: what it can answer needs no recording
        from ...theory.solve import solve  # here: 90 ms of patterns that few questions need

        return not solve(resolved.request.question)
    return asked.confidence < max(_SURE, referred.confidence)


def _needs_any(route: Route, agents: Mapping[str, Needing]) -> bool:
    known: Mapping[str, Needing] = {**CAPABILITY, **agents}
    return any(name in known and known[name].needs_recording for name in route.capabilities)


@dataclass(frozen=True, slots=True)
class _Reading:
    mention: Mention
    meaning: Meaning


def _beside_given(question: Question, mentions: Sequence[Mention], given: Sequence[str]) -> list[Mention]:
    """What of the past is meant beside files that were given: they are "it", and only one can lack its other."""
    if len(given) > 1:
        return []
    points = any(item.kind in _POINTING for item in mentions)
    if not points and not COMPARES.search(question.text):
        return []
    kept = []
    for item in mentions:
        # A part of a name may be a part of the sound: the kick in this mix. What "it" is held against is a file.
        is_file = item.number or (points and AGAINST.search(_before(question, item)))
        if item.kind not in (*_POINTING, "them", "all") and (item.kind != "named" or is_file):
            kept.append(item)
    return kept


def _read(question: Question, mentions: Sequence[Mention], play: InPlay, given: Sequence[str]) -> list[_Reading]:
    """What each mention means; what is told by its difference from another ("the other one") is read last."""
    mentions = [item for item in mentions if not _points_back(question, item, mentions)]
    readings = [_Reading(item, play.meaning(item, None)) for item in mentions if not _is_relative(item)]
    told = _focus(readings, play, given)
    for item in mentions:
        if _is_relative(item):
            # "The last one" alone is no other than that which was last; "the other one" always is.
            focus = told if given or readings or item.kind != "ordinal" else None
            readings.append(_Reading(item, play.meaning(item, focus)))
    known = set(given)
    kept = []
    for reading in sorted(readings, key=lambda each: each.mention.start):
        files = tuple(item for item in reading.meaning.files if item.path not in known)
        if files:
            kept.append(replace(reading, meaning=Meaning(files, reading.meaning.is_open and len(files) > 1)))
    return kept


def _is_relative(mention: Mention) -> bool:
    """Whether what is meant differs from what the question is about."""
    return mention.kind in _RELATIVE or (mention.kind == "ordinal" and mention.number == -1)


def _points_back(question: Question, mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether a pronoun takes up other words of the question: "the second one, is it in tune?"."""
    if mention.kind not in (*_POINTING, "them") or AGAINST.search(question.text[: mention.start]):
        return False
    return any(other.start < mention.start for other in mentions)


def _before(question: Question, mention: Mention) -> str:
    """What stands before a name, without its article."""
    return ARTICLE.sub("", question.text[: mention.start])


def _focus(readings: Sequence[_Reading], play: InPlay, given: Sequence[str]) -> str | None:
    """The one recording that the question is about, if there is one."""
    if given:
        return given[0]
    meant = {item.path for reading in readings if not reading.meaning.is_open for item in reading.meaning.files}
    files = meant or {item.path for item in play.newest}
    return next(iter(files)) if len(files) == 1 else None


def _settle(
    request: Request,
    question: Question,
    readings: Sequence[_Reading],
    play: InPlay,
    now: float,
    is_there: Callable[[str], bool],
) -> Resolved:
    """Add what is meant to the request; ask where it is open, tell where it is gone."""
    if not readings:
        return Resolved(request, request.paths)
    paths, referred = list(request.paths), dict[str, tuple[str, ...]]()
    gaps, notices, candidates, offered = list[Gap](), list[str](), list(request.paths), list[Played]()
    for reading in readings:
        mention, files = reading.mention, reading.meaning.files
        word = plain(question.said(mention.start, mention.end))
        candidates += [_as_asked(item.path, request.folder) for item in files[:1] if reading.meaning.is_open]
        if reading.meaning.is_open:
            gaps.append(_ask_back(word, mention, files))
            offered += files
            continue
        lost = [item for item in files if not is_there(item.path)]
        gaps += [_lost(item, play, now) for item in lost]
        found = [_as_asked(item.path, request.folder) for item in files]
        candidates += found
        if not lost and word not in referred:
            paths += [path for path in found if path not in paths]
            referred[word] = tuple(found)
            notices.append(tell(word, files, play.turns, now, is_left_out=mention.kind in ("left out", "which")))
    is_plain = any(reading.mention.kind not in _FAINT for reading in readings)
    files_to_route = tuple(dict.fromkeys(candidates))
    if gaps:
        asked_back = tuple(dict.fromkeys(gaps))
        return Resolved(request, files_to_route, asked_back, (), tuple(dict.fromkeys(offered)), is_plain)
    resolved = replace(request, paths=tuple(paths), referred={**request.referred, **referred})
    return Resolved(resolved, files_to_route, (), tuple(notices), (), is_plain)


def tell(word: str, files: Sequence[Played], turns: Sequence[Turn], now: float, *, is_left_out: bool = False) -> str:
    """What a word was taken for, and from when: “it” is song.wav, from your question 2 minutes ago."""
    names = listed(short_names([item.path for item in files]))
    verb = "is about" if is_left_out else "is" if len(files) == 1 else "are"
    wanted = {item.path for item in files}
    together = next((turn for turn in turns if wanted <= {item.path for item in turn.recordings}), None)
    when = "from your last questions" if together is None else f"from your question {ago(together.asked_at, now)}"
    if names.casefold() == word.casefold():
        return f"“{word}” is the one {when}."
    return f"“{word}” {verb} {names}, {when}."


def _asks_again(question: Question, mentions: Sequence[Mention], given: Sequence[str]) -> bool:
    """Whether a question says nothing but what it is about: "and the other one?"."""
    return bool(mentions or given) and not question.rest(mentions)


def _asked_again(resolved: Resolved, question: Question, readings: Sequence[_Reading], play: InPlay) -> Resolved:
    """The last question that said what it wants, of other recordings; a comparison not of fewer than it had."""
    request = resolved.request
    last = next((turn for turn in play.turns if _says_something(turn, play)), None)
    if last is None or (len(request.paths) < len(last.recordings) and COMPARES.search(Question(last.question).text)):
        names = listed(short_names(request.paths))
        gap = Gap("", f"What do you want to know about {names}?", "unclear", hint="ask it in a few more words")
        offered = tuple(item for reading in readings for item in reading.meaning.files)
        return replace(resolved, gaps=(gap,), notices=(), offered=offered)
    notice = f"“{plain(question.written)}” asks the same of it as before: “{plain(last.question)}”."
    again = replace(request, question=last.question)
    return replace(resolved, request=again, notices=(*resolved.notices, notice), is_plain=True)


def _says_something(turn: Turn, play: InPlay) -> bool:
    question = Question(turn.question)
    return bool(question.rest(find_mentions(question, play.every)))


def _ask_back(word: str, mention: Mention, files: Iterable[Played]) -> Gap:
    names = listed(short_names([item.path for item in files]), "or")
    which = "Which other one" if mention.kind in ("other", "other or second") else "Which one"
    if mention.kind in ("both", "them", "others"):
        which = "Which ones"
    reason = f"{which}: {names}?"
    if mention.kind == "measured":
        reason = f"{which} is “{word}”: {names}? I have not measured that they differ so."
    return Gap("", reason, "unclear", hint="name it, or put the file after the question")


def _lost(item: Played, play: InPlay, now: float) -> Gap:
    (name,) = short_names([item.path])
    when = ago(play.asked_at(item.path), now)
    reason = f"The file {name}, which you asked about {when}, is no longer at {item.path!r}"
    return Gap("", reason, "unreadable", hint="put the file after the question, with its new place")


def _as_asked(path: str, folder: str) -> str:
    """A path as short as it can be named from a folder."""
    place = PurePath(path)
    return str(place.relative_to(folder)) if place.is_relative_to(folder) else path
