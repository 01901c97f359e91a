"""The figures in docs/accuracy.md are true: a rule that changes them is committed with what it changed.

Scans are left out: what Tesseract reads may differ from one of its versions to the next.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.score import KINDS, REPORT, SHARED, Judged, Kind, judge, pairs, precision, score, strict_name, table
from tests.conftest import SAMPLES

Row = dict[str, object]


def lines(report: dict[str, dict[str, Judged]]) -> set[str]:
    """The rows of the report's tables, without their heads."""
    return {line for kind in KINDS for line in table(report, kind)[2:]}


def written(report: dict[str, dict[str, Judged]]) -> set[str]:
    """The rows in docs/accuracy.md that are about the same documents."""
    return {line for line in REPORT.read_text("utf8").splitlines() if any(line.startswith(f"| {n} |") for n in report)}


@pytest.mark.slow
def test_samples(tmp_path: Path) -> None:
    documents = [path for path in (SAMPLES / "documents").iterdir() if not path.name.startswith("06")]
    report = score(documents, SAMPLES / "gold", tmp_path, {}, only_found=True)
    assert len(report) == 7
    assert lines(report) == written(report)


@pytest.mark.slow
@pytest.mark.skipif(not (SHARED / "eval" / "gold").is_dir(), reason="the shared gold is not beside the project")
def test_shared_documents(tmp_path: Path) -> None:
    names = ("000-*.pdf", "002-*.pdf", "003-*born-digital.pdf")
    documents = [path for name in names for path in (SHARED / "documents").glob(name)]
    report = score(documents, SHARED / "eval" / "gold", tmp_path, {}, only_found=True)
    assert len(report) == 3
    assert lines(report) == written(report)


# --- the judge: planted errors --------------------------------------------------------------------------------------


def kind(name: str) -> Kind:
    (found,) = (kind for kind in KINDS if kind.name == name)
    return found


def task(text: str, **fields: object) -> Row:
    known: Row = {"id": "t1", "text": text, "lead": ["Bộ Y tế"], "coop": [], "supervisors": [], "deadline": None}
    return known | {"deadline_precision": "none", "assigned_in": [], "status": None, "rule": "r"} | fields


LONG = "Rà soát, sắp xếp lại các trạm y tế ở vùng sâu, vùng xa"


def judged(gold: list[Row], got: list[Row]) -> Judged:
    return judge(kind("tasks"), gold, got, {})


def test_the_same_is_right_in_all_fields() -> None:
    result = judged([task(LONG)], [task(LONG)])
    assert (result.f1, result.whole, result.gold) == (1.0, 1, 1)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("lead", ["Bộ Nội vụ"]),
        ("lead", ["Bộ Y tế", "Bộ Nội vụ"]),
        ("coop", ["Bộ Nội vụ"]),
        ("deadline", "2025-01-01"),
        ("deadline_precision", "day"),
        ("status", "done"),
        ("assigned_in", [{"number": "1/QĐ-TTg"}]),
    ],
)
def test_one_planted_error_costs_that_field(field: str, wrong: object) -> None:
    result = judged([task(LONG)], [task(LONG, **{field: wrong})])
    assert result.paired == 1
    assert set(kind("tasks").fields) - set(result.right) == {field}
    assert result.whole == 0


def test_a_missing_row_is_wrong_in_each_field() -> None:
    result = judged([task(LONG)], [])
    assert result.f1 == 0.0
    assert not result.right


def test_an_extra_row_costs_precision() -> None:
    result = judged([task(LONG)], [task(LONG), task("Mua sắm trang thiết bị cho các trường học ở miền núi")])
    assert result.f1 == pytest.approx(2 / 3)


def test_one_record_pays_for_one_gold_row() -> None:
    assert judged([task(LONG), task(LONG, id="t2")], [task(LONG)]).paired == 1


def test_an_accepted_value_is_right() -> None:
    gold = task(LONG, deadline="2025-01-01", accept={"deadline": [None]})
    assert "deadline" in judged([gold], [task(LONG)]).right


def test_a_doubtful_row_counts_neither_way() -> None:
    gold = [task(LONG, note="doubtful: may be a goal")]
    assert judged(gold, [task(LONG)]).f1 == judged(gold, []).f1 == 1.0


def test_pairs_are_one_to_one_and_the_most_alike_first() -> None:
    def likeness(gold: Row, got: Row) -> float:
        return 100.0 - abs(int(str(gold["n"])) - int(str(got["n"])))

    found = pairs([{"n": 1}, {"n": 5}], [{"n": 5}, {"n": 2}], likeness)
    assert sorted((g["n"], p["n"]) for g, p in found) == [(1, 2), (5, 5)]


def test_precision_of_few_cases_proves_little() -> None:
    assert precision({"a": [1, 1], "b": [98, 98]}) == {"a": 0.667, "b": 0.99}


def test_the_strict_figure_forgives_no_word() -> None:
    gold = task(LONG)
    near = judge(kind("tasks"), [gold], [task(LONG.replace("vùng xa", "vùng xả"))], {})
    same = judge(kind("tasks"), [gold], [task(LONG.upper())], {})
    assert (near.right["text"], near.right[strict_name("text")]) == (1, 0)
    assert (same.right["text"], same.right[strict_name("text")]) == (1, 1)
