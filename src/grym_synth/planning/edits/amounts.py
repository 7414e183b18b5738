"""Numbers with their units, edges ("the last 8 seconds"), ranges ("0:30 to 1:00"), changes ("from 126 to 100 BPM")."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from .lexicon import FORMATS
from .numbers import HALVES
from .tokens import Token

_INTERVALS = {("third", "MAJOR"): 4.0, ("third", "MINOR"): 3.0, ("sixth", "MAJOR"): 9.0, ("sixth", "MINOR"): 8.0,
              ("seventh", "MAJOR"): 11.0, ("seventh", "MINOR"): 10.0}  # fmt: skip
_SKIPPED = frozenset(
    "the a an der die das den dem el la los las le les l o os as il lo i gli de du of di da det ett".split()
)
_QUALITIES = frozenset({"MAJOR", "MINOR", "QUALITY"})
#: Units whose pairs are a change, not a range of times.
_CHANGES = frozenset({"bpm", "lufs", "dbtp", "dbfs", "db", "khz", "hz", "bit", "%"})


def merge(tokens: Sequence[Token]) -> list[Token]:
    """The same question with what belongs together as one token."""
    for step in (_quantities, _sums, _edges, _ranges):
        tokens = step(tokens)
    return list(tokens)


def _walk(tokens: Sequence[Token], read: Callable[[Sequence[Token], int], tuple[int, Iterable[Token]]]) -> list[Token]:
    """Put what `read` makes of some tokens in their place; it takes none where nothing begins."""
    merged: list[Token] = []
    at = 0
    while at < len(tokens):
        taken, made = read(tokens, at)
        merged += made if taken else [tokens[at]]
        at += taken or 1
    return merged


def _text(tokens: Iterable[Token]) -> str:
    return " ".join(token.text for token in tokens).replace(" - ", "-")


# --- quantities ---


def _quantities(tokens: Sequence[Token]) -> list[Token]:
    return _walk(tokens, _quantity)


def _quantity(tokens: Sequence[Token], at: int) -> tuple[int, Iterable[Token]]:
    """A number and its unit, with what may stand between: "24-bit", "3 premières secondes", "a major third"."""
    token = tokens[at]
    if token.text in ("x", "X", "×") and _kind(tokens, at + 1) == "number" and not (at and tokens[at - 1].unit):
        return 2, [Token("quantity", _text(tokens[at : at + 2]), value=tokens[at + 1].value, unit="x")]
    is_half = token.folded in HALVES
    if token.kind != "number" and not is_half:
        return 0, ()
    place = at + 1
    value = 0.5 if is_half else token.value
    edge: Token | None = None
    quality = ""
    while place < len(tokens) and place < at + 6:
        here = tokens[place]
        if here.text in ("%", "×") and not is_half:
            unit = "%" if here.text == "%" else "x"
            text = _text(tokens[at : place + 1])
            return place + 1 - at, [Token("quantity", text, value=value, unit=unit, is_signed=token.is_signed)]
        if here.unit:
            made, length = _of_unit(tokens, at, place, value, quality)
            return length, [*([edge] if edge else []), made]
        if here.folded in HALVES and not is_half:  # "one and a half seconds"
            value += 0.5 if any("AND" in each.concepts for each in tokens[at:place]) else -0.5 * value
        elif here.concepts & {"FIRST", "LAST"} and edge is None and not is_half:
            edge = here
        elif here.concepts & _QUALITIES:
            quality = next(name for name in ("MAJOR", "MINOR", "QUALITY") if name in here.concepts)
        elif not _may_stand_between(tokens, place, is_half=is_half):
            break
        place += 1
    return 0, ()


def _may_stand_between(tokens: Sequence[Token], place: int, *, is_half: bool) -> bool:
    """Whether a number and its unit can have this token between them."""
    here = tokens[place]
    half_follows = any(token.folded in HALVES for token in tokens[place + 1 : place + 3])
    if "AND" in here.concepts:
        return half_follows
    if here.kind == "number":  # "half a second", "two and a half": that article was read as a number
        return here.value == 1.0 and (is_half or half_follows)
    return here.text in ("-", "'", "’") or here.folded in ("a", "of", "d", "de", "un", "en")


def _kind(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].kind if at < len(tokens) else ""


def _of_unit(tokens: Sequence[Token], at: int, place: int, value: float, quality: str) -> tuple[Token, int]:
    """The quantity whose unit stands at `place`, and how many tokens from `at` on it takes."""
    unit, _, worth = tokens[place].unit.partition("/")
    end = place + 1
    if unit in ("third", "sixth", "seventh"):
        behind = tokens[end].concepts & _QUALITIES if end < len(tokens) else frozenset()
        if not quality and behind:
            quality, end = next(iter(behind & {"MAJOR", "MINOR"}), ""), end + 1
        value, unit = (value * _INTERVALS[unit, quality], "st") if (unit, quality) in _INTERVALS else (value, unit)
    elif unit == "st" and end < len(tokens) and "QUALITY" in tokens[end].concepts:
        end += 1
    elif unit in ("khz", "hz") and 0.0 < value < 1000.0 and _is_thousands(tokens[at].text):
        value *= 1000.0
    if unit == "khz":
        unit, value = "hz", value * 1000.0
    half = _half_behind(tokens, end) if unit in ("s", "st") else 0
    value = (value + (0.5 if half else 0.0)) * float(worth or 1.0)
    end += half
    text = _text(token for token in tokens[at:end] if not token.concepts & {"FIRST", "LAST"})
    return Token("quantity", text, value=value, unit=unit, is_signed=tokens[at].is_signed), end - at


def _is_thousands(text: str) -> bool:
    """ "44,100" before Hz is forty-four thousand and one hundred."""
    head, mark, tail = text.replace(".", ",").partition(",")
    return bool(mark) and len(tail) == 3 and head.isdigit()


def _half_behind(tokens: Sequence[Token], at: int) -> int:
    """Tokens of "and a half" behind a unit."""
    if at >= len(tokens) or "AND" not in tokens[at].concepts:
        return 0
    for place in (at + 1, at + 2):
        if place < len(tokens) and tokens[place].folded in HALVES:
            following = tokens[place + 1] if place + 1 < len(tokens) else None
            return 0 if following is not None and following.unit else place + 1 - at
    return 0


def _sums(tokens: Sequence[Token]) -> list[Token]:
    """ "2 min 5 s", "1 min 30": one length."""

    def read(tokens: Sequence[Token], at: int) -> tuple[int, Iterable[Token]]:
        first = tokens[at]
        if first.kind != "quantity" or first.unit != "s" or first.value < 60.0 or first.value % 60.0:
            return 0, ()
        place = at + 1
        if place < len(tokens) and "AND" in tokens[place].concepts:
            place += 1
        more = tokens[place] if place < len(tokens) else None
        is_seconds = more is not None and more.kind == "quantity" and more.unit == "s" and more.value < 60.0
        is_bare = more is not None and more.kind == "number" and place == at + 1 and 0.0 < more.value < 60.0
        if more is None or not (is_seconds or is_bare):
            return 0, ()
        whole = replace(first, text=_text(tokens[at : place + 1]), value=first.value + more.value)
        return place + 1 - at, [whole]

    return _walk(tokens, read)


# --- edges ---


def _edges(tokens: Sequence[Token]) -> list[Token]:
    """ "the first 3 and the last 5 seconds", "letzte Minute"; what lies between is skipped, the number may lack."""
    return _walk(tokens, _edge)


def _edge(tokens: Sequence[Token], at: int) -> tuple[int, Iterable[Token]]:
    side = _side(tokens[at])
    if tokens[at].kind == "number" and tokens[at].value > 0.0 and at + 1 < len(tokens):
        return _edge_behind(tokens, at)
    if not side:
        return 0, ()
    place = at + 1
    while place < len(tokens) and tokens[place].folded in _SKIPPED and not tokens[place].unit:
        place += 1
    if place >= len(tokens):
        return 0, ()
    here = tokens[place]
    if here.concepts & {"AND"}:  # "the first and last 2 seconds"
        other = next((each for each in range(place + 1, min(place + 4, len(tokens))) if _side(tokens[each])), None)
        if other is not None:
            taken, made = _edge(tokens, other)
            second = [token for token in made if token.kind == "edge"]
            if taken and len(second) == 1:
                return other + taken - at, [replace(second[0], text=side), second[0]]
        return 0, ()
    seconds = _seconds(here)
    if seconds is None and here.unit.startswith("s") and here.kind == "word":  # "the last minute"
        seconds = float(here.unit.partition("/")[2] or 1.0)
        half = _half_behind(tokens, place + 1)
        seconds += 0.5 * seconds if half else 0.0
        place += half
    if seconds is None and here.kind == "number" and here.value > 0.0 and not here.is_signed:
        seconds = here.value
    if seconds is None:
        return 0, ()
    return place + 1 - at, [Token("edge", side, _text(tokens[at : place + 1]), value=seconds, unit="s")]


def _edge_behind(tokens: Sequence[Token], at: int) -> tuple[int, Iterable[Token]]:
    """ "les 2 dernières": of what was named before."""
    side = _side(tokens[at + 1])
    following = tokens[at + 2] if at + 2 < len(tokens) else None
    if not side or (following is not None and following.kind not in ("mark", "word")) or tokens[at].is_signed:
        return 0, ()
    return 2, [Token("edge", side, _text(tokens[at : at + 2]), value=tokens[at].value, unit="s")]


def _side(token: Token) -> str:
    """ "first" or "last"."""
    if token.kind != "word":
        return ""
    return "first" if "FIRST" in token.concepts else "last" if "LAST" in token.concepts else ""


def _seconds(token: Token) -> float | None:
    """Seconds of a clock time, or of a length in seconds or minutes."""
    return token.value if token.kind == "clock" or (token.kind == "quantity" and token.unit == "s") else None


# --- ranges and changes ---


def _ranges(tokens: Sequence[Token]) -> list[Token]:
    """Two times or levels with a word between; "from" or "between" in front of them is taken in."""
    return _walk(tokens, _range)


def _range(tokens: Sequence[Token], at: int) -> tuple[int, Iterable[Token]]:
    opening = bool(tokens[at].concepts & {"BETWEEN", "SINCE"}) and tokens[at].kind == "word"
    place = _past_articles(tokens, at + 1) if opening else at
    unit = tokens[place] if place < len(tokens) else None
    if unit is not None and unit.kind == "word" and unit.unit.startswith("s") and unit.unit != "st":
        return _range_behind_unit(tokens, at, place)
    first = tokens[place] if place < len(tokens) else None
    if first is None or first.kind not in ("number", "clock", "quantity", "word"):
        return 0, ()
    is_start = "START" in first.concepts and opening
    if first.kind == "word" and not is_start:
        return 0, ()
    middle = place + 1
    if middle >= len(tokens) or not (
        _joins(tokens[middle], may_be_and=opening) or (opening and "TO" in tokens[middle].concepts)
    ):
        return 0, ()
    last = _past_articles(tokens, middle + 1)
    while last < len(tokens) and tokens[last].concepts & {"RANGE_TO"} and tokens[last].kind == "word":
        last = _past_articles(tokens, last + 1)  # "bis zum Ende", "up to"
    if last >= len(tokens):
        return 0, ()
    if tokens[last].kind == "word" and tokens[middle].folded in ("a", "al", "ao", "au") and first.kind != "clock":
        return 0, ()  # "3 segundos al final" is a place
    made = _joined(first, tokens[last], is_start, _text(tokens[at : last + 1]))
    return (last + 1 - at, [made]) if made is not None else (0, ())


def _range_behind_unit(tokens: Sequence[Token], at: int, place: int) -> tuple[int, Iterable[Token]]:
    """ "seconds 20 to 40"."""
    worth = float(tokens[place].unit.partition("/")[2] or 1.0)
    numbers = tokens[place + 1 : place + 4]
    if [token.kind for token in numbers[::2]] != ["number", "number"] or not _joins(numbers[1], may_be_and=True):
        if not numbers or numbers[0].kind != "number" or numbers[0].is_signed:
            return 0, ()
        text = _text(tokens[place : place + 2])  # "second 10"
        return place + 2 - at, [*tokens[at:place], Token("clock", text, value=numbers[0].value * worth)]
    text = _text(tokens[at : place + 4])
    start, end = numbers[0].value * worth, abs(numbers[2].value) * worth
    return place + 4 - at, [Token("range", text, value=start, unit="s", second=end)]


def _past_articles(tokens: Sequence[Token], at: int) -> int:
    while at < len(tokens) and tokens[at].folded in (*_SKIPPED, "zum", "zur", "al", "alla", "au", "aux"):
        at += 1
    return at


def _joins(token: Token, *, may_be_and: bool) -> bool:
    if token.kind == "mark":
        return token.text in ("-", "–", "—", "->", "…", "~", "−")
    return bool(token.concepts & {"RANGE_TO"}) or (may_be_and and "AND" in token.concepts)


def _joined(first: Token, last: Token, is_start: bool, text: str) -> Token | None:
    if "END" in last.concepts and last.kind == "word":
        start = 0.0 if is_start else _seconds(first)
        return None if start is None else Token("range", text, value=start, unit="s")
    end = _seconds(last)
    if is_start:
        return None if end is None else Token("range", text, value=0.0, unit="s", second=end)
    start = _seconds(first)
    if end is None and start is not None and last.kind == "number":  # "0:30 to 45"? a bare end is seconds
        end = abs(last.value)
    if end is not None and start is None and first.kind == "number":
        is_minutes = last.kind == "quantity" and "min" in last.text.casefold()
        start = first.value * (60.0 if is_minutes else 1.0)
    if start is not None and end is not None:
        return Token("range", text, value=start, unit="s", second=end)
    if last.kind == "quantity" and last.unit in _CHANGES and first.kind in ("number", "quantity"):
        if first.kind == "number" or first.unit == last.unit:
            return Token("change", text, value=first.value, unit=last.unit, second=last.value)
        return None
    if first.kind == last.kind == "number":
        # "30-60": the minus was read as a sign
        return Token("change", text, value=first.value, unit="", second=abs(last.value))
    return None


def format_of(token: Token) -> str | None:
    """The format that a word or ".mp3" names; "" for one that cannot be written."""
    if token.kind == "name" and token.text.startswith("."):
        return FORMATS.get(token.text[1:].lower())
    return FORMATS.get(token.folded) if token.kind == "word" else None
