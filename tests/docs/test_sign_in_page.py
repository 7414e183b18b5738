"""docs/sign-in.md shows the rights as the database holds to them."""

from pathlib import Path

from grym_synth.storage.rights import rights_table

PAGE = Path(__file__).parents[2] / "docs" / "sign-in.md"


def test_the_rights_on_the_page_are_those_of_the_code() -> None:
    assert rights_table() in PAGE.read_text(encoding="utf-8")
