"""Outline: sections, lists, what is lifted out of the running text, rows over page breaks."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from pipeline.outline import outline
from pipeline.read import read
from schemas.block import Block, BlockKind, Outline, Zone
from tests.conftest import sample
from tests.texts import outlined


@cache
def of_sample(number: str) -> Outline:
    return outline(read(sample(number), number))


def find(of: Outline, begins: str) -> Block:
    (found,) = (block for block in of if block.body.text.startswith(begins))
    return found


BODY = """I. TÌNH HÌNH

1. Về hạ tầng

a) Đường dây thứ nhất.

- Đoạn tuyến phía bắc.

+ Nhánh rẽ qua sông.

- Đoạn tuyến phía nam.

2. Về nguồn lực

Bố trí vốn theo kế hoạch.

II. NHIỆM VỤ

1. Bộ Y tế chủ trì.
"""
ABOVE = [
    ("Về hạ tầng", ["I."]),
    ("Đường dây thứ nhất", ["1.", "I."]),
    ("Nhánh rẽ", ["-", "a)", "1.", "I."]),
    ("Bố trí vốn", ["2.", "I."]),
    ("Bộ Y tế chủ trì", ["II."]),
]


@pytest.mark.parametrize(("begins", "labels"), ABOVE)
def test_what_stands_above(begins: str, labels: list[str], tmp_path: Path) -> None:
    of = outlined(tmp_path, BODY)
    assert [above.label.text for above in of.ancestors(find(of, begins))] == labels


def test_sections_of_a_report() -> None:
    """Bold headings make sections; what stands below carries their path."""
    of = of_sample("02")
    assert of.section(find(of, "Bộ Y tế, Bộ Công an, Ủy ban")) == ("II", "3")


def test_bullets_nest_by_their_kind(tmp_path: Path) -> None:
    of = outlined(tmp_path, BODY)
    north, branch, south = (find(of, begins) for begins in ("Đoạn tuyến phía bắc", "Nhánh rẽ", "Đoạn tuyến phía nam"))
    assert branch.parent == north.index
    assert south.parent == north.parent
    assert south.parent == find(of, "Đường dây").index


def test_every_character_of_a_page_is_in_one_block() -> None:
    """Nothing is lost and nothing doubled between reading and outline."""
    for number in ("01", "02", "03", "04", "07"):
        document = read(sample(number), number)
        printed = {
            (glyph.page, glyph.order)
            for page in document.pages
            for line in (*page.lines, *(line for grid in page.grids for cell in grid.cells for line in cell.lines))
            for character, glyph in zip(line.passage.text, line.passage.glyphs, strict=True)
            if glyph and not character.isspace()
        }
        outlined_glyphs = [
            (glyph.page, glyph.order)
            for block in outline(document)
            for passage in (*block.passages, *block.marks)
            for character, glyph in zip(passage.text, passage.glyphs, strict=True)
            if glyph and not character.isspace()
        ]
        assert len(outlined_glyphs) == len(set(outlined_glyphs)), number
        assert printed - set(outlined_glyphs) == set(), number


def test_page_numbers_are_furniture() -> None:
    furniture = [block.body.text for block in of_sample("01") if block.kind is BlockKind.FURNITURE]
    assert [text for text in furniture if text.isdigit()] == ["2", "3", "4"]


def test_a_repeated_table_head_is_furniture() -> None:
    of = of_sample("01")
    head = next(block for block in of if block.kind is BlockKind.FURNITURE and not block.body.text.isdigit())
    rows = [block for block in of if block.kind is BlockKind.ROW]
    assert head.body.text.startswith("Vùng ")
    assert {row.cells[1].head for row in rows} == {"Vùng"}


def test_footnotes_are_lifted_out_of_the_text() -> None:
    of = of_sample("01")
    notes = [block for block in of if block.kind is BlockKind.FOOTNOTE]
    marks = [mark.text for block in of for mark in block.marks]
    assert len(notes) == len(marks) == 5
    assert sorted(marks) == [note.label.text for note in notes] == ["1", "2", "3", "4", "5"]


def test_rows_run_over_page_breaks() -> None:
    """30 tasks on four pages; some rows begin on one page and end on the next."""
    rows = [block for block in of_sample("03") if block.kind is BlockKind.ROW]
    pages = [{glyph.page for cell in row.cells for glyph in cell.passage.glyphs if glyph} for row in rows]
    assert any(len(on) == 2 for on in pages)
    heads = [cell.head for cell in rows[-1].cells]
    assert heads[0] == "STT"
    assert all(row.cells[0].passage.text != "STT" for row in rows), "the repeated head is no row"


def test_zones() -> None:
    of = of_sample("02")
    zones = [block.zone for block in of]
    assert zones[0] is Zone.LETTERHEAD
    assert zones[-1] is Zone.CLOSING or Zone.CLOSING in zones
    assert find(of, "Bộ Nông nghiệp và Môi trường phối hợp").zone is Zone.BODY


def test_a_bullet_before_a_heading_is_no_section(tmp_path: Path) -> None:
    of = outlined(tmp_path, "I. TÌNH HÌNH\n\n- DANH SÁCH CÁC CÔNG VIỆC\n\na) Trồng cây bên đường.\n")
    assert of.section(find(of, "Trồng cây")) == ("I",)
