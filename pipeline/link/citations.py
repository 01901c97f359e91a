"""References -> citations: each cited document once, with the ingested document that it is, if it ever came in."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

import pyarrow as pa

from pipeline.link.round import Round, with_keys
from schemas.records import Citation

Row = dict[str, Any]


_INCOMING = """
select r.reference_id, r.document_id, r.number, r.issued_on, r.type from {references} r
where r.document_id in (from changed) and r.is_primary and r.review_status is distinct from 'rejected'
"""
_TOUCHED = """
create temp table touched_keys as
select key from citing where document_id in (from changed) union select key from replaced_documents
union select key from documents where document_id in (from changed)
"""
_ROWS = """
select key, number, issued_on, type, reference_id, document_id from citing where key in (from touched_keys)
order by key, number, issued_on, document_id, reference_id
"""
_DOCUMENTS = """
select key, document_id, issued_on from documents where key in (from touched_keys) and duplicate_of is null order by document_id
"""


def link_citations(current: Round) -> None:
    """Publish citations."""
    _make(current)
    gone = "select citation_id from cited where key in (from touched_keys)"
    current.store.publish_across({"citations": current.changes("citations", "made_citations", gone)})
    current.database.execute("delete from cited where key in (from touched_keys)")
    made = current.table("select citation_id, number from made_citations")
    current.add("cited", with_keys(made).drop_columns(["number"]))


def citations_again(current: Round) -> pa.Table:
    """The citations that follow from the published references; publishes nothing."""
    _make(current)
    return current.made("citations", "made_citations")


def _make(current: Round) -> None:
    """Make `made_citations`, of all numbers that changed documents have or cite."""
    ask = current.database.execute
    ask(_TOUCHED)
    ask("delete from citing where document_id in (from changed)")
    current.keep(
        "incoming_references", with_keys(current.table(_INCOMING.format(references=current.published("references"))))
    )
    ask("insert into citing from incoming_references")
    ask("insert into touched_keys select key from incoming_references")
    known: dict[str, list[Row]] = defaultdict(list)
    for key, document_id, issued_on in current.rows(_DOCUMENTS):
        known[key].append({"document_id": document_id, "issued_on": issued_on})
    rows = (dict(zip(_COLUMNS, row, strict=True)) for row in current.rows(_ROWS))
    made = (one for key, cited in groupby(rows, itemgetter("key")) for one in citations(key, cited, known.get(key, ())))
    current.collect("made_citations", "citations", made)


_COLUMNS = ("key", "number", "issued_on", "type", "reference_id", "document_id")


def citations(key: str, references: Iterable[Row], known: Sequence[Row]) -> list[Citation]:
    """The documents cited by one number, which may stand for those of several years; a reference without a day means
    the one that is known by that number."""
    found = (_citation(key, day, cited, known) for day, cited in _by_day(references).items())
    return [one for one in found if one is not None]


def _by_day(references: Iterable[Row]) -> Mapping[date | None, list[Row]]:
    """References of one number by the year in which it was given; those without a day go with the only one there is."""
    rows = list(references)
    days: dict[int, Counter[date]] = defaultdict(Counter)
    for row in rows:
        if row["issued_on"]:
            days[row["issued_on"].year][row["issued_on"]] += 1
    of_year = {year: counted.most_common(1)[0][0] for year, counted in days.items()}
    only = next(iter(of_year.values())) if len(of_year) == 1 else None
    found: dict[date | None, list[Row]] = defaultdict(list)
    for row in rows:
        found[of_year[row["issued_on"].year] if row["issued_on"] else only].append(row)
    return found


def _citation(key: str, day: date | None, rows: Sequence[Row], known: Sequence[Row]) -> Citation | None:
    document = _named(day, known)
    # a document that names itself cites nothing
    rows = [row for row in rows if row["document_id"] != document]
    if not rows:
        return None
    types = Counter(row["type"] for row in rows if row["type"])
    return Citation(
        citation_id=hashlib.sha256(f"citations|{key}|{day.year if day else ''}".encode()).hexdigest()[:20],
        type=types.most_common(1)[0][0] if types else None,
        number=Counter(row["number"] for row in rows).most_common(1)[0][0],
        issued_on=day,
        document_id=document,
        times=len(rows),
        cited_by=tuple(dict.fromkeys(row["document_id"] for row in rows)),
        reference_ids=tuple(row["reference_id"] for row in rows),
    )


def _named(day: date | None, known: Sequence[Row]) -> str | None:
    """The ingested document that a number of that day names; None if there is none or a doubt."""
    fitting = [row for row in known if day is None or row["issued_on"] is None or row["issued_on"].year == day.year]
    return fitting[0]["document_id"] if len(fitting) == 1 else None
