"""Reviews: appended only, shown in the published datasets, kept over extractions, and proved by verify."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from audit.reviewing import Reviewer, added, as_table, review
from pipeline import process as process_module
from pipeline.extract import Extraction, extract
from pipeline.history import record_history
from pipeline.link import link
from pipeline.process import Arrival
from pipeline.review import overlaid, standings
from pipeline.sources import content_hash
from pipeline.store import Batch, BusyError, Store, new_batch_name
from pipeline.verify import verify
from schemas.datasets import DATASETS
from schemas.records import Metric
from schemas.review import Action
from tests.conftest import sample
from tests.test_verify import rewrite

Row = dict[str, Any]
LAN = Reviewer("Lê Thị Lan", "bản in ghi khác")
START = datetime(2025, 7, 1, tzinfo=UTC)


def metric(record_id: str = "m1", x: float = 100.0, **values: Any) -> Row:
    row = dict.fromkeys(DATASETS["metrics"].schema.names)
    row |= {"metric_id": record_id, "document_id": "d", "page": 1, "quote": "12 xã", "value_raw": "12 xã"}
    row |= {"boxes": [{"page": 1, "x0": x, "y0": 50.0, "x1": x + 40, "y1": 60.0}], "rule": "metric_prose"}
    row |= {"confidence": 0.9, "is_primary": True, "indicator": "số xã", "value": 12.0, "comparator": "=", "unit": "xã"}
    return {**row, "role": "actual", **values}


def said(*steps: tuple[Action, Row, Row]) -> list[Row]:
    """Reviews one after another: action, the record as extracted then, corrected columns."""
    made = [review("metrics", row, action, LAN, "1", changes) for action, row, changes in steps]
    return [each | {"reviewed_at": START + timedelta(hours=hour)} for hour, each in enumerate(made)]


def shown(rows: list[Row], reviews: list[Row]) -> list[tuple[str, Any, Any]]:
    return [(row["metric_id"], row["value"], row["review_status"]) for row in overlaid("metrics", rows, reviews)]


# what holds after some reviews of a record with the value 12, when this is extracted later

CONFIRM, CORRECT, REJECT, WITHDRAW = Action.CONFIRM, Action.CORRECT, Action.REJECT, Action.WITHDRAW
FIFTEEN = {"value": 15.0}
CASES = [
    ([], 12.0, 12.0, None),
    ([(CONFIRM, {})], 12.0, 12.0, "confirmed"),
    ([(CONFIRM, {})], 13.0, 13.0, "to_review"),
    ([(CORRECT, FIFTEEN)], 12.0, 15.0, "corrected"),
    ([(CORRECT, FIFTEEN)], 13.0, 15.0, "to_review"),
    ([(CORRECT, FIFTEEN)], 15.0, 15.0, "corrected"),
    ([(CORRECT, FIFTEEN), (CORRECT, {"unit": "phường"})], 12.0, 15.0, "corrected"),
    ([(CORRECT, FIFTEEN), (CORRECT, {"value": 16.0})], 12.0, 16.0, "corrected"),
    ([(CORRECT, FIFTEEN), (CONFIRM, {})], 12.0, 15.0, "corrected"),
    ([(REJECT, {})], 12.0, 12.0, "rejected"),
    ([(REJECT, {})], 13.0, 13.0, "to_review"),
    ([(REJECT, {}), (CONFIRM, {})], 12.0, 12.0, "confirmed"),
    ([(CORRECT, FIFTEEN), (WITHDRAW, {})], 12.0, 12.0, None),
]


@pytest.mark.parametrize(("steps", "extracted", "value", "status"), CASES)
def test_what_holds(steps: list[tuple[Action, Row]], extracted: float, value: float, status: str | None) -> None:
    reviews = said(*((action, metric(), changes) for action, changes in steps))
    assert shown([metric(value=extracted)], reviews) == [("m1", value, status)]


def test_the_order_of_reviews_is_that_of_their_making() -> None:
    reviews = said((CORRECT, metric(), FIFTEEN), (CORRECT, metric(), {"value": 16.0}))
    assert shown([metric()], reviews[::-1]) == [("m1", 16.0, "corrected")]


def test_a_corrected_record_that_changed_under_its_correction_rests_once_it_was_seen_again() -> None:
    changed = metric(value=13.0)
    reviews = said((CORRECT, metric(), FIFTEEN), (CONFIRM, changed, {}))
    assert shown([changed], reviews) == [("m1", 15.0, "corrected")]


def test_other_columns_may_change_under_a_correction_but_not_under_a_confirmation() -> None:
    other = metric(scope="Đắk Lắk")
    assert shown([other], said((CORRECT, metric(), FIFTEEN))) == [("m1", 15.0, "corrected")]
    assert shown([other], said((CONFIRM, metric(), {}))) == [("m1", 12.0, "to_review")]


def test_a_corrected_record_that_is_no_longer_extracted_stays_to_be_reviewed() -> None:
    (row,) = overlaid("metrics", [], said((CORRECT, metric(), FIFTEEN)))
    assert (row["metric_id"], row["value"], row["rule"]) == ("m1", 15.0, "review")
    assert (row["review_status"], row["corrected_by"]) == ("to_review", LAN.name)
    assert overlaid("metrics", [], said((REJECT, metric(), {}))) == []
    assert overlaid("metrics", [], said((CORRECT, metric(), FIFTEEN), (WITHDRAW, metric(), {}))) == []


def test_an_added_record_that_was_rejected_stays_like_every_rejected_one() -> None:
    new = metric("added", rule="review")
    (row,) = overlaid("metrics", [], said((Action.ADD, new, {}), (REJECT, new, {})))
    assert (row["metric_id"], row["rule"], row["review_status"]) == ("added", "review", "rejected")
    assert overlaid("metrics", [], said((Action.ADD, new, {}), (WITHDRAW, new, {}))) == []
    (row,) = overlaid("metrics", [], said((Action.ADD, new, {}), (REJECT, new, {}), (CONFIRM, new, {})))
    assert row["review_status"] == "added"


@pytest.mark.parametrize(("shift", "follows"), [(3.0, True), (39.0, False)])
def test_a_review_follows_its_record_to_an_id_that_its_place_got_anew(shift: float, follows: bool) -> None:
    here = metric("m2", x=100.0 + shift)
    rows = shown([here], said((CORRECT, metric(), FIFTEEN)))
    assert (("m2", 15.0, "to_review") in rows) == follows
    assert len(rows) == (1 if follows else 2)


def test_days_and_lists_come_back_as_they_were() -> None:
    changes = {"period_end": date(2025, 6, 30)}
    (row,) = overlaid("metrics", [metric()], said((CORRECT, metric(), changes)))
    assert row["period_end"] == date(2025, 6, 30)
    made = pa.Table.from_pylist([row], schema=DATASETS["metrics"].schema)
    assert made["period_end"][0].as_py() == date(2025, 6, 30)


# in a store


def rows_of(outputs: Path, name: str = "metrics") -> list[Row]:
    return list(pq.read_table(outputs / name).to_pylist())


def of(outputs: Path, record_id: str) -> Row:
    return next(row for row in rows_of(outputs) if row["metric_id"] == record_id)


def some(outputs: Path, number: int = 0) -> Row:
    return [row for row in rows_of(outputs) if row["page"]][number]


def tell(outputs: Path, row: Row, action: Action, changes: Mapping[str, Any] | None = None) -> None:
    Store(outputs).add_reviews(as_table([review("metrics", row, action, LAN, "1", changes or {})]))


def by_document(rows: list[Row]) -> dict[str, list[Row]]:
    return {key: [row for row in rows if row["document_id"] == key] for key in {row["document_id"] for row in rows}}


def test_reviews_are_published_and_nothing_else_changes(own_copy: Path) -> None:
    before = {name: rows_of(own_copy, name) for name in DATASETS}
    first, second = some(own_copy), some(own_copy, 1)
    tell(own_copy, first, CORRECT, {"value": 99.5})
    tell(own_copy, second, REJECT)
    meant = {
        first["metric_id"]: {**first, "value": 99.5, "review_status": "corrected", "corrected_by": LAN.name},
        second["metric_id"]: {**second, "review_status": "rejected"},
    }
    wanted = [meant.get(row["metric_id"], row) for row in before["metrics"]]
    assert by_document(rows_of(own_copy)) == by_document(wanted)
    assert {name: rows_of(own_copy, name) for name in DATASETS if name != "metrics"} == {
        name: rows for name, rows in before.items() if name != "metrics"
    }


def test_reviews_are_appended_only(own_copy: Path) -> None:
    for action in (CONFIRM, REJECT, WITHDRAW):
        tell(own_copy, some(own_copy), action)
    table = DeltaTable(str(own_copy / "_lake" / "reviews"))
    assert [entry["operation"] for entry in table.history()] == ["WRITE"] * 3 + ["CREATE TABLE"]
    assert all(entry["operationParameters"]["mode"] == "Append" for entry in table.history()[:3])
    kept = Store(own_copy).reviews([some(own_copy)["document_id"]]).sort_by("reviewed_at")
    assert kept["action"].to_pylist() == ["confirm", "reject", "withdraw"]
    assert set(kept["reviewer"].to_pylist()) == {LAN.name}
    assert set(kept["reason"].to_pylist()) == {LAN.reason}


def test_a_review_during_a_run_is_kept_and_shown_at_its_end(own_copy: Path) -> None:
    row = some(own_copy)
    with Store(own_copy).writing():
        with pytest.raises(BusyError):
            tell(own_copy, row, CORRECT, {"value": 99.5})
        assert of(own_copy, row["metric_id"]) == row
        assert not Store(own_copy).shows_all_reviews()
    assert of(own_copy, row["metric_id"])["value"] == 99.5
    assert Store(own_copy).shows_all_reviews()


def test_a_killed_publication_is_made_up_for(own_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = some(own_copy)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Store, "_republish", killed)
        with pytest.raises(KeyboardInterrupt):
            tell(own_copy, row, CORRECT, {"value": 99.5})
    assert of(own_copy, row["metric_id"]) == row
    with Store(own_copy).writing():
        pass
    assert of(own_copy, row["metric_id"])["value"] == 99.5


def read_by_version(
    version: str, outputs: Path, patch: pytest.MonkeyPatch, change: Callable[[Metric], Metric] = lambda row: row
) -> None:
    """Have sample 04 read by another version of the program, which changes metrics so, and all documents linked."""

    def changed(document: Any, outline: Any) -> Extraction:
        found = extract(document, outline)
        object.__setattr__(found, "metrics", tuple(change(row) for row in found.metrics))
        return found

    store, source = Store(outputs), sample("04")
    arrival = Arrival(source, content_hash(source), datetime.now(UTC), new_batch_name())
    with patch.context() as here, store.writing():
        # documents are read in processes of their own: what is patched here is read here
        here.setattr(process_module, "extractor_version", lambda: version)
        here.setattr("pipeline.extract.extract", changed)
        store.commit(Batch(arrival.batch, (arrival.document_id,), process_module.process(arrival).tables))
        link(store)


def with_value(record_id: str, value: float) -> Callable[[Metric], Metric]:
    return lambda row: replace(row, value=value) if row.metric_id == record_id else row


def test_a_correction_survives_another_extraction_and_comes_back_when_its_value_changed(
    own_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = some(own_copy)
    tell(own_copy, row, CORRECT, {"value": 99.5})
    read_by_version("2", own_copy, monkeypatch)
    assert (of(own_copy, row["metric_id"])["value"], of(own_copy, row["metric_id"])["review_status"]) == (
        99.5,
        "corrected",
    )
    read_by_version("3", own_copy, monkeypatch, with_value(row["metric_id"], row["value"] + 1))
    now = of(own_copy, row["metric_id"])
    assert (now["value"], now["review_status"], now["corrected_by"]) == (99.5, "to_review", LAN.name)
    told = record_history(own_copy, "metrics", row["metric_id"], row["document_id"])
    assert [version.extractor_version for version in told[:2]] == ["3", "2"]
    assert [version.row["value"] for version in told if version.row] == [row["value"] + 1, row["value"], row["value"]]


# verify


def reviewed(outputs: Path) -> tuple[Row, Row, Row]:
    """A corrected, a rejected and an added metric."""
    first, second = some(outputs), some(outputs, 1)
    third = next(row for row in rows_of(outputs, "references") if row["page"])
    tell(outputs, first, CORRECT, {"value": 99.5, "unit": "con voi"})
    tell(outputs, second, REJECT)
    new = added("metrics", third["document_id"], third["boxes"], third["quote"], {"value": 7.0, "value_raw": "7"})
    tell(outputs, new, Action.ADD)
    return first, second, new


def test_reviewed_records_are_proved(own_copy: Path) -> None:
    _, _, new = reviewed(own_copy)
    assert of(own_copy, new["metric_id"])["review_status"] == "added"
    assert verify(own_copy, workers=1).failures == []


@pytest.mark.parametrize("which", [0, 2])
@pytest.mark.parametrize(
    "planted", [{"value": 100.5}, {"corrected_by": "Ai Đó"}, {"review_status": "confirmed"}, {"quote": "3 con voi"}]
)
def test_what_is_planted_in_a_reviewed_record_is_found(own_copy: Path, which: int, planted: Row) -> None:
    key = reviewed(own_copy)[which]["metric_id"]
    rewrite(own_copy, "metrics", lambda rows: [row.update(planted) for row in rows if row["metric_id"] == key])
    report = verify(own_copy, workers=1)
    found = [failure for failure in report.failures if failure.row == key]
    assert [failure.what for failure in found if failure.proof == "review"] == list(planted)
    assert report.failed["metrics"] == 1


def point_of(outputs: Path, record_id: str) -> Row | None:
    """The point of a metric in the indicator that has it."""
    points = (point for row in rows_of(outputs, "indicators") for point in row["points"])
    return next((point for point in points if point["metric_id"] == record_id), None)


def linked(outputs: Path) -> None:
    with Store(outputs).writing():
        link(Store(outputs))


def test_indicators_follow_reviews_when_documents_are_linked_again(own_copy: Path) -> None:
    first, second, new = reviewed(own_copy)
    before = point_of(own_copy, first["metric_id"])
    assert before is not None
    assert before["value"] == first["value"] != 99.5
    assert verify(own_copy, workers=1).failures == []
    linked(own_copy)
    after, made = (point_of(own_copy, key) for key in (first["metric_id"], new["metric_id"]))
    assert after == {**before, "value": 99.5}
    assert made is not None
    assert made["value"] == 7.0
    assert point_of(own_copy, second["metric_id"]) is None
    assert verify(own_copy, workers=1).failures == []
    for row in (first, second, new):
        tell(own_copy, row, WITHDRAW)
    assert verify(own_copy, workers=1).failures == []
    linked(own_copy)
    assert point_of(own_copy, first["metric_id"]) == before
    assert point_of(own_copy, new["metric_id"]) is None


def test_a_point_that_no_review_made_is_found(own_copy: Path) -> None:
    first, *_ = reviewed(own_copy)

    def plant(rows: list[Row]) -> None:
        for point in (point for row in rows for point in row["points"] if point["metric_id"] == first["metric_id"]):
            point["value"] = 98.5

    rewrite(own_copy, "indicators", plant)
    failures = verify(own_copy, workers=1).failures
    assert {(failure.dataset, failure.what) for failure in failures} == {("indicators", "points")}
    assert {failure.proof for failure in failures} == {"store"}


def test_task_lines_follow_reviews(own_copy: Path) -> None:
    first, second = rows_of(own_copy, "tasks")[:2]
    for row, action, changes in ((first, CORRECT, {"deadline": date(2031, 1, 31)}), (second, REJECT, {})):
        said = review("tasks", row, action, LAN, "1", changes)
        Store(own_copy).add_reviews(as_table([said]))
    linked(own_copy)
    lines = {task: row for row in rows_of(own_copy, "task_lines") for task in row["task_ids"]}
    assert lines[first["task_id"]]["deadlines"] == [date(2031, 1, 31)]
    assert second["task_id"] not in lines
    assert verify(own_copy, workers=1).failures == []


def test_a_review_status_that_nobody_gave_is_found(own_copy: Path) -> None:
    rewrite(own_copy, "metrics", lambda rows: rows[0].update(review_status="confirmed"))
    (failure, *_) = verify(own_copy, workers=1).failures
    assert (failure.proof, failure.what, failure.found) == ("review", "review_status", "confirmed")


def test_a_number_that_a_review_gives_to_a_record_that_is_not_there_is_found(own_copy: Path) -> None:
    number = next(row for row in rows_of(own_copy, "numbers") if row["page"])
    changes = {"kind": "metric", "record_id": "nowhere"}
    Store(own_copy).add_reviews(as_table([review("numbers", number, CORRECT, LAN, "1", changes)]))
    (failure,) = verify(own_copy, workers=1).failures
    assert (failure.dataset, failure.row, failure.what) == ("numbers", number["number_id"], "record_id")


def test_a_review_that_is_not_shown_is_found(own_copy: Path) -> None:
    row = some(own_copy)
    tell(own_copy, row, CORRECT, {"value": 99.5})
    rewrite(
        own_copy, "metrics", lambda rows: [each.update(row) for each in rows if each["metric_id"] == row["metric_id"]]
    )
    found = verify(own_copy, workers=1).failures
    assert {failure.proof for failure in found} == {"review"}
    assert {failure.what for failure in found} == {"value", "review_status", "corrected_by"}


def test_what_was_seen_is_kept_whole() -> None:
    (made,) = said((CORRECT, metric(), FIFTEEN))
    assert json.loads(made["seen"])["quote"] == "12 xã"
    (standing,) = standings([made]).values()
    assert standing.changes == FIFTEEN
