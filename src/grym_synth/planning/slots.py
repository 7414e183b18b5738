"""What a question says outright: times, tempi, levels, keys, notes, frequencies, settings, addresses, files, aspects.

The names in what `read_slots` returns, each only when the question has it; all numbers are in the unit of their name:

    start_s, end_s       the first time range ("0:30 to 1:00"); start_s alone is a position ("at 1:23")
    spans_s              all ranges, when there are several          positions_s   all positions, when there are several
    last_s               "the last 8 seconds"                       tempos_bpm    "120 bpm"
    targets              {"integrated_lufs": -14.0, "true_peak_dbtp": -1.0}
    keys notes chords    "F# minor", "A4", "G7"                     a4_hz         reference tuning
    frequencies_hz       single ones                                ranges_hz     [[low, high], ...]
    n_fft, window        FFT settings                               count         how many are wanted
    urls, files          addresses; given paths that the question names
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from ..messages import Json
from ..theory.chords import parse_chord
from ..theory.keys import parse_key
from .features import fold, shorten

_URL = re.compile(r"(?:(?:https?|feed)://|\bwww\.)[^\s<>\"'\])]+", re.IGNORECASE)
_NUM = r"\d{1,6}(?:[.,]\d{1,3})?"
_SIGNED = rf"[-−–]?\s?{_NUM}"

# --- times ---
_SECONDS = r"s|secs?|seconds?|segundos?|sekunden?|sek|secondes?|secondi|sekunder"
_MINUTES = r"m|mins?|minutes?|minutos?|minuten?|minuti|minuter"
_CLOCK = r"\d{1,3}:[0-5]\d(?::[0-5]\d)?(?:[.,]\d{1,3})?"
_SPOKEN = rf"{_NUM}\s?(?:(?:{_MINUTES})\b(?:\s?{_NUM}\s?(?:{_SECONDS})\b)?|(?:{_SECONDS})\b)"
_TO = r"\s*(?:to|till?|until|through|and|a|hasta|bis|und|à|jusqu'à|et|até|e|fino a|till|och|[-–—])\s*"
_RANGE = re.compile(rf"(?<![\d:.])({_CLOCK}|{_SPOKEN}|{_NUM}){_TO}({_CLOCK}|{_SPOKEN})(?![\d:])", re.IGNORECASE)
_EDGE = re.compile(
    r"\b(?P<edge>first|last|final|primer[oa]?s?|últim[oa]s?|ultim[oie]|erste[nr]?|letzte[nr]?|premi[eè]re?s?|derni[eè]re?s?|"
    rf"primeir[oa]s?|prim[ie]|första|sista)\s+(?P<time>{_SPOKEN}|(?:\w{{2,6}}\s+)?(?:{_SECONDS}|{_MINUTES})\b)"
    rf"|(?P<number>\d{{1,4}})\s+(?P<edge_after>premi[eè]res?|derni[eè]res?)\s+(?P<unit>secondes?|minutes?)",
    re.IGNORECASE,
)
_POSITION = re.compile(
    rf"(?:\b(?:at|from|after|around|near|@|en|desde|bei|ab|um|von|nach|vers|depuis|aos?|em|a|da|vid|från|runt)\s+)?"
    rf"(?<![\d:.])({_CLOCK})(?![\d:])|\b(?:at|from|around|near|bei|ab|en|à|vers|aos|a|vid|från)\s+({_SPOKEN})",
    re.IGNORECASE,
)
_NUMBER_WORDS = {
    word: number
    for number, words in enumerate(
        "one un une uno eins ett en|two dos zwei deux dois due två|three tres drei trois três tre|"
        "four cuatro vier quatre quatro quattro fyra|five cinco fünf cinq cinque fem|six seis sechs sei sex|"
        "seven siete sieben sept sete sette sju|eight ocho acht huit oito otto åtta|nine nueve neun neuf nove nio|"
        "ten diez zehn dix dez dieci tio".split("|"),
        start=1,
    )
    for word in words.split()
} | {"fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60}

# --- levels, tempi, frequencies, settings ---
_TEMPO = re.compile(
    r"(?<![\w.:])(\d{2,3}(?:[.,]\d{1,3})?)\s?-?"
    r"(?:bpm\b|beats? per minute|schläge pro minute|pulsaciones por minuto)"
    r"|\b(?:tempo|bpm)\s*(?:of|is|:|=|to|von|de|på)?\s*(\d{2,3}(?:[.,]\d{1,3})?)(?![\d:])",
    re.IGNORECASE,
)
_LUFS = re.compile(
    rf"({_SIGNED})\s?-?(?:lufs|lkfs)\b|\b(?:lufs|lkfs)\s*(?:of|target|:|=)?\s*([-−–]\s?{_NUM})", re.IGNORECASE
)
_DBTP = re.compile(
    rf"({_SIGNED})\s?(?:dbtp|db\s?tp|db true[ -]peak)\b"
    rf"|true[ -]peak\s*(?:of|to|at|below|under|over|above|:|=)*\s*([-−–]\s?{_NUM})",
    re.IGNORECASE,
)
_A4 = re.compile(
    r"\ba4?\s?=\s?(4\d\d(?:\.\d+)?|39\d|38\d)\b"
    r"|\b(39[0-9]|4[0-6]\d(?:\.\d+)?)\s?-?(?:hz\s+)?(?:tuning|pitch|reference|stimmung|stämning)\b"
    r"|\b(?:tuned (?:to|at|in)|tuning (?:of|is|at)|reference (?:of|at)|diapason (?:de|a|à)|"
    r"afinad[oa]s? (?:a|em)|kammerton|"
    r"gestimmt auf|auf|accord[ée]e?s? (?:à|a)|accordat[oa] a|stämd (?:till|i))\s*(39\d|4[0-6]\d(?:\.\d+)?)\b",
    re.IGNORECASE,
)
_HZ = r"(\d{1,6}(?:[.,]\d{1,3})?)\s?(k?hz|k(?![\w:])|kilohertz|hertz)"
_FREQUENCY = re.compile(rf"(?<![\w.,:]){_HZ}(?!\w)", re.IGNORECASE)
_FREQUENCY_RANGE = re.compile(
    rf"(?<![\w.,:])(\d{{1,6}}(?:[.,]\d{{1,3}})?)\s?(k?hz|k)?\s*(?:to|-|–|and|bis|und|à|et|a|e|y|och|till|hasta|até)\s*{_HZ}(?!\w)",
    re.IGNORECASE,
)
_N_FFT = re.compile(
    r"\b(?:n_?fft|fft (?:size|length|of)|window (?:size|length))\s*(?:of|:|=|is)?\s*(\d{2,7})\b"
    r"|\b(\d{2,7})\s?-?(?:point|points|pt|pts|punkte?n?|puntos|points|pontos|punti|punkter|bins?|samples?\s+fft|fft)\b",
    re.IGNORECASE,
)
_WINDOW = re.compile(
    r"\b(hann(?:ing)?|hamming|blackman(?:[- ]?harris)?|bartlett|"
    r"flat[- ]?top|kaiser|nuttall|tukey|rectangular|boxcar|gaussian)\b",
    re.IGNORECASE,
)
_WINDOW_NAMES = {"hanning": "hann", "blackman harris": "blackmanharris", "flat top": "flattop", "rectangular": "boxcar"}
_COUNT = re.compile(
    r"\b(?:top|first|give me|show|list|find|the|next)\s+(?:me\s+)?(?:the\s+)?"
    r"(\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|twenty)\s+"
    r"(?:(?!bpm|hz|khz|db|lufs|s\b|sec|min|ms|bars?\b|semitones?|points?|bit|cents?)[a-z-]+)",
    re.IGNORECASE,
)

# --- pitch ---
_KEY = re.compile(
    r"(?<![\w#♯♭'’])((?:[A-Ha-h]|do|re|ré|mi|fa|sol|la|si|dó|ré|lá)"
    r"(?:[ -]?(?:sharp|flat|sostenido|sustenido|bemol|bémol|bemolle|"
    r"di[eè]se|diesis)|iss?|ess?|s(?=[- ](?:dur|moll))|[#♯b♭])?"
    r"(?:[ -]?(?:major|minor|maj|min|dur|moll|mayor|menor|majeur|mineur|maior|maggiore|minore)))(?![\w])",
    re.IGNORECASE,
)
_SHORT_KEY = re.compile(r"(?<![\w#♯♭])([A-G][#♯b♭]?m)(?![\w#/♯♭]|\s+I\b)")
_NOTE = re.compile(r"(?<![\w#♯♭])([A-Ga-g][#♯b♭]?-?\d)(?![\w#.♯♭])")
_PITCH_TALK = re.compile(
    r"\b(?:notes?|frequenc\w+|frecuencia|frequenz|fréquence|hz|midi|pitch|octave)\b", re.IGNORECASE
)
_CHORD = re.compile(r"(?<![\w#♯♭])([A-G](?:[#♯b♭](?![a-z]{2}))?[\w#♯♭+°øΔ()/-]{1,11})(?![\w])")


def read_slots(question: str, paths: Sequence[str]) -> dict[str, Json]:
    """Everything that can be read from a question; never raises. Of a very long one, head and tail are read."""
    text = shorten(question)
    slots: dict[str, Json] = {}
    urls = [match.group().rstrip(".,;:!?") for match in _URL.finditer(text)]
    plain = _URL.sub(" ", text)
    _read_times(plain, slots)
    _read_levels(plain, slots)
    _read_settings(plain, slots)
    _read_pitches(plain, slots)
    named = [path for path in paths if _is_named(path, text)]
    for name, found in (("urls", urls), ("files", named)):
        if found:
            slots[name] = list(found)
    return slots


def _read_times(text: str, slots: dict[str, Json]) -> None:
    spans: list[list[Json]] = []
    rest = text
    for match in _RANGE.finditer(text):
        end = _to_seconds(match.group(2))
        # In "10 to 20 s" the first number has the unit of the second.
        start = (
            _to_seconds(match.group(1))
            if re.search(r"[:a-z]", match.group(1))
            else _bare(match.group(1), match.group(2))
        )
        if start is not None and end is not None and start < end:
            spans.append([start, end])
            rest = rest.replace(match.group(), " ", 1)
    for match in _EDGE.finditer(rest):
        length = _to_seconds(match["time"] or f"{match['number']} {match['unit']}")
        if length is None:
            continue
        if fold(match["edge"] or match["edge_after"])[:3] in ("las", "fin", "ult", "let", "der", "sis"):
            slots["last_s"] = length
        else:
            spans.append([0.0, length])
    rest = _EDGE.sub(" ", rest)
    found = (_to_seconds(match.group(1) or match.group(2)) for match in _POSITION.finditer(rest))
    positions: list[Json] = [second for second in found if second is not None]
    if spans:
        slots["start_s"], slots["end_s"] = spans[0]
    elif positions:
        slots["start_s"] = positions[0]
    if len(spans) > 1:
        slots["spans_s"] = list(spans)
    if len(positions) > 1:
        slots["positions_s"] = positions


def _read_levels(text: str, slots: dict[str, Json]) -> None:
    targets: dict[str, Json] = {}
    for name, pattern in (("integrated_lufs", _LUFS), ("true_peak_dbtp", _DBTP)):
        if match := pattern.search(text):
            level = _to_float(match.group(1) or match.group(2))
            # Loudness targets lie below full scale: a bare "14 LUFS" means -14.
            targets[name] = -abs(level) if name == "integrated_lufs" else level
    if targets:
        slots["targets"] = targets
    tempi: list[Json] = [_to_float(match.group(1) or match.group(2)) for match in _TEMPO.finditer(text)]
    if tempi:
        slots["tempos_bpm"] = tempi


def _read_settings(text: str, slots: dict[str, Json]) -> None:
    if match := _N_FFT.search(text):
        slots["n_fft"] = int(match.group(1) or match.group(2))
    if (match := _WINDOW.search(text)) and ("window" in text.lower() or "fft" in text.lower() or "n_fft" in slots):
        name = re.sub(r"[- ]", " ", match.group(1).lower())
        slots["window"] = _WINDOW_NAMES.get(name, name.replace(" ", ""))
    if match := _COUNT.search(text):
        word = match.group(1).lower()
        slots["count"] = int(word) if word.isdigit() else _NUMBER_WORDS.get(word, 20)
    a4 = _A4.search(text)
    if a4:
        slots["a4_hz"] = float(next(group for group in a4.groups() if group))
    rest = text if a4 is None else text.replace(a4.group(), " ")
    ranges: list[Json] = []
    for match in _FREQUENCY_RANGE.finditer(rest):
        low_text, low_unit, high_text, high_unit = match.groups()
        low, high = _to_hz(low_text, low_unit or high_unit), _to_hz(high_text, high_unit)
        if low < high:
            ranges.append([low, high])
            rest = rest.replace(match.group(), " ", 1)
    frequencies: list[Json] = [_to_hz(*match.groups()) for match in _FREQUENCY.finditer(rest)]
    if ranges:
        slots["ranges_hz"] = ranges
    if frequencies:
        slots["frequencies_hz"] = frequencies


def _read_pitches(text: str, slots: dict[str, Json]) -> None:
    keys: list[str] = []
    for pattern in (_KEY, _SHORT_KEY):
        for match in pattern.finditer(text):
            key = parse_key(match.group(1))
            if key is not None and key not in keys:
                keys.append(key)
    rest = _KEY.sub(" ", text)
    notes = [match.group(1)[0].upper() + match.group(1)[1:] for match in _NOTE.finditer(rest) if _is_note(match, rest)]
    chords = []
    for match in _CHORD.finditer(rest):
        symbol = match.group(1).rstrip("()/-.")
        if match.group() == "Am" and "Am I " in rest:
            continue
        if _looks_like_chord(symbol) and symbol not in notes and parse_chord(symbol) is not None:
            chords.append(symbol)
    for name, found in (("keys", keys), ("notes", notes), ("chords", chords)):
        if found:
            slots[name] = list(dict.fromkeys(found))


def _is_note(match: re.Match[str], text: str) -> bool:
    """ "A4" is a note, "a4" only where notes are the subject, and "G7" is a chord unless a pitch is the subject."""
    symbol = match.group(1)
    speaks_of_pitch = _PITCH_TALK.search(text) is not None
    return speaks_of_pitch or (symbol[0].isupper() and symbol[-1] not in "679")


def _looks_like_chord(symbol: str) -> bool:
    """More than a note name and an octave: a quality, a sixth, seventh or ninth, or a bass."""
    return re.fullmatch(r"[A-G][#♯b♭]?-?[0-58]?", symbol) is None


def _is_named(path: str, text: str) -> bool:
    name = PurePath(path).name
    return bool(name) and name.lower() in text.lower()


def _bare(number: str, other: str) -> float | None:
    """A number without unit that stands before one with: seconds or minutes like the other; not before a clock time."""
    if ":" in other:
        return None
    minutes = re.search(rf"\d\s?(?:{_MINUTES})\b", other, re.IGNORECASE)
    return _to_float(number) * (60.0 if minutes else 1.0)


def _to_seconds(text: str) -> float | None:
    """ "1:23.5", "1:02:03", "12.5 s", "2 min 5 s", "ten seconds", "second" → seconds."""
    text = text.strip().lower()
    if ":" in text:
        total = 0.0
        for part in text.replace(",", ".").split(":"):
            total = 60.0 * total + float(part)
        return total
    word = text.split()[0] if text.split() else ""
    if not re.match(r"\d", text):
        number = float(_NUMBER_WORDS.get(word, 1))
        return number * (60.0 if re.search(rf"\b(?:{_MINUTES})$", text) else 1.0)
    parts = re.findall(rf"({_NUM})\s?([a-z]+)", text)
    if not parts:
        return None
    return sum(_to_float(number) * (60.0 if unit.startswith("m") else 1.0) for number, unit in parts)


def _to_hz(number: str, unit: str) -> float:
    return _to_float(number) * (1000.0 if unit.lower().startswith("k") else 1.0)


def _to_float(text: str) -> float:
    """A written number; comma or point before the decimals, any of three dashes as a minus."""
    cleaned = re.sub(r"[−–]", "-", text).replace(" ", "")
    return float(cleaned.replace(",", "."))
