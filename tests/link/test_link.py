"""Over documents: renditions, task lines, indicators, citations; new documents, persons' decisions, ids that stay."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit.reviewing import Reviewer, as_table, review
from cli import main
from pipeline.ingest import ingest
from pipeline.link import groups, link_tasks
from pipeline.link.answers import AnswerError, missing, overdue
from pipeline.link.decisions import RULE, Decision, DecisionError, decide, decisions_file
from pipeline.link.decisions import link as decision_link
from pipeline.link.index import Likeness
from pipeline.link.links import replaced
from pipeline.link.memory import new_database
from pipeline.link.round import Round
from pipeline.link.run import link, linked_again
from pipeline.link.same_work import Verdict, Work
from pipeline.link.wording import Wording
from pipeline.partitions import FIRST
from pipeline.sources import readable_hash
from pipeline.store import Batch, Store
from schemas.datasets import ACROSS, DATASETS, PER_DOCUMENT, RECORD_DATASETS
from schemas.review import Action
from tests.conftest import SAMPLES
from tests.test_contract import example

Row = dict[str, Any]


LETTER = """BỘ {issuer}              CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
                                  Độc lập - Tự do - Hạnh phúc

Số: {number}                      Hà Nội, ngày {day} tháng {month} năm 2025

                     {kind}
          Về phát triển đội tàu biển

"""
ASSIGNED = """I. NHIỆM VỤ

1. Xây dựng Đề án phát triển đội tàu biển quốc tế. Cơ quan thực hiện: Bộ Xây dựng. Thời hạn hoàn thành: tháng 5/2025.

2. Xây dựng Đề án phát triển đội tàu pha sông biển. Cơ quan thực hiện: Bộ Xây dựng. Thời hạn hoàn thành: tháng 9/2025.

3. Rà soát phí cảng biển theo Nghị định số 37/2017/NĐ-CP ngày 04/4/2017 của Chính phủ. Cơ quan thực hiện: Bộ Tài chính.

II. KẾT QUẢ

1. Đội tàu biển quốc tế có tổng trọng tải 11,62 triệu tấn, tỷ lệ hàng vận chuyển bằng tàu trong nước đạt 8,25%.
"""
REPORTED = """I. KẾT QUẢ

1. Nhiệm vụ xây dựng Đề án phát triển đội tàu biển quốc tế:
- Cơ quan thực hiện: Bộ Xây dựng.
- Kết quả: Bộ Xây dựng đã ban hành Đề án tại Quyết định số 512/QĐ-BXD ngày 20/6/2025.

2. Thực hiện Thông báo số 41/TB-BXD ngày 05/3/2025 và Nghị định số 37/2017/NĐ-CP.

II. NHIỆM VỤ

1. Xây dựng Đề án phát triển đội tàu pha sông biển. Cơ quan thực hiện: Bộ Xây dựng. Thời hạn hoàn thành: tháng 12/2025.
"""


def letter(folder: Path, name: str, body: str, **head: str) -> Path:
    given = {"issuer": "XÂY DỰNG", "number": "41/TB-BXD", "day": "05", "month": "3", "kind": "THÔNG BÁO", **head}
    path = folder / name
    path.write_text(LETTER.format(**given) + body, encoding="utf8")
    return path


def assigned(folder: Path) -> Path:
    return letter(folder, "assigned.txt", ASSIGNED)


def reported(folder: Path) -> Path:
    return letter(folder, "reported.txt", REPORTED, number="77/BC-BXD", day="10", month="7", kind="BÁO CÁO")


def rows(outputs: Path, name: str) -> list[Row]:
    return list(pq.read_table(outputs / name).to_pylist())


def lines(outputs: Path) -> dict[str, Row]:
    """Task lines by the last words of their label."""
    return {" ".join(row["label"].strip(" .:").split()[-4:]): row for row in rows(outputs, "task_lines")}


@pytest.fixture
def both(tmp_path: Path) -> Path:
    outputs = tmp_path / "outputs"
    ingest([assigned(tmp_path), reported(tmp_path)], outputs, 1)
    return outputs


# task lines


def test_a_line_over_two_documents(both: Path) -> None:
    found = lines(both)
    moved = found["tàu pha sông biển"]
    assert moved["deadlines"] == [date(2025, 9, 30), date(2025, 12, 31)]
    assert moved["deadline_moved"]
    done = found["tàu biển quốc tế"]
    assert (done["first_assigned"], done["status"], done["status_as_of"]) == (
        date(2025, 3, 5),
        "done",
        date(2025, 7, 10),
    )
    assert [event["day"] for event in done["events"]] == [date(2025, 3, 5), date(2025, 7, 10)]
    assert done["lead"] == ["Bộ Xây dựng"]
    assert not done["deadline_moved"]


def test_each_task_is_in_one_line(both: Path) -> None:
    held = [task for row in rows(both, "task_lines") for task in row["task_ids"]]
    assert sorted(held) == sorted(row["task_id"] for row in rows(both, "tasks"))


def test_ids_stay_when_a_document_is_added_and_come_out_alike_from_one_run(tmp_path: Path) -> None:
    stepwise, at_once = tmp_path / "stepwise", tmp_path / "at_once"
    first, second = assigned(tmp_path), reported(tmp_path)
    ingest([first], stepwise, 1)
    before = {row["task_line_id"] for row in rows(stepwise, "task_lines")}
    indicators = {row["indicator_id"] for row in rows(stepwise, "indicators")}
    ingest([second], stepwise, 1)
    assert before <= {row["task_line_id"] for row in rows(stepwise, "task_lines")}
    assert indicators <= {row["indicator_id"] for row in rows(stepwise, "indicators")}
    ingest([first, second], at_once, 1)
    for name in ("task_lines", "task_links", "citations"):
        alike = [
            {key: row[key] for key in ("task_ids", "decision", "times") if key in row} for row in rows(at_once, name)
        ]
        assert sorted(map(str, alike)) == sorted(
            str({key: row[key] for key in ("task_ids", "decision", "times") if key in row})
            for row in rows(stepwise, name)
        )


def test_a_second_run_writes_nothing(both: Path, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in both.rglob("*.parquet")}
    ingest([assigned(tmp_path), reported(tmp_path)], both, 1)
    assert {path: path.stat().st_mtime_ns for path in both.rglob("*.parquet")} == before


class Counting(Store):
    """Counts the tables that are read, of the lake and as published."""

    def __init__(self, outputs: Path) -> None:
        super().__init__(outputs)
        self.reads: list[str] = []

    def rows(
        self, name: str, document_ids: Iterable[str] | None = None, columns: Sequence[str] | None = None
    ) -> pa.Table:
        self.reads.append(name)
        return super().rows(name, document_ids, columns)

    def published(self, name: str, columns: Sequence[str]) -> pa.Table:
        self.reads.append(name)
        return super().published(name, columns)


def reads(outputs: Path) -> list[str]:
    store = Counting(outputs)
    with store.writing():
        link(store)
    return store.reads


def test_where_nothing_changed_nothing_is_read(both: Path, tmp_path: Path) -> None:
    assert reads(both) == []
    ingest([assigned(tmp_path), reported(tmp_path)], both, 1)
    assert reads(both) == []


@pytest.mark.parametrize(
    "lost", ["_linked/state.json", "_linked/linked.duckdb", f"indicators/{FIRST}.parquet", "_linked"]
)
def test_what_was_lost_is_made_again(lost: str, both: Path) -> None:
    before = {name: rows(both, name) for name in ACROSS}
    path = both / lost
    for each in dict.fromkeys((path.resolve(), path)):  # a file of the current state, and the link to it
        if each.is_dir():
            shutil.rmtree(each)
        else:
            each.unlink(missing_ok=True)
    assert reads(both)
    assert {name: rows(both, name) for name in ACROSS} == before
    assert reads(both) == []


def test_a_database_that_cannot_be_read_is_made_again(both: Path, tmp_path: Path) -> None:
    (both / "_linked" / "linked.duckdb").write_bytes(b"of another time")
    third = letter(tmp_path, "third.txt", ASSIGNED, number="99/TB-BXD", day="09")
    ingest([third], both, 1)
    made = {name: rows(both, name) for name in ACROSS}
    relink(both)
    assert {name: rows(both, name) for name in ACROSS} == made


def test_a_review_is_a_change_of_its_document_alone(both: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = lines(both)["tàu biển quốc tế"]["task_ids"][0]
    (row,) = (row for row in rows(both, "tasks") if row["task_id"] == task)
    Store(both).add_reviews(as_table([review("tasks", row, Action.REJECT, Reviewer("Lan", ""), "1", {})]))
    read: set[str] = set()
    worded = link_tasks.worded

    def noted(row: Row) -> Wording:
        read.add(row["document_id"])
        return worded(row)

    monkeypatch.setattr(link_tasks, "worded", noted)
    assert reads(both)
    assert read == {row["document_id"]}
    assert task not in {each for line in rows(both, "task_lines") for each in line["task_ids"]}


def test_a_document_that_is_linked_again_keeps_its_links(tmp_path: Path) -> None:
    """The last one that came in: its texts take the numbers in the index that it had."""
    outputs = tmp_path / "outputs"
    ingest([assigned(tmp_path)], outputs, 1)
    ingest([reported(tmp_path)], outputs, 1)
    before = {name: rows(outputs, name) for name in ("task_links", "task_lines", "indicators")}
    assert before["task_links"]
    last = next(row for row in rows(outputs, "documents") if row["number"] == "77/BC-BXD")["document_id"]
    row = next(row for row in rows(outputs, "tasks") if row["document_id"] == last)
    Store(outputs).add_reviews(as_table([review("tasks", row, Action.CONFIRM, Reviewer("Lan", ""), "1", {})]))
    assert reads(outputs)
    assert {name: rows(outputs, name) for name in before} == before


TABLE = """I. KẾT QUẢ

1. {prose}
"""


def test_lines_and_series_made_some_at_a_time_are_the_same(both: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {name: rows(both, name) for name in ACROSS}
    assert all(len(made[name]) > 1 for name in ("task_lines", "indicators"))
    monkeypatch.setattr(groups, "TOGETHER", 1)
    follows(both)
    relink(both)
    assert {name: rows(both, name) for name in ACROSS} == made


def test_a_link_that_is_told_twice_is_published_once(tmp_path: Path) -> None:
    """As kept from before, and as of texts that hung together through one that went."""
    first, second = (decision_link("a", "b", Decision.SAME, RULE, score, "") for score in (0.9, 1.0))
    database = new_database(":memory:", tmp_path)
    current = Round(Store(tmp_path / "outputs"), database, False)
    change = replaced(current, "indicator_links", "select null", [first, second], [])
    assert change.coming.to_pylist() == [first.link_id]
    assert change.rows(change.coming).to_pylist() == [asdict(first)]


@pytest.mark.parametrize("told_first", [True, False])
def test_what_is_linked_follows_from_the_records_after_each_change(tmp_path: Path, told_first: bool) -> None:
    outputs = tmp_path / "outputs"
    prose = letter(tmp_path, "prose.txt", TABLE.format(prose="Rừng phủ đạt 52,1% trong năm 2024."), number="5/BC-BXD")
    headed = letter(tmp_path, "headed.txt", ASSIGNED, number="6/BC-BXD", day="07")
    for path in (prose, headed, assigned(tmp_path), reported(tmp_path))[:: 1 if told_first else -1]:
        ingest([path], outputs, 1)
        follows(outputs)
    metric = rows(outputs, "metrics")[0]
    Store(outputs).add_reviews(as_table([review("metrics", metric, Action.REJECT, Reviewer("Lan", ""), "1", {})]))
    ingest([prose], outputs, 1)
    follows(outputs)


@pytest.mark.parametrize("tabled", [(False, True), (True, False), (False, True, False)])
def test_a_name_says_more_once_it_heads_a_table(tmp_path: Path, tabled: Sequence[bool]) -> None:
    """Two words are known again as a row's or column's head, not in a sentence."""
    outputs = tmp_path / "outputs"
    for number, is_tabled in enumerate(tabled):
        path = letter(
            tmp_path, f"{number}.txt", TABLE.format(prose=f"Số {number}."), number=f"{number}/BC-BXD", day=f"1{number}"
        )
        ingest([path], outputs, 1)
        store = Store(outputs)
        with store.writing():
            store.commit(with_metric(store, path, is_tabled))
            link(store)
        follows(outputs)
    points = [row["points"] for row in rows(outputs, "indicators") if row["name"] == "Rừng phủ"]
    assert [len(each) for each in points] == [len(tabled)]


def with_metric(store: Store, path: Path, tabled: bool) -> Batch:
    """A document's rows with one metric, of a name of two words."""
    document_id = readable_hash(path)
    tables = {name: store.rows(name, [document_id]) for name in PER_DOCUMENT}
    (row,) = DATASETS["metrics"].table([example(DATASETS["metrics"].row)]).to_pylist()
    row |= {"metric_id": f"m{document_id[:8]}", "document_id": document_id, "indicator": "Rừng phủ", "unit": "%",
            "scope": None, "rule": "metric_table" if tabled else "metric", "review_status": None}  # fmt: skip
    tables["metrics"] = pa.Table.from_pylist([row], DATASETS["metrics"].schema)
    documents = tables["documents"]
    later = pa.array([datetime.now(UTC)], documents.schema.field("received_at").type)
    place = documents.schema.get_field_index("received_at")
    tables["documents"] = documents.set_column(place, documents.schema.field(place), later)
    return Batch("again", (document_id,), tables)


def follows(outputs: Path) -> None:
    """What is published is what all records, links and decisions make anew."""
    for name, table in linked_again(Store(outputs)).tables.items():
        column = str(DATASETS[name].id_column)
        made = sorted(table.to_pylist(), key=lambda row: row[column])
        assert sorted(rows(outputs, name), key=lambda row: row[column]) == made


def test_a_decision_is_a_change(both: Path) -> None:
    left, right = lines(both)["tàu biển quốc tế"]["task_ids"]
    decide(both, "tasks", left, right, "not_same", "Trần Thị Thử", "")
    assert reads(both)
    assert reads(both) == []


def test_only_new_texts_are_compared(both: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: set[str] = set()
    compare = link_tasks.compare

    def counted(left: Work, right: Work, likeness: Likeness) -> Verdict | None:
        compared.update((left.document_id, right.document_id))
        return compare(left, right, likeness)

    monkeypatch.setattr(link_tasks, "compare", counted)
    ingest(
        [
            letter(
                tmp_path, "apart.txt", "I. NHIỆM VỤ\n\n1. Giao Bộ Y tế tổ chức hội thi văn nghệ.\n", number="9/TB-BYT"
            )
        ],
        both,
        1,
    )
    assert compared == set()
    third = letter(tmp_path, "third.txt", ASSIGNED, number="99/TB-BXD", day="09")
    ingest([third], both, 1)
    assert len(compared) == 3
    before = {name: rows(both, name) for name in ACROSS}
    relink(both)
    assert {name: rows(both, name) for name in ACROSS} == before


def relink(outputs: Path) -> None:
    assert main(["relink", "--outputs", str(outputs)]) == 0


def test_what_a_killed_run_did_not_publish_is_made_up_for(both: Path, tmp_path: Path) -> None:
    before = rows(both, "task_lines")
    (both / "task_lines" / f"{FIRST}.parquet").unlink()
    (both / "citations" / f"{FIRST}.parquet").unlink()
    ingest([assigned(tmp_path)], both, 1)
    assert rows(both, "task_lines") == before
    assert rows(both, "citations")


# persons


def test_a_person_outweighs_the_rules_and_can_take_it_back(both: Path, tmp_path: Path) -> None:
    left, right = lines(both)["tàu biển quốc tế"]["task_ids"]
    decide(both, "tasks", left, right, "not_same", "Trần Thị Thử", "hai đề án khác nhau")
    ingest([assigned(tmp_path)], both, 1)
    apart = [row for row in rows(both, "task_lines") if {left, right} & set(row["task_ids"])]
    assert len(apart) == 2
    (link,) = [row for row in rows(both, "task_links") if {row["left_id"], row["right_id"]} == {left, right}]
    assert (link["decision"], link["decided_by"]) == ("not_same", "Trần Thị Thử")
    decide(both, "tasks", right, left, "same", "Trần Thị Thử", "xem lại")
    ingest([assigned(tmp_path)], both, 1)
    assert lines(both)["tàu biển quốc tế"]["task_ids"] == [left, right]


def test_the_rules_hold_again_where_a_decision_no_longer_does(both: Path, tmp_path: Path) -> None:
    ingest([letter(tmp_path, "third.txt", ASSIGNED, number="99/TB-BXD", day="09")], both, 1)
    left, right = lines(both)["tàu biển quốc tế"]["task_ids"][:2]
    before = [row for row in rows(both, "task_links") if {row["left_id"], row["right_id"]} == {left, right}]
    decide(both, "tasks", left, right, "not_same", "Trần Thị Thử", "")
    relinked(both)
    decisions_file(both).unlink()
    relinked(both)
    assert [row for row in rows(both, "task_links") if {row["left_id"], row["right_id"]} == {left, right}] == before


def relinked(outputs: Path) -> None:
    store = Store(outputs)
    with store.writing():
        link(store)


@pytest.mark.parametrize(("decision", "by"), [("maybe", "An"), ("same", " "), ("same", "rule")])
def test_a_decision_that_says_nothing_is_refused(decision: str, by: str, tmp_path: Path) -> None:
    with pytest.raises(DecisionError):
        decide(tmp_path, "tasks", "a", "b", decision, by, "")


@pytest.fixture
def series(tmp_path: Path) -> Path:
    """Two reports with one indicator, named twice in the first and otherwise in the second."""
    outputs = tmp_path / "outputs"
    body = "I. KẾT QUẢ\n\n1. {} quý {}/2025 đạt {}%.\n\n2. Số tàu cá được cấp phép khai thác là {} tàu.\n"
    share = "Tỷ lệ hàng vận chuyển bằng tàu trong nước"
    for quarter, name, value in (
        ("I", share, "8,25"),
        ("II", share, "9,5"),
        ("III", "Doanh thu dịch vụ logistics nội địa", "7,1"),
    ):
        text = body.format(name, quarter, value, 1200 + len(quarter))
        ingest([letter(tmp_path, f"{quarter}.txt", text, number=f"{len(quarter)}/BC-BXD", kind="BÁO CÁO")], outputs, 1)
    return outputs


def metric(outputs: Path, value: float) -> str:
    return str(next(row["metric_id"] for row in rows(outputs, "metrics") if row["value"] == value))


def together(outputs: Path, *values: float) -> bool:
    wanted = {metric(outputs, value) for value in values}
    return any(wanted <= {point["metric_id"] for point in row["points"]} for row in rows(outputs, "indicators"))


def test_a_decision_on_any_metric_of_a_series_is_one_on_the_series(series: Path) -> None:
    assert together(series, 8.25, 9.5)
    assert not together(series, 8.25, 7.1)
    # 9.5 is not the metric that brought its name in
    decide(series, "metrics", metric(series, 9.5), metric(series, 7.1), "same", "Trần Thị Thử", "")
    relink(series)
    assert together(series, 8.25, 9.5, 7.1)
    decide(series, "metrics", metric(series, 8.25), metric(series, 7.1), "not_same", "Trần Thị Thử", "")
    relink(series)
    assert together(series, 8.25, 9.5)
    assert not together(series, 8.25, 7.1)


# renditions


def test_a_second_rendition_points_to_the_first_and_counts_no_more(tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    first = assigned(tmp_path)
    other = letter(tmp_path, "copy.txt", ASSIGNED.replace("phí cảng biển", "phí cảng bien"))
    ingest([first], outputs, 1)
    ingest([other, reported(tmp_path)], outputs, 1)
    documents = {row["file_name"]: row for row in rows(outputs, "documents")}
    assert documents["copy.txt"]["duplicate_of"] == documents["assigned.txt"]["document_id"]
    assert documents["assigned.txt"]["duplicate_of"] is documents["reported.txt"]["duplicate_of"] is None
    for name in RECORD_DATASETS:
        assert {row["document_id"] for row in rows(outputs, name) if not row["is_primary"]} <= {
            documents["copy.txt"]["document_id"]
        }
    assert not any(
        row["is_primary"]
        for row in rows(outputs, "tasks")
        if row["document_id"] == documents["copy.txt"]["document_id"]
    )
    assert main(["verify", "--outputs", str(outputs)]) == 0


def test_other_numbers_or_days_make_other_documents(tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    letters = [
        assigned(tmp_path),
        letter(tmp_path, "number.txt", ASSIGNED, number="42/TB-BXD"),
        letter(tmp_path, "day.txt", ASSIGNED, day="06"),
    ]
    ingest(letters, outputs, 1)
    assert [row["duplicate_of"] for row in rows(outputs, "documents")] == [None, None, None]


def test_a_draft_points_to_the_signed_copy_that_comes_later(tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    draft = letter(tmp_path, "draft.txt", ASSIGNED, number="      /TB-BXD", day="   ")
    ingest([draft], outputs, 1)
    assert {row["is_primary"] for row in rows(outputs, "tasks")} == {True}
    ingest([assigned(tmp_path)], outputs, 1)
    documents = {row["file_name"]: row for row in rows(outputs, "documents")}
    assert documents["draft.txt"]["duplicate_of"] == documents["assigned.txt"]["document_id"]
    primary = {row["document_id"] for row in rows(outputs, "tasks") if row["is_primary"]}
    assert primary == {documents["assigned.txt"]["document_id"]}


def test_lines_and_indicators_keep_their_ids_and_decisions_when_a_better_rendition_comes(tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    draft = letter(tmp_path, "draft.txt", ASSIGNED, number="      /TB-BXD", day="   ")
    ingest([draft, reported(tmp_path)], outputs, 1)
    lines_before = {row["label"]: row["task_line_id"] for row in rows(outputs, "task_lines")}
    indicators_before = {row["name"]: row["indicator_id"] for row in rows(outputs, "indicators")}
    left, right = lines(outputs)["tàu biển quốc tế"]["task_ids"]
    decide(outputs, "tasks", left, right, "not_same", "Trần Thị Thử", "")
    ingest([assigned(tmp_path)], outputs, 1)
    assert {row["label"]: row["task_line_id"] for row in rows(outputs, "task_lines")}.items() >= lines_before.items()
    assert {row["name"]: row["indicator_id"] for row in rows(outputs, "indicators")} == indicators_before
    held = [row["task_ids"] for row in rows(outputs, "task_lines")]
    assert [
        right if left not in {row["task_id"] for row in rows(outputs, "tasks") if row["is_primary"]} else left
    ] in held


# indicators


def test_rounding_is_told_from_conflict(tmp_path: Path) -> None:
    fillers = "".join(f"{n}. {text}\n\n" for n, text in enumerate(FILLERS, 5))
    outputs = tmp_path / "outputs"
    ingest(
        [
            letter(tmp_path, "a.txt", f"I. KẾT QUẢ\n\n1. Tỷ lệ hàng vận chuyển bằng tàu trong nước quý I/2025 đạt 8,25%.\n\n"
                   f"2. Sản lượng hàng qua cảng biển quý I/2025 đạt 201,4 triệu tấn.\n\n{fillers}",
                   number="1/BC-BXD", kind="BÁO CÁO"),
            letter(tmp_path, "b.txt", "I. KẾT QUẢ\n\n1. Tỷ lệ hàng vận chuyển bằng tàu trong nước quý I/2025 đạt 8,3%.\n\n"
                   "2. Sản lượng hàng qua cảng biển quý I/2025 đạt 207,9 triệu tấn.\n",
                   number="2/BC-BXD", kind="BÁO CÁO", month="4"),
        ],
        outputs, 1,
    )  # fmt: skip
    found = {row["name"]: row for row in rows(outputs, "indicators") if len(row["points"]) == 2}
    assert {row["verdict"] for name, row in found.items() if "vận chuyển" in name} == {"rounding"}
    assert {row["verdict"] for name, row in found.items() if "qua cảng" in name} == {"conflict"}
    clash = next(row for name, row in found.items() if "qua cảng" in name)["disagreements"]
    assert len(clash[0]["metric_ids"]) == 2


FILLERS = (
    "Số tàu cá được cấp phép khai thác là 1.204 tàu.",
    "Chiều dài luồng hàng hải được nạo vét là 86 km.",
    "Tổng diện tích bến cảng mới đạt 45 ha.",
)


def test_each_primary_metric_is_in_one_indicator(both: Path) -> None:
    held = [point["metric_id"] for row in rows(both, "indicators") for point in row["points"]]
    assert sorted(held) == sorted(row["metric_id"] for row in rows(both, "metrics"))


# citations


def test_citations_point_to_what_came_in_and_list_what_did_not(both: Path) -> None:
    found = {row["number"]: row for row in rows(both, "citations")}
    documents = {row["number"]: row["document_id"] for row in rows(both, "documents")}
    assert found["41/TB-BXD"]["document_id"] == documents["41/TB-BXD"]
    assert found["37/2017/NĐ-CP"]["document_id"] is None
    assert (found["37/2017/NĐ-CP"]["times"], len(found["37/2017/NĐ-CP"]["cited_by"])) == (2, 2)
    assert [row["number"] for row in missing(both)] == ["37/2017/NĐ-CP", "512/QĐ-BXD"]


# overdue


@pytest.mark.parametrize(
    ("as_of", "late"),
    [
        (date(2025, 5, 31), []),
        (date(2025, 6, 1), ["tàu biển quốc tế"]),
        (date(2025, 7, 9), ["tàu biển quốc tế"]),
        (date(2025, 7, 10), []),  # reported done that day
        (date(2025, 10, 1), []),  # the deadline of the other had been moved
        (date(2026, 1, 1), ["tàu pha sông biển"]),
    ],
)
def test_overdue_as_of(as_of: date, late: list[str], both: Path) -> None:
    assert [" ".join(each.label.strip(" .:").split()[-4:]) for each in overdue(both, as_of)] == late


def test_commands(both: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["overdue", "--as-of", "1/6/2025", "--outputs", str(both)]) == 0
    printed = capsys.readouterr().out
    assert "31/05/2025\tquá 1 ngày" in printed
    assert "Tổng: 1 việc quá hạn tính đến 01/06/2025" in printed
    assert main(["missing", "--outputs", str(both)]) == 0
    assert "2 lần\ttrong 2 văn bản\tNghị định 37/2017/NĐ-CP ngày 04/04/2017" in capsys.readouterr().out
    for command in ("overdue", "missing"):
        assert main([command, "--outputs", str(tmp_path / "nothing")]) == 1
        assert "truynguon ingest" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["overdue", "--as-of", "32/1/2025"])
    assert "32/1/2025" in capsys.readouterr().err
    with pytest.raises(AnswerError):
        missing(tmp_path)


# the recipes of the documentation

RECIPES = (SAMPLES.parent / "docs" / "linking.md").read_text("utf-8").split("```sql\n")[1:]


@pytest.mark.parametrize("recipe", [part.partition("```")[0] for part in RECIPES])
def test_recipe(recipe: str, both: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(both)
    assert duckdb.sql(recipe) is not None
    duckdb.sql(recipe).fetchall()


def test_recipe_of_what_was_overdue(both: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(both)
    (recipe,) = [part.partition("```")[0] for part in RECIPES if "with known" in part]
    assert [row[1].split()[-2:] for row in duckdb.sql(recipe.replace("2025-12-31", "2026-01-01")).fetchall()] == [
        ["sông", "biển."]
    ]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("task_lines", {"task_ids": ["no-such-task"]}),
        ("citations", {"reference_ids": ["no-such-reference"]}),
        ("task_links", {"left_id": "no-such-task"}),
    ],
)
def test_verify_finds_what_names_no_record(name: str, change: Row, both: Path) -> None:
    assert main(["verify", "--outputs", str(both)]) == 0
    file = both / name / f"{FIRST}.parquet"
    changed = [{**row, **change} for row in pq.read_table(file).to_pylist()]
    pq.write_table(pa.Table.from_pylist(changed, DATASETS[name].schema), file)
    assert main(["verify", "--outputs", str(both)]) == 1
