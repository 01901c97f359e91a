"""What metrics of one indicator and period make of each other: all pairs asked, and the few that can matter."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.link import indicators as rules
from pipeline.link.indicators import SAME_TIME, disagreement

Row = dict[str, Any]
START = date(2025, 1, 10)


def metric(place: int, document: str, value: float, days: int | None, page: int, period: date | None) -> Row:
    return {
        "metric_id": f"m{place}", "document_id": document, "day": None if days is None else START + timedelta(days),
        "page": page, "top": 100.0, "value": value, "value_high": None, "denominator": None, "value_raw": f"{value:g}",
        "comparator": "=", "unit": "%", "period_end": period,
    }  # fmt: skip


# By document: its day, and values on its pages.
DAYS = st.none() | st.sampled_from([0, 10, SAME_TIME, SAME_TIME + 1, 100])
VALUES = st.sampled_from([-8.0, 0.0, 8.0, 8.1, 8.25, 8.3, 9.0, 100.0, 101.0])
DOCUMENTS = st.lists(
    st.tuples(DAYS, st.lists(st.tuples(VALUES, st.integers(1, 3)), min_size=1, max_size=4)), max_size=6
)


def rows(documents: list[tuple[int | None, list[tuple[float, int]]]], period: date | None) -> list[Row]:
    in_time = sorted(documents, key=lambda each: 10_000 if each[0] is None else each[0])
    told = [(f"d{n}", days, *one) for n, (days, values) in enumerate(in_time) for one in sorted(values)]
    return [metric(n, document, value, days, page, period) for n, (document, days, value, page) in enumerate(told)]


def asked_of_all(found: list[Row]) -> tuple[str, set[str]] | None:
    def reach(a: Row, b: Row) -> bool:
        if a["period_end"] or a["document_id"] == b["document_id"]:
            return True
        return a["day"] is not None and b["day"] is not None and abs((a["day"] - b["day"]).days) <= SAME_TIME

    pairs = [
        (a, b)
        for a, b in combinations(found, 2)
        if reach(a, b) and a["value"] != b["value"] and not rules._of_two_things(a, b)
    ]
    kind = "rounding" if all(rules._rounded(a, b) for a, b in pairs) else "conflict"
    return (kind, {row["metric_id"] for pair in pairs for row in pair}) if pairs else None


@given(DOCUMENTS.filter(bool), st.none() | st.just(date(2025, 3, 31)))
def test_the_pairs_that_are_left_out_would_say_nothing(
    documents: list[tuple[int | None, list[tuple[float, int]]]], period: date | None
) -> None:
    found = rows(documents, period)
    said = disagreement(found)
    assert (said and (said.kind, set(said.metric_ids))) == asked_of_all(found)


@pytest.mark.parametrize("period", [None, date(2025, 3, 31)])
def test_thousands_of_one_name_are_looked_at_few_times(period: date | None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, judge = [], rules._of_two_things

    def counted(left: Row, right: Row) -> bool:
        asked.append(left)
        return judge(left, right)

    monkeypatch.setattr(rules, "_of_two_things", counted)
    found = rows([(n % 40, [(float(1.05**n), 1)]) for n in range(300)], period)
    disagreement(found)
    assert len(asked) < 2 * len(found)
