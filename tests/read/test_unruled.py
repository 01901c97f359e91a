"""Tables that no ruling draws: found by numbers under each other; texts that merely hold numbers are none."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from pipeline.extract import extract
from pipeline.outline import outline
from pipeline.read import read
from schemas.document import Grid

FONT = Path("/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf")

pytestmark = pytest.mark.skipif(not FONT.exists(), reason="the Liberation fonts are not installed")

# (x, text) in lines; of numbers x is where they end
Printed = tuple[tuple[tuple[float, str], ...], ...]

HEAD: Printed = (
    ((300, "Tháng"), (370, "Ước tính tháng 5/2031 so với"), (530, "5 tháng")),
    ((300, "4/2031"), (370, "Tháng"), (450, "Tháng"), (530, "năm 2031")),
    (
        (370, "4/2031"),
        (450, "5/2030"),
    ),
)
BODY: Printed = (
    ((75, "Toàn ngành"), (330, "108,4"), (400, "101,8"), (480, "109,6"), (570, "108,3")),
    ((75, "A. Làm muối"), (330, "95,3"), (400, "102,1"), (480, "98,0"), (570, "97,2")),
    ((80, "Phơi nước và thu hoạch"), (330, "93,1"), (400, "101,7"), (480, "96,4"), (570, "95,9")),
    ((75, "muối biển"),),
    ((75, "B. Làm mắm"), (330, "110,9"), (400, "101,3"), (480, "111,8"), (570, "110,4")),
)  # fmt: skip


def grids(folder: Path, printed: Printed) -> tuple[Grid, ...]:
    return read(written(folder, printed), "0" * 64).pages[0].grids


def written(folder: Path, printed: Printed) -> Path:
    pdf, font = pymupdf.open(), pymupdf.Font(fontfile=str(FONT))
    page = pdf.new_page(width=595, height=842)
    writer = pymupdf.TextWriter(page.rect)
    for row, line in enumerate(printed):
        for x, text in line:
            right = text[-1].isdigit() and "/" not in text and len(text) < 8
            begins = x - font.text_length(text, fontsize=11) if right else x
            writer.append((begins, 80 + 14 * row), text, font=font, fontsize=11)
    writer.write_text(page)
    pdf.save(folder / "table.pdf")
    return folder / "table.pdf"


def text(grid: Grid, row: int, column: int) -> str:
    cell = next(cell for cell in grid.cells if (cell.row, cell.column) == (row, column))
    return " ".join(line.passage.text for line in cell.lines)


def test_numbers_under_each_other_are_a_table(tmp_path: Path) -> None:
    (grid,) = grids(tmp_path, (*HEAD, *BODY))
    assert (grid.rows, grid.columns) == (6, 5)
    assert [text(grid, row, 0) for row in range(2, 6)] == [
        "Toàn ngành", "A. Làm muối", "Phơi nước và thu hoạch muối biển", "B. Làm mắm",
    ]  # fmt: skip
    assert [text(grid, 5, column) for column in range(1, 5)] == ["110,9", "101,3", "111,8", "110,4"]


def test_a_head_over_two_columns_is_of_both(tmp_path: Path) -> None:
    (grid,) = grids(tmp_path, (*HEAD, *BODY))
    spanning = next(cell for cell in grid.cells if cell.column_span == 2)
    assert (spanning.row, spanning.column) == (0, 2)
    assert text(grid, 0, 2) == "Ước tính tháng 5/2031 so với"
    assert [text(grid, 1, 2), text(grid, 1, 3)] == ["Tháng 4/2031", "Tháng 5/2030"]


def test_its_figures_have_their_rows_and_times(tmp_path: Path) -> None:
    document = read(written(tmp_path, (*HEAD, *BODY)), "0" * 64)
    first = extract(document, outline(document)).metrics[0]
    assert (first.value, first.indicator, str(first.period_end)) == (108.4, "Toàn ngành", "2031-04-30")


def test_it_stands_in_its_place_beside_a_ruled_one(tmp_path: Path) -> None:
    path = written(tmp_path, (*HEAD, *BODY))
    with pymupdf.open(path) as pdf:
        for y in (400, 430, 460):
            pdf[0].draw_line((60, y), (300, y))
        for x in (60, 180, 300):
            pdf[0].draw_line((x, 400), (x, 460))
        pdf[0].insert_text((70, 420), "Muoi")
        pdf.save(tmp_path / "both.pdf")
    first, second = read(tmp_path / "both.pdf", "0" * 64).pages[0].grids
    assert (first.columns, second.columns) == (5, 2)


NO_TABLES: list[Printed] = [
    # a text with numbers in it
    tuple(((75, f"Năm {year} trồng 12.000 cây, tăng 3,5% so với năm trước, đạt 98% kế hoạch."),) for year in range(2025, 2033)),
    # a list of contents
    tuple(((75, f"{n}. Phần thứ {n} của văn bản"), (520, str(3 * n))) for n in range(1, 8)),
    # a signature beside recipients
    (((75, "Nơi nhận:"), (380, "KT. BỘ TRƯỞNG")), ((75, "- Như trên;"), (380, "THỨ TRƯỞNG")), ((75, "- Lưu: VT, 12."), (380, "Lê Thử"))),
    # two lines of numbers alone
    BODY[:2],
    # telephones
    tuple(((75, f"Phòng {n}"), (300, f"024.3825125{n}"), (420, f"0912.345.67{n}")) for n in range(6)),
    # a roster
    tuple(((75, f"Nguyễn Văn {name}"), (300, "02/6"), (370, "09/6"), (440, "16/6")) for name in "ABCDE"),
]  # fmt: skip


UNITS: Printed = (
    ((180, "Đơn vị"), (300, "Ước"), (390, "Ước"), (490, "Tháng 5 so")),
    ((190, "tính"), (290, "tháng 5"), (380, "quý II"), (490, "cùng kỳ (%)")),
    ((75, "Muối hạt"), (180, "Tấn"), (330, "842"), (420, "4.916"), (540, "118,3")),
    ((75, "Mắm"), (180, "Nghìn lít"), (330, "124,6"), (420, "351,9"), (540, "110,4")),
    ((250, "Biểu số 1 (tiếp)"),),
    ((75, "Phao"), (180, "Cái"), (330, "6.357"), (420, "18.002"), (540, "108,5")),
)  # fmt: skip
TEXT_BELOW: Printed = (
    ((100, "Về nuôi vịt, toàn tỉnh có 178 chợ bán vịt, 29 bến vịt và gần 800 cửa hàng bán trứng vịt, lòng"),),
    ((75, "vịt muối tăng 13,4% so với cùng kỳ, đạt 24,2% kế hoạch năm của cả tỉnh về nuôi vịt đàn."),),
)


def test_a_column_of_units_has_a_head_and_a_line_over_the_columns_is_one_cell(tmp_path: Path) -> None:
    """The text right below the table is none of it."""
    (grid,) = grids(tmp_path, (*UNITS, *TEXT_BELOW))
    assert (grid.rows, grid.columns) == (5, 5)
    assert [text(grid, 0, column) for column in range(1, 4)] == ["Đơn vị tính", "Ước tháng 5", "Ước quý II"]
    assert [(cell.column, cell.column_span) for cell in grid.cells if cell.row == 3] == [(0, 5)]


@pytest.mark.parametrize(
    "printed", NO_TABLES, ids=["text", "contents", "signature", "two lines", "telephones", "a roster"]
)
def test_other_numbers_are_no_table(printed: Printed, tmp_path: Path) -> None:
    assert grids(tmp_path, printed) == ()
