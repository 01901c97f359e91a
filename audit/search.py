"""Words -> the pages and indicators that hold them, with or without diacritics."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from normalizers.text import bare, fold

Row = tuple[Any, ...]

# Hits that are shown, and letters around the first of the words.
LIMIT, AROUND = 100, 110
_WORDS = 8
_PARTS = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """A page or a metric; its words stand in `text` at `start`–`end`."""

    document_id: str
    page: int | None
    record_id: str | None
    text: str
    start: int
    end: int


def search(outputs: Path, query: str) -> tuple[list[Hit], list[Hit]]:
    """Pages and metrics that hold all words of a query; one with diacritics is looked for as it is written."""
    words = fold(unicodedata.normalize("NFC", query)).split()[:_WORDS]
    if not words:
        return [], []
    texts = _found(outputs / "pages", "text", "page, null", words)
    indicators = _found(outputs / "metrics", "indicator", "page, metric_id", words)
    return [_hit(row, words) for row in texts], [_hit(row, words) for row in indicators]


def _found(folder: Path, column: str, others: str, words: list[str]) -> list[Row]:
    """Rows in which words begin as all those asked for. Letters without diacritics are compared in the database, the others here."""
    import duckdb

    tests = " and ".join(["contains(folded, ?)"] * len(words))
    letters = f"replace(strip_accents(lower({column})), 'đ', 'd')"
    sql = f"""
        select document_id, {others}, {column}
        from (select *, ' ' || regexp_replace({letters}, '[^a-z0-9]+', ' ', 'g') as folded from read_parquet(?))
        where {tests} order by contains(folded, ?) desc, document_id, page
    """
    begun = [" " + " ".join(_PARTS.findall(bare(word))) for word in words]
    marked = [word for word in words if word != bare(word)]
    with duckdb.connect() as connection:
        rows = connection.execute(sql, [f"{folder}/*.parquet", *begun, "".join(begun)])
        fitting = (row for row in iter(rows.fetchone, None) if all(word in fold(row[3]) for word in marked))
        return list(islice(fitting, LIMIT + 1))


def _hit(row: Row, words: list[str]) -> Hit:
    document_id, page, record_id, text = row
    text = re.sub(r"\s+", " ", text)
    folded, phrase = bare(text), bare(" ".join(words))
    first = phrase if phrase in folded else bare(words[0])
    begun = re.search(rf"(?<!\w){re.escape(first)}", folded)
    at = begun.start() if begun else max(folded.find(first), 0)
    start = max(at - AROUND, 0)
    shown = text[start : at + len(first) + AROUND]
    return Hit(document_id, page, record_id, shown, at - start, at - start + len(first))
