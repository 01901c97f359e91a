"""The ledger of numbers: each number once, with exactly one kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.extract import extract
from pipeline.outline import outline
from pipeline.read import read
from schemas.records import Number
from tests.texts import extracted

SHARED = Path(__file__).parent.parent.parent.parent / "shared" / "documents"
KINDS = {"metric", "date", "reference", "ordinal", "name", "page_number", "contact", "other", "unexplained"}
TOKENS = [
    ("Sản lượng đạt 12,5 MWh.", "12,5", "metric"),
    ("Có 58/76 hồ sơ.", "58/76", "metric"),
    ("Tính đến ngày 30/9/2025.", "30/9/2025", "date"),
    ("Trong Quý II năm 2025.", "II", "date"),
    ("Kết quả chín tháng đầu năm 2025.", "chín", "date"),
    ("Mô hình chính quyền địa phương hai cấp.", "hai", "name"),
    ("Gồm ba dự án.", "ba", "other"),
    ("Theo Nghị quyết số 71/NQ-CP.", "71/NQ-CP", "reference"),
    ("Phủ sóng 5G.", "5G", "name"),
    ("Điện thoại: 024.38221234.", "024.38221234", "contact"),
    ("Mã thiết bị là 7731.", "7731", "unexplained"),
    ("Chuẩn bị Hội chợ Mùa Hạ 2031 và kịp thời phổ biến.", "2031", "date"),
    ("Có 2031 thí sinh dự thi.", "2031", "metric"),
    ("Địa chỉ: Tầng 23, toà nhà Hoa Mai, Phường 8, Quận 4.", "23", "contact"),
    ("Địa chỉ: Tầng 23, toà nhà Hoa Mai, Phường 8, Quận 4.", "8", "contact"),
    ("Giao Trung tâm Dữ liệu quốc gia số 3 vận hành.", "3", "name"),
    ("Tổng công ty 77 được giao vốn.", "77", "name"),
    ("Công ty mở 77 cửa hàng.", "77", "metric"),
    ("Dịch Covid - 19 được kiểm soát.", "19", "name"),
    ("Tài khoản định danh mức 2 đã kích hoạt.", "2", "ordinal"),
]


def numbers(folder: Path, text: str) -> tuple[Number, ...]:
    return extracted(folder, f"IV. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").numbers


@pytest.mark.parametrize(("text", "raw", "kind"), TOKENS)
def test_kind(text: str, raw: str, kind: str, tmp_path: Path) -> None:
    assert [number.kind for number in numbers(tmp_path, text) if number.raw == raw] == [kind]


def test_labels_are_ordinals(tmp_path: Path) -> None:
    found = {number.raw: number.kind for number in numbers(tmp_path, "Không có gì.")}
    assert (found["IV"], found["1"]) == ("ordinal", "ordinal")


def test_each_number_once_and_of_one_kind(tmp_path: Path) -> None:
    found = numbers(tmp_path, "Có 12 dự án, 12 hồ sơ và 12 tỉnh.")
    assert [number.raw for number in found].count("12") == 3
    assert len({number.number_id for number in found}) == len(found)
    assert {number.kind for number in found} <= KINDS


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared documents are not beside the project")
def test_kinds_of_numbers_drawn_at_random() -> None:
    """At least 97 of 100 numbers have the kind that a reader of the page gave them."""
    rows = [line.split("\t") for line in Path(__file__).with_name("ledger_tokens.tsv").read_text().splitlines()[1:]]
    found = {name: _kinds_by_place(SHARED / name) for name in {row[0] for row in rows}}
    wrong = [
        (name, page, kind, got)
        for name, page, x, y, kind in rows
        if kind != (got := found[name].get((int(page), int(x), int(y))))
    ]
    assert len(rows) == 200
    assert len(wrong) <= 0.03 * len(rows), wrong


def _kinds_by_place(path: Path) -> dict[tuple[int, int, int], str]:
    document = read(path, "0" * 64)
    found = {}
    for number in extract(document, outline(document)).numbers:
        box = number.boxes[0]
        found[box.page, round((box.x0 + box.x1) / 2), round((box.y0 + box.y1) / 2)] = number.kind
    return found
