"""Passages lie where they say, hold everything, and end at the borders of the text."""

from hypothesis import given
from hypothesis import strategies as st

from grym_synth.knowledge.passages import cut_passages, section_names
from grym_synth.storage.knowledge_rows import Section

PIECES = st.sampled_from(
    ["word ", "Ende. ", "\n", "\n\n", "\r\n", "\r\n\r\n", "\r", "- item\n", "| a | b |\n", "```\n", "x" * 700,
     "é ß 語。", "word " * 70, "One. Two! " * 30, "   ", "\t", "\u2028", "\x0c", "# head\n"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30), st.lists(st.integers(0, 4000), max_size=6))
def test_passages_are_in_order_and_hold_all_but_white_space(pieces: list[str], starts: list[int]) -> None:
    text = "".join(pieces)
    sections = [Section(start, f"s{start}", 1 + start % 3) for start in sorted(starts)]
    passages = cut_passages(text, sections)
    at = 0
    for start, end, _ in passages:
        assert at <= start < end <= len(text)
        assert text[at:start].strip() == ""
        assert text[start:end] == text[start:end].strip()
        assert len(text[start:end]) <= 2000
        assert len(text[start:end].split()) <= 180
        at = end
    assert text[at:].strip() == ""
    for section in sections:
        assert not any(start < section.start < end for start, end, _ in passages)


def test_short_paragraphs_are_joined_and_long_ones_are_divided_at_sentences() -> None:
    short, long = "Ten words are in this one, as you can count.", "A sentence of just seven words here. " * 40
    text = f"{short}\n\n{short}\n\n{long.strip()}"
    passages = cut_passages(text, [])
    assert text[slice(*passages[0][:2])].startswith(f"{short}\n\n{short}\n\nA sentence")
    assert all(text[start:end].endswith(".") for start, end, _ in passages)
    assert all(60 <= len(text[start:end].split()) <= 180 for start, end, _ in passages[:-1])


def test_a_fenced_block_and_a_table_that_fit_stay_whole() -> None:
    code = "```python\nfirst = 1\n\n\nsecond = 2\n```"
    table = "\n".join(f"| {number} | word word word |" for number in range(15))
    filler = "Plain words fill this up to its end. " * 12
    text = f"{filler}\n\n{code}\n\n{filler}\n\n{table}\n"
    said = [text[start:end] for start, end, _ in cut_passages(text, [])]
    assert sum(code in each for each in said) == 1
    assert sum(table in each for each in said) == 1


def test_a_passage_is_named_by_the_sections_above_it() -> None:
    text = "# A\none\n## B\ntwo\n### C\nthree\n## D\nfour\n"
    sections = [
        Section(text.index(mark), mark.strip("# "), mark.count("#")) for mark in ("# A", "## B", "### C", "## D")
    ]
    assert section_names(sections) == ["A", "A > B", "A > B > C", "A > D"]
    assert [name for _, _, name in cut_passages(text, sections)] == ["A", "A > B", "A > B > C", "A > D"]
    assert [name for _, _, name in cut_passages(text, sections, "A")] == ["", "B", "B > C", "D"]


def test_a_heading_with_nothing_below_it_is_no_passage() -> None:
    text = "# Mastering\n\n## Levels\nPeaks stay low.\n\nOther\n=====\n"
    sections = [
        Section(0, "Mastering", 1),
        Section(text.index("##"), "Levels", 2),
        Section(text.index("Oth"), "Other", 1),
    ]
    assert [text[start:end] for start, end, _ in cut_passages(text, sections)] == ["## Levels\nPeaks stay low."]
