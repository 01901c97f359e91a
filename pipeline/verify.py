"""Published records -> proofs: the archived sources are opened again, and nothing that was stored is believed.

Six proofs, each of which finds errors that the others can't:

source      The archived file is there and its SHA-256 is the document_id. Without it nothing else is proved.
place       The characters whose middle lies in a record's boxes, as the reader finds them now, spell its quote
            (footnote marks, which are lifted out of the text, excepted). Scans are recognised again; as their lines may
            be askew, and the box of one reach into the next, it is one printed line in each box that must spell the
            quote. Word files are rendered again. A record without page (text files) must be found in the file's text.
            For every record dataset.
value       The value follows from the quote by the normaliser of its kind alone, without extractors or context:
            tasks       text is the quote; deadline and precision from deadline_raw, in the words before it where it
                        stands in the text (normalizers.deadlines); the leading agencies from lead_raw and the text
                        (normalizers.agencies); the numbers of assigned_in from their own words
                        (normalizers.document_numbers); partners, status and the rest: repetition
            metrics     value, range, denominator, comparator and printed unit from the quote
                        (normalizers.quantities); a decrease carries its sign in the words before the quote, a table
                        its unit and scale in heads: for those the repetition below is the proof
            references  number from the quote (normalizers.document_numbers); type and day if the quote prints them,
                        else they stand elsewhere in the sentence: repetition
            agencies    agency and id from the quote (normalizers.agencies); what the quote alone does not name in
                        full ("Công Thương" in "Bộ Y tế, Công Thương"): repetition
            numbers     the raw form stands in the quote; the record it became part of exists and stands there too
            checks      the expression is computed again, its result is one that the named figures print, and the
                        verdict is what the tolerance says
repetition  Outline, extractors and checks run again on the file read again; every row of every dataset of the
            document (header, page texts and issues too) must be equal field by field, none missing, none more.
            Holds only for the extractor version that is running: for documents of another one it is left out and
            that is said.
review      What people said is shown and nothing else: a row with a review status is the extracted row of the lake with
            its reviews laid over. The values of a corrected record are its reviewer's word, those that were extracted
            are proved as above; an added record is proved by its place (on a recognised page it, too, is a word).
store       Every row belongs to a published document, every document of the lake is published. Datasets over all
            documents are as the lake has them, and name records that exist, with the values that those have.
links       Task lines and indicators are made again from the published records and links, citations from the published
            references and documents; each row must be equal field by field, but for its id, which tells only that it
            goes on. Links by persons are those that they decided. The rules' own links are not compared again: how
            alike two texts are depends on all that had come in by then; of them the lake is the proof. Where records
            were reviewed since documents were last linked, or documents read by another version, this is left out and
            that is said.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from normalizers.agencies import find, read_actors, resolve
from normalizers.dates import find_dates
from normalizers.deadlines import find_deadlines, read_cell
from normalizers.document_numbers import TYPES, canonical_type, find_numbers
from normalizers.numbers import read_number
from normalizers.quantities import SCALE_VALUES, FoundQuantity, find_quantities
from normalizers.text import fold
from pipeline.extract import extract
from pipeline.link.decisions import RULE as RULE_OF_LINKS
from pipeline.link.memory import is_linked
from pipeline.link.run import linked_again
from pipeline.outline import outline
from pipeline.process import Arrival, process
from pipeline.read import read
from pipeline.read.errors import ReadError
from pipeline.review import RULE, overlaid
from pipeline.rows import as_tables
from pipeline.sources import content_hash
from pipeline.store import Store
from pipeline.trace import Row, dataset, find_document, rows_of
from pipeline.version import extractor_version
from pipeline.workers import Died, Done, Workers
from schemas.datasets import ACROSS, DATASETS, PER_DOCUMENT, RECORD_DATASETS, REVIEWS
from schemas.document import Document, Line, Page, TextSource
from schemas.place import Passage, join
from schemas.values import Agency, Comparator, Precision

# Documents whose rows are held in memory at once.
_AT_ONCE = 64

# What no reading of the archived file can give back: how it came, and what other documents say of it.
_NOT_OF_THE_FILE = frozenset(
    ["received_at", "batch", "file_name", "source_uri", "duplicate_of", "extractor_version", "is_primary"]
)


@dataclass(frozen=True, slots=True)
class Failure:
    """A row that is not proved; `row` is its id, or what names it where it has none."""

    dataset: str
    row: str
    document_id: str
    page: int | None
    proof: str
    what: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of one document: rows checked and rows failed by dataset; `version` if it is another than ours."""

    file_name: str
    document_id: str
    checked: Mapping[str, int]
    failed: Mapping[str, int]
    failures: tuple[Failure, ...]
    version: str | None = None


@dataclass(slots=True)
class Report:
    """What came of all documents and of the store itself."""

    checked: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    documents: int = 0
    # file name -> extractor version of documents whose extraction could not be repeated
    other_versions: dict[str, str] = field(default_factory=dict)
    # whether the datasets over all documents could be made again
    is_linked: bool = True

    def add(self, proof: Proof) -> None:
        self.documents += 1
        self.checked.update(proof.checked)
        self.failed.update(proof.failed)
        self.failures += proof.failures
        if proof.version:
            self.other_versions[proof.file_name] = proof.version

    def add_fault(self, failure: Failure) -> None:
        told = {(each.dataset, each.row) for each in self.failures}
        self.failed[failure.dataset] += (failure.dataset, failure.row) not in told
        self.failures.append(failure)


@dataclass(frozen=True, slots=True)
class Case:
    """A document to be proved: its published rows by dataset and its archived file."""

    document: Row
    tables: Mapping[str, pa.Table]
    source: Path | None
    reviews: pa.Table = field(default_factory=REVIEWS.schema.empty_table)
    extracted: Mapping[str, pa.Table] = field(default_factory=dict)


def verify(
    outputs: Path, key: str | None = None, workers: int | None = None, tell: Callable[[Proof], None] | None = None
) -> Report:
    """Prove all published records, or those of the document whose id or file name begins with the key.

    Raises:
        TraceError: there are no datasets, or no document or several fit the key.
    """
    report = Report()
    if key is None:
        documents = dataset(outputs, "documents").to_table().to_pylist()
        prove_store(outputs, documents, report)
    else:
        documents = [find_document(outputs, key)]
    with Workers(workers if len(documents) > 1 else 1) as processes:
        for cases in _cases(outputs, documents):
            for case, done in zip(cases, processes.map(prove, cases), strict=True):
                proof = _proved(case, done)
                report.add(proof)
                if tell:
                    tell(proof)
    return report


def prove_store(outputs: Path, documents: Sequence[Row], report: Report) -> None:
    """The proofs of what belongs to no one document."""
    for failure in _store_faults(outputs, documents):
        report.add_fault(failure)
    ours = all(row["extractor_version"] == extractor_version() for row in documents)
    report.is_linked = ours and is_linked(Store(outputs))
    for failure in _link_faults(outputs) if report.is_linked else ():
        report.add_fault(failure)
    report.checked.update({name: dataset(outputs, name).count_rows() for name in ACROSS})


def _cases(outputs: Path, documents: Sequence[Row]) -> Iterator[list[Case]]:
    """The documents with their rows, so many at a time that their rows fit in memory."""
    by_id = {row["document_id"]: row for row in documents}
    ids, store = list(by_id), Store(outputs)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        tables = {name: _by_document(rows_of(outputs, name, some)) for name in PER_DOCUMENT}
        reviews = _by_document(store.reviews(some))
        yield [
            Case(by_id[key], {name: of[key] for name, of in tables.items()}, store.source(key), reviews[key],
                 {name: store.extracted(name, [key]) for name in RECORD_DATASETS} if reviews[key].num_rows else {})
            for key in some
        ]  # fmt: skip


def _by_document(table: pa.Table) -> dict[str, pa.Table]:
    places: dict[str, list[int]] = defaultdict(list)
    for index, document_id in enumerate(table["document_id"].to_pylist()):
        places[document_id].append(index)
    found = {document_id: table.take(indices) for document_id, indices in places.items()}
    return defaultdict(table.schema.empty_table, found)


# one document


@dataclass(frozen=True, slots=True)
class _Fault:
    """A failure as a proof sees it, before it is told of which document."""

    dataset: str
    row: str
    page: int | None
    proof: str
    what: str
    expected: object
    found: object


def prove(case: Case) -> Proof:
    """All proofs of one document."""
    checked = {name: table.num_rows for name, table in case.tables.items()}
    try:
        faults = list(_faults(case))
    except UnprovedError as error:
        return _proof(case, checked, [error.fault], checked)
    except Exception as error:  # a fault of ours in one document must not cost the others
        fault = _unproved(case, "đọc và trích xuất lại được", f"{type(error).__name__}: {error}")
        return _proof(case, checked, [fault.fault], checked)
    failed = Counter(name for name, _ in {(fault.dataset, fault.row) for fault in faults})
    return _proof(case, checked, faults, failed)


class UnprovedError(Exception):
    """Nothing of a document can be proved."""

    def __init__(self, fault: _Fault) -> None:
        super().__init__(fault.what)
        self.fault = fault


def _unproved(case: Case, expected: object, found: object) -> UnprovedError:
    return UnprovedError(_Fault("documents", case.document["document_id"], None, "source", "tệp gốc", expected, found))


def _proved(case: Case, done: Done[Proof] | Died) -> Proof:
    """The proof of a document; one that was quarantined may be beyond all limits still."""
    if isinstance(done, Done):
        return done.result
    checked = {name: table.num_rows for name, table in case.tables.items()}
    if case.document["status"] == "quarantined":
        return _proof(case, checked, [], {})
    return _proof(case, checked, [_unproved(case, "đọc và trích xuất lại được", done.reason).fault], checked)


def _proof(case: Case, checked: Mapping[str, int], faults: Iterable[_Fault], failed: Mapping[str, int]) -> Proof:
    document = case.document
    key, version = document["document_id"], document["extractor_version"]
    failures = tuple(
        Failure(f.dataset, f.row, key, f.page, f.proof, f.what, _shown(f.expected), _shown(f.found)) for f in faults
    )
    other = version if version != extractor_version() else None
    return Proof(document["file_name"], key, checked, failed, failures, other)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else repr(value)


def _faults(case: Case) -> Iterator[_Fault]:
    source, key = case.source, case.document["document_id"]
    published = {name: table.to_pylist() for name, table in case.tables.items()}
    if source is None and case.document["status"] == "quarantined" and case.document["bytes"] == 0:
        yield from _doubled(published)  # its bytes could never be had
        return
    if source is None:
        raise _unproved(case, f"_sources/{key[:2]}/{key}.*", "không có tệp")
    found = content_hash(source)
    if found != key:
        raise _unproved(case, f"SHA-256 {key}", f"SHA-256 {found}")
    arrival = Arrival(source, key, case.document["received_at"], case.document["batch"])
    repeatable = case.document["extractor_version"] == extractor_version()
    if case.document["status"] == "quarantined":
        again = process(arrival)
        # the reason may name the path from which the file was read
        yield from _repetition(published, again.tables, {"reason", "message"}) if repeatable else _doubled(published)
        return
    try:
        document = read(source, key)
    except ReadError as error:
        raise _unproved(case, "đọc lại được", str(error)) from error
    yield from _reviewed(case, published)
    yield from _places(document, published)
    yield from _doubled(published) if not repeatable else ()
    extracted = _extracted(case, published)
    yield from _values(case.document, extracted)
    if repeatable:
        again = as_tables(arrival, document, extract(document, outline(document)))
        yield from _repetition(extracted, again.tables)


Published = Mapping[str, Sequence[Row]]


# reviews


def _reviewed(case: Case, published: Published) -> Iterator[_Fault]:
    """Rows that say otherwise than their reviews, or that tell of a review which nobody made."""
    said = case.reviews.to_pylist()
    for name in RECORD_DATASETS:
        extracted = case.extracted[name].to_pylist() if said else []
        meant = overlaid(name, extracted, [review for review in said if review["dataset"] == name])
        shown = {_key(name, row): row for row in published[name]}
        wanted = {_key(name, row): row for row in meant if row["review_status"]}
        told = [key for key, row in shown.items() if row["review_status"] or row["corrected_by"]]
        for key in dict.fromkeys((*told, *wanted)):
            expected = wanted.get(key) or {**shown[key], "review_status": None, "corrected_by": None}
            yield from _otherwise(name, key, expected, shown.get(key, {}))
    yield from _explained_by_nothing(published)


def _explained_by_nothing(published: Published) -> Iterator[_Fault]:
    """Numbers that a review says are part of a record which is not there; what comes back for review may be."""
    there = {_key(name, row) for name in RECORD_DATASETS for row in published[name]}
    for row in published["numbers"]:
        if row["review_status"] in (None, "to_review") or row["record_id"] is None:
            continue
        if row["record_id"] not in there:
            expected = f"mã của một bản ghi loại {row['kind']}"
            yield _Fault(
                "numbers", _key("numbers", row), row["page"], "review", "record_id", expected, row["record_id"]
            )


def _otherwise(name: str, key: str, expected: Row, found: Row) -> Iterator[_Fault]:
    for column in DATASETS[name].schema.names:
        if expected[column] != found.get(column):
            yield _Fault(name, key, expected["page"], "review", column, expected[column], found.get(column))


def _extracted(case: Case, published: Published) -> Published:
    """The published rows with those that were reviewed put back as they were extracted; added ones left out."""
    if not case.reviews.num_rows:
        return published
    found = dict(published)
    for name in RECORD_DATASETS:
        lake = {_key(name, row): row for row in case.extracted[name].to_pylist()}
        found[name] = [
            lake[_key(name, row)] if row["review_status"] else row
            for row in published[name]
            if not row["review_status"] or _key(name, row) in lake
        ]
    return found


# repetition


def _repetition(published: Published, again: Mapping[str, pa.Table], unlike: Iterable[str] = ()) -> Iterator[_Fault]:
    """Where the published rows differ from those that the file gives now; columns named `unlike` may."""
    skipped = _NOT_OF_THE_FILE | frozenset(unlike)
    for name in PER_DOCUMENT:
        here, there = _grouped(name, published[name], skipped), _grouped(name, again[name].to_pylist(), skipped)
        for key in dict.fromkeys((*here, *there)):
            for row, meant in zip_longest(here.get(key, ()), there.get(key, ())):
                yield from _compared(name, key, row, meant, skipped)


def _grouped(name: str, rows: Iterable[Row], skipped: frozenset[str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[_key(name, row, skipped)].append(row)
    return found


def _key(name: str, row: Row, skipped: frozenset[str] = frozenset()) -> str:
    """What names a row among those of its document."""
    column = DATASETS[name].id_column
    if column:
        return str(row[column])
    told = ("page",) if name == "pages" else ("kind", "page", "dataset", "record_id", "message")
    return " ".join(str(row[field]) for field in told if field not in skipped and row[field] is not None)


def _compared(name: str, key: str, row: Row | None, meant: Row | None, skipped: frozenset[str]) -> Iterator[_Fault]:
    if row is None or meant is None:
        whole = row or meant or {}
        told = "có một dòng như thế", "không có dòng nào nữa"
        expected, found = told if row is None else reversed(told)
        yield _Fault(name, key, whole.get("page"), "repetition", "dòng", f"{expected}: {_summary(whole)}", found)
        return
    for column, value in meant.items():
        if column not in skipped and row[column] != value:
            yield _Fault(name, key, row.get("page"), "repetition", column, value, row[column])


def _summary(row: Row) -> str:
    return str(next((row[name] for name in ("quote", "message", "file_name", "text") if row.get(name)), ""))[:80]


def _doubled(published: Published) -> Iterator[_Fault]:
    """Ids that occur twice; the repetition finds them too, but is not possible for every document."""
    for name, rows in published.items():
        if name == "issues":  # without an id, two may be alike
            continue
        counts = Counter(_key(name, row) for row in rows)
        yield from (_Fault(name, key, None, "store", "số dòng", 1, count) for key, count in counts.items() if count > 1)


# place


@dataclass(frozen=True, slots=True)
class _Print:
    """The characters of a page with their middles, in the order in which the reader saw them."""

    text: str
    middles: npt.NDArray[np.float64]
    is_mark: npt.NDArray[np.bool_]
    lines: npt.NDArray[np.int64]
    is_scan: bool

    def within(self, box: Mapping[str, float], *, marks: bool) -> str:
        """The text whose middle lies in a box, white space folded; with or without footnote marks."""
        return self._text(self._inside(box) & (True if marks else ~self.is_mark))

    def readings(self, box: Mapping[str, float]) -> list[str]:
        """What a box shows without marks: all of it or, on a scan, what any one printed line shows there."""
        inside = self._inside(box) & ~self.is_mark
        lines = np.unique(self.lines[inside]) if self.is_scan else ()
        return [self._text(inside), *(self._text(inside & (self.lines == line)) for line in lines)]

    def _inside(self, box: Mapping[str, float]) -> npt.NDArray[np.bool_]:
        x, y = self.middles[:, 0], self.middles[:, 1]
        inside: npt.NDArray[np.bool_] = (box["x0"] <= x) & (x <= box["x1"]) & (box["y0"] <= y) & (y <= box["y1"])
        return inside

    def _text(self, inside: npt.NDArray[np.bool_]) -> str:
        return " ".join("".join(self.text[index] for index in np.nonzero(inside)[0]).split())


def _prints(pages: Iterable[Page]) -> dict[int, _Print]:
    return {page.number: _print(_lines(page), page.text_source is TextSource.OCR) for page in pages}


def misplaced(row: Row, pages: Iterable[Page], *, word: bool) -> str | None:
    """What stands in the boxes of a record on these pages instead of its quote, None if the quote does."""
    return _misplaced(row, _prints(pages), "", word=word)


def _lines(page: Page) -> list[Line]:
    return [*page.lines, *(line for grid in page.grids for cell in grid.cells for line in cell.lines)]


def _print(lines: Iterable[Line], is_scan: bool) -> _Print:
    placed = [
        (glyph.order, (glyph.x0 + glyph.x1) / 2, (glyph.y0 + glyph.y1) / 2, character, is_mark, glyph.line)
        for line in lines
        for passage, is_mark in ((line.passage, False), *((mark, True) for _, mark in line.marks))
        for character, glyph in zip(passage.text, passage.glyphs, strict=True)
        if glyph
    ]
    placed.sort(key=lambda item: item[0])
    return _Print(
        "".join(item[3] for item in placed),
        np.array([item[1:3] for item in placed], np.float64).reshape(-1, 2),
        np.array([item[4] for item in placed], np.bool_),
        np.array([item[5] for item in placed], np.int64),
        is_scan,
    )


def _places(document: Document, published: Published) -> Iterator[_Fault]:
    """The records whose quote does not stand in their boxes."""
    prints, whole = _prints(document.pages), _bare(_pieces_text(document))
    recognised = {page.number for page in document.pages if page.text_source is not TextSource.TEXT}
    for name in RECORD_DATASETS:
        for row in published[name]:
            if row["rule"] == RULE and row["page"] in recognised:
                continue
            found = _misplaced(row, prints, whole, word=bool(document.pieces))
            if found is not None:
                yield _Fault(name, _key(name, row), row["page"], "place", "chữ trong khung", row["quote"], found)


def _misplaced(row: Row, prints: Mapping[int, _Print], whole: str, *, word: bool) -> str | None:
    """What stands at the record's place instead of its quote, None if the quote does."""
    boxes = row["boxes"] or []
    if row["page"] is None:
        return None if not boxes and _bare(row["quote"]) in whole else "không có trong văn bản"
    if not boxes or boxes[0]["page"] != row["page"]:
        return f"khung ở trang {[box['page'] for box in boxes]}, bản ghi ở trang {row['page']}"
    if any(box["page"] not in prints for box in boxes):
        return f"tệp không có trang {[box['page'] for box in boxes]}"
    if _spells([prints[box["page"]].readings(box) for box in boxes], row["quote"]):
        return None
    parts = [prints[box["page"]].within(box, marks=False) for box in boxes]
    with_marks = [prints[box["page"]].within(box, marks=True) for box in boxes]
    # the quote of a mark is the word on which it hangs with the mark behind it, whatever blank parts them
    if with_marks != parts and _same_letters(with_marks, row["quote"]):
        return None
    # Word prints some hyphens and blanks otherwise than it holds them
    return None if word and _same_letters(parts, row["quote"]) else " ".join(with_marks)


def _same_letters(parts: Sequence[str], quote: str) -> bool:
    return _bare("".join(parts)) == _bare(quote)


def _spells(parts: Sequence[Sequence[str]], quote: str) -> bool:
    """Whether texts, one of the readings of each box, are the quote; between two boxes there may be a blank or none."""
    rests = {quote}
    for readings in parts:
        begun = {rest.lstrip() for rest in rests}
        rests = {rest[len(text) :] for rest in begun for text in readings if rest.startswith(text)}
    return any(not rest.strip() for rest in rests)


_LOOK_ALIKE = str.maketrans({"\u2011": "-", "\u2010": "-", "\uf0b7": "•"})


def _bare(text: str) -> str:
    """The text without blanks, characters that print alike made equal."""
    return "".join(text.translate(_LOOK_ALIKE).split())


def _pieces_text(document: Document) -> str:
    """The text of a file that carries its own order, paragraph by paragraph and cell by cell."""
    passages: list[Passage] = []
    for piece in document.pieces:
        passages += [piece.numbering] if piece.numbering else []
        passages += [piece.paragraph.passage] if piece.paragraph else []
        if piece.grid:
            passages += [join(line.passage for line in cell.lines) for cell in piece.grid.cells]
    return "\n".join(passage.text for passage in (*passages, *(note.passage for note in document.notes)))


# value


@dataclass(frozen=True, slots=True)
class _Context:
    """What the header says that values depend on, and the records that others belong to."""

    document: Row
    issuer: Agency | None
    records: Mapping[str, tuple[str, Row]]


Difference = tuple[str, object, object]  # column, expected, found


def _values(document: Row, published: Published) -> Iterator[_Fault]:
    """The records whose values do not follow from their quotes."""
    issuer = resolve(document["issuer"], document["issued_on"]) if document["issuer"] else None
    records = {_key(name, row): (name, row) for name in RECORD_DATASETS for row in published[name]}
    context = _Context(document, issuer, records)
    for name in RECORD_DATASETS:
        for row in published[name]:
            for column, expected, found in (*_DERIVED[name](row, context), *_unlinked(name, row, context)):
                yield _Fault(name, _key(name, row), row["page"], "value", column, expected, found)
    for row in published["checks"]:
        for column, expected, found in _check(row, context):
            yield _Fault("checks", _key("checks", row), None, "value", column, expected, found)


def _unlinked(name: str, row: Row, context: _Context) -> Iterator[Difference]:
    """A task_id that names no task."""
    task_id = row.get("task_id") if name != "tasks" else None
    if task_id and context.records.get(task_id, ("", {}))[0] != "tasks":
        yield "task_id", "mã của một nhiệm vụ trong văn bản", task_id


def _same_as_quote(row: Row, column: str) -> Iterator[Difference]:
    if row[column] != row["quote"]:
        yield column, row["quote"], row[column]


def _task(row: Row, context: _Context) -> Iterator[Difference]:
    yield from _same_as_quote(row, "text")
    yield from _deadline(row, context)
    yield from _lead(row, context)
    for assigned in row["assigned_in"] or ():
        if assigned["number"] not in _numbers_in(assigned["raw"]):
            yield "assigned_in", _numbers_in(assigned["raw"]), assigned["number"]


def _lead(row: Row, context: _Context) -> Iterator[Difference]:
    """lead_raw names a leading agency; further ones may be named in the text, and lead_raw may name partners too."""
    raw = row["lead_raw"]
    if raw:
        named = [agency.name for agency in _readings(raw, context)]
        on, text = context.document["issued_on"], f"{raw}\n{row['text']}"
        beside = [resolve(text[start:end], on, context.issuer).name for start, end in find(text)]
        others = [name for name in row["lead"] if name not in (*named, *beside) and fold(name) not in fold(text)]
        if not set(named) & set(row["lead"]) or others:
            yield "lead", list(dict.fromkeys(named)), row["lead"]


_BETWEEN = re.compile(r"\s*[,;]\s*|\s+và\s+")


def _readings(raw: str, context: _Context) -> list[Agency]:
    """What a name or a list of names means, read as a list and read whole."""
    on = context.document["issued_on"]
    actors = [actor.agency for actor in read_actors(raw, on, context.issuer)]
    whole = [*actors, resolve(raw, on, context.issuer)]
    if any(agency.known for agency in whole):
        return whole
    # names that no registry knows are told apart by nothing but what stands between them
    return [*whole, *(resolve(part, on, context.issuer) for part in _BETWEEN.split(raw.strip(" :")) if part)]


def _deadline(row: Row, context: _Context) -> Iterator[Difference]:
    raw, text, on = row["deadline_raw"], row["text"], context.document["issued_on"]
    published = (row["deadline"], row["deadline_precision"])
    found = [read_cell(raw, on), *find_deadlines(raw, on)] if raw else []
    # "từ 01/7/2025" is a deadline behind "bỏ Cổng …", else a beginning: where it stands in the task, its words decide
    found += [each for each in find_deadlines(text, on) if " ".join(text[each.start : each.end].split()) == raw]
    derived = [(each.day, each.precision.value) for each in found if each]
    if published not in (derived or [(None, Precision.NONE.value)]):
        yield "deadline", derived, published


def _metric(row: Row, _: _Context) -> Iterator[Difference]:
    yield from _same_as_quote(row, "value_raw")
    printed = find_quantities(fold(row["quote"]))
    in_table = row["rule"].startswith("metric_table")
    if not any(_is_quantity(row, quantity, in_table) for quantity in printed):
        columns = ("value", "value_high", "denominator", "comparator", "unit")
        yield "value", [quantity.value for quantity in printed], {name: row[name] for name in columns}


def _is_quantity(row: Row, found: FoundQuantity, in_table: bool) -> bool:
    """Whether a record says what a printed quantity does, but for what stands outside the quote."""
    value = found.value
    if in_table:
        return _is_cell(row, found)
    return (
        _equal(row["value"], value.value)
        and _equal(row["value_high"], value.value_high)
        and _equal(row["denominator"], value.denominator)
        and row["comparator"] == value.comparator.value
        and (not value.unit or fold(row["unit"]) == value.unit)
    )


def _equal(a: float | None, b: float | None) -> bool:
    """Equal but for the sign, which a decrease takes from the words before it."""
    return a is b if a is None or b is None else math.isclose(abs(a), abs(b), rel_tol=1e-12)


_SCALES = (1.0, *{a * b for a in (1.0, *SCALE_VALUES.values()) for b in SCALE_VALUES.values()})


# "trong nhóm 20": no lower than that rank
_WITHIN = re.compile(r"(?<!\w)(?:nhóm|top|tốp)(?!\w)")


def _is_cell(row: Row, found: FoundQuantity) -> bool:
    """A cell prints the number, its bounds or its end; the head may multiply it ("tỷ đồng") and gives the unit."""
    percent = row["unit"] == "%"
    digits = re.search(r"\d(?:[\d.,\s]*\d)?", row["quote"])
    number = read_number(digits.group(), percent) if digits and row["denominator"] is None else None
    value = number.value if number else found.value.value
    if "%" in row["quote"] and not percent:
        return False
    high = found.value.value_high
    within = _WITHIN.search(fold(row["quote"])) and row["comparator"] == Comparator.AT_MOST.value
    return (
        any(
            _equal(row["value"], value * scale) and _equal(row["value_high"], None if high is None else high * scale)
            for scale in _SCALES
        )
        and _equal(row["denominator"], found.value.denominator)
        and (row["comparator"] == found.value.comparator.value or bool(within))
    )


def _numbers_in(text: str) -> list[str]:
    """The document numbers that a text prints; of a short form ("Nghị quyết 57", "Nghị định 35/2023") its figures."""
    return [found.number for found in find_numbers(text)] or re.findall(r"\d+(?:/(?:19|20)\d\d)?", text)[:1]


def _reference(row: Row, _: _Context) -> Iterator[Difference]:
    yield from _same_as_quote(row, "raw")
    printed, folded = _numbers_in(row["quote"]), fold(row["quote"])
    if row["number"] not in printed:
        yield "number", printed, row["number"]
    kind = next((name for name in sorted(TYPES, key=len, reverse=True) if folded.startswith(name)), None)
    if kind and row["type"] != canonical_type(kind):
        yield "type", canonical_type(kind), row["type"]
    days = [found.span.end for found in find_dates(folded) if found.span.precision is Precision.DAY and found.has_year]
    if days and row["issued_on"] not in days:
        yield "issued_on", days, row["issued_on"]


def _agency(row: Row, context: _Context) -> Iterator[Difference]:
    yield from _same_as_quote(row, "raw")
    readings = _readings(row["quote"], context)
    if (row["agency_id"], row["agency"]) in [(each.agency_id, each.name) for each in readings]:
        return
    # "Công Thương" or "GDĐT" in a list of departments names none by itself, but is the end of a name or short for it
    is_part = fold(row["quote"]) in fold(row["agency"]) or row["quote"].isupper()
    if any(each.known for each in readings) or not is_part:
        yield "agency", [f"{each.agency_id} {each.name}" for each in readings], f"{row['agency_id']} {row['agency']}"


def _number(row: Row, context: _Context) -> Iterator[Difference]:
    if row["raw"] not in row["quote"]:
        yield "raw", row["quote"], row["raw"]
    if row["record_id"] is None:
        return
    name, record = context.records.get(row["record_id"], ("", None))
    if record is None or name != {"metric": "metrics", "reference": "references"}.get(row["kind"], name):
        yield "record_id", f"mã của một bản ghi loại {row['kind']}", row["record_id"]
    elif not _stands_in(row, record):
        yield "record_id", f"bản ghi chứa {row['raw']!r} ở cùng chỗ", record["quote"]


def _stands_in(row: Row, record: Row) -> bool:
    """Whether a number and its record share a place; on no page, whether the record shows the number."""
    if row["page"] is None:
        return row["raw"] in record["quote"] or record["quote"] in row["quote"]
    return any(_overlap(a, b) for a in row["boxes"] for b in record["boxes"])


def _overlap(a: Mapping[str, float], b: Mapping[str, float]) -> bool:
    apart = a["x1"] <= b["x0"] or b["x1"] <= a["x0"] or a["y1"] <= b["y0"] or b["y1"] <= a["y0"]
    return a["page"] == b["page"] and not apart


# arithmetic

# What stands between the figures of an expression, and what it computes.
_OPERATIONS: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "/": lambda a, b: a / b if b else math.inf,
}
_COMPUTED = ("ratio", "sum", "difference", "share_sum")
_FIGURE = re.compile(r"-?\d+(?:\.\d+)?")


def _check(row: Row, context: _Context) -> Iterator[Difference]:
    """A check whose id, result, printed figure or verdict does not follow from its records and its expression."""
    kind, ids = row["kind"], row["record_ids"]
    key = _short_hash(f"checks|{row['document_id']}|{kind}|{'|'.join(ids)}")
    if row["check_id"] != key:
        yield "check_id", key, row["check_id"]
    records = [context.records.get(record_id, ("", {})) for record_id in ids]
    if any(name != "metrics" for name, _ in records):
        yield "record_ids", "mã của số liệu trong văn bản", ids
        return
    printed = [row["computed"]] if kind == "difference" and len(ids) == 2 else [each["value"] for _, each in records]
    if not any(
        math.isclose(row["printed"], value, rel_tol=1e-9) for value in (*printed, *[100.0][: kind == "share_sum"])
    ):
        yield "printed", printed, row["printed"]
    computed = _computed(row)
    if computed is not None and not math.isclose(computed, row["computed"], rel_tol=1e-6, abs_tol=1e-5):
        yield "computed", computed, row["computed"]
    if row["verdict"] not in (verdicts := _verdicts(row)):
        yield "verdict", verdicts, row["verdict"]


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _computed(row: Row) -> float | None:
    """What the expression of a check comes to; None if it is not of the kind that computes."""
    left, _, right = row["expression"].rpartition("=")
    if row["kind"] == "repeated_value":
        return float(right)
    if row["kind"] not in _COMPUTED:
        return None
    first, *rest = re.split(r" ([-+/]) ", left.strip())
    if not all(map(_FIGURE.fullmatch, (first, *rest[1::2]))):
        return math.nan
    value = float(first)
    for sign, figure in zip(rest[::2], rest[1::2], strict=True):
        value = _OPERATIONS[sign](value, float(figure))
    return 100 * value if row["kind"] == "ratio" else value


def _verdicts(row: Row) -> tuple[str, ...]:
    """The verdicts that what is between printed and computed allows."""
    if row["kind"] == "format":
        return ("doubtful",)
    hair = 1e-9 * max(abs(row["printed"]), abs(row["computed"]))
    holds = abs(row["printed"] - row["computed"]) <= row["tolerance"] + hair
    return ("holds",) if holds else ("conflicts", "doubtful")


_DERIVED: dict[str, Callable[[Row, _Context], Iterator[Difference]]] = {
    "tasks": _task,
    "metrics": _metric,
    "references": _reference,
    "agencies": _agency,
    "numbers": _number,
}


# the store


def _store_faults(outputs: Path, documents: Sequence[Row]) -> Iterator[Failure]:
    """Rows without a document, documents that are not published, datasets over all documents that name no record."""
    published = {row["document_id"] for row in documents}
    in_lake = Store(outputs).rows("documents", columns=["document_id"])["document_id"].to_pylist()
    for document_id in sorted(set(in_lake) - published):
        yield _store_fault("documents", document_id, document_id, "dòng", "có trong documents", "không có")
    for name in PER_DOCUMENT:
        strangers = Counter(dataset(outputs, name).to_table(columns=["document_id"])["document_id"].to_pylist())
        for document_id in sorted(strangers.keys() - published):
            found = f"{strangers[document_id]} dòng của một văn bản không có trong documents"
            yield _store_fault(name, document_id, document_id, "document_id", "một văn bản trong documents", found)
    yield from _as_in_the_lake(outputs)
    yield from _across(outputs)


def _store_fault(name: str, row: str, document_id: str, what: str, expected: object, found: object) -> Failure:
    return Failure(name, row, document_id, None, "store", what, _shown(expected), _shown(found))


def _as_in_the_lake(outputs: Path) -> Iterator[Failure]:
    """Rows of datasets over all documents that are other than those which were written."""
    store = Store(outputs)
    for name in ACROSS:
        yield from _unlike(name, dataset(outputs, name).to_table(), store.rows(name), "store")


def _link_faults(outputs: Path) -> Iterator[Failure]:
    """Rows of datasets over all documents that do not follow from the published records, links and decisions."""
    again = linked_again(Store(outputs))
    for name, table in again.tables.items():
        yield from _unlike(name, dataset(outputs, name).to_table(), table, "links")
    for name, decided in again.decided.items():
        meant = {one.link_id: asdict(one) for one in decided}
        for row in dataset(outputs, name).to_table().to_pylist():
            wanted = {"link_id": _short_hash(f"link|{row['left_id']}|{row['right_id']}")}
            person = meant.pop(row["link_id"], None)
            wanted |= person or ({"decided_by": RULE_OF_LINKS} if row["decided_by"] != RULE_OF_LINKS else {})
            for column, value in wanted.items():
                if row[column] != value:
                    yield _link_fault(name, row["link_id"], column, value, row[column])
        for key, one in meant.items():
            yield _link_fault(name, key, "dòng", f"quyết định của {one['decided_by']}", "không có")


def _link_fault(name: str, row: str, what: str, expected: object, found: object) -> Failure:
    return Failure(name, row, "", None, "links", what, _shown(expected), _shown(found))


def _unlike(name: str, here: pa.Table, meant: pa.Table, proof: str) -> Iterator[Failure]:
    """Where two tables of one dataset differ, row by row; the order of rows and of disagreements tells nothing."""
    column = str(DATASETS[name].id_column)
    here, meant = (
        table.select(DATASETS[name].schema.names).sort_by(column).combine_chunks() for table in (here, meant)
    )
    if here.equals(meant):
        return
    rows, wanted = (_grouped(name, map(_in_order, table.to_pylist()), frozenset()) for table in (here, meant))
    for key in dict.fromkeys((*rows, *wanted)):
        for row, other in zip_longest(rows.get(key, ()), wanted.get(key, ())):
            for fault in _compared(name, key, row, other, frozenset()):
                told = (fault.what, _shown(fault.expected), _shown(fault.found))
                yield Failure(name, key, "", None, proof, *told)


def _in_order(row: Row) -> Row:
    return {**row, "disagreements": sorted(row["disagreements"] or (), key=str)} if "disagreements" in row else row


def _across(outputs: Path) -> Iterator[Failure]:
    """Rows about records of several documents that name records which are not there or say otherwise."""
    records = {key for name in RECORD_DATASETS for key in _column(outputs, name, str(DATASETS[name].id_column))}
    # a record that was added and taken back is named until the next run links the documents again
    documents = _column(outputs, "documents", "document_id")
    records.update(Store(outputs).reviews(documents)["record_id"].to_pylist())
    for name, columns in _NAMING.items():
        for column in columns:
            for row, ids in _ids_of(outputs, name, column).items():
                for key in ids:
                    if key not in records:
                        yield _store_fault(name, row, "", column, "mã của một bản ghi", key)
    yield from _points(outputs)


_NAMING = {
    "task_lines": ("task_ids",),
    "task_links": ("left_id", "right_id"),
    "indicators": ("points",),
    "indicator_links": ("left_id", "right_id"),
    "citations": ("reference_ids",),
}


def _ids_of(outputs: Path, name: str, column: str) -> dict[str, list[str]]:
    rows = dataset(outputs, name).to_table(columns=[str(DATASETS[name].id_column), column]).to_pylist()
    held = {row[str(DATASETS[name].id_column)]: row[column] or [] for row in rows}
    return {key: [ids] if isinstance(ids, str) else list(map(_id, ids)) for key, ids in held.items()}


def _id(named: str | Mapping[str, str]) -> str:
    return named if isinstance(named, str) else named["metric_id"]


def _column(outputs: Path, name: str, column: str) -> list[Any]:
    return list(dataset(outputs, name).to_table(columns=[column])[column].to_pylist())


_POINT = ("document_id", "period_end", "value", "role")


def _points(outputs: Path) -> Iterator[Failure]:
    """Points of indicators that say otherwise than their metrics."""
    rows = dataset(outputs, "metrics").to_table(columns=["metric_id", *_POINT]).to_pylist()
    # of two rows with one id the first is meant: the second is found elsewhere
    metrics = {row["metric_id"]: _point(row) for row in reversed(rows)}
    before = _Before(outputs)
    for indicator in dataset(outputs, "indicators").to_table().to_pylist():
        for point in indicator["points"]:
            meant = metrics.get(point["metric_id"])
            if meant and meant != _point(point) and _point(point) not in before.points(point):
                yield _store_fault(
                    "indicators", indicator["indicator_id"], meant["document_id"], "points", meant, point
                )


def _point(row: Row) -> Row:
    return {name: row[name] for name in _POINT}


class _Before:
    """What metrics said before their last reviews: documents are linked again by the next run, not by each review."""

    def __init__(self, outputs: Path) -> None:
        self._store = Store(outputs)
        self._held: dict[str, list[dict[str, Row]]] = {}

    def points(self, point: Row) -> list[Row]:
        """The metric as extracted and as each of its document's reviews left it."""
        document_id = point["document_id"]
        if document_id not in self._held:
            self._held[document_id] = list(self._states(document_id))
        return [state[key] for state in self._held[document_id] if (key := point["metric_id"]) in state]

    def _states(self, document_id: str) -> Iterator[dict[str, Row]]:
        said = self._store.reviews([document_id]).sort_by("reviewed_at").to_pylist()
        said = [review for review in said if review["dataset"] == "metrics"]
        extracted = self._store.extracted("metrics", [document_id]).to_pylist() if said else []
        for count in range(len(said)):
            yield {row["metric_id"]: _point(row) for row in overlaid("metrics", extracted, said[:count])}
