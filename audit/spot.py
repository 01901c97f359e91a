"""A random sample of records, each with its piece of the page: what an auditor judges in one go."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from audit.library import Document, Library, read_dataset
from pipeline.trace import Row
from schemas.datasets import DATASETS

SIZE = 20
KINDS = ("metrics", "tasks", "references")
# Characters of a text without pages that are shown on either side of a quote.
AROUND = 120


class Entry(NamedTuple):
    """A record with its document, the page that shows it (0 if none does) and, then, the text around its quote."""

    document: Document
    page: int
    row: Row
    around: tuple[str, str]


def spot(library: Library, asked: Mapping[str, str]) -> dict[str, Any]:
    """Twenty records of a kind, of one document or of all; a number names the sample, so that it can be shown again.

    Reviewed records are drawn like others: what was right is to be counted over all.
    """
    kind = asked.get("kind", "")
    name = kind if kind in KINDS else KINDS[0]
    wanted = asked.get("document", "")
    keys = _keys(library, name, wanted)
    number = _number(asked)
    drawn = random.Random(number).sample(keys, min(SIZE, len(keys)))
    documents = library.parts(name, (document_id for _, document_id in drawn))
    entries = [_entry(library, documents[document_id], name, key) for key, document_id in drawn]
    extracted = [row for row in library.documents() if row["status"] == "extracted"]
    return {
        "kind": name,
        "kinds": KINDS,
        "chosen": wanted,
        "number": number,
        "total": len(keys),
        "entries": entries,
        "verdicts": Counter(entry.row["review_status"] or "none" for entry in entries),
        "documents": extracted,
    }


def _keys(library: Library, name: str, wanted: str) -> list[tuple[str, str]]:
    """Record and document of everything that may be drawn, in an order of its own: files come in any order."""
    column = str(DATASETS[name].id_column)
    rows = read_dataset(library.outputs, name, [column, "document_id"]).to_pylist()
    return sorted((row[column], row["document_id"]) for row in rows if wanted in ("", row["document_id"]))


def _entry(library: Library, document: Document, name: str, key: str) -> Entry:
    row = document.by_id[key][1]
    if row["page"] in document.sheets:
        return Entry(document, row["page"], row, ("", ""))
    return Entry(document, 0, row, _around(row["quote"], "" if document.row["pages"] else library.text(document.id)))


def _around(quote: str, text: str) -> tuple[str, str]:
    """What stands before and behind a quote that the text has once; of several places none is known to be the one."""
    words = r"\s+".join(map(re.escape, quote.split()))
    found = list(re.finditer(rf"(?<!\w){words}(?!\w)", text)) if words else []
    if len(found) != 1:
        return "", ""
    start, end = found[0].span()
    return " ".join(text[max(0, start - AROUND) : start].split()), " ".join(text[end : end + AROUND].split())


def _number(asked: Mapping[str, str]) -> int:
    """The number of the sample that is asked for; else today's, the same for everybody all day."""
    text = asked.get("sample", "")
    return int(text) if text.isdecimal() and len(text) < 10 else date.today().toordinal()  # noqa: DTZ011
