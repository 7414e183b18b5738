from pathlib import Path

import pytest

from grym_synth.errors import BadSetup
from grym_synth.execution.judging.header import NoHeader, read_header

GOOD = """# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "mood"
# version = "1"
# capabilities = ["mood"]
# examples = ["a", "b", "c"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.1
# ///
"""


def write(folder: Path, text: str) -> Path:
    (folder / "mood.py").write_text(text, encoding="utf-8")
    return folder / "mood.py"


def test_a_good_header_is_read(tmp_path: Path) -> None:
    assert read_header(write(tmp_path, GOOD)).name == "mood"


@pytest.mark.parametrize(
    ("there", "instead", "words"),
    [
        ('"mood"\n# version', '"My Mood"\n# version', "name"),
        ('version = "1"', "version = 1", "`version` must be a text"),
        ('["a", "b", "c"]', '["a"]', "3"),
        ('["read"]', '["read", "fly"]', "fly"),
        ('["read"]', '"read"', "`permissions` must be a list"),
        ("= true", '= "yes"', "`needs_recording` must be true or false"),
        ("cpu = 1.0", "cpu = -1.0", "`cpu`"),
        ("cpu = 1.0", "cpu = nan", "`cpu`"),
        ("ram_gb = 0.1", "ram_gb = true", "`ram_gb`"),
        ("cpu = 1.0\n", "cpu = 1.0\n# colour = 3\n", "`colour` is no key"),
        ("cpu = 1.0\n", "cpu = 1.0\n# cost = { minutes = 3 }\n", "`cost`"),
        ("cpu = 1.0\n", "cpu = 1.0\n# concurrency = 1.5\n", "`concurrency`"),
        ("cpu = 1.0\n", 'cpu = 1.0\n# lowest_health = "poor"\n', "lowest_health"),
        ("cpu = 1.0\n", 'cpu = 1.0\n# settings = { tempo = ["fast"] }\n', "none of its capabilities"),
        ('">=3.11"', '"some new one"', "requires-python"),
        ("[tool.grym]", "[tool.grym", "no TOML"),
    ],
)
def test_what_cannot_be_true_is_named(tmp_path: Path, there: str, instead: str, words: str) -> None:
    assert there in GOOD
    with pytest.raises(BadSetup, match=words):
        read_header(write(tmp_path, GOOD.replace(there, instead)))


@pytest.mark.parametrize("text", ["print(1)\n", GOOD.replace("[tool.grym]", "[tool.other]"), ""])
def test_a_script_that_declares_nothing_is_no_agent(tmp_path: Path, text: str) -> None:
    with pytest.raises(NoHeader):
        read_header(write(tmp_path, text))


def test_a_table_outside_its_block_is_no_stranger_but_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(BadSetup, match="outside"):
        read_header(write(tmp_path, GOOD.replace("# ///\n", "")))
