"""What a question calls by name: labels, files, folders, addresses; and how many things it wants."""

from __future__ import annotations

import pytest

from grym_synth.planning.slots import read_slots


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("label this as 'dusty snare'", ["dusty snare"]),
        ('tag it "lofi"', ["lofi"]),
        ("label it as foley", ["foley"]),
        ("call this crunchy", ["crunchy"]),
        ("label these as kicks and train", ["kicks"]),
        ("tag all of these with vinyl crackle, please", ["vinyl crackle"]),
        ('rename label "boom" to "impact"', ["boom", "impact"]),
        ("all sounds labelled glassy", ["glassy"]),
        ("nenn das „matschig“", ["matschig"]),
        ("llámalo terroso", ["terroso"]),
        ("guarda esto como 'seco'", ["seco"]),
        ("appelle ça « terreux »", ["terreux"]),
        ("chama isso de terroso", ["terroso"]),
        ("chiamalo terroso", ["terroso"]),
        ("kalla det jordigt", ["jordigt"]),
    ],
)
def test_labels_are_read(question: str, labels: list[str]) -> None:
    assert read_slots(question, [])["labels"] == labels


@pytest.mark.parametrize(
    "question",
    ["what would you call this sound", "which label fits", 'search my notes for "mud"', "tag this", "call mum"],
)
def test_no_label_where_none_is_given(question: str) -> None:
    assert "labels" not in read_slots(question, [])


@pytest.mark.parametrize(
    ("question", "paths"),
    [
        ("how loud is ~/loops/kick.wav", ["~/loops/kick.wav"]),
        ("list ./packs/ and ../old/take 1.wav", ["./packs/", "../old/take", "1.wav"]),
        ("watch C:\\music\\in", ["C:\\music\\in"]),
        ('what key is "my first song.flac" in', ["my first song.flac"]),
        ("is kick_01.aif clipped?", ["kick_01.aif"]),
    ],
)
def test_paths_are_read(question: str, paths: list[str]) -> None:
    assert read_slots(question, [])["paths"] == paths


@pytest.mark.parametrize(
    "question", ["bpm/key please", "mid/side or L/R", "is it 3/4", "and/or", "https://a.example/b"]
)
def test_slashes_between_words_make_no_path(question: str) -> None:
    assert "paths" not in read_slots(question, [])


@pytest.mark.parametrize(
    ("question", "folder"),
    [
        ("list the folder Drums", "Drums"),
        ("average tempo of my techno folder", "techno"),
        ('count the files in the folder "field recordings"', "field recordings"),
        ("the directory called jams", "jams"),
        ("was liegt im Ordner Bässe", "Bässe"),
        ("¿qué hay en la carpeta bajos?", "bajos"),
        ("le dossier basses", "basses"),
        ("o que tem na pasta baixos", "baixos"),
        ("nella cartella bassi", "bassi"),
        ("vad finns i mappen bas", "bas"),
    ],
)
def test_folders_are_read(question: str, folder: str) -> None:
    assert read_slots(question, [])["folders"] == [folder]


def test_folder_without_a_name_is_none() -> None:
    assert read_slots("watch the folder of markdown notes", []) == {}
    assert read_slots("this folder, please", []) == {}


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("show me ten kicks", 10),
        ("5 more of these", 5),
        ("die fünf nächsten", 5),
        ("gib mir drei weitere", 3),
        ("los diez más cercanos", 10),
        ("les dix plus proches", 10),
        ("os cinco mais parecidos", 5),
        ("i tre più vicini", 3),
        ("de tio närmaste", 10),
    ],
)
def test_counts_are_read_in_seven_languages(question: str, count: int) -> None:
    assert read_slots(question, [])["count"] == count


@pytest.mark.parametrize("question", ["les deux", "los dos", "the next 8 bars", "the first 10 seconds", "i due"])
def test_what_is_counted_otherwise_is_no_count(question: str) -> None:

    assert "count" not in read_slots(question, [])


@pytest.mark.parametrize(
    ("question", "name", "value"),
    [
        ("FFT mit 8192 Punkten", "n_fft", 8192),
        ("una fft de 4096 puntos", "n_fft", 4096),
        ("fenêtre de Hann", "window", "hann"),
        ("janela Blackman", "window", "blackman"),
        ("fönster Hamming", "window", "hamming"),
        ("in sol mayor", "keys", ["G major"]),
        ("en ré mineur", "keys", ["D minor"]),
        ("i d-moll", "keys", ["D minor"]),
        ("welche Frequenz hat das c2", "notes", ["C2"]),
        ("vilken frekvens har a4", "notes", ["A4"]),
        ("fréquence de a4", "notes", ["A4"]),
        ("ein Pfeifen bei 3,5 kHz", "frequencies_hz", [3500.0]),
        ("gestimmt auf 442", "a4_hz", 442.0),
        ("afinado a 432", "a4_hz", 432.0),
        ("entre 0:30 et 1:00", "end_s", 60.0),
        ("gli ultimi 8 secondi", "last_s", 8.0),
        ("de sista 5 sekunderna", "last_s", 5.0),
        ("os últimos 5 segundos", "last_s", 5.0),
        ("lies https://a.example/b, bitte", "urls", ["https://a.example/b"]),
    ],
)
def test_slot_is_read_in_other_languages(question: str, name: str, value: object) -> None:
    assert read_slots(question, [])[name] == value
