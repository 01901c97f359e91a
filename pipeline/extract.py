"""Outline -> records: mentions first, then tasks, metrics, references, agencies and the number ledger."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any

from extractors.header import Header, read_header
from extractors.ledger import Claim, Ledger, Token
from extractors.mentions import read_mentions
from extractors.metric_tables import CONTACT_HEAD, ORDINAL_HEAD, measured_tasks, row_names, table_metrics
from extractors.metrics import TOLD, MetricDraft, Role, Surroundings, find_metrics
from extractors.names import LEFT_RULES, find_names
from extractors.precision import rule_precision
from extractors.short_names import written_out
from extractors.task_prose import Section, prose_tasks, section_of
from extractors.task_tables import table_tasks
from extractors.tasks import Setting, TaskDraft, further_deadlines
from normalizers.agencies import find, resolve
from normalizers.dates import Toward, find_dates
from normalizers.text import fold
from schemas.block import Block, BlockKind, Outline, Zone
from schemas.document import Document
from schemas.mention import Mention
from schemas.place import Glyph, Passage
from schemas.records import AgencyMention, AssignedIn, Due, Metric, Number, PlacedBox, Reference, Task
from schemas.values import Agency, Precision, Span


@dataclass(frozen=True, slots=True)
class Extraction:
    """The records of one document, with the blocks they were read from; `figures` tells where each metric stands."""

    outline: Outline
    figures: Mapping[str, Passage]
    header: Header
    tasks: tuple[Task, ...]
    metrics: tuple[Metric, ...]
    references: tuple[Reference, ...]
    agencies: tuple[AgencyMention, ...]
    numbers: tuple[Number, ...]


# Zones in which figures and references are looked for; the others belong to the header.
_TEXT_ZONES = (Zone.TITLE, Zone.BODY, Zone.APPENDIX)
_NO_TEXT = (BlockKind.FURNITURE, BlockKind.STAMP, BlockKind.NOISE)


def extract(document: Document, outline: Outline) -> Extraction:
    """All records of a document, each with its place."""
    return _Extractor(document, outline).run()


@dataclass
class _Extractor:
    document: Document
    outline: Outline
    ledger: Ledger = field(default_factory=Ledger)
    ids: Counter[str] = field(default_factory=Counter)
    figures: dict[str, Passage] = field(default_factory=dict)
    # where the cells begin that name the rows of statistical tables
    row_names: set[tuple[int, int]] = field(default_factory=set)

    def run(self) -> Extraction:
        header = read_header(self.document, self.outline)
        setting = Setting(header.doc_type, header.issued_on, header.issuer)
        anchor = header.issued_on or header.data_as_of
        named = table_tasks(self.outline, setting) + prose_tasks(self.outline, setting)
        drafts = written_out(named, self.outline, setting)
        drafts.sort(key=lambda draft: (draft.block.index, reading_place(draft.text)))
        tasks = [self._task(draft, setting) for draft in drafts]
        owners = _Owners(tasks, drafts)
        self._claim_deadlines(drafts)
        references: list[Reference] = []
        metrics = [self._metric(draft, owners) for draft in self._tabled(drafts, anchor)]
        assigning = {draft.block.index: draft for draft in drafts if draft.rule != "task_quoted"}
        for block, passage in self._texts():
            if self.ledger.is_claimed(passage):
                continue
            reading = read_mentions(passage, anchor)
            references += [self._reference(mention) for mention in reading.references]
            naming = self._naming(block, passage)
            if not naming and _holds_figures(block, passage):
                around = self._around(block, passage, assigning.get(block.index), anchor)
                counted = None if block.cells or around.section not in _TOLD_IN else self._as_of(block, header)
                metrics += [self._metric(draft, owners, counted) for draft in find_metrics(reading, around)]
            self._claim((*reading.dates, *reading.names))
            if naming:
                self.ledger.claim(passage, naming)
            if self.ledger.leaves_digits(passage):
                self._claim(find_names(passage, reading.taken, LEFT_RULES))
        agencies = self._agencies(header, drafts, tasks, setting)
        self._claim_fixed(header)
        numbers = tuple(self._number(token) for token in self.ledger.tokens(self.document, self.outline))
        return Extraction(
            self.outline,
            self.figures,
            header,
            _in_order(tasks),
            _in_order(metrics),
            _in_order(references),
            _in_order(agencies),
            numbers,
        )

    def _tabled(self, drafts: list[TaskDraft], anchor: date | None) -> Iterator[MetricDraft]:
        """The metrics of tables; of those that list tasks, the columns that measure them."""
        of_tasks = {draft.block.table for draft in drafts if draft.block.cells}
        for rows in self.outline.tables():
            if rows[0].table in of_tasks:
                yield from measured_tasks(rows, anchor)
                continue
            yield from table_metrics(rows, self.outline, anchor)
            self.row_names.update(map(reading_place, row_names(rows)))

    def _claim_deadlines(self, drafts: list[TaskDraft]) -> None:
        for draft in drafts:
            if (
                draft.deadline is not None
                and draft.deadline_passage is not None
                and draft.deadline_passage is not draft.text
            ):
                passage = draft.deadline_passage[draft.deadline.start : draft.deadline.end]
                self.ledger.claim(passage, Claim("date", draft.deadline.rule))

    def _texts(self) -> Iterator[tuple[Block, Passage]]:
        """Every passage in which references and figures may stand, with its block."""
        for block in self.outline:
            if block.kind in _NO_TEXT or block.zone not in _TEXT_ZONES:
                continue
            if block.cells:
                yield from ((block, cell.passage) for cell in block.cells if cell.passage and not cell.inherited)
            elif block.body:
                yield block, block.body

    def _naming(self, block: Block, passage: Passage) -> Claim | None:
        """What numbers are in a cell that names its row, or says where somebody is found: no figures."""
        head = next((fold(cell.head) for cell in block.cells if cell.passage is passage), "")
        if CONTACT_HEAD.match(head):
            return Claim("contact", "contact_column")
        return Claim("other", "row_name") if block.cells and reading_place(passage) in self.row_names else None

    def _around(self, block: Block, passage: Passage, task: TaskDraft | None, anchor: date | None) -> Surroundings:
        """What surrounds a figure; in a block that assigns a task it tells what is to come, whatever the heading."""
        above = [other.body.text for other in self.outline.ancestors(block)]
        lead_in = above[0] if above and len(above[0]) < 300 else ""
        section = Section.TASKS if task else section_of(block, self.outline)
        if section is Section.TASKS and not task and not block.cells and TOLD.search(fold(passage.text)):
            section = Section.REPORT  # an item of a conclusion that first tells what was done
        if task and block.cells and passage is not task.text:
            lead_in = task.text.text
            section = Section.REPORT if passage is task.result else section
        if block.cells and not task:
            return self._in_table(block, passage, section)
        named = next((text for text in above if len(text) < 60 and _ONLY_TIME.fullmatch(fold(text))), "")
        found = find_dates(fold(named), anchor, Toward.FUTURE)
        if not found:
            return Surroundings(section, lead_in, today=anchor)
        raw = named[found[-1].start : found[-1].end]
        return Surroundings(section, lead_in, period_raw=raw, period=found[-1].span, today=anchor)

    def _as_of(self, block: Block, header: Header) -> tuple[date, str] | None:
        """The day up to which what a block reports is counted, with its words: as a heading above or the first lines say."""
        for above in self.outline.ancestors(block):
            if stated := _stated_as_of(above.body.text, header.issued_on):
                return stated
        return (header.data_as_of, header.data_as_of_raw or "") if header.data_as_of else None

    def _in_table(self, block: Block, passage: Passage, section: Section | None) -> Surroundings:
        """A cell of a table that lists no tasks: what its row and its column are called."""
        head = next((cell.head for cell in block.cells if cell.passage is passage), "")
        others = [
            cell for cell in block.cells if cell.passage is not passage and not ORDINAL_HEAD.match(fold(cell.head))
        ]
        named = next((cell.passage.quote for cell in others if any(map(str.isalpha, cell.passage.text))), "")
        return Surroundings(section, named or head, head, named, in_table=True)

    # ids and evidence

    def _id(self, dataset: str, passage: Passage) -> str:
        """A stable id: document, dataset and place; a further record at the same place counts up."""
        first = next((glyph for glyph in passage.glyphs if glyph), None)
        place = (
            f"{first.page}:{first.x0:.0f}:{first.y0:.0f}" if first and first.page else f"@{first.order if first else 0}"
        )
        key = f"{self.document.document_id}|{dataset}|{place}"
        self.ids[key] += 1
        return hashlib.sha256(f"{key}|{self.ids[key]}".encode()).hexdigest()[:20]

    def _evidence(self, passage: Passage, rule: str) -> dict[str, Any]:
        read = passage.confidence
        return {
            "document_id": self.document.document_id,
            "page": passage.page,
            "boxes": placed(passage),
            "quote": passage.quote,
            "rule": rule,
            "confidence": rule_precision(rule) * (read if read is not None else 1.0),
            "read_confidence": read,
            "is_primary": True,
        }

    # records

    def _task(self, draft: TaskDraft, setting: Setting) -> Task:
        deadline = draft.deadline
        raw = draft.deadline_passage
        if deadline is not None and raw is not None:
            raw = raw[deadline.start : deadline.end]
        return Task(
            task_id=self._id("tasks", draft.text),
            section=" > ".join(self.outline.section(draft.block)) or None,
            ordinal=draft.ordinal,
            text=draft.text.quote,
            lead=_names(draft.lead),
            lead_ids=_ids(draft.lead),
            lead_raw=draft.lead_passage.quote if draft.lead_passage else None,
            coop=_names(draft.coop),
            coop_ids=_ids(draft.coop),
            supervisors=draft.supervisors,
            deadline=deadline.day if deadline else None,
            deadline_raw=raw.quote if raw else None,
            deadline_precision=deadline.precision.value if deadline else "none",
            further_deadlines=tuple(
                Due(passage.quote, due.day, due.precision.value) for passage, due in further_deadlines(draft, setting)
            ),
            assigned_in=tuple(
                AssignedIn(mention.passage.quote, mention.value.number, mention.value.issued_on)
                for mention in draft.assigned_in
            ),
            expected_output=draft.output.quote if draft.output else None,
            result_raw=draft.result.quote if draft.result else None,
            status=draft.status,
            **self._evidence(draft.text, draft.rule),
        )

    def _reference(self, mention: Mention) -> Reference:
        record = Reference(
            reference_id=self._id("references", mention.passage),
            raw=mention.passage.quote,
            type=mention.value.type,
            number=mention.value.number,
            issued_on=mention.value.issued_on,
            **self._evidence(mention.passage, mention.rule),
        )
        self.ledger.claim(mention.passage, Claim("reference", mention.rule, record.reference_id))
        return record

    def _metric(self, draft: MetricDraft, owners: _Owners, counted: tuple[date, str] | None = None) -> Metric:
        """A record of a figure; what is reported without a time of its own is counted up to the day given."""
        passage = draft.passage[draft.start : draft.end]
        value = draft.quantity.value
        owner = owners.of(passage)
        period, period_raw = draft.period, draft.period_raw
        if period is None and owner is not None and owner.deadline and draft.role.value == "target":
            # what a task shall reach, it shall reach by its deadline
            period, period_raw = Span(None, owner.deadline, Precision.DAY), owner.deadline_raw
        if period_raw is None and counted and draft.role in (Role.ACTUAL, Role.CHANGE):
            period, period_raw = Span(None, counted[0], Precision.DAY), counted[1]
        record = Metric(
            metric_id=self._id("metrics", passage),
            indicator=draft.indicator,
            value=value.value,
            value_high=value.value_high,
            denominator=value.denominator,
            value_raw=passage.quote,
            comparator=value.comparator.value,
            unit=draft.unit,
            role=draft.role.value,
            scope=draft.scope,
            period_raw=period_raw,
            period_start=period.start if period else None,
            period_end=period.end if period else None,
            task_id=owner.task_id if owner else None,
            **self._evidence(passage, draft.rule),
        )
        self.figures[record.metric_id] = passage
        self.ledger.claim(passage, Claim("metric", draft.rule, record.metric_id))
        return record

    def _agencies(
        self, header: Header, drafts: list[TaskDraft], tasks: list[Task], setting: Setting
    ) -> list[AgencyMention]:
        found: list[AgencyMention] = []
        seen: set[tuple[int, int]] = set()

        def add(passage: Passage, agency: Agency, rule: str, role: str, task_id: str | None) -> None:
            first = next((glyph for glyph in passage.glyphs if glyph), None)
            key = (first.page, first.order) if first else (-1, len(found))
            if key in seen or not passage:
                return
            seen.add(key)
            found.append(
                AgencyMention(
                    agency_mention_id=self._id("agencies", passage),
                    raw=passage.quote,
                    agency=agency.name,
                    agency_id=agency.agency_id,
                    kind=agency.kind,
                    role=role,
                    task_id=task_id,
                    **self._evidence(passage, rule),
                )
            )

        if header.issuer and header.issuer_passage:
            add(header.issuer_passage, header.issuer, "header_issuer", "issuer", None)
        for draft, task in zip(drafts, tasks, strict=True):
            for role, mentions in (("lead", draft.lead), ("coop", draft.coop)):
                for mention in mentions:
                    add(mention.passage, mention.value, mention.rule, role, task.task_id)
        for block, passage in self._mentioning():
            role = "recipient" if block.zone is Zone.CLOSING else "mentioned"
            for start, end in find(passage.text):
                agency = resolve(passage.text[start:end], setting.issued_on, setting.issuer)
                if agency.known:
                    add(passage[start:end], agency, "agency_name", role, None)
        return found

    def _mentioning(self) -> Iterator[tuple[Block, Passage]]:
        for block in self.outline:
            if block.zone is not Zone.LETTERHEAD and block.kind not in _NO_TEXT:
                yield from ((block, passage) for passage in block.passages)

    def _number(self, token: Token) -> Number:
        return Number(
            number_id=self._id("numbers", token.evidence),
            raw=token.text,
            kind=token.claim.kind,
            record_id=token.claim.record_id,
            **self._evidence(token.evidence, token.claim.rule),
        )

    # the ledger's claims

    def _claim(self, mentions: Iterable[Mention]) -> None:
        for mention in mentions:
            self.ledger.claim(mention.passage, Claim(mention.kind.value, mention.rule))

    def _claim_fixed(self, header: Header) -> None:
        """Numbers whose place in the document explains them."""
        self.ledger.claim(header.number_passage, Claim("reference", "header_number"))
        self.ledger.claim(header.date_passage, Claim("date", "header_date"))
        for block in self.outline:
            self.ledger.claim(block.label, Claim("ordinal", f"label_{block.kind.value}"))
            for cell in block.cells:
                if ORDINAL_HEAD.match(fold(cell.head)):
                    self.ledger.claim(cell.passage, Claim("ordinal", "label_row"))
            for mark in block.marks:
                self.ledger.claim(mark, Claim("ordinal", "footnote_mark"))
            if block.kind is BlockKind.STAMP:
                self.ledger.claim(block.body, Claim("other", "stamp_text"))
            elif block.kind is BlockKind.NOISE:
                self.ledger.claim(block.body, Claim("other", "recognition_noise"))
            elif block.kind is BlockKind.FURNITURE:
                claim = Claim("other", "table_head") if block.cells else Claim("page_number", "page_furniture")
                for passage in block.passages:
                    self.ledger.claim(passage, claim)
            elif block.zone in (Zone.LETTERHEAD, Zone.CLOSING):
                self._claim_frame(block)

    def _claim_frame(self, block: Block) -> None:
        """Letterhead and closing: stamps, incoming numbers, copies; dates and references first."""
        for passage in block.passages:
            reading = read_mentions(passage, None)
            for mention in reading.references:
                self.ledger.claim(mention.passage, Claim("reference", f"{block.zone.value}_number"))
            self._claim((*reading.dates, *reading.names))
            self.ledger.claim(passage, Claim("other", f"{block.zone.value}_text"))


_PLACE = itemgetter(0, 2)  # page and order of a glyph
_WORD = re.compile(r"\w+")


def _word_begins(passage: Passage) -> Iterator[Glyph]:
    """The first character of each word that stands on a page."""
    return filter(None, (passage.glyphs[word.start()] for word in _WORD.finditer(passage.text)))


class _Owners:
    """Which task a figure stands in, by where its first word begins: every fifth character of a text."""

    def __init__(self, tasks: Iterable[Task], drafts: Iterable[TaskDraft]) -> None:
        self._owner: dict[tuple[int, int], Task] = {}
        # the last first: a character is the first task's in which it stands
        for task, draft in reversed(list(zip(tasks, drafts, strict=True))):
            for passage in (draft.text, *draft.beside):
                self._owner.update(dict.fromkeys(map(_PLACE, _word_begins(passage)), task))

    def of(self, passage: Passage) -> Task | None:
        first = next(_word_begins(passage), None)
        return self._owner.get(_PLACE(first)) if first else None


# A heading that is nothing but a time: "Đến năm 2030", "Giai đoạn 2026 - 2030".
_ONLY_TIME = re.compile(
    r"\W*(?=.*(?:năm|đến|giai đoạn|tháng|quý|tầm nhìn))(?:(?:mục tiêu|chỉ tiêu|một số|chủ yếu|cụ thể|cơ bản|các|về|tổng quát|định hướng|tầm nhìn|giai đoạn|phấn đấu|cụ thể|đến|tới|hết|cuối|đầu|trong|năm|quý|tháng|ngày|từ|nay|[ivx]+|\d+)[\s\W]*)+"
)


# sections whose figures tell what was reached
_TOLD_IN = (Section.REPORT, None)

# in a heading: "2. Phát triển người tham gia (đến hết ngày 30/6/2026)"
_STATED_AS_OF = re.compile(
    r"\((?:số liệu\s+)?(?:(?:được\s+)?(?:tính|chốt|cập nhật|lũy kế)\s+)?đến\s+(?:hết\s+)?(?=ngày|\d)"
)


@lru_cache(maxsize=256)  # asked again for each block below the line
def _stated_as_of(text: str, anchor: date | None) -> tuple[date, str] | None:
    """The day up to which a line says that what stands below it is counted, with its words."""
    folded = fold(text)
    stated = _STATED_AS_OF.search(folded)
    found = find_dates(folded[stated.end() :], anchor) if stated else []
    if stated is None or not found or found[0].start or found[0].span.precision is not Precision.DAY:
        return None
    day = found[0].span.end
    if day and anchor and day > anchor:
        return None  # a term: "(đến ngày 30/6/2026)"
    return (day, text[stated.end() : stated.end() + found[0].end]) if day else None


def _holds_figures(block: Block, passage: Passage) -> bool:
    return block.zone is not Zone.TITLE and passage is not block.label


def reading_place(passage: Passage) -> tuple[int, int]:
    """Page and order of the first character, for sorting."""
    first = next((glyph for glyph in passage.glyphs if glyph), None)
    return (first.page, first.order) if first else (0, 0)


def _in_order(records: Iterable[Any]) -> tuple[Any, ...]:
    """Records page by page (footnotes come where they stand), in the order they were found within a page."""
    return tuple(sorted(records, key=lambda record: record.page or 0))


def placed(passage: Passage) -> tuple[PlacedBox, ...]:
    return tuple(PlacedBox(box.page, box.x0, box.y0, box.x1, box.y1) for box in passage.boxes)


def _names(mentions: Iterable[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mention.value.name for mention in mentions))


def _ids(mentions: Iterable[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mention.value.agency_id for mention in mentions))
