"""The same document twice: scan and text PDF, DOCX and PDF, draft and signed copy; one of them is primary.

Documents of one number, year and issuer with much the same text are one, and so are documents with nearly all
of their text in common. Two that show different numbers or days are two, however alike: forms make twins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.fingerprint import PLACES, likeness
from pipeline.link.groups import groups

Row = dict[str, Any]

# Share of common runs of words: a bad scan of a document keeps a third; two letters of one form have up to two thirds.
_SAME_NUMBER, _NO_NUMBER = 0.3, 0.8
# Places of a fingerprint that must agree at once for two documents to be compared.
_BAND = 4
# More documents than this with one band are a form, not renditions.
_MOST = 50


# Documents that share a number or a band of their fingerprints, and those that were renditions.
_CANDIDATES = f"""
with extracted as (select document_id, number, fingerprint from documents where status = 'extracted'),
bands as (
    select document_id, start, fingerprint[start : start + {_BAND - 1}] as band
    from extracted, range(1, {PLACES + 1}, {_BAND}) as starts(start) where len(fingerprint) > 0
), together as (
    select list(document_id) as ids from bands group by start, band
    union all select list(document_id) from extracted where number <> '' group by number
)
select distinct unnest(ids) as document_id from together where len(ids) between 2 and {_MOST}
union select document_id from documents where duplicate_of is not null
"""


def candidates(documents: pa.Table) -> pa.Array:
    """The ids of the documents that may be renditions of one another, or were; hardly any of many."""
    with duckdb.connect() as database:
        database.register("documents", documents)
        return database.sql(_CANDIDATES).to_arrow_table()["document_id"].combine_chunks()


def renditions(documents: Sequence[Row]) -> dict[str, str]:
    """Document id -> id of the primary document of which it is another rendition; primary ones are left out."""
    rows = {row["document_id"]: row for row in documents if row["status"] == "extracted"}
    best_first = sorted(rows, key=lambda key: _rank(rows[key]))
    place = {key: number for number, key in enumerate(best_first)}
    pairs = ((place[a], place[b]) for a, b in _candidates(rows) if same(rows[a], rows[b]))
    firsts = (best_first[first] for first in groups(len(rows), pairs, {}))
    return {key: first for key, first in zip(best_first, firsts, strict=True) if key != first}


def same(left: Row, right: Row) -> bool:
    """Whether two documents are renditions of one."""
    if any(left[part] and right[part] and left[part] != right[part] for part in ("number", "issued_on")):
        return False
    alike = likeness(left["fingerprint"], right["fingerprint"])
    if left["number"] and right["number"]:
        issuers = {row["issuer_id"] for row in (left, right)} - {None}
        return alike >= (_SAME_NUMBER if len(issuers) < 2 and (left["issued_on"] or right["issued_on"]) else _NO_NUMBER)
    return alike >= _NO_NUMBER


def _rank(row: Row) -> tuple[Any, ...]:
    """The best rendition first: one that is numbered and dated over a draft, letters over recognised ones,
    a PDF, whose pages are those that were printed, over a file that had to be rendered; else the first that came."""
    complete = (row["number"] is not None) + (row["issued_on"] is not None)
    source = ("text", "mixed", "ocr").index(row["text_source"] or "ocr")
    paged = row["media_type"] != "application/pdf"
    return -complete, source, paged, -(row["read_confidence"] or 1.0), row["batch"], row["document_id"]


def _candidates(rows: dict[str, Row]) -> Iterator[tuple[str, str]]:
    """Pairs that share a number or a band of their fingerprints."""
    found: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for key, row in rows.items():
        if row["number"]:
            found["number", row["number"]].append(key)
        for start in range(0, PLACES if row["fingerprint"] else 0, _BAND):
            found[start, *row["fingerprint"][start : start + _BAND]].append(key)
    pairs = (pair for keys in found.values() if len(keys) <= _MOST for pair in combinations(keys, 2))
    yield from dict.fromkeys(pairs)
