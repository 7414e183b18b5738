from __future__ import annotations

import threading
from pathlib import Path

import pytest

from grym_synth.errors import BadSetup
from grym_synth.identity.owner_token import matches, owner_token


def test_a_home_has_one_token_whoever_asks_first_and_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    home, found = tmp_path / "home", list[str]()
    threads = [threading.Thread(target=lambda: found.append(owner_token(home))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert (home / "owner-token").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in home.iterdir()] == ["owner-token"]
    assert (matches(home, found[0]), matches(home, found[0][:-1]), matches(home, "é")) == (True, False, False)


def test_a_token_that_others_may_read_is_refused_with_the_way_out(tmp_path: Path) -> None:
    owner_token(tmp_path)
    (tmp_path / "owner-token").chmod(0o644)
    with pytest.raises(BadSetup, match="mode 644") as told:
        owner_token(tmp_path)
    assert "chmod 600" in told.value.hint


def test_a_file_without_a_token_is_told(tmp_path: Path) -> None:
    (tmp_path / "owner-token").write_text("")
    (tmp_path / "owner-token").chmod(0o600)
    with pytest.raises(BadSetup, match="holds no token"):
        owner_token(tmp_path)
