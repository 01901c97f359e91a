"""The pages over all documents: series, task lines, checks and citations, what needs a person's eye first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from audit.charts import chart
from audit.library import Library
from normalizers.text import bare
from pipeline.trace import Row

Context = dict[str, Any]
Form = Mapping[str, str]

# Rows on one page.
LIMIT = 40
# What a verdict asks of a person: the worst comes first.
_WORST = {"conflict": 0, "conflicts": 0, "doubtful": 1, "rounding": 1, "consistent": 2, "holds": 2}
PAGES = {"series": "indicators", "lines": "task_lines", "checks": "checks", "citations": "citations"}


def series(library: Library, asked: Form) -> Context:
    """Indicators: those with a conflict first, then those of several documents; single values only if asked for."""
    rows = library.across("indicators")
    shown = _chosen(rows, asked, lambda row: (row["name"], row["unit"], row["scope"]), _is_series)
    shown.sort(key=lambda row: (_WORST[row["verdict"]], -_documents(row), -len(row["points"]), row["name"]))
    part = _part(shown, asked)
    return {
        **_told(library, asked, rows, shown),
        "rows": [(row, chart(row["points"]), _kinds(row)) for row in part],
    }


def _is_series(row: Row, show: str) -> bool:
    if show in ("conflict", "rounding"):
        return bool(row["verdict"] == show)
    return show == "all" or len(row["points"]) > 1 or row["verdict"] != "consistent"


def _documents(row: Row) -> int:
    return len({point["document_id"] for point in row["points"]})


def _kinds(row: Row) -> dict[str, str]:
    """Metric id -> conflict | rounding, of those that disagree with another one."""
    found: dict[str, str] = {}
    for each in sorted(row["disagreements"] or (), key=lambda each: -_WORST[each["kind"]]):
        found |= dict.fromkeys(each["metric_ids"], each["kind"])
    return found


def lines(library: Library, asked: Form) -> Context:
    """Task lines: those whose deadline was moved first, then by how often they are mentioned."""
    from pipeline.link.answers import overdue

    as_of = _day(asked.get("as_of")) or date.today()  # noqa: DTZ011 - the reader's today
    rows = library.across("task_lines")
    late = {each.task_line_id: each for each in overdue(library.outputs, as_of)} if rows else {}

    def fits(row: Row, show: str) -> bool:
        if show == "overdue":
            return row["task_line_id"] in late
        return bool(show == "all" or row["deadline_moved"] or (show != "moved" and len(row["task_ids"]) > 1))

    shown = _chosen(rows, asked, lambda row: (row["label"], *row["lead"]), fits)
    if asked.get("show") == "overdue":
        shown.sort(key=lambda row: (late[row["task_line_id"]].deadline, row["task_line_id"]))
    else:
        shown.sort(key=lambda row: (not row["deadline_moved"], -len(row["task_ids"]), row["label"]))
    part = [(row, _events(row), late.get(row["task_line_id"])) for row in _part(shown, asked)]
    return {**_told(library, asked, rows, shown), "rows": part, "as_of": as_of, "overdue": len(late)}


def _events(row: Row) -> list[tuple[Row, date | None]]:
    """The mentions of a piece of work, each with the deadline of an earlier document that it moves, if it does."""
    found: list[tuple[Row, date | None]] = []
    held: Row | None = None
    for event in row["events"] or ():
        moves = held and event["deadline"] not in (None, held["deadline"]) and event["day"] != held["day"]
        found.append((event, held["deadline"] if held and moves else None))
        held = event if event["deadline"] else held
    return found


def checks(library: Library, asked: Form) -> Context:
    """Arithmetic of the documents, computed again: what does not hold first."""
    rows = library.across("checks")
    shown = _chosen(rows, asked, lambda row: (row["expression"],), lambda row, show: show in ("", row["verdict"]))
    shown = [row for row in shown if asked.get("kind", "") in ("", row["kind"])]
    shown.sort(key=lambda row: (_WORST[row["verdict"]], row["document_id"], row["kind"]))
    kinds = sorted({row["kind"] for row in rows})
    return {**_told(library, asked, rows, shown), "rows": _part(shown, asked), "kinds": kinds}


def citations(library: Library, asked: Form) -> Context:
    """Cited documents, the most cited first; those that came in lead to them."""
    rows = library.across("citations")

    def fits(row: Row, show: str) -> bool:
        return {"in": row["document_id"] is not None, "missing": row["document_id"] is None}.get(show, True)

    shown = _chosen(rows, asked, lambda row: (row["type"], row["number"]), fits)
    shown.sort(key=lambda row: (-row["times"], row["number"]))
    return {**_told(library, asked, rows, shown), "rows": _part(shown, asked)}


# what all have in common


def _chosen(
    rows: Iterable[Row], asked: Form, told: Callable[[Row], Iterable[str | None]], fits: Callable[[Row, str], bool]
) -> list[Row]:
    """The rows that hold all words asked for and fit what is to be shown."""
    words, show = bare(asked.get("q", "")).split(), asked.get("show", "")
    found = (row for row in rows if fits(row, show))
    return [row for row in found if all(word in bare(" ".join(filter(None, told(row)))) for word in words)]


def _told(library: Library, asked: Form, rows: Sequence[Row], shown: Sequence[Row]) -> Context:
    number, last = _number(asked), max(1, -(-len(shown) // LIMIT))
    names = {row["document_id"]: row for row in library.documents()}
    return {"asked": asked, "total": len(rows), "count": len(shown), "number": number, "last": last, "names": names}


def _part(rows: Sequence[Row], asked: Form) -> Sequence[Row]:
    start = LIMIT * (_number(asked) - 1)
    return rows[start : start + LIMIT]


def _number(asked: Form) -> int:
    page = asked.get("page", "")
    return max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
