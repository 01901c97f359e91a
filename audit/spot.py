"""A random sample of records, each with its piece of the page: what an auditor judges in one go."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from audit.library import Document, Library, read_dataset
from pipeline.trace import Row
from schemas.datasets import DATASETS

SIZE = 20
KINDS = ("metrics", "tasks", "references")


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
    entries = [_entry(documents[document_id], name, key) for key, document_id in drawn]
    extracted = [row for row in library.documents() if row["status"] == "extracted"]
    return {
        "kind": name,
        "kinds": KINDS,
        "chosen": wanted,
        "number": number,
        "total": len(keys),
        "entries": entries,
        "verdicts": Counter(row["review_status"] or "none" for _, _, row in entries),
        "documents": extracted,
    }


def _keys(library: Library, name: str, wanted: str) -> list[tuple[str, str]]:
    """Record and document of everything that may be drawn, in an order of its own: files come in any order."""
    column = str(DATASETS[name].id_column)
    rows = read_dataset(library.outputs, name, [column, "document_id"]).to_pylist()
    return sorted((row[column], row["document_id"]) for row in rows if wanted in ("", row["document_id"]))


def _entry(document: Document, name: str, key: str) -> tuple[Document, int, Row]:
    """A record with its document and the page that shows it, 0 if none does."""
    row = document.by_id[key][1]
    return document, row["page"] if row["page"] in document.sheets else 0, row


def _number(asked: Mapping[str, str]) -> int:
    """The number of the sample that is asked for; else today's, the same for everybody all day."""
    text = asked.get("sample", "")
    return int(text) if text.isdecimal() and len(text) < 10 else date.today().toordinal()  # noqa: DTZ011
