"""Questions about a library with the reading that is wanted of each, and how many are read so.

    python -m benchmarks.find_questions

DEVELOPED were looked at while the reader was written. AFTER were written when it was done, and stand as they were
written: 38 of 43 were read as wanted then. What was wrong with the other five was mended afterwards.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime

from grym_synth.library.query import Called, Changed, Coded, Condition, InFolder, OneOf, Query, Shaped, Within
from grym_synth.library.words import read_query

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
KNOWN = frozenset({"techno", "house", "amen", "808", "909", "ambient", "vinyl", "rain"})  # names in the library
DEVELOPED: tuple[tuple[str, str], ...] = (
    ("dark kicks", "class=kick dark"),
    ("five very punchy snares", "class=snare very~punchy limit=5"),
    ("how many loops between 120 and 125 in A minor", "shape=loop tempo_bpm=120..125 key=A minor asked=count:"),
    ("average tempo of my techno folder", "folder=techno asked=average:tempo_bpm"),
    ("loops between 120 and 125 bpm", "shape=loop tempo_bpm=120..125"),
    ("120 bpm", "tempo_bpm=119.5..120.5"),
    ("120 s", "duration_s=114..126"),
    ("longer than a minute", "duration_s=60.."),
    ("what do I have in F minor?", "key=F minor"),
    ("8A or 9A", "key=A minor |key=E minor"),
    ("without vocals", "!words=vocal"),
    ("not snares or claps", "!class=snare !class=clap"),
    ("which keys do I have", "asked=each:key"),
    ("how much audio is that in hours", "asked=total:duration_s"),
    ("from last month", "changed=2026-10-01..2026-11-01"),
    ("24 bit flac", "bit_depth=24..24 format=flac"),
    ("quietest first", "order=integrated_lufs+"),
    ("C major or its relative", "key=C major and its relative"),
    ("dunkle Kicks um die 120 bpm", "class=kick tempo_bpm=116.4..123.6 dark"),
    ("loops más largos que 2 segundos", "shape=loop duration_s=2.."),
    ("minor ones", "key=any minor key"),
    ("in a minor key", "key=any minor key"),
    ("songs in Bb major", "shape=song key=A# major"),
    ("808 kicks", "class=kick words=808"),
    ("techno or house", "words=techno |words=house"),
    ("the longest", "order=duration_s-"),
    ("ten loudest loops", "shape=loop order=integrated_lufs- limit=10"),
    ("quieter than -20 LUFS", "integrated_lufs=..-20"),
    ("between -16 and -12 LUFS", "integrated_lufs=-16..-12"),
    ("mono wav", "channels=1..1 format=wav"),
    ("faster than 140", "tempo_bpm=140.."),
    ("around 90 bpm", "tempo_bpm=87.3..92.7"),
    ("loops von 90 bis 100 bpm", "shape=loop tempo_bpm=90..100"),
    ("canciones en la menor", "shape=song key=A minor"),
    ("boucles entre 120 et 125 bpm", "shape=loop tempo_bpm=120..125"),
    ("kick più lunghi di 1 secondo", "class=kick duration_s=1.."),
    ("snares sem vocais", "class=snare ?vocais"),
    ("4 bar loops", "shape=loop bars=3.95..4.05"),
    ("from 2024", "changed=2024-01-01..2025-01-01"),
    ("distribution of tempos", "asked=spread:tempo_bpm"),
    ("median loudness of my house folder", "folder=house asked=median:integrated_lufs"),
    ("not too bright hi-hats", "class=hat_closed/hat_open !bright"),
    ("bagpipes", "?bagpipes"),
)
AFTER: tuple[tuple[str, str], ...] = (
    ("show me all the snappy claps", "class=clap snappy"),
    ("warm pads in D minor", "class=pad key=D minor warm"),
    ("loops at 174 bpm", "shape=loop tempo_bpm=173.5..174.5"),
    ("one-shots shorter than half a second", "shape=one-shot duration_s=..0.5"),
    ("something dark and sparse", "dark sparse"),
    ("slightly noisy cymbals please", "class=cymbal slightly~noisy"),
    ("tracks between 3 and 5 minutes", "duration_s=180..300"),
    ("songs from 1998", "shape=song changed=1998-01-01..1999-01-01"),
    ("anything newer than a week", "changed=2026-11-16..2026-11-23"),
    ("files added this month", "changed=2026-11-01..2026-11-23"),
    ("mp3s at 44.1 kHz", "format=mp3 sample_rate_hz=44100..44100"),
    ("clipped recordings", "clipped_samples=1.."),
    ("closed hats but no open hats", "class=hat_closed !class=hat_open"),
    ("everything except kicks", "!class=kick"),
    ("loops in F# minor at 128 bpm", "shape=loop key=F# minor tempo_bpm=127.5..128.5"),
    ("keys that mix with 8A", "key=keys that mix with A minor"),
    ("relative of E minor", "key=the relative of E minor"),
    ("what is the average length of my snares", "class=snare asked=average:duration_s"),
    ("how many kicks do I have", "class=kick asked=count:"),
    ("how many hours of ambient", "words=ambient asked=total:duration_s"),
    ("top 20 brightest one-shots", "shape=one-shot order=centroid_hz- limit=20"),
    ("amen breaks around 165", "words=amen tempo_bpm=160.05..169.95 ?breaks"),
    ("vinyl crackle", "words=vinyl ?crackle"),
    ("rain recordings longer than 2 min 30", "words=rain duration_s=150.."),
    ("sorted by tempo descending", "order=tempo_bpm-"),
    ("stereo drum loops without guitar", "channels=2..2 shape=loop class=drum !words=guitar"),
    ("very quiet tracks below -30 LUFS", "integrated_lufs=..-30 very~quiet"),
    ("leise Snares", "class=snare quiet"),
    ("wie viele Loops in a-Moll habe ich", "shape=loop key=A minor asked=count:"),
    ("Lieder ohne Gesang", "shape=song !words=vocal"),
    ("los 5 kicks más largos", "class=kick order=duration_s- limit=5"),
    ("caisses claires brillantes", "class=snare bright"),
    ("combien de boucles en do majeur", "shape=loop key=C major asked=count:"),
    ("kick scuri senza voce", "class=kick !words=vocal dark"),
    ("bumbos graves em sol menor", "class=kick key=G minor ?graves"),
    ("mörka trummor", "class=drum dark"),
    ("loopar mellan 100 och 110 bpm", "shape=loop tempo_bpm=100..110"),
    ("in 3/4", "metre=3..3"),
    ("true peak above -1 dBTP", "true_peak_dbtp=-1.."),
    ("90 to 95 bpm, dusty", "tempo_bpm=90..95 ?dusty"),
    ("tempo 140 in my house folder", "tempo_bpm=139.5..140.5 folder=house"),
    ("what formats are in here", "asked=each:codec"),
    ("most common key in my techno folder", "folder=techno asked=each:key"),
)


def read(question: str) -> Query:
    return read_query(question, knows=KNOWN.__contains__, now=NOW)


def brief(query: Query) -> str:
    """A reading in one line, sorted."""
    parts = [_condition(condition) for condition in query.conditions]
    parts += [f"{'!' * a.is_not}{a.intensity}{'~' if a.intensity else ''}{a.name}" for a in query.adjectives]
    if query.order is not None:
        parts.append(f"order={query.order.figure}{'-' if query.order.descending else '+'}")
    if query.limit is not None:
        parts.append(f"limit={query.limit}")
    if query.asked is not None:
        parts.append(f"asked={query.asked.sum}:{query.asked.of}")
    return in_order(" ".join([*parts, *(f"?{word}" for word in query.not_understood)]))


def in_order(told: str) -> str:
    return " ".join(sorted(told.split()))


def _condition(condition: Condition) -> str:
    match condition.test:
        case Within(figure, low, high):
            told = f"{figure}={_bound(low)}..{_bound(high)}"
        case OneOf(word, values, of):
            told = f"{word}={of or ('drum' if len(values) > 3 else '/'.join(values))}"
        case Called(name):
            told = f"words={name}"
        case InFolder(name):
            told = f"folder={name}"
        case Changed(since, until):
            told = "changed=" + "..".join(datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d") for at in (since, until))
        case Shaped(shape):
            told = f"shape={shape}"
        case Coded(name):
            told = f"format={name}"
    return f"{'!' * condition.is_not}{'|' * condition.is_alternative}{told}"


def _bound(value: float) -> str:
    return f"{round(value, 3):g}" if math.isfinite(value) else ""


def wrong(questions: tuple[tuple[str, str], ...]) -> list[tuple[str, str, str]]:
    """The questions that are not read as wanted: question, wanted, read."""
    told = ((question, in_order(wanted), brief(read(question))) for question, wanted in questions)
    return [(question, wanted, got) for question, wanted, got in told if wanted != got]


def main() -> None:
    for name, questions in (("developed", DEVELOPED), ("after", AFTER)):
        missed = wrong(questions)
        print(f"{name}: {len(questions) - len(missed)} of {len(questions)} read as wanted")
        for question, wanted, got in missed:
            print(f"  {question!r}\n    wanted {wanted}\n    read   {got}")


if __name__ == "__main__":
    main()
