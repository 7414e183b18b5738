"""A simple second reader of answers: is every number, key and note that a sentence states in what it cites?

Shares no code with the product's checker. It knows what a musician converts in his head (ms and s, kHz and Hz, minutes,
percent, a tempo in half or double time, the difference of two findings of one kind) and reads signs as directions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLATS = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#", "Cb": "B", "Fb": "E"}
WORDS = dict(zip("two three four five six seven eight nine ten eleven twelve".split(), range(2, 13), strict=True))
_FEW = 40  # numbers in the findings cited, up to which a sentence may state a difference of two of them

_CITATION = re.compile(r"\[e\d+\]")
_QUOTED = re.compile(r"`[^`]*`|“[^”]*”|\"[^\"]*\"")
_KEY = re.compile(r"\b([A-G][#b♯♭]?) (major|minor)\b")
_NOTE = re.compile(r"(?<![\w#])([A-G][#b♯♭]?)(-?\d)(?![\w/.]\d|\w)")
_CAMELOT = re.compile(r"(?<![\w.])(\d{1,2}[AB])\b")
_CLOCK = re.compile(r"(?<![\d:])(?:(\d+):)?(\d{1,2}):(\d\d(?:\.\d+)?)(?![\d:])")
_METRE = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])")
_NUMBER = re.compile(
    r"(?<![\w.#])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:st|nd|rd|th|x)?(?= ?(kHz|ms|%|k|min|s)?(?!\w))"
)


def unsupported(
    text: str,
    evidence: Sequence[Mapping[str, Any]],
    context: str = "",
    names: Sequence[str] = (),
    *,
    is_claim: bool = True,
) -> list[str]:
    """What a text states and its evidence does not hold.

    context : text whose numbers may be repeated, such as the question
    names : of files, which are no statements
    is_claim : False for what stands beside the claims, where a number in words may be part of an instruction
    """
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " ")
    text = _QUOTED.sub(" ", _CITATION.sub(" ", text))
    strings = [leaf for item in evidence for leaf in _leaves(item["value"]) if isinstance(leaf, str)]
    told = [*strings, context]
    numbers = [*_numbers(evidence), *(n for words in told for n in _stated(words))]
    missing: list[str] = []

    def take(pattern: re.Pattern[str], is_there: Any) -> None:
        nonlocal text
        missing.extend(match[0] for match in pattern.finditer(text) if not is_there(match))
        text = pattern.sub(" ", text)

    midi = {round(n) for n in numbers}
    keys = {_sharp(match[1]) + match[2] for words in told for match in _KEY.finditer(words)}
    notes = {_sharp(match[1]) + match[2] for words in told for match in _NOTE.finditer(words)}
    notes |= {f"{NAMES[n % 12]}{n // 12 - 1}" for n in midi if 0 <= n < 128}
    if any(item["name"] == "tonality.reference_hz" for item in evidence):
        notes.add("A4")  # what that frequency is of
    take(_KEY, lambda match: _sharp(match[1]) + match[2] in keys)
    take(_CAMELOT, lambda match: any(match[1] in words for words in told))
    take(_NOTE, lambda match: _sharp(match[1]) + match[2] in notes)
    take(_CLOCK, lambda match: _is_near(_seconds(match), _step(match[3]), numbers))
    take(_METRE, lambda match: any(match[0] in words for words in told) or float(match[1]) in numbers)
    pool = [*numbers, *_derived(evidence)]
    shares = [100 * item["confidence"] for item in evidence]
    take(
        _NUMBER,
        lambda match: _is_near(
            float(match[1].replace(",", "")), _step(match[1]), _in_unit(pool, match[2] or "", shares)
        ),
    )
    for word in re.findall(r"\b[a-z]+\b", text.lower()):
        if is_claim and word in WORDS and not _is_near(WORDS[word], 0.5, pool) and word not in context.lower():
            missing.append(word)
    return missing


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _numbers(evidence: Sequence[Mapping[str, Any]]) -> Iterator[float]:
    """Every number in the findings, and what can be counted in them."""
    yield float(len({item["subject"] for item in evidence}))
    yield from (float(n) for n in Counter(item["name"] for item in evidence).values())
    for item in evidence:
        if item["kind"] == "level" or item["kind"] == "ratio":
            yield 0.0  # full scale, no difference
        yield from map(float, item["span_s"] or ())
        yield from _counts(item["value"])
        yield from (float(n) for n in _leaves(item["value"]) if isinstance(n, int | float) and not isinstance(n, bool))


def _counts(value: Any) -> Iterator[float]:
    """How many there are: of items, of different ones, of each label, and spans between two of their times."""
    if isinstance(value, Mapping):
        yield float(len(value))
        for item in value.values():
            yield from _counts(item)
    if isinstance(value, list):
        labels = Counter(
            str(item.get("label", item.get("key"))) if isinstance(item, Mapping) else str(item) for item in value
        )
        yield from map(float, (len(value), max(0, len(value) - 1), len(labels), *labels.values()))
        for item in value:
            if isinstance(item, Mapping) and {"start_s", "end_s"} <= item.keys():
                yield float(item["end_s"] - item["start_s"])
            elif isinstance(item, list) and len(item) == 2 and all(isinstance(n, int | float) for n in item):
                yield float(item[1] - item[0])


def _stated(words: str) -> Iterator[float]:
    for match in _CLOCK.finditer(words):
        yield _seconds(match)
    for text in re.findall(r"\d+(?:[.,]\d+)?", words):
        yield float(text.replace(",", "."))
    yield from (float(n) for word, n in WORDS.items() if re.search(rf"\b{word}\b", words.lower()))


def _derived(evidence: Sequence[Mapping[str, Any]]) -> Iterator[float]:
    """Tempi in half and double time, and differences of findings of one kind."""
    by_kind: dict[str, set[float]] = {}
    for item in evidence:
        found = {float(n) for n in _leaves(item["value"]) if isinstance(n, int | float) and not isinstance(n, bool)}
        by_kind.setdefault(item["kind"], set()).update(found)
    for tempo in by_kind.get("tempo", ()):
        yield from (tempo / 2, tempo * 2)
    for found in by_kind.values():
        if len(found) <= _FEW:
            yield from (a - b for a, b in combinations(found, 2))


def _in_unit(numbers: Sequence[float], unit: str, shares: Sequence[float]) -> Iterator[float]:
    """The numbers as they are told in this unit; without one, as they are."""
    yield from numbers
    for n in numbers:
        match unit:
            case "k" | "kHz" | "s":
                yield n / 1000
            case "ms":
                yield n * 1000
            case "min":
                yield n / 60
            case "%":
                yield from (100 * n, 100 - n, 100 - 100 * n)
    if unit == "%":
        yield from shares


def _is_near(stated: float, step: float, numbers: Iterable[float]) -> bool:
    return any(abs(abs(n) - stated) <= step * 1.02 + 1e-9 for n in numbers)


def _step(text: str) -> float:
    """Half a unit of the last digit stated; a round thousand may be rounded by a hundredth."""
    plain = text.replace(",", "")
    decimals = len(plain.partition(".")[2])
    if decimals or float(plain) < 1000:
        return float(0.5 * 10**-decimals)
    zeros = len(plain) - len(plain.rstrip("0"))
    return float(max(0.5, min(0.5 * 10**zeros, float(plain) / 100)))


def _seconds(match: re.Match[str]) -> float:
    return 3600 * int(match[1] or 0) + 60 * int(match[2]) + float(match[3])


def _sharp(name: str) -> str:
    name = name.replace("♯", "#").replace("♭", "b")
    return FLATS.get(name, name)
