from __future__ import annotations

import pytest

from grym_synth.frontends.files_words import FilesView, progress_line, summary_lines
from grym_synth.frontends.library import summary_to_json
from grym_synth.library.tally import Tally


def test_the_document_has_what_contract_promises_and_nothing_else() -> None:
    tally = Tally(files=7, analysed=2, unchanged=3, moved=1, removed=4, failed={"/m/b.wav": "it is empty"})
    assert summary_to_json(tally, 1.26) == {
        "files": 7,
        "analysed": 2,
        "unchanged": 3,
        "moved": 1,
        "removed": 4,
        "failed": [{"path": "/m/b.wav", "reason": "it is empty"}],
        "seconds": 1.3,
    }


def test_the_summary_says_what_was_done_and_what_was_not() -> None:
    document = summary_to_json(
        Tally(files=1200, analysed=1180, unchanged=12, removed=2, failed={"/m/b.wav": "bad"}), 754
    )
    more = {
        "copied": 3,
        "away": 40,
        "stale": 5,
        "refused": {"/usb": "No such file or directory"},
        "linked": ["/m/link"],
        "written_to": ["/m/take.wav"],
        "cancelled": True,
    }
    assert summary_lines(document, more) == [
        "1,200 files: 1,180 listened to, 12 unchanged, 3 the same as others, 1 could not be listened to; 2 gone,"
        " in 13 min",
        "it was cancelled before its end; the same command goes on from here",
        "5 were known by an older version and were listened to anew",
        "/usb: No such file or directory; nothing in it was looked at",
        "40 files that cannot be looked at now: what is known of them is kept",
        "/m/link: a link to a folder, left out; name the folder itself",
        "/m/take.wav: is being written to; index again when that is done",
        "/m/b.wav: bad",
    ]


def test_an_empty_folder_is_told_plainly() -> None:
    assert summary_lines(summary_to_json(Tally(), 0.0), {}) == ["0 files, in 0.0 s"]


def test_many_bad_files_are_counted_after_the_first() -> None:
    document = summary_to_json(Tally(failed={f"/m/{number:02}.wav": "bad" for number in range(30)}), 1.0)
    assert summary_lines(document, {})[-1] == "and 10 more; --json lists them all"


@pytest.mark.parametrize(
    ("left_s", "told"),
    [
        (None, "time left unknown yet"),
        ((480.0, 700.0), "8 min to 12 min left"),
        ((30.2, 30.4), "about 30 s left"),
        ((7200.0, 9000.0), "2.0 h to 2.5 h left"),
    ],
)
def test_progress_tells_the_time_left_as_well_as_it_is_known(left_s: tuple[float, float] | None, told: str) -> None:
    progress = {"message": "listening", "subject": "/m/a.wav", "done": 120, "of": 1204, "failed": 3, "left_s": left_s}
    assert progress_line(progress) == f"120 of 1,204 listened to, 3 cannot be · {told} · listening  /m/a.wav"


def test_before_anything_is_listened_to_progress_says_what_is_done() -> None:
    assert progress_line({"message": "looking at the folders", "subject": "", "of": 0}) == "looking at the folders"


def test_names_do_not_steer_the_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grym_synth.frontends.files_words._LINE_EVERY_S", 0.0)
    view = FilesView(is_terminal=False)
    view.show({"message": "reading", "subject": "/m/\x1b[2Jevil\n.wav", "of": 0, "more": {"copied": 2}})
    view.close()
    assert capsys.readouterr().err == "reading  /m/\\x1b[2Jevil\\n.wav\n"
    assert view.more == {"copied": 2}
