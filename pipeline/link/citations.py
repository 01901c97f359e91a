"""References -> citations: each cited document once, with the ingested document that it is, if it ever came in."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from pipeline.link.round import Round, as_table, number_key, with_keys
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
select number, issued_on, type, reference_id, document_id from citing where key in (from touched_keys)
order by number, issued_on, document_id, reference_id
"""
_DOCUMENTS = """
select document_id, number, issued_on, duplicate_of from documents where key in (from touched_keys) order by document_id
"""


def link_citations(current: Round) -> None:
    """Publish citations."""
    made = citations_again(current)
    gone = current.column("select citation_id from cited where key in (from touched_keys)")
    current.store.publish_across({"citations": current.changes("citations", made, gone)})
    current.database.execute("delete from cited where key in (from touched_keys)")
    current.keep("made_citations", with_keys(made.select(["citation_id", "number"])).drop_columns(["number"]))
    current.database.execute("insert into cited from made_citations")


def citations_again(current: Round) -> pa.Table:
    """The citations of all numbers that changed documents have or cite; publishes nothing."""
    ask = current.database.execute
    ask(_TOUCHED)
    ask("delete from citing where document_id in (from changed)")
    current.keep(
        "incoming_references", with_keys(current.table(_INCOMING.format(references=current.published("references"))))
    )
    ask("insert into citing from incoming_references")
    ask("insert into touched_keys select key from incoming_references")
    rows, documents = (current.table(query).to_pylist() for query in (_ROWS, _DOCUMENTS))
    return as_table("citations", sorted(citations(rows, documents), key=lambda one: one.citation_id))


def citations(references: Iterable[Row], documents: Iterable[Row]) -> list[Citation]:
    """Every cited document; one number may stand for documents of several years, a reference without a day
    means the one that is known by that number."""
    by_number: dict[str, list[Row]] = defaultdict(list)
    for row in references:
        by_number[number_key(row["number"])].append(row)
    known: dict[str, list[Row]] = defaultdict(list)
    for row in documents:
        if row["number"] and row["duplicate_of"] is None:
            known[number_key(row["number"])].append(row)
    found = []
    for key, rows in by_number.items():
        for day, cited in _by_day(rows).items():
            found.append(_citation(key, day, cited, known.get(key, ())))
    return [one for one in found if one is not None]


def _by_day(rows: Sequence[Row]) -> Mapping[date | None, list[Row]]:
    """References of one number by the year in which it was given; those without a day go with the only one there is."""
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
