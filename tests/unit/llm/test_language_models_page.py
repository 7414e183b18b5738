"""What docs/language-models.md says can be set, and as it says."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from grym_synth.config import Config, read_config
from grym_synth.config.models import ModelCard, ModelRules

PAGE = (Path(__file__).parents[3] / "docs" / "language-models.md").read_text()
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "OPENROUTER_API_KEY")


def read(example: str, home: Path, *keys: str) -> Config:
    (home / "config.toml").write_text(example)
    return read_config({"GRYM_HOME": str(home)} | dict.fromkeys(keys, "k3y"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: re.findall(r'name = "(\w+)"', example)[0])
def test_an_example_is_valid_with_the_variables_that_the_page_names(example: str, tmp_path: Path) -> None:
    cards = read(example, tmp_path, *KEYS).models
    assert cards
    assert not any(card.lacks_key for card in cards)
    assert all(card.is_local != bool(card.api_key) for card in cards)


def test_all_examples_together_are_one_valid_file(tmp_path: Path) -> None:
    assert len(EXAMPLES) == 4
    assert len(read("\n".join(EXAMPLES), tmp_path).models) == 8


def test_every_setting_has_its_row_with_its_default(tmp_path: Path) -> None:
    rows = dict(re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| ([^|]*) \|", PAGE, re.MULTILINE))
    told = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(told) == sorted(
        item.name for kind in (ModelCard, ModelRules) for item in fields(kind) if item.name != "api_key"
    )
    local, far = read(
        '[[models]]\nname = "a"\nprovider = "openai"\nmodel = "m"\nurl = "http://localhost/v1"\n'
        '[[models]]\nname = "b"\nprovider = "google"\nmodel = "m"',
        tmp_path,
    ).models
    assert rows["`context_tokens`"] == f"{local.context_tokens:,} local, {far.context_tokens:,} elsewhere"
    assert rows["`concurrent`"] == f"{local.concurrent} local, {far.concurrent} elsewhere"
    assert rows["`thinking_tokens`"] == f"{far.thinking_tokens:,}"
    assert rows["`timeout`"] == f"{far.timeout:g}"
    rules = ModelRules()
    assert (rows["`privacy`"], rows["`prefer`"]) == (f'`"{rules.privacy}"`', f'`"{rules.prefer}"`')
