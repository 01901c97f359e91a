"""References: type, number and day of issue; heads and days that hold for several; counts are no numbers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.mentions import read_mentions
from extractors.references import find_references
from schemas.mention import MentionKind
from schemas.place import Passage
from schemas.values import LegalReference

ANCHOR = date(2025, 6, 9)
APRIL, JUNE = date(2025, 4, 1), date(2025, 6, 2)

CASES: list[tuple[str, list[tuple[str | None, str, date | None]]]] = [
    # type, number, day
    ("Nghị quyết số 71/NQ-CP ngày 01/4/2025", [("Nghị quyết", "71/NQ-CP", APRIL)]),
    ("Nghị quyết số 71/NQ-CP ngày 01 tháng 4 năm 2025", [("Nghị quyết", "71/NQ-CP", APRIL)]),
    ("Nghị quyết số 71/NQ-CP, ngày 01/4/2025", [("Nghị quyết", "71/NQ-CP", APRIL)]),
    ("Nghị quyết 71/NQ-CP của Chính phủ ngày 01/4/2025", [("Nghị quyết", "71/NQ-CP", APRIL)]),
    ("Nghị quyết số 71/NQ-CP", [("Nghị quyết", "71/NQ-CP", None)]),
    ("NGHỊ QUYẾT SỐ 71/NQ-CP", [("Nghị quyết", "71/NQ-CP", None)]),
    ("Quyết định số: 12/QĐ-UBND", [("Quyết định", "12/QĐ-UBND", None)]),
    ("Nghị quyết số 57-NQ/TW", [("Nghị quyết", "57-NQ/TW", None)]),
    ("Công văn số 5400/VPCP-KGVX", [("Công văn", "5400/VPCP-KGVX", None)]),
    ("Thông tư 12/2024/TT-BYT", [("Thông tư", "12/2024/TT-BYT", None)]),
    ("Luật Trồng trọt số 31/2018/QH14", [("Luật", "31/2018/QH14", None)]),
    ("Kế hoạch số 19/KH-BCĐ138QNg", [("Kế hoạch", "19/KH-BCĐ138QNg", None)]),
    ("Luật Đất đai; Nghị định số 55/2031/NĐ-CP", [("Nghị định", "55/2031/NĐ-CP", None)]),
    ("Luật Đất đai và Nghị định số 55/2031/NĐ-CP", [("Nghị định", "55/2031/NĐ-CP", None)]),
    (
        "các Nghị quyết của Bộ Chính trị: số 57-NQ/TW ngày 01/4/2025, số 66-NQ/TW; Chính phủ",
        [("Nghị quyết", "57-NQ/TW", APRIL), ("Nghị quyết", "66-NQ/TW", None)],
    ),
    (
        "các Nghị quyết: số 57-NQ/TW ngày 01/4/2025 về đột phá phát triển khoa học; số 59-NQ/TW về hội nhập; và Luật số 5/2025/QH15",
        [("Nghị quyết", "57-NQ/TW", APRIL), ("Nghị quyết", "59-NQ/TW", None), ("Luật", "5/2025/QH15", None)],
    ),
    (
        "các Quyết định: số 12/QĐ-UBND ngày 01/4/2025; số 13/QĐ-UBND ngày 01/4/2025",
        [("Quyết định", "12/QĐ-UBND", APRIL), ("Quyết định", "13/QĐ-UBND", APRIL)],
    ),
    ("Báo cáo số 25/BC-SYT(KH) ngày 01/4/2025", [("Báo cáo", "25/BC-SYT", APRIL)]),
    ("19/QĐ-TTg 15/12/2031", [(None, "19/QĐ-TTg", date(2031, 12, 15))]),
    (
        "Nghị quyết số 03/NQ-CP và số 04/NQ-CP cùng ngày 01 tháng 4 năm 2025",
        [("Nghị quyết", "03/NQ-CP", APRIL), ("Nghị quyết", "04/NQ-CP", APRIL)],
    ),
    ("Nghị quyết số 55.4/2025/NQ-CP", [("Nghị quyết", "55.4/2025/NQ-CP", None)]),
    ("Bộ luật Lao động số 45/2019/QH14", [("Bộ luật", "45/2019/QH14", None)]),
    ("Pháp lệnh Cảnh vệ số 25/2005/PL-UBTVQH11", [("Pháp lệnh", "25/2005/PL-UBTVQH11", None)]),
    ("Thông báo kết luận số 45/TB-VPCP", [("Thông báo kết luận", "45/TB-VPCP", None)]),
    ("Tờ trình số 7/TTr-BTC", [("Tờ trình", "7/TTr-BTC", None)]),
    (
        "TB số 118/TB-VPCP ngày 01/4/2025; QĐ 24/QĐ-TTg",
        [("Thông báo", "118/TB-VPCP", APRIL), ("Quyết định", "24/QĐ-TTg", None)],
    ),
    (
        "Công điện số 28/CĐ-TTg ngày 01/4, số 29/CĐ-TTg ngày 02/6",
        [("Công điện", "28/CĐ-TTg", APRIL), ("Công điện", "29/CĐ-TTg", JUNE)],
    ),
    ("theo NQ193/2025/QH15", [("Nghị quyết", "193/2025/QH15", None)]),
    # no symbol printed
    (
        "Nghị định 91/2031 và Thông tư số 8/2030 quy định",
        [("Nghị định", "91/2031", None), ("Thông tư", "8/2030", None)],
    ),
    # no type printed
    ("số 71/NQ-CP ngày 01/4/2025", [(None, "71/NQ-CP", APRIL)]),
    ("theo 71/NQ-CP", [(None, "71/NQ-CP", None)]),
    # a day that is none, or another's
    ("Nghị quyết số 71/NQ-CP tháng 4/2025", [("Nghị quyết", "71/NQ-CP", None)]),
    ("Nghị quyết số 71/NQ-CP, hoàn thành trước ngày 01/4/2025", [("Nghị quyết", "71/NQ-CP", None)]),
    ("Nghị quyết số 71/NQ-CP ngày 31/4/2025", [("Nghị quyết", "71/NQ-CP", None)]),
    # one head for several
    ("Chỉ thị số 05/CT-TTg, 07/CT-TTg", [("Chỉ thị", "05/CT-TTg", None), ("Chỉ thị", "07/CT-TTg", None)]),
    ("các Nghị quyết số 8/NQ-CP và 9/NQ-CP", [("Nghị quyết", "8/NQ-CP", None), ("Nghị quyết", "9/NQ-CP", None)]),
    (
        "Nghị quyết số 8/NQ-CP ngày 01/4/2025, số 9/NQ-CP ngày 02/6/2025",
        [("Nghị quyết", "8/NQ-CP", APRIL), ("Nghị quyết", "9/NQ-CP", JUNE)],
    ),
    (
        "Nghị quyết số 8/NQ-CP, Quyết định số 9/QĐ-TTg",
        [("Nghị quyết", "8/NQ-CP", None), ("Quyết định", "9/QĐ-TTg", None)],
    ),
    # the day opens the sentence
    ("Ngày 01/4/2025, Bộ ban hành Kế hoạch số 45/KH-BYT.", [("Kế hoạch", "45/KH-BYT", APRIL)]),
    ("Ngày 01/4/2025, Bộ họp. Kế hoạch số 45/KH-BYT nêu rõ", [("Kế hoạch", "45/KH-BYT", None)]),
    # short forms
    ("thực hiện Nghị quyết 57", [("Nghị quyết", "57", None)]),
    ("thực hiện Kế hoạch số 02 ngày 02/6/2025", [("Kế hoạch", "02", JUNE)]),
    ("thực hiện Nghị quyết 57 ngày 01/4/2025", [("Nghị quyết", "57", APRIL)]),
    # counts and blanks
    ("ban hành kế hoạch 30 ngày cao điểm", []),
    ("có kế hoạch 15 dự án", []),
    ("ban hành quyết định 5 văn bản", []),
    ("đạt 76% (kế hoạch 800 lao động)", []),
    ("Báo cáo số      /BC-UBND", []),
    ("Báo cáo số ……/BC-UBND ngày …/6/2025", []),
    ("giải quyết 58/76 hồ sơ", []),
    ("", []),
]


def _passage(text: str) -> Passage:
    return Passage(text, (None,) * len(text))


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_references_are_read(text: str, expected: list[tuple[str | None, str, date | None]]) -> None:
    found = [mention.value for mention in find_references(_passage(text), ANCHOR)]
    assert found == [LegalReference(*reference) for reference in expected]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("theo Nghị quyết số 71/NQ-CP ngày 01/4/2025 của tỉnh", "Nghị quyết số 71/NQ-CP ngày 01/4/2025"),
        ("theo văn bản số 12/BC-STC, trong đó", "văn bản số 12/BC-STC"),
        ("theo số 71/NQ-CP đã nêu", "số 71/NQ-CP"),
        ("Luật Trồng trọt số 31/2018/QH14 quy định", "Luật Trồng trọt số 31/2018/QH14"),
        ("thực hiện Nghị quyết 57, tỉnh", "Nghị quyết 57"),
    ],
)
def test_a_reference_reaches_from_its_type_to_its_day(text: str, words: str) -> None:
    assert [mention.text for mention in find_references(_passage(text), ANCHOR)] == [words]


def test_a_long_text_before_the_head_changes_nothing() -> None:
    text = "Sở Nội vụ rà soát, tổng hợp; " * 40 + "Luật Trồng trọt số 31/2018/QH14"
    (mention,) = find_references(_passage(text), ANCHOR)
    assert (mention.text, mention.value) == (
        "Luật Trồng trọt số 31/2018/QH14",
        LegalReference("Luật", "31/2018/QH14", None),
    )


def test_mentions_share_no_character() -> None:
    text = "Nghị quyết số 71/NQ-CP ngày 01/4/2025; khoản 3 Điều 12; quý III/2025; Đề án 06 giai đoạn 2026-2030"
    reading = read_mentions(_passage(text), ANCHOR)
    assert [text[start:end] for start, end in reading.taken] == [
        "Nghị quyết số 71/NQ-CP ngày 01/4/2025",
        "khoản 3",
        "Điều 12",
        "quý III/2025",
        "Đề án 06",
        "giai đoạn 2026-2030",
    ]
    assert {mention.kind for mention in reading.dates} == {MentionKind.DATE}


PIECES = st.lists(
    st.sampled_from(
        ["Nghị quyết", "số", "71/NQ-CP", "ngày 01/4/2025", "Luật", "57", ",", "và", "tháng 7", "5G", "Điều 3", "."]
    ),
    max_size=12,
)


@given(st.text(max_size=80) | PIECES.map(" ".join) | PIECES.map("".join))
def test_any_text_gives_mentions_that_share_no_character(text: str) -> None:
    reading = read_mentions(_passage(text), ANCHOR)
    position = 0
    for start, end in reading.taken:
        assert position <= start < end <= len(text)
        position = end
