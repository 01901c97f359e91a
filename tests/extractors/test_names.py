"""Numbers that are no figures are claimed by the right rule, with the right words; figures are left alone."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.names import LEFT_RULES, RULES, find_names
from schemas.mention import MentionKind
from schemas.place import Passage

with (Path(__file__).parent / "names.tsv").open(encoding="utf-8", newline="") as table:
    ROWS = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))

PIECES = st.lists(
    st.sampled_from(
        [
            "Điều",
            "khoản",
            "thứ",
            "khóa",
            "XV",
            "5G",
            "Đề án",
            "06",
            "(1)",
            "4.0",
            "24/7",
            "lúc",
            "15 giờ",
            "00",
            "0912",
            "345",
            "678",
            "@",
            "www.",
            "vidu.vn",
            "tháng",
            "2025",
            "đến",
            "2 cấp",
            "hồ sơ",
            ",",
            ".",
            "/",
            "-",
        ]
    ),
    max_size=12,
)


def _passage(text: str) -> Passage:
    return Passage(text, (None,) * len(text))


def _names(text: str, taken: list[tuple[int, int]] | None = None) -> list[str]:
    return [f"{mention.rule}:{mention.text}" for mention in find_names(_passage(text), taken or [])]


def test_the_table_is_long_and_repeats_nothing() -> None:
    assert len(ROWS) >= 80
    assert len({row["printed"] for row in ROWS}) == len(ROWS)


def test_every_rule_has_an_example() -> None:
    shown = {name.split(":")[0] for row in ROWS for name in row["names"].split(";")}
    assert {rule.name for rule in RULES} <= shown


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["printed"])
def test_names_and_ordinals_are_claimed(row: dict[str, str]) -> None:
    assert _names(row["printed"]) == [name for name in row["names"].split(";") if name]


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("trong 30 ngày", "duration"),
        ("05 ngày làm việc", "duration"),
        ("từ 10-15 năm", "duration"),
        ("kỷ niệm 80 năm", "duration"),
        ("Hội chợ Mùa Thu 2025", "lone_year"),
        ("phường 12", "part_of_address"),
        ("Trung đoàn 95", "numbered_body"),
        ("Ban Chỉ đạo 523 tỉnh", "numbered_body"),
        ("Đội kiểm tra liên ngành 178 cấp huyện", "numbered_body"),
        ("Covid-19", "disease"),
        ("liên 2", "numbered_copy"),
    ],
)
def test_what_is_no_figure_is_explained_afterwards(text: str, claimed: str) -> None:
    assert claimed in {mention.rule for mention in find_names(_passage(text), [], LEFT_RULES)}


def test_a_stretch_of_time_is_explained_from_its_first_number_to_its_last() -> None:
    for text in ("chậm từ 3 đến 6 tháng", "đi từ 2 – 3 giờ", "nghỉ 10 tới 15 ngày"):
        (mention,) = find_names(_passage(text), [], LEFT_RULES)
        assert mention.text.split()[-1] == text.split()[-1]
        assert next(word for word in text.split() if word.isdecimal()) in mention.text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("gọi 0912 345 678", MentionKind.CONTACT),
        ("mạng 5G", MentionKind.NAME),
        ("lúc 15 giờ 30", MentionKind.DATE),
        ("khoản 3", MentionKind.ORDINAL),
    ],
)
def test_a_name_tells_its_kind(text: str, kind: MentionKind) -> None:
    (mention,) = find_names(_passage(text), [])
    assert mention.kind is kind


def test_what_is_taken_is_not_claimed_again() -> None:
    text = "khoản 3 Điều 12 và Điều 15"
    assert _names(text, [(0, 7)]) == ["numbered:Điều 12", "numbered:Điều 15"]
    assert _names(text, [(8, 15), (19, 26)]) == ["numbered:khoản 3"]
    assert _names(text, [(0, len(text))]) == []


def test_roman_ordinals_count_though_all_digits_are_taken() -> None:
    assert _names("khóa XV, năm 2025", [(9, 17)]) == ["which_one:khóa XV"]


@pytest.mark.parametrize("row", [row for row in ROWS if row["names"]], ids=lambda row: row["printed"])
def test_a_hint_spares_no_match(row: dict[str, str]) -> None:
    """Each rule finds with its hint what its pattern finds without."""
    folded = _passage(row["printed"]).text.lower()
    for rule in RULES:
        if rule.hint and rule.pattern.search(folded):
            assert rule.hint.search(folded), rule.name


@given(
    st.text(max_size=80) | PIECES.map(" ".join) | PIECES.map("".join),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda ends: (min(ends), max(ends))), max_size=3),
)
def test_any_text_gives_ordered_names_outside_the_taken(text: str, taken: list[tuple[int, int]]) -> None:
    position = 0
    for mention in find_names(_passage(text), taken):
        assert position <= mention.start < mention.end <= len(text)
        assert not any(start < mention.end and mention.start < end for start, end in taken)
        position = mention.end


@given(st.text(max_size=80) | PIECES.map(" ".join) | PIECES.map("".join))
def test_hints_lose_nothing_in_any_text(text: str) -> None:
    folded = text.lower()
    for rule in RULES:
        match = rule.pattern.search(folded)
        if match and rule.hint:
            assert rule.hint.search(folded), rule.name
        if match and not rule.wordy:
            assert any(c.isdigit() for c in match.group()), rule.name
