"""Which files callers may name: wherever links and dots lead, only below the roots, and nothing hidden."""

from __future__ import annotations

from pathlib import Path

import pytest

from grym_synth.config import Config
from grym_synth.frontends.calls.roots import OutOfBounds, Roots, roots_of


@pytest.fixture
def roots(tmp_path: Path) -> Roots:
    for name in ("music/kit", "music/.private", "other", "home/uploads/ab"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "music/kit/kick.wav").touch()
    (tmp_path / "other/secret.wav").touch()
    return Roots(
        [tmp_path / "music"], folder=tmp_path / "music", never=[tmp_path / "home"], except_in=tmp_path / "home/uploads"
    )


def test_what_lies_below_a_root_is_led_to_where_it_lies(roots: Roots, tmp_path: Path) -> None:
    kick = str(tmp_path / "music/kit/kick.wav")
    for name in (kick, "kit/kick.wav", "./kit/../kit/kick.wav", f"{tmp_path}/other/../music/kit/kick.wav"):
        assert roots.inside(name) == kick
    assert roots.inside("new.wav") == str(tmp_path / "music/new.wav")  # which is yet to be made
    assert roots.inside(".") == str(tmp_path / "music")


@pytest.mark.parametrize(
    "name",
    [
        "../other/secret.wav",
        "kit/../../other/secret.wav",
        "/etc/passwd",
        "~root/x",
        "",
        "kit/kick.wav\0.txt",
        ".private/x.wav",
        "kit/.hidden.wav",
        "../Music/kit/kick.wav",
        "x" * 5000,
        "kit/" + "y" * 300,
        "~nobody-of-that-name/x.wav",
        "//etc/passwd",
        "\udcff" * 3000,
    ],
)
def test_what_leads_out_is_hidden_or_is_no_path_is_refused(roots: Roots, name: str) -> None:
    with pytest.raises(OutOfBounds):
        roots.inside(name)


@pytest.mark.parametrize(
    "words",
    [
        "learn ../other/secret.wav",
        "please read '/etc/passwd' for me",
        "learn ~/.ssh/config.",
        "export my labels to “/tmp/x.grym”",
        "read link.md",
        "make it louder, out=/etc/cron.d/x.wav",
        "learn (/etc/hosts)",
        "learn ~root",
        "learn kit/../../other/secret.wav!",
    ],
)
def test_words_that_name_a_file_outside_are_refused(roots: Roots, tmp_path: Path, words: str) -> None:
    (tmp_path / "music/link.md").symlink_to("/etc/passwd")
    with pytest.raises(OutOfBounds):
        roots.check_words(words)


@pytest.mark.parametrize(
    "words",
    [
        "how loud is kit/kick.wav?",
        "is it in 4/4 or 3/4, or 6 /8?",
        "compare A/B... and/or both",
        "learn https://example.org/etc/passwd every week",
        "what is 440 Hz * 1.5?",
        "learn notes.md and ./kit/readme.txt",
        "how many ms is a dotted 1/8 at 128.5 bpm?",
        "...",
    ],
)
def test_other_words_pass(roots: Roots, words: str) -> None:
    roots.check_words(words)


def test_a_link_counts_by_where_it_leads(roots: Roots, tmp_path: Path) -> None:
    (tmp_path / "music/out.wav").symlink_to(tmp_path / "other/secret.wav")
    (tmp_path / "music/away").symlink_to(tmp_path / "other")
    (tmp_path / "music/round").symlink_to(tmp_path / "music/round")
    (tmp_path / "other/back").symlink_to(tmp_path / "music/kit")
    (tmp_path / "music/hidden").symlink_to(tmp_path / "music/.private")
    for name in ("out.wav", "away/secret.wav", "hidden/x.wav"):
        with pytest.raises(OutOfBounds):
            roots.inside(name)
    assert roots.inside("../other/back/kick.wav") == str(tmp_path / "music/kit/kick.wav")
    assert roots.inside("round")  # leads nowhere else; whoever opens it is told


def test_a_name_that_only_begins_like_a_root_is_outside(roots: Roots, tmp_path: Path) -> None:
    (tmp_path / "music-of-others").mkdir()
    with pytest.raises(OutOfBounds):
        roots.inside(f"{tmp_path}/music-of-others/x.wav")


def test_the_home_of_the_hub_is_never_among_them_but_for_what_was_sent(tmp_path: Path) -> None:
    config = Config(home=tmp_path / "home", roots=(str(tmp_path),))
    roots = roots_of(config, tmp_path)
    for name in ("home/owner-token", "home/uploads", "home/uploads/../owner-token"):
        with pytest.raises(OutOfBounds):
            roots.inside(name)
    assert roots.inside("home/uploads/ab/song.wav")
    assert roots.inside("song.wav")


def test_without_settings_it_is_the_home_of_the_user_and_where_the_caller_works(tmp_path: Path) -> None:
    user, work = tmp_path / "user", tmp_path / "work"
    roots = roots_of(Config(home=user / ".local/grym"), work, user)
    assert roots.inside("song.wav") == str(work / "song.wav")
    assert roots.inside(str(user / "Music/song.wav"))
    for name in (str(user / ".ssh/id_rsa"), str(tmp_path / "song.wav"), "/"):
        with pytest.raises(OutOfBounds):
            roots.inside(name)
    assert Path("/") not in roots_of(Config(home=user), Path("/"), user).roots
