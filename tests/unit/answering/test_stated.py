"""What tags and names say about tempo and key, and what only looks as if it did."""

from __future__ import annotations

import pytest

from grym_synth.answering.stated import camelot_key, read_any_key, read_name, read_statements
from grym_synth.theory.keys import camelot, key_name

from .made_evidence import made

NAMES: tuple[tuple[str, float | None, str | None], ...] = (
    ("loop_128bpm_Am", 128.0, "A minor"), ("120 BPM", 120.0, None), ("groove 60 BPM C minor", 60.0, "C minor"),
    ("Dusty_Break_95bpm_Fsharpmin", 95.0, "F# minor"), ("bpm140_Dm", 140.0, "D minor"),
    ("loop_128.5bpm", 128.5, None), ("F# min 140 BPM", 140.0, "F# minor"), ("PL_128_Ebmin_lead", 128.0, "D# minor"),
    ("120 Am", 120.0, "A minor"), ("Am_120", 120.0, "A minor"), ("8A - 126 - Title", 126.0, "A minor"),
    ("Cmin", None, "C minor"), ("F#m", None, "F# minor"), ("Song (Am)", None, "A minor"),
    ("Prelude in A minor", None, "A minor"), ("track 12 Bb major", None, "A# major"), ("Drums 90bpm", 90.0, None),
    # No tempo and no key: words, counts, chords, several at once.
    ("I Am Alive", None, None), ("Who_I_Am", None, None), ("A Minor Miracle", None, None),
    ("in a major way", None, None), ("beat only 174", None, None), ("Take 8A", None, None),
    ("100bpm to 120bpm", None, None), ("take_12", None, None), ("99bpmx", None, None), ("Gm7 vamp", None, None),
    ("kick_C", None, None), ("mix v3 -14 LUFS", None, None), ("Cmaj7 chord", None, None), ("9999bpm", None, None),
    ("", None, None), ("x" * 5000, None, None),
)  # fmt: skip


@pytest.mark.parametrize(("name", "bpm", "key"), NAMES, ids=[name[:30] for name, _, _ in NAMES])
def test_tempo_and_key_are_read_from_a_name(name: str, bpm: float | None, key: str | None) -> None:
    found = {topic: (number, said) for topic, _, number, said in read_name(name)}
    assert found.get("tempo", (None, None))[0] == bpm
    assert found.get("key", (None, None))[1] == key


def test_what_is_read_stands_in_the_name_word_for_word() -> None:
    for name, _, _ in NAMES:
        assert all(words in name for _, words, _, _ in read_name(name))


def test_every_place_on_the_wheel_is_its_key() -> None:
    keys = [key_name(tonic, mode) for tonic in range(12) for mode in ("major", "minor")]
    assert [camelot_key(camelot(key)) for key in keys] == keys


def test_keys_are_read_as_djs_and_germans_write_them() -> None:
    assert [read_any_key(text) for text in ("8A", "08B", "cis-moll", "Bbm", "13A", "loud")] == [
        "A minor", "C major", "C# minor", "A# minor", None, None,
    ]  # fmt: skip


def test_tags_come_first_and_the_folder_last() -> None:
    tags = made("facts.tags", "tag", {"TBPM": "140", "initialkey": "8A", "replaygain_track_gain": "-6.20 dB"})
    found = read_statements("sets/128 BPM/loop_130bpm.wav", tags)
    assert [(each.topic, each.where, each.number or each.key) for each in found] == [
        ("tempo", "tag", 140.0), ("key", "tag", "A minor"), ("loudness", "tag", pytest.approx(-11.8)),
        ("tempo", "file name", 130.0), ("tempo", "folder name", 128.0),
    ]  # fmt: skip


def test_a_name_becomes_evidence_of_the_hub() -> None:
    item = read_statements("loop_130bpm.wav", None)[0].evidence
    assert (item.name, item.kind, item.value, item.source.agent) == ("facts.file_tempo", "label", "130bpm", "hub")
    assert item.source.method == "read from the file name"
