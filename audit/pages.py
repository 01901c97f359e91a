"""The pages of the application: for each, what its template is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import jinja2

from audit.across import PAGES
from audit.cards import Speaker, shortened
from audit.frames import Frames
from audit.library import SHOWN, Document, Library, NotFoundError, Sheet
from audit.reviewing import version_of
from audit.search import LIMIT, Search
from audit.wordings import LANGUAGES, Wording, wording
from pipeline.store import BusyError
from pipeline.trace import NUMBER_KINDS, Row, TraceError
from schemas.datasets import DATASETS, RECORD_DATASETS
from schemas.place import Box

Context = dict[str, Any]
Form = Mapping[str, str]

# Large frames lie below small ones, so that a click finds the small.
_LAYERS = ("tasks", "agencies", "references", "metrics", "numbers", "issues")


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    found = jinja2.Environment(
        loader=jinja2.PackageLoader("audit"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    found.filters["shortened"] = shortened
    found.globals["version_of"] = version_of
    return found


class Pages:
    """Contexts of templates, made from the published datasets."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.frames = Frames()
        self._search = Search(library.outputs)
        # one review at a time: what a reviewer saw is compared with what is there when theirs is stored
        self._reviewing = threading.Lock()

    def render(self, template: str, language: str, **context: Any) -> str:
        speaker = Speaker(wording(language), language)
        other = next(each for each in LANGUAGES if each != language)
        refused = context.get("refused", False)
        across = [] if refused else self._across()
        shared = {"t": speaker.say, "fmt": speaker, "language": language, "other": other, "across": across}
        shared |= {} if "refused" in context else {"refused": False}
        return _environment().get_template(template).render(**shared, **context)

    def prepare(self) -> None:
        """Do ahead what first visits would wait for: large libraries are loaded, texts made ready to be searched."""
        from pipeline.history import record_history

        for library in ("audit.drawing", "pipeline.link.answers", "pipeline.read.pdf"):
            import_module(library)
        try:
            first = next((row for row in self._library.documents() if row["pages"]), None)
            self.search("0")
            if first:
                document = self._library.document(first["document_id"])
                record = next(iter(document.rows["metrics"]), None)
                record_history(self._library.outputs, "metrics", record["id"] if record else "0", document.id)
        except (TraceError, NotFoundError):
            pass  # whoever asks for it is told

    def _across(self) -> list[str]:
        """The pages over all documents that have something to show."""
        return [page for page, name in PAGES.items() if self._library.has_rows(name)]

    # documents

    def documents(self, asked: Form) -> Context:
        rows, tallies = self._library.documents(), self._library.tallies()
        chosen = [row for row in rows if _fits(row, tallies.get(row["document_id"], {}), asked)]
        return {
            "rows": [(row, tallies.get(row["document_id"], {})) for row in chosen],
            "total": len(rows),
            "asked": asked,
            "issuers": sorted({row["issuer"] for row in rows if row["issuer"]}),
            "types": sorted({row["doc_type"] for row in rows if row["doc_type"]}),
        }

    # one document

    def document(self, document: Document, page: int | None) -> Context:
        sheets = document.sheets
        first = next((each for each in sheets if each), 0)
        number = page if page in sheets else first
        return {**self.leaf(document, number), **self.around(document)}

    def around(self, document: Document) -> Context:
        """What stands around a page: the list of pages, how many numbers are of which kind, the stops of walks."""
        return {
            "document": document,
            "pages": [(each, *document.counts(each)) for each in document.sheets],
            "marks": json.dumps([_mark(mark) for mark in document.marks]),
            "ledger": [(kind, document.ledger[kind]) for kind in NUMBER_KINDS if document.ledger[kind]],
        }

    def leaf(self, document: Document, number: int) -> Context:
        """A page and what stands on it.

        Raises:
            NotFoundError: the document has no such page.
        """
        if number not in document.sheets:
            raise NotFoundError(str(number))
        sheet = document.sheets[number]
        return {
            "document": document,
            "sheet": sheet,
            "frames": _frames(document, sheet),
            "tabs": [(name, sheet.rows[name], len(document.rows[name])) for name in SHOWN],
            "reaching": list(document.reaching(number)),
            "text": self._library.text(document.id) if number == 0 and len(document.sheets) == 1 else "",
            "settled": {row["id"] for name in RECORD_DATASETS for row in document.rows[name] if row["review_status"]},
        }

    # one record

    def record(self, record_id: str) -> Context:
        from pipeline.history import record_history

        document, name, row = self._library.record(record_id)
        record_id = row["id"]
        reviews = [review for review in self._library.reviews(document.id) if review["record_id"] == record_id]
        number = next((sheet for sheet in document.sheets if row["page"] == sheet), 0)
        return {
            "document": document,
            "name": name,
            "row": row,
            "is_gone": record_id not in document.by_id,
            "number": number,
            "sheet": document.sheets[number],
            "history": record_history(self._library.outputs, name, record_id, document.id),
            "reviews": [{**review, "changes": json.loads(review["changes"])} for review in reviews],
            "issues": [issue for issue in document.rows["issues"] if issue["record_id"] == record_id],
            "links": self._library.standings(record_id),
        }

    # reviews

    def form(self, record_id: str) -> Context:
        """The form with which a record is corrected."""
        from audit.reviewing import fields

        document, name, row = self._library.record(record_id)
        extracted = self._extracted(document, name, row["id"])
        return {"document": document, "name": name, "row": row, "fields": fields(name, row), "extracted": extracted}

    def _extracted(self, document: Document, name: str, record_id: str) -> Row | None:
        """A record as extracted, None if it is not (any more)."""
        rows = self._library.store.extracted(name, [document.id]).to_pylist()
        column = str(DATASETS[name].id_column)
        return next((row for row in rows if row[column] == record_id), None)

    def review(self, record_id: str, form: Form, say: Wording) -> Context:
        """Store what a reviewer said of a record.

        Raises:
            FormError: something is missing or not understood.
        """
        from audit.reviewing import FormError, reviewer
        from schemas.review import Action

        try:
            action = Action(form.get("action", ""))
        except ValueError:
            action = Action.ADD
        if action is Action.ADD:  # what is there can't be added
            raise FormError(say("review.unknown_action", value=form.get("action", "")))
        by = reviewer(form, action, say)
        with self._reviewing:
            return self._reviewed(record_id, action, by, form, say)

    def _reviewed(self, record_id: str, action: Any, by: Any, form: Form, say: Wording) -> Context:
        from audit.reviewing import (
            FormError,
            as_table,
            changes,
            expect_version,
            explaining,
            explaining_no_more,
            review,
        )
        from schemas.review import Action

        document, name, row = self._library.record(record_id)
        log = [each for each in self._library.reviews(document.id) if each["record_id"] == row["id"]]
        expect_version(form, name, row, log, say)
        changed: Row = {}
        if action is Action.CORRECT:
            changed = changes(name, form, row, say, document.row["issued_on"])
            if not changed:
                raise FormError(say("review.nothing_changed"))
        extracted = self._extracted(document, name, row["id"])
        version, numbers = document.row["extractor_version"], document.rows["numbers"]
        said = [review(name, extracted or row, action, by, version, changed)]
        if extracted is None:  # a person's record: the numbers in its frame are explained as long as it stands
            if action in (Action.REJECT, Action.WITHDRAW):
                said += explaining_no_more(numbers, row["id"], by, version)
            else:
                said += explaining(numbers, row, name, by, version)
        return self._stored(as_table(said), say, row["id"])

    def add_form(self, document: Document, name: str, quote: str) -> Context:
        """The form of a record that is added, filled with what the normalisers make of its quote."""
        from audit.reviewing import ADDABLE, fields, proposed

        if name not in ADDABLE:
            raise NotFoundError(name)
        row = proposed(name, quote, document.row["issued_on"])
        return {"document": document, "name": name, "row": None, "fields": fields(name, row), "extracted": None}

    def add(self, document: Document, name: str, form: Form, say: Wording) -> Context:
        """Store a record that a reviewer adds; the unexplained numbers in its frame are explained by it.

        Raises:
            FormError: something is missing or not understood.
        """
        from audit.reviewing import ADDABLE, FormError, added, as_table, changes, explaining, proposed, review, reviewer
        from schemas.review import Action

        if name not in ADDABLE:
            raise NotFoundError(name)
        by, on = reviewer(form, Action.ADD, say), document.row["issued_on"]
        quote, boxes = " ".join(form.get("quote", "").split()), _boxes(form.get("boxes", ""), document)
        if not quote or (not boxes and any(document.sheets)):
            raise FormError(say("review.box_needed"))
        values = proposed(name, quote, on)
        values |= changes(name, form, values, say, on)
        _complete(name, values, say)
        row, version = added(name, document.id, boxes, quote, values), document.row["extractor_version"]
        record_id = row[str(DATASETS[name].id_column)]
        self._expect_place(document, row, say)
        said = [review(name, row, Action.ADD, by, version, {})]
        said += explaining(document.rows["numbers"], row, name, by, version)
        return self._stored(as_table(said), say, record_id)

    def _expect_place(self, document: Document, row: Row, say: Wording) -> None:
        """Raises FormError if the quote of an added record is not what is printed in its boxes."""
        from audit.reviewing import FormError
        from pipeline.read.errors import ReadError

        if any(document.sheets[box["page"]].is_recognised for box in row["boxes"]):
            return
        source = self._library.source(document)
        if source is None:
            raise FormError(say("page.source_missing"))
        try:
            printed = self._misprinted(document, source, row)
        except ReadError as error:
            raise FormError(say("page.not_shown", reason=error)) from None
        if printed is not None:
            raise FormError(say("review.not_printed", printed=shortened(printed, 200)))

    def _misprinted(self, document: Document, source: Path, row: Row) -> str | None:
        """What stands at the place of an added record instead of its quote, None if the quote does."""
        if row["boxes"]:
            return self.frames.misplaced(document.id, source, row)
        return None if "".join(row["quote"].split()) in "".join(self._library.text(document.id).split()) else ""

    def words(self, document: Document, frame: Box) -> Context:
        """What stands in a frame drawn on a page, and whether a person may read it otherwise."""
        from pipeline.read.errors import ReadError

        source = self._library.source(document)
        sheet = document.sheets.get(frame.page)
        if source is None or sheet is None or not sheet.has_picture:
            return {"quote": "", "boxes": [], "recognised": False}
        try:
            quote, boxes = self.frames.words(document.id, source, frame)
        except ReadError:
            quote, boxes = "", []
        return {"quote": quote, "boxes": boxes, "recognised": sheet.is_recognised}

    def _stored(self, reviews: Any, say: Wording, record_id: str) -> Context:
        try:
            self._library.store.add_reviews(reviews)
        except BusyError:
            return {"message": say("review.pending"), "record": record_id}
        return {"message": say("review.saved"), "record": record_id}

    # over all documents

    def search(self, query: str) -> Context:
        library = self._library
        pages, indicators = self._search.find(query, library.state("pages", "metrics"), library.texts_without_pages)
        names = {row["document_id"]: row for row in library.documents()}
        return {"query": query, "pages": pages, "indicators": indicators, "names": names, "limit": LIMIT}


def _mark(mark: Any) -> list[Any]:
    """Page, id, dataset, and the walks on which it is a stop: u unexplained, r to be reviewed, i issue."""
    walks = ("u" if mark.unexplained else "") + ("r" if mark.unreviewed else "")
    return [mark.page, mark.id, mark.dataset, walks + ("i" if mark.dataset == "issues" else "")]


def _frames(document: Document, sheet: Sheet) -> list[tuple[str, Row, list[Row]]]:
    """What is drawn over the picture of a page: dataset, row, its boxes on this page; the large first."""
    if not sheet.has_picture:
        return []
    here = [(name, row) for name in _LAYERS for row in sheet.rows[name]]
    here += [(name, row) for name, row in document.reaching(sheet.number)]
    here.sort(key=lambda each: _LAYERS.index(each[0]))
    return [(name, row, boxes) for name, row in here if (boxes := document.boxes_on(row, sheet.number))]


def _boxes(sent: str, document: Document) -> list[Row]:
    """Boxes as the script sends them; anything else is none."""
    try:
        found: list[Row] = [
            {"page": int(box["page"]), **{side: float(box[side]) for side in ("x0", "y0", "x1", "y1")}}
            for box in json.loads(sent or "[]")
        ]
    except (ValueError, TypeError, KeyError, OverflowError):
        return []
    here = [_clipped(box, document.sheets[box["page"]]) for box in found if box["page"] in document.sheets]
    return [box for box in here if box["x0"] < box["x1"] and box["y0"] < box["y1"]]


def _clipped(box: Row, sheet: Sheet) -> Row:
    """The part of a box that lies on the page; what is no number is nowhere."""
    within = {"x": sheet.width, "y": sheet.height}
    sides = {side: min(max(box[side], 0.0), within[side[0]]) for side in ("x0", "y0", "x1", "y1")}
    return {"page": box["page"], **sides}


def _complete(name: str, values: Row, say: Wording) -> None:
    """Raises FormError if a column that must not be empty is."""
    from audit.reviewing import EDITABLE, FormError, is_required

    for column in EDITABLE[name]:
        if is_required(name, column) and values.get(column) in (None, ""):
            expected = say("expected.required")
            raise FormError(say("review.bad_value", column=say(f"column.{column}"), value="", expected=expected))


def _fits(row: Row, tally: Mapping[str, int], asked: Form) -> bool:
    """Whether a document is among those that the filter asks for."""
    from normalizers.text import bare

    words = bare(asked.get("q", "")).split()
    told = bare(" ".join(str(row[name] or "") for name in ("file_name", "number", "title", "issuer", "document_id")))
    issued = row["issued_on"]
    first, last = _day(asked.get("from")), _day(asked.get("to"))
    return (
        all(word in told for word in words)
        and asked.get("issuer", "") in ("", row["issuer"])
        and asked.get("type", "") in ("", row["doc_type"])
        and asked.get("status", "") in ("", row["status"])
        and (first is None or (issued is not None and issued >= first))
        and (last is None or (issued is not None and issued <= last))
        and _has(tally, asked.get("issues", ""))
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _has(tally: Mapping[str, int], wanted: str) -> bool:
    if wanted == "issues":
        return bool(tally.get("issues.warning", 0) + tally.get("issues.error", 0))
    if wanted == "unexplained":
        return bool(tally.get("numbers.unexplained", 0))
    if wanted == "to_review":
        return any(tally.get(f"{name}.to_review", 0) for name in RECORD_DATASETS)
    return True
