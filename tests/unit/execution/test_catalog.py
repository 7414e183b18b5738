from pathlib import Path

import pytest

from grym_synth.errors import BadSetup, UnknownAgent
from grym_synth.execution.catalog import read_card, read_catalog
from grym_synth.messages import CAPABILITIES, Need


def test_our_agents_answer_the_capabilities_of_this_version() -> None:
    catalog = read_catalog()
    assert set(catalog.capabilities()) == {
        *("facts", "loudness", "rhythm", "tonality", "chords", "spectrum", "structure", "notes", "timbre"),
        *("compare", "theory", "edit"),
    }
    assert catalog.agent("listen").needs_recording
    assert not catalog.agent("theory").needs_recording
    assert catalog.agent("compare").takes_two
    assert catalog.agent("listen").settings == {"spectrum": ("n_fft", "window", "start_s"), "timbre": ("vectors",)}


def test_an_unknown_agent_is_told_with_the_known_ones() -> None:
    with pytest.raises(UnknownAgent, match=r"no agent 'sing'; there is compare, .*listen, .*transcribe"):
        read_catalog().agent("sing")


HEADER = """# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy"]
# [tool.grym]
# name = "x"
# version = "2"
# capabilities = ["facts"]
# needs_recording = true
# permissions = ["read"]
# cpu = 0.5
# ram_gb = 0.2
# ///
"""


def test_a_script_declares_itself_without_being_run(tmp_path: Path) -> None:
    script = tmp_path / "x.py"
    script.write_text(HEADER + "raise SystemExit('was run')\n")
    card = read_card(script)
    assert (card.name, card.version, card.dependencies, card.need) == ("x", "2", ("numpy",), Need(0.5, 0.2))


def test_a_changed_script_has_another_recipe(tmp_path: Path) -> None:
    script = tmp_path / "x.py"
    script.write_text(HEADER)
    before = read_card(script).recipe
    script.write_text(HEADER + "# better\n")
    assert read_card(script).recipe != before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("print('hello')\n", "no `# /// script` header"),
        (HEADER.replace('# version = "2"\n', ""), "wrong or incomplete: KeyError\\('version'\\)"),
        (HEADER.replace("0.5", '"lots"'), "wrong or incomplete"),
        (HEADER.replace('"facts"', '"mood"'), "its own capability 'mood' with 0 `examples`"),
        (HEADER.replace('= "x"', "= = x"), "wrong or incomplete"),
    ],
)
def test_a_script_that_declares_nothing_or_wrongly_is_refused(tmp_path: Path, text: str, words: str) -> None:
    script = tmp_path / "x.py"
    script.write_text(text)
    with pytest.raises(BadSetup, match=words):
        read_card(script)


def test_every_capability_of_the_contract_is_named_once() -> None:
    assert len(set(CAPABILITIES)) == len(CAPABILITIES) == 19
