"""JAMS, the table, Audacity's labels and REAPER's markers: what other programs will read."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.unit.frontends.sample_document import SECONDS, full_document

from grym_synth.errors import BadRequest
from grym_synth.frontends.exporting.jams import jams_document, jams_text, write_jams
from grym_synth.frontends.exporting.labels import labels_text, write_labels
from grym_synth.frontends.exporting.layers import LAYERS, lay_out
from grym_synth.frontends.exporting.reaper import reaper_text, write_reaper
from grym_synth.frontends.exporting.tables import COLUMNS, table_text, write_table

#: The patterns of the schemata that the `jams` package checks namespaces against.
KEY_MODE = r"N|([A-G][b#]?)(:(major|minor|ionian|dorian|phrygian|lydian|mixolydian|aeolian|locrian))?"
CHORD_HARTE = (
    r"((N)|(([A-G][b#]*)((:(maj|min|dim|aug|maj7|min7|7|dim7|hdim7|minmaj7|maj6|min6|9|maj9|min9|sus4)"
    r"(\((\*?([b#]*([1-9]|1[0-3]?))(,\*?([b#]*([1-9]|1[0-3]?)))*)\))?)"
    r"|(:\((\*?([b#]*([1-9]|1[0-3]?))(,\*?([b#]*([1-9]|1[0-3]?)))*)\)))?((/([b#]*([1-9]|1[0-3]?)))?)?))"
)


def annotation(namespace: str, document: dict[str, Any]) -> Any:
    found = [item for item in jams_document(document)["annotations"] if item["namespace"] == namespace]
    return found[0]["data"] if found else None


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_jams_holds_each_namespace_with_its_values() -> None:
    document = full_document()
    tempi = annotation("tempo", document)
    assert [(item["value"], item["confidence"]) for item in tempi] == [(120.0, 0.9), (60.0, 0.08)]
    assert [item["value"] for item in annotation("beat", document)] == [1, 2, 3, 4] * 4
    assert [item["value"] for item in annotation("key_mode", document)] == ["F#:minor", "A:major"]
    assert [item["value"] for item in annotation("segment_open", document)] == ["A", "B"]
    assert [item["duration"] for item in annotation("note_midi", document)] == [1.0, 0.5]
    assert annotation("tag_open", document)[0]["value"] == "jazz"
    contour = annotation("pitch_contour", document)
    assert contour["value"][0] == {"index": 0, "frequency": 440.0, "voiced": True}
    assert contour["value"][59]["voiced"] is False
    assert {len(column) for column in contour.values()} == {60}


def test_jams_satisfies_the_schema_of_the_format() -> None:
    document = jams_document(full_document())
    assert re.fullmatch(r"\d\.\d\.\d", document["file_metadata"]["jams_version"])
    assert document["file_metadata"]["duration"] == SECONDS
    for item in document["annotations"]:
        assert {"namespace", "annotation_metadata", "data", "time", "duration", "sandbox"} == set(item)
        if isinstance(item["data"], list):
            for observation in item["data"]:
                assert {"time", "duration", "value", "confidence"} == set(observation)
                assert observation["time"] >= 0.0
                assert observation["duration"] >= 0.0


@pytest.mark.parametrize(
    ("label", "written"),
    [("A:min7", "A:min7"), ("D:sus2", "D:(2,5)"), ("N", "N"), ("X", None), ("C:maj/3", "C:maj/3"), ("G", "G"),
     ("A:sus4(b7)", "A:sus4(b7)"), ("E:13", "E:(3,5,b7,9,13)"), ("junk", None), ("", None), ("Bb:maj/b7", "Bb:maj/b7"),
     ("C:sus2(9)", None), ("C:weird", None)],
)  # fmt: skip
def test_chords_are_spelled_as_the_namespace_knows_them(label: str, written: str | None) -> None:
    document = full_document()
    document["chords"] = [{"start_s": 0.0, "end_s": 1.0, "label": label, "confidence": 0.5}]
    data = annotation("chord_harte", document)
    assert (data[0]["value"] if data else None) == written
    if written is not None:
        assert re.fullmatch(CHORD_HARTE, written)


def test_keys_that_the_namespace_does_not_know_are_left_out() -> None:
    document = full_document()
    document["tonality"]["key_changes"] = [{"start_s": 0.0, "end_s": 8.0, "key": "H-Dur"}]
    assert annotation("key_mode", document) is None
    assert all(re.fullmatch(KEY_MODE, item["value"]) for item in annotation("key_mode", full_document()))


def test_table_has_a_row_for_each_value_with_unit_place_and_confidence() -> None:
    table = rows(table_text(full_document()))
    by_name = {(row["section"], row["name"]): row for row in table}
    tempo = by_name["rhythm", "tempo_bpm"]
    assert (tempo["value"], tempo["unit"], tempo["confidence"], tempo["start_s"]) == ("120.0", "BPM", "0.9", "")
    assert by_name["rhythm", "alternatives.1.tempo_bpm"]["confidence"] == "0.08"
    loudest = by_name["loudness", "short_term_max_lufs"]
    assert (loudest["start_s"], loudest["end_s"]) == ("2.0", "5.0")
    assert ("loudness", "thirds_lufs.3") not in by_name
    assert by_name["spectrum", "bands_db.bass"]["unit"] == "dB"
    assert by_name["spectrum", "peaks.1.note"]["value"] == "A4"
    chords = [row for row in table if row["name"] == "chord"]
    assert [(row["start_s"], row["value"]) for row in chords] == [
        ("0.0", "A:min7"), ("2.0", "D:sus2"), ("4.0", "N"), ("6.0", "C:maj/3"),
    ]  # fmt: skip
    assert sum(row["name"] == "beat" for row in table) == 16
    assert sum(row["name"] == "melody" for row in table) == 50
    assert not [row for row in table if row["name"].startswith(("beats_s", "tempo_curve", "confidence"))]


def test_no_cell_of_the_table_is_a_formula() -> None:
    document = full_document("=HYPERLINK(1).wav")
    document["facts"]["tags"] = {"@title": '+cmd|"x"', "artist": "-1+1"}
    document["structure"][0]["label"] = "=1+1"
    for row in csv.reader(io.StringIO(table_text(document))):
        for cell in row:
            assert cell[:1] not in ("=", "@", "+", "\t") or re.fullmatch(r"[-+][\d.]+", cell)
    assert "'-1+1" in table_text(document)


def test_tables_of_several_recordings_follow_each_other() -> None:
    both = table_text(full_document("a.wav")) + table_text(full_document("b.wav"), with_header=False)
    assert {row["path"] for row in rows(both)} == {"a.wav", "b.wav"}
    assert both.count(",".join(COLUMNS)) == 1


def test_labels_are_lines_of_start_end_and_words_in_order_of_time() -> None:
    lines = labels_text(full_document()).splitlines()
    assert all(re.fullmatch(r"\d+\.\d{6}\t\d+\.\d{6}\t[^\t]+", line) for line in lines)
    starts = [float(line.split("\t")[0]) for line in lines]
    assert starts == sorted(starts)
    assert "0.000000\t4.000000\tsection A" in lines
    assert "0.000000\t2.000000\tAm7" in lines
    assert "2.000000\t2.000000\tbar 2" in lines
    assert "0.500000\t0.500000\t2" in lines
    assert "7.500000\t8.000000\tsilence" in lines
    assert not [line for line in lines if line.endswith("\t1")]  # a bar's first beat is its bar


def test_a_single_layer_is_labelled_bare() -> None:
    assert labels_text(full_document(), ["sections"]) == "0.000000\t4.000000\tA\n4.000000\t8.000000\tB\n"
    assert labels_text(full_document(), ["notes"]).splitlines()[0].endswith("A4")


def test_labels_cannot_break_out_of_their_line() -> None:
    document = full_document()
    document["structure"][0]["label"] = "A\t9\nB\r\nC"
    assert labels_text(document, ["sections"]).splitlines()[0] == "0.000000\t4.000000\tA 9 B C"
    assert "A 9 B C" in reaper_text(document, ["sections"])


def test_unknown_layers_are_refused_with_those_there_are() -> None:
    with pytest.raises(BadRequest, match=r"unknown layer 'words'.*sections"):
        labels_text(full_document(), ["words"])
    assert {name for name, _ in lay_out(full_document(), LAYERS)} == set(LAYERS)


def test_reaper_gets_regions_for_sections_and_markers_for_the_rest() -> None:
    document = full_document()
    document["structure"].append({"start_s": 3661.5, "end_s": 3662.0, "label": "A"})
    table = rows(reaper_text(document))
    assert [*table[0]] == ["#", "Name", "Start", "End", "Length", "Color"]
    assert [*table[0].values()] == ["R1", "A", "0:00:00.000", "0:00:04.000", "0:00:04.000", "0072B2"]
    keys = [row for row in table if row["Name"].startswith("key ")]
    assert [(row["#"][0], row["Start"], row["End"]) for row in keys] == [
        ("M", "0:00:00.000", ""), ("M", "0:00:04.000", ""),
    ]  # fmt: skip
    assert (table[-1]["Start"], table[-1]["Color"]) == ("1:01:01.500", "0072B2")
    assert len({row["#"] for row in table}) == len(table)


@pytest.mark.parametrize("name", ["chords", "rhythm", "structure", "notes", "timbre", "tonality", "facts", "melody_hz"])
@pytest.mark.parametrize("junk", [None, [], {}, "x", [3], {"tags": 3, "alternatives": 7, "tempo_bpm": "x"}])
def test_whatever_a_section_holds_the_formats_are_written(name: str, junk: Any) -> None:
    document = {**full_document(), name: junk}
    json.loads(jams_text(document))
    assert rows(table_text(document))
    labels_text(document, LAYERS)
    reaper_text(document, LAYERS)


def test_writers_replace_their_own_files_and_no_others(tmp_path: Path) -> None:
    document = full_document()
    for write, name in (
        (write_jams, "a.jams"),
        (write_table, "a.csv"),
        (write_labels, "a.txt"),
    ):
        out = tmp_path / name
        write(document, out)
        first = out.read_bytes()
        write(document, out)
        assert out.read_bytes() == first
        out.write_bytes(b"my diary")
        with pytest.raises(BadRequest, match="exists and is something else"):
            write(document, out)
        assert out.read_bytes() == b"my diary"
    write_reaper(document, tmp_path / "m.csv")  # another program's list begins like ours
    with pytest.raises(BadRequest, match="exists"):
        write_reaper(document, tmp_path / "m.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.jams", "a.txt", "m.csv"]
