"""Two tasks: the same work in other words, or look-alikes with another object."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.link import index as index_module
from pipeline.link.decisions import Decision
from pipeline.link.index import Index, Text
from pipeline.link.memory import new_database
from pipeline.link.same_work import LEAST, Work, compare, plain, worded

# work that fills the corpus, so that rare words are rare
OTHERS = [
    "Xây dựng Quy hoạch mạng lưới cảng cạn thời kỳ 2026 - 2035",
    "Tổ chức diễn tập ứng phó sự cố tràn dầu trên biển",
    "Rà soát quỹ đất xây dựng nhà ở xã hội cho công nhân",
    "Hoàn thiện cơ sở dữ liệu quốc gia về thủy lợi và phòng chống thiên tai",
    "Ban hành Thông tư về định mức kinh tế - kỹ thuật quan trắc môi trường",
    "Phát triển nguồn nhân lực chất lượng cao ngành hàng hải",
    "Xây dựng Đề án bảo tồn rừng ngập mặn ven biển",
    "Kiểm tra việc khai thác cát trên các tuyến đường thủy nội địa",
]
SAME = [
    ("Xây dựng Đề án bảo tồn rừng dừa nước", "Xây dựng, ban hành Đề án bảo tồn rừng dừa nước."),
    (
        "Nhiệm vụ xây dựng CSDL về doanh nghiệp đóng tàu",
        "Giao Bộ Công Thương chủ trì, phối hợp với Bộ Xây dựng xây dựng cơ sở dữ liệu về doanh nghiệp đóng tàu, "
        "hoàn thành trong tháng 6/2025.",
    ),
    (
        "Sửa đổi Chiến lược phát triển đội tàu biển Việt Nam; ban hành kế hoạch",
        "Rà soát, điều chỉnh Chiến lược quốc gia phát triển đội tàu biển đến năm 2040",
    ),
    (
        "Số hóa dữ liệu đăng ký tàu cá, tái sử dụng dữ liệu để cắt giảm TTHC",
        "Khẩn trương hoàn thành số hóa dữ liệu đăng ký tàu cá, tái sử dụng dữ liệu đã số hóa nhằm đơn giản hóa hồ sơ",
    ),
]
NOT_SAME = [
    ("Xây dựng Chương trình phát triển công nghệ đóng tàu", "Xây dựng Chương trình phát triển công nghiệp đóng tàu"),
    ("Xây dựng Quỹ hỗ trợ ngư dân bám biển", "Xây dựng Chương trình hỗ trợ ngư dân bám biển"),
    ("Sửa đổi Luật Thuế thu nhập cá nhân", "Sửa đổi Luật Thuế thu nhập doanh nghiệp"),
    ("Xây dựng Danh mục công nghệ cảng biển", "Xây dựng Chương trình quốc gia về công nghệ cảng biển"),
    ("Xây dựng Chương trình phát triển kinh tế số", "Xây dựng Chương trình phát triển chính phủ số"),
]


Row = dict[str, Any]


def work(text: str, key: str = "a", **given: object) -> Row:
    return {
        "task_id": key, "document_id": key, "section": "I", "text": text, "lead": (), "lead_ids": (), "coop": (),
        "supervisors": (), "deadline": None, **given,
    }  # fmt: skip


def read(row: Row) -> Work:
    wording = worded(row)
    return Work.of({**row, "plain": plain(row["text"]), "object": wording.object, "products": wording.products})


def decided(left: Row, right: Row) -> Decision | None:
    works = [right, *map(work, OTHERS), left]
    with tempfile.TemporaryDirectory() as aside, new_database(":memory:", Path(aside)) as database:
        texts = [Text(str(n), worded(each).terms, plain=plain(each["text"])) for n, each in enumerate(works)]
        Index(database, "task").add(texts[:-1])
        index = Index(database, "task")
        index.add(texts[-1:])
        pairs = [pair for some in index.pairs(LEAST) for pair in some]
    for pair in pairs:
        if pair.right == "0":
            found = compare(read(left), read(right), pair.likeness)
            return found.decision if found else None
    return None


@pytest.mark.parametrize(("left", "right"), SAME)
def test_same(left: str, right: str) -> None:
    lead = {"lead": ("Bộ Công Thương",), "lead_ids": ("bo-cong-thuong",), "deadline": date(2025, 6, 30)}
    assert decided(work(left, "a", **lead), work(right, "b", **lead)) is Decision.SAME


@pytest.mark.parametrize(("left", "right"), NOT_SAME)
def test_look_alikes(left: str, right: str) -> None:
    lead = {"lead": ("Bộ Công Thương",), "lead_ids": ("bo-cong-thuong",), "deadline": date(2025, 6, 30)}
    assert decided(work(left, "a", **lead), work(right, "b", **lead)) is not Decision.SAME


def test_two_items_of_one_list() -> None:
    head = "Hoàn thành việc triển khai các nhiệm vụ phục vụ chuyển đổi số ngành hàng hải, gồm: "
    left = work(head + "(1) Định danh tàu thuyền", "a", document_id="d")
    right = work(head + "(2) Định danh bến cảng", "b", document_id="d")
    again = work(head + "(1) Định danh tàu thuyền;", "c", document_id="d")
    assert decided(left, right) is not Decision.SAME
    assert decided(left, again) is Decision.SAME


def test_rows_of_one_table_that_differ_in_one_cell() -> None:
    head = "Đưa vào khai thác các cơ sở dữ liệu chuyên ngành hàng hải, đồng bộ về Trung tâm dữ liệu; cụ thể: "
    left = work(head + "(31) CSDL thuyền viên", "a", document_id="d")
    right = work(head + "(40) CSDL hoa tiêu", "b", document_id="d")
    assert decided(left, right) is Decision.NOT_SAME


def test_one_of_several_works_of_a_longer_text_stays_undecided() -> None:
    short = work("Xây dựng Đề án bảo tồn rừng dừa nước", "a")
    long = work(
        "Xây dựng Đề án bảo tồn rừng dừa nước, Đề án phục hồi rạn san hô, Đề án quản lý bãi bồi cửa sông, Đề án nuôi "
        "biển xa bờ, Đề án khai thác năng lượng sóng và Đề án trồng cỏ biển tại các đảo tiền tiêu",
        "b",
    )
    assert decided(short, long) in (Decision.UNDECIDED, None)


@pytest.mark.parametrize(
    ("left", "right", "decision"),
    [
        ("bo-giao-thong-van-tai", "bo-xay-dung", Decision.SAME),  # merged on 1 March 2025
        ("dang-uy.bo-xay-dung", "bo-xay-dung", Decision.SAME),
        ("quan-uy-trung-uong", "bo-quoc-phong", Decision.SAME),
        ("bo-nganh-dia-phuong", "bo-xay-dung", Decision.SAME),  # any ministry may report what all shall do
    ],
)
def test_leads_over_time(left: str, right: str, decision: Decision) -> None:
    text = "Xây dựng Đề án bảo tồn rừng dừa nước"
    ours = work(text, "a", lead=("x",), lead_ids=(left,))
    theirs = work(text, "b", lead=("y",), lead_ids=(right,))
    assert decided(ours, theirs) is decision


def test_texts_that_are_the_same_hang_together_when_the_first_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words that all use bring nobody back."""
    monkeypatch.setattr(index_module, "_COMMON", 1)
    with tempfile.TemporaryDirectory() as aside, new_database(":memory:", Path(aside)) as database:
        text = work("Xây dựng Đề án bảo tồn rừng dừa nước")
        Index(database, "task").add(Text(key, worded(text).terms, plain=plain(text["text"])) for key in "abc")
        index = Index(database, "task")
        index.remove("select 'a'")
        index.add([Text("d", worded(text).terms, plain=plain(text["text"]))])
        pairs = {frozenset((pair.left, pair.right)) for some in index.pairs(LEAST) for pair in some}
    assert pairs == {frozenset("bc"), frozenset("bd")}
