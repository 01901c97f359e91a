"""Words -> the pages and indicators that hold them, with or without diacritics."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from normalizers.text import bare, fold

Row = tuple[Any, ...]
Span = tuple[int, int]
# Document id and text of each file without pages.
Texts = Iterable[tuple[str, str]]

# Hits that are shown, and letters around the words.
LIMIT, AROUND = 100, 110
_WORDS = 8
_PARTS = re.compile(r"[a-z0-9]+")
# What is looked through, by its name: the published files, the column with text, and the id of a record.
_SOURCES = {"pages": ("text", "null"), "metrics": ("indicator", "metric_id")}
# What a person reads of a metric beside its name.
_FIGURE = ("value", "value_high", "denominator", "comparator", "unit", "role", "period_end", "scope")


@dataclass(frozen=True, slots=True)
class Hit:
    """A page or a metric; the words stand in `text` at `marks`. `cut` tells whether text was left out at its ends."""

    document_id: str
    page: int | None
    record_id: str | None
    text: str
    marks: tuple[Span, ...]
    cut: tuple[bool, bool]
    figure: Mapping[str, Any] | None = None


class Search:
    """The texts of an outputs folder made ready to be searched, anew whenever they are published anew."""

    def __init__(self, outputs: Path) -> None:
        self._outputs = outputs
        self._lock = threading.Lock()
        self._database: Any = None
        self._state: object = None

    def find(self, query: str, state: object, texts: Callable[[], Texts]) -> tuple[list[Hit], list[Hit]]:
        """Pages and metrics that hold all words of a query; one with diacritics is looked for as it is written.

        `state` tells of what is published now, `texts` the text of files that have no pages.
        """
        words = fold(unicodedata.normalize("NFC", query)).split()[:_WORDS]
        words = [word for word in words if _PARTS.search(bare(word))]
        if not words:
            return [], []
        with self._lock:
            if self._state != state:
                self._database, self._state = self._made_ready(texts()), state
            pages, metrics = (self._found(name, words) for name in _SOURCES)
        return [hit(row, words) for row in pages], [hit(row, words) for row in metrics]

    def _made_ready(self, texts: Texts) -> Any:
        """A database of all texts, beside each its letters without diacritics, words parted by one blank."""
        import duckdb

        database = duckdb.connect()
        packed = ", ".join(f"'{each}': {each}" for each in _FIGURE)
        for name, (column, record_id) in _SOURCES.items():
            figure = "null" if name == "pages" else f"{{{packed}}}"
            database.execute(
                f"create table {name} as select document_id, page, {record_id} as record_id, {column} as text, {figure} as figure "
                "from read_parquet(?)",
                [f"{self._outputs / name}/*.parquet"],
            )
        rows = [[document_id, text] for document_id, text in texts]
        if rows:
            database.executemany("insert into pages values (?, null, null, ?, null)", rows)
        for name in _SOURCES:
            letters = "replace(strip_accents(lower(text)), 'đ', 'd')"
            database.execute(f"alter table {name} add column folded varchar")
            database.execute(f"update {name} set folded = ' ' || regexp_replace({letters}, '[^a-z0-9]+', ' ', 'g')")
        return database

    def _found(self, name: str, words: Sequence[str]) -> list[Row]:
        """Rows in which words begin as all those asked for. Letters without diacritics are compared in the database, the others here."""
        tests = " and ".join(["contains(folded, ?)"] * len(words))
        sql = f"""
            select document_id, page, record_id, text, figure from {name}
            where {tests} order by contains(folded, ?) desc, document_id, page
        """
        begun = [" " + " ".join(_PARTS.findall(bare(word))) for word in words]
        marked = [_begins(word) for word in words if word != bare(word)]
        rows = self._database.execute(sql, [*begun, "".join(begun)])
        fitting = (row for row in iter(rows.fetchone, None) if all(pattern.search(fold(row[3])) for pattern in marked))
        return list(islice(fitting, LIMIT + 1))


def _begins(word: str) -> re.Pattern[str]:
    """Words that begin with a folded one, whatever stands between its parts."""
    return re.compile(r"(?<!\w)" + r"\W+".join(map(re.escape, re.findall(r"\w+", word))))


def hit(row: Row, words: Sequence[str]) -> Hit:
    """A row with the words marked where most of them stand closest together."""
    document_id, page, record_id, text, *figure = row
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text))
    found = _spans(text, words)
    first, last = _closest(found) if found else (0, 0)
    start, end = max(first - AROUND, 0), min(last + AROUND, len(text))
    marks = tuple((a - start, b - start) for a, b in _apart(found) if start <= a and b <= end)
    return Hit(document_id, page, record_id, text[start:end], marks, (start > 0, end < len(text)), *figure)


# Words that belong together stand so close.
_NEAR = 4


def places(printed: Sequence[str], query: str) -> list[int]:
    """Which of a page's words are those of a query: of several words only where others stand near, if they do anywhere."""
    words = fold(unicodedata.normalize("NFC", query)).split()[:_WORDS]
    patterns = [(_begins(word), word == bare(word)) for word in words if _PARTS.search(bare(word))]
    texts = [fold(unicodedata.normalize("NFC", text)) for text in printed]
    found = [
        (place, number)
        for place, text in enumerate(texts)
        for number, (pattern, plain) in enumerate(patterns)
        if pattern.search(bare(text) if plain else text)
    ]
    together = [
        place
        for place, number in found
        if {other for at, other in found if abs(at - place) <= _NEAR} >= set(range(len(patterns)))
    ]
    return sorted(set(together or [place for place, _ in found]))


def _spans(text: str, words: Sequence[str]) -> list[tuple[int, int, int]]:
    """Start, end and word of each place where a word begins, in order; one with diacritics as it is written."""
    folded, letters = fold(text), bare(text)
    return sorted(
        (found.start(), found.end(), number)
        for number, word in enumerate(words)
        for found in _begins(word).finditer(letters if word == bare(word) else folded)
    )


def _closest(found: Sequence[tuple[int, int, int]]) -> Span:
    """Where the most different words stand together, the closest of such places."""

    def together(place: int) -> tuple[int, int, int]:
        start, end, _ = found[place]
        seen: set[int] = set()
        for begins, ends, word in found[place:]:
            if begins - start > AROUND:
                break
            if word not in seen:
                seen.add(word)
                end = ends
        return -len(seen), end - start, start

    _, length, start = min(map(together, range(len(found))))
    return start, start + length


def _apart(found: Iterable[tuple[int, int, int]]) -> Iterable[Span]:
    """The places without those that lie in one before."""
    last = 0
    for start, end, _ in found:
        if start >= last:
            yield start, end
            last = end
