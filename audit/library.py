"""Published datasets -> what the pages of the application show: documents, their pages, records and issues."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.review import overlaid, standings
from pipeline.store import Store
from pipeline.trace import Row, TraceError, dataset_folder
from schemas.datasets import DATASETS, RECORD_DATASETS
from schemas.document import TextSource

# Documents whose rows are held ready, so that turning a page reads nothing.
_HELD = 16
SHOWN = (*RECORD_DATASETS, "issues")


# Which records a row over several records names.
_NAMING: Mapping[str, Callable[[Row], Sequence[str]]] = {
    "indicators": lambda row: [point["metric_id"] for point in row["points"]],
    "task_lines": lambda row: row["task_ids"],
    "checks": lambda row: row["record_ids"],
    "citations": lambda row: row["reference_ids"],
}


class NotFoundError(Exception):
    """There is no such document, page or record, or several may be meant."""

    def __init__(self, key: str, several: Sequence[str] = ()) -> None:
        super().__init__(key)
        self.several = several


@dataclass(frozen=True, slots=True)
class Mark:
    """A stop on a walk through a document: what stands where, and for which walks it is a stop."""

    page: int
    id: str
    dataset: str
    unexplained: bool
    unreviewed: bool


@dataclass(frozen=True)
class Sheet:
    """One page: its row and what stands on it, by dataset. Page 0 holds what stands on no page."""

    number: int
    width: float
    height: float
    rows: Mapping[str, Sequence[Row]]
    row: Row | None = None

    @property
    def has_picture(self) -> bool:
        return self.row is not None

    @property
    def is_recognised(self) -> bool:
        """Whether the text was recognised from a picture, so that a person may read it otherwise."""
        return self.row is not None and self.row["text_source"] != TextSource.TEXT.value


class Document:
    """A document with all its published rows. Every row carries its own id under "id", also issues."""

    def __init__(self, row: Row, rows: Mapping[str, Sequence[Row]]) -> None:
        self.row = row
        self.id: str = row["document_id"]
        self.rows = rows

    @cached_property
    def by_id(self) -> dict[str, tuple[str, Row]]:
        return {row["id"]: (name, row) for name in SHOWN for row in self.rows[name]}

    @cached_property
    def sheets(self) -> dict[int, Sheet]:
        """The pages in order; page 0 comes first where records stand on no page."""
        pages = {page["page"]: page for page in self.rows["pages"]}
        placed: dict[int, dict[str, list[Row]]] = {number: {name: [] for name in SHOWN} for number in pages}
        for name in SHOWN:
            for row in self.rows[name]:
                number = row["page"] if row["page"] in pages else 0
                placed.setdefault(number, {each: [] for each in SHOWN})[name].append(row)
        if not placed:
            placed[0] = {name: [] for name in SHOWN}
        return {number: _sheet(number, pages.get(number), placed[number]) for number in sorted(placed)}

    def boxes_on(self, row: Row, number: int) -> list[Row]:
        return [box for box in row["boxes"] or () if box["page"] == number]

    def reaching(self, number: int) -> Iterator[tuple[str, Row]]:
        """What begins on an earlier page and goes on on this one."""
        for name in SHOWN:
            for row in self.rows[name]:
                if row["page"] not in (None, number) and self.boxes_on(row, number):
                    yield name, row

    @cached_property
    def marks(self) -> list[Mark]:
        """The stops of all walks, in reading order."""
        return [
            Mark(number, row["id"], name, is_open(row), is_unreviewed(name, row))
            for number, sheet in self.sheets.items()
            for name in SHOWN
            for row in sorted(sheet.rows[name], key=_height)
        ]

    @cached_property
    def ledger(self) -> Counter[str]:
        return Counter(row["kind"] for row in self.rows["numbers"])

    def counts(self, number: int) -> tuple[int, int]:
        """Unexplained numbers and issues of a page."""
        rows = self.sheets[number].rows
        unexplained = sum(map(is_open, rows["numbers"]))
        return unexplained, sum(row["kind"] != "number_unexplained" for row in rows["issues"])


def _sheet(number: int, page: Row | None, rows: Mapping[str, Sequence[Row]]) -> Sheet:
    return Sheet(number, page["width"] if page else 0.0, page["height"] if page else 0.0, rows, page)


def _height(row: Row) -> tuple[float, float]:
    box = next(iter(row["boxes"] or ()), None)
    return (round(box["y0"], 0), box["x0"]) if box else (0.0, 0.0)


def is_open(row: Row) -> bool:
    """Whether nothing explains a number and nobody said that it belongs to no record."""
    return row.get("kind") == "unexplained" and row["review_status"] in (None, "to_review")


def is_unreviewed(name: str, row: Row) -> bool:
    """Whether nobody looked at a record yet, or it came back; of the ledger only what nothing explains is asked for."""
    if name == "issues" or (name == "numbers" and row["kind"] != "unexplained"):
        return row.get("review_status") == "to_review"
    return row["review_status"] in (None, "to_review")


def read_dataset(outputs: Path, name: str, columns: Sequence[str] | None = None) -> pa.Table:
    """All rows of a published dataset, or some of its columns.

    Raises:
        TraceError: it is not there.
    """
    files = sorted(dataset_folder(outputs, name).glob("*.parquet"))
    return pa.concat_tables([_read_file(file, name, columns) for file in files] or [_nothing(name, columns)])


def _nothing(name: str, columns: Sequence[str] | None) -> pa.Table:
    schema = DATASETS[name].schema
    return schema.empty_table().select(list(columns or schema.names))


def _read_file(file: Path, name: str, columns: Sequence[str] | None = None) -> pa.Table:
    """The rows of a published file; columns that an older version did not have yet are empty."""
    schema = DATASETS[name].schema
    with pq.ParquetFile(file) as opened:
        there = set(opened.schema_arrow.names)
        found = opened.read([column for column in columns or schema.names if column in there])
    rows = found.num_rows
    wanted = {
        column: found[column] if column in there else pa.nulls(rows, schema.field(column).type)
        for column in columns or schema.names
    }
    return pa.table(wanted)


def _rows_of(table: pa.Table, document_id: str) -> list[Row]:
    """The rows of one document; they stand together."""
    ids = table["document_id"].to_pylist()
    if document_id not in ids:
        return []
    first, last = ids.index(document_id), len(ids) - 1 - ids[::-1].index(document_id)
    rows = table.slice(first, last + 1 - first).to_pylist()
    return [row for row in rows if row["document_id"] == document_id]


def _expect(document_id: str, file: Path) -> None:
    """A document that is looked for in the wrong file would be shown empty, as if there were nothing to review.

    Raises:
        TraceError: the file does not have the document.
    """
    if not file.exists() or document_id not in _read_file(file, "documents", ["document_id"])[0].to_pylist():
        raise TraceError(f"văn bản {document_id} không có trong {file}")


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _document_rows(table: pa.Table) -> list[Row]:
    """The rows of documents. Arrow imports pandas to make times: half of the way to the first page."""
    moments = table["received_at"].cast(pa.int64()).to_pylist()
    rows = table.drop_columns(["received_at"]).to_pylist()
    return [
        {**row, "received_at": _EPOCH + timedelta(microseconds=moment)}
        for row, moment in zip(rows, moments, strict=True)
    ]


class Library:
    """The published datasets of an outputs folder, read again whenever they are written anew."""

    def __init__(self, outputs: Path) -> None:
        self.outputs = outputs
        self.store = Store(outputs)
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[object, Document]] = OrderedDict()
        self._listed: tuple[object, list[Row]] = (None, [])
        self._across: dict[str, tuple[object, list[Row]]] = {}
        self._tallied: tuple[object, dict[str, Counter[str]]] = (None, {})
        self._texts: dict[str, str] = {}

    # documents

    def documents(self) -> list[Row]:
        """The rows of all documents, the latest received first."""
        state = self._state("documents")
        with self._lock:
            if self._listed[0] != state:
                rows = _document_rows(read_dataset(self.outputs, "documents"))
                rows.sort(key=lambda row: (row["received_at"], row["file_name"]), reverse=True)
                self._listed = (state, rows)
            return self._listed[1]

    def tallies(self) -> dict[str, Counter[str]]:
        """Document id -> how many numbers, unexplained ones, issues by severity, records and reviewed records it has."""
        state = tuple(self._state(name) for name in SHOWN)
        with self._lock:
            if self._tallied[0] != state:
                self._tallied = (state, self._tally())
            return self._tallied[1]

    def _tally(self) -> dict[str, Counter[str]]:
        found: dict[str, Counter[str]] = {}
        for name in SHOWN:
            columns = {"issues": "severity", "numbers": "kind"}.get(name, "review_status")
            table = read_dataset(self.outputs, name, ["document_id", columns])
            # Arrow would load pandas to group rows: half of the way to the first page
            ids, values = (table[column].combine_chunks().dictionary_encode() for column in ("document_id", columns))
            pairs = Counter(zip(ids.indices.to_pylist(), values.indices.to_pylist(), strict=True))
            documents, words = ids.dictionary.to_pylist(), values.dictionary.to_pylist()
            for (document, word), count in pairs.items():
                tally = found.setdefault(documents[document], Counter())
                tally[name] += count
                tally[f"{name}.{None if word is None else words[word]}"] += count
        return found

    def find(self, key: str) -> Row:
        """The row of the document with this id or the only one whose id begins so."""
        found = [row for row in self.documents() if row["document_id"].startswith(key)] if key else []
        if len(found) != 1:
            raise NotFoundError(key, [row["document_id"] for row in found])
        return found[0]

    def document(self, key: str) -> Document:
        """A document with all its rows.

        Raises:
            NotFoundError: no document has this id, or several begin with it.
            TraceError: its rows are not where they should be.
        """
        row = self.find(key)
        shown = self.store.shows_all_reviews()
        files = {name: self.store.file_of(name, row["batch"]) for name in ("documents", "pages", *SHOWN)}
        state = shown, *((file.name, self._stamp(file)) for file in files.values())
        with self._lock:
            held = self._held.get(row["document_id"])
            if held and shown and held[0] == state:
                self._held.move_to_end(row["document_id"])
                return held[1]
        _expect(row["document_id"], files["documents"])
        read = {name: _read_file(files[name], name) if files[name].exists() else None for name in ("pages", *SHOWN)}
        document = Document(row, {name: self._rows(name, row, table, shown) for name, table in read.items()})
        with self._lock:
            self._held[row["document_id"]] = (state, document)
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
        return document

    def parts(self, name: str, keys: Iterable[str]) -> dict[str, Document]:
        """Documents with their pages and the rows of one dataset only: enough to show some of its records."""
        shown = self.store.shows_all_reviews()
        files: dict[Path, pa.Table | None] = {}
        found = {}
        for row in map(self.find, set(keys)):
            rows: dict[str, list[Row]] = {each: [] for each in SHOWN}
            for each in ("pages", name):
                file = self.store.file_of(each, row["batch"])
                files[file] = files.get(file) or (_read_file(file, each) if file.exists() else None)
                rows[each] = self._rows(each, row, files[file], shown)
            found[row["document_id"]] = Document(row, rows)
        return found

    def _rows(self, name: str, row: Row, table: pa.Table | None, shown: bool) -> list[Row]:
        """The published rows; reviews that a running ingest has kept from being published are laid over here."""
        rows = _rows_of(table, row["document_id"]) if table else []
        if name in RECORD_DATASETS and not shown:
            said = [review for review in self.reviews(row["document_id"]) if review["dataset"] == name]
            extracted = self.store.extracted(name, [row["document_id"]]).to_pylist()
            rows = overlaid(name, extracted, said) if said else rows
        column = DATASETS[name].id_column
        for number, each in enumerate(rows):
            each["id"] = each[column] if column else f"{name}-{number}"
        return rows

    def state(self, *names: str) -> object:
        """What tells one published state of datasets from another."""
        return tuple(self._state(name) for name in names)

    def texts_without_pages(self) -> Iterator[tuple[str, str]]:
        """Document id and text of each file that has no pages, from the archive."""
        for row in self.documents():
            if row["status"] == "extracted" and not row["pages"] and (text := self.text(row["document_id"])):
                yield row["document_id"], text

    def text(self, document_id: str) -> str:
        """The text of an archived file without pages; nothing of one that can't be read."""
        from pipeline.read.errors import ReadError
        from pipeline.trace import texts

        if document_id not in self._texts:  # an archived file never changes
            with suppress(ReadError):
                self._texts[document_id] = texts(self.outputs, document_id).get(None, "")
        return self._texts.get(document_id, "")

    def _state(self, name: str) -> tuple[object, ...]:
        folder = self.outputs / name
        return tuple(sorted((file.name, self._stamp(file)) for file in folder.glob("*.parquet")))

    def _stamp(self, file: Path) -> tuple[int, int]:
        try:
            status = file.stat()
        except FileNotFoundError:
            return (0, 0)
        return (status.st_mtime_ns, status.st_ino)

    # records

    def record(self, key: str) -> tuple[Document, str, Row]:
        """A record with its document and dataset; one that is gone but was reviewed as it was seen last.

        Raises:
            NotFoundError: no record has this id or is the only one whose id begins so.
        """
        places = self._published_as(key) or self.store.reviewed_as(key) if key else []
        places = [place for place in places if place[1] == key] or places
        if len(places) != 1:
            raise NotFoundError(key, [record_id for _, record_id, _ in places])
        name, record_id, document_id = places[0]
        document = self.document(document_id)
        return document, *(document.by_id.get(record_id) or (name, self._gone(name, record_id, document_id)))

    def _published_as(self, beginning: str) -> list[tuple[str, str, str]]:
        found = []
        for name in RECORD_DATASETS:
            column = str(DATASETS[name].id_column)
            rows = read_dataset(self.outputs, name, [column, "document_id"])
            fitting = rows.filter(pc.starts_with(rows[column], beginning)).to_pylist()
            found += [(name, row[column], row["document_id"]) for row in fitting]
        return found

    def _gone(self, name: str, record_id: str, document_id: str) -> Row:
        """A record that is not published any more, as its reviewer saw it last."""
        standing = standings(self.reviews(document_id)).get((name, record_id))
        if standing is None:
            raise NotFoundError(record_id)
        return {**standing.last_seen(name), "id": record_id}

    def across(self, name: str) -> list[Row]:
        """The rows of a dataset that is shown over all documents: task_lines, indicators, citations, checks."""
        state = self._state(name)
        with self._lock:
            if self._across.get(name, (None,))[0] != state:
                self._across[name] = (state, read_dataset(self.outputs, name).to_pylist())
            return self._across[name][1]

    def standings(self, record_id: str) -> list[tuple[str, Row]]:
        """The series, task lines, checks and citations in which a record stands."""
        named = ((name, row) for name in _NAMING for row in (self.across(name) if self.has_rows(name) else ()))
        return [(name, row) for name, row in named if record_id in _NAMING[name](row)]

    def has_rows(self, name: str) -> bool:
        return any(pq.read_metadata(file).num_rows for file in (self.outputs / name).glob("*.parquet"))

    def source(self, document: Document) -> Path | None:
        return self.store.source(document.id)

    def reviews(self, document_id: str) -> list[Row]:
        """What was said of a document's records, the latest first."""
        rows = self.store.reviews([document_id]).to_pylist()
        return sorted(rows, key=lambda row: row["reviewed_at"], reverse=True)
