"""Keys are made once, kept for their owner alone, and checked letter by letter."""

import stat
import threading
from pathlib import Path

import pytest

from grym_synth.errors import BadRequest, BadSetup
from grym_synth.sharing.keys import fingerprint, is_signed, key_text, own_key, read_key, short


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(own_key(tmp_path / "keys").text)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({*found}) == 1
    (path,) = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_wrong_letter_of_a_key_is_seen(tmp_path: Path) -> None:
    text = own_key(tmp_path).text
    assert key_text(read_key(text)) == text
    for place in range(5, len(text)):
        wrong = text[:place] + ("a" if text[place] != "a" else "b") + text[place + 1 :]
        with pytest.raises(BadRequest, match="is no key"):
            read_key(wrong)


@pytest.mark.parametrize("text", ["", "grym1", "grym1" + "!" * 56, "GRYM1" + "A" * 56, "grym2" + "a" * 56, "é" * 61])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="is no key"):
        read_key(text)


def test_what_one_key_signed_is_signed_by_no_other(tmp_path: Path) -> None:
    one, other = own_key(tmp_path / "one"), own_key(tmp_path / "other")
    signature = one.sign(b"message")
    assert is_signed(one.text, signature, b"message")
    assert not is_signed(one.text, signature, b"massage")
    assert not is_signed(other.text, signature, b"message")
    assert not is_signed(one.text, signature[:-1], b"message")
    assert fingerprint(one.text) != fingerprint(other.text)
    assert one.text.startswith(short(one.text))


def test_a_damaged_key_is_not_silently_replaced(tmp_path: Path) -> None:
    (tmp_path / "sharing.key").write_text("oops\n")
    with pytest.raises(BadSetup, match="holds no key"):
        own_key(tmp_path)
    assert (tmp_path / "sharing.key").read_text() == "oops\n"
