"""Document -> Outline: what a person would read, in order, as a tree of blocks.

Furniture and footnotes are lifted out of the pages, lines become paragraphs,
grids become rows, labels give the levels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pipeline.outline import furniture, tables
from pipeline.outline.labels import Label, Rank, read_label
from pipeline.outline.paragraphs import SENTENCE_END, Column, Paragraph, column_of, paragraph, paragraphs
from pipeline.outline.zones import zones
from schemas.block import Block, BlockKind, Cell, Outline, Zone
from schemas.document import Document, Grid, Line, Page, Piece
from schemas.place import NOWHERE, Passage, join

# A heading longer than this, in characters, is a sentence.
LONGEST_HEADING = 400


def outline(document: Document) -> Outline:
    """The blocks of a document in reading order."""
    builder = _Builder()
    flow = list(_piece_flow(document) if document.pieces else _page_flow(document.pages, builder))
    texts = [part for part in flow if isinstance(part, Paragraph)]
    tables_on = {page.number for page in document.pages if page.grids}
    zone_of = dict(zip(map(id, texts), zones(texts, tables_on), strict=True))
    zone = Zone.BODY
    for part in flow:
        if isinstance(part, Paragraph):
            zone = zone_of[id(part)]
            builder.add_paragraph(part, zone)
        else:
            builder.add_table(part, Zone.APPENDIX if zone is Zone.APPENDIX else Zone.BODY)
    for note in document.notes:
        if note.kind in ("footnote", "endnote"):
            builder.add_note(note.passage)
    builder.add_lifted()
    return Outline(tuple(builder.blocks))


def _piece_flow(document: Document) -> Iterator[Paragraph | tables.Table]:
    last: tables.Table | None = None
    for piece in document.pieces:
        if piece.grid is not None:
            last = tables.follow(last, piece.grid)
            yield last
        elif piece.paragraph is not None and (piece.paragraph.passage or piece.numbering):
            yield _numbered(piece)


def _numbered(piece: Piece) -> Paragraph:
    line = piece.paragraph
    assert line is not None
    whole = paragraph([line], centred=False)
    if piece.numbering is None:
        return whole
    return Paragraph(join((piece.numbering, whole.passage)), whole.lines, whole.centred, whole.marks)


def _page_flow(pages: tuple[Page, ...], builder: _Builder) -> Iterator[Paragraph | tables.Table]:
    """Paragraphs and tables of paged formats; both run on over page breaks."""
    size = furniture.body_size(pages)
    again = furniture.repeated(pages)
    run: list[tuple[Line, Column]] = []
    table: tables.Table | None = None
    last: tables.Table | None = None
    for page in pages:
        body = builder.lift(page, size, again)
        column = column_of(body)
        top = True
        for part in _down_the_page(body, page.grids):
            if isinstance(part, Line):
                if table is not None:
                    yield table
                    table = None
                run.append((part, column))
            elif table is not None and tables.goes_on(table, part) and (top or not tables.has_head(part)):
                last = table = tables.extend(table, part, broken=top)
            else:
                if table is not None:
                    yield table
                yield from paragraphs(run)
                run = []
                last = table = tables.follow(last, part)
            top = False
    if table is not None:
        yield table
    yield from paragraphs(run)


def _down_the_page(lines: list[Line], grids: tuple[Grid, ...]) -> Iterator[Line | Grid]:
    """Lines in their order, each grid before the first line that stands below its top."""
    waiting = list(grids)
    for line in lines:
        while waiting and waiting[0].box is not None and waiting[0].box.y0 < line.box.y0:
            yield waiting.pop(0)
        yield line
    yield from waiting


@dataclass
class _Builder:
    """Gives each block its index and parent while they come in reading order."""

    blocks: list[Block] = field(default_factory=list)
    lifted: list[tuple[BlockKind, Passage]] = field(default_factory=list)
    table_count: int = 0
    # the blocks under which the next one may stand: (block, label or None, font weight)
    stack: list[_Level] = field(default_factory=list)
    # block index -> the ranks of the labels listed right under it
    listed: dict[int, set[Rank]] = field(default_factory=dict)
    zone: Zone | None = None

    def lift(self, page: Page, size: float, again: set[str]) -> list[Line]:
        """The page's running text; its stamps, furniture and footnotes are kept aside."""
        stamps = [line for line in page.lines if line.stamp]
        page = replace(page, lines=tuple(line for line in page.lines if not line.stamp))
        noise = furniture.specks(page)
        out = {id(line) for line in noise}
        numbers = {id(line) for line in furniture.page_numbers(page)} - out
        furnished = [
            line for line in page.lines if id(line) in numbers or furniture.head_key(line.passage.text) in again
        ]
        out |= {id(line) for line in furnished}
        lines = [line for line in page.lines if id(line) not in out]
        notes = furniture.footnotes(lines, size)
        out |= {id(line) for note in notes for line in note}
        self.lifted.extend((BlockKind.STAMP, line.passage) for line in stamps)
        self.lifted.extend((BlockKind.NOISE, line.passage) for line in noise)
        self.lifted.extend((BlockKind.FURNITURE, line.passage) for line in furnished)
        self.lifted.extend((BlockKind.FOOTNOTE, join(line.passage for line in note)) for note in notes)
        return [line for line in lines if id(line) not in out]

    def add_lifted(self) -> None:
        for kind, passage in self.lifted:
            if kind is BlockKind.FOOTNOTE:
                self.add_note(passage)
            else:
                self._append(kind, Zone.BODY, passage)

    def add_note(self, passage: Passage) -> None:
        mark = furniture.FOOTNOTE.match(passage.text)
        end = mark.end() if mark else 0
        self._append(BlockKind.FOOTNOTE, Zone.BODY, passage[end:], passage[:end].strip())

    def add_paragraph(self, part: Paragraph, zone: Zone) -> None:
        if zone is not self.zone:
            self.stack.clear()
            self.zone = zone
        label = read_label(part.passage.text) if zone in (Zone.BODY, Zone.APPENDIX) else None
        if label and label.rank is Rank.APPENDIX and zone is not Zone.APPENDIX:
            label = None
        end = label.end if label else 0
        heading = _is_heading(part, label, zone)
        self._unwind(label, heading, part)
        block = self._append(
            BlockKind.HEADING if heading else BlockKind.ITEM if label else BlockKind.PARAGRAPH,
            zone,
            part.passage[end:],
            part.passage[:end].strip(),
            bold=part.bold,
            italic=part.italic,
            marks=part.marks,
        )
        if label and block.parent is not None:
            self.listed.setdefault(block.parent, set()).add(label.rank)
        if label or heading or (zone in (Zone.BODY, Zone.APPENDIX) and block.body.text.endswith(":")):
            self.stack.append(_Level(block, label))

    def _unwind(self, label: Label | None, heading: bool, part: Paragraph) -> None:
        """Take from the stack what does not stand above the new paragraph."""
        if label and not (label.ordinal == 1 and self._begins_list()):
            alike = [i for i, level in enumerate(self.stack) if level.label and level.label.rank is label.rank]
            listing = [i for i, level in enumerate(self.stack) if label.rank in self.listed.get(level.block.index, ())]
            if alike or listing:
                # a sibling, of the item before it or, behind a paragraph of comment, of the list that went before
                del self.stack[max([*alike, *(i + 1 for i in listing)]) :]
                return
        listed = bool(self.blocks) and self.blocks[-1].kind is BlockKind.ITEM
        if label is None and not heading and listed and self.stack and self.stack[-1].names():
            self.stack[-1] = replace(self.stack[-1], over_text=True)
            return
        while self.stack and not self.stack[-1].holds(label, heading, listed):
            self.stack.pop()

    def _begins_list(self) -> bool:
        """Whether the line before leads to a list: it ends in a colon, or is a heading without a label of its own."""
        if not self.stack:
            return False
        last = self.stack[-1]
        return last.introduces() or (last.label is None and last.block is self.blocks[-1])

    def add_table(self, table: tables.Table, zone: Zone) -> None:
        number = self.table_count
        self.table_count += 1
        depth = len(self.stack)
        for row in table.head_rows:
            self._add_row(row, table, zone, number, heading=True)
        for row in table.rows:
            self._add_row(row, table, zone, number, heading=False)
        del self.stack[depth:]

    def _add_row(self, row: tables.TableRow, table: tables.Table, zone: Zone, number: int, heading: bool) -> None:
        ordinal = table.ordinal_column
        label = next((cell.passage for cell in row.cells if cell.column == ordinal), NOWHERE)
        cells = tuple(
            Cell(
                table.heads[cell.column] if cell.column < len(table.heads) else "",
                cell.column,
                cell.passage,
                cell.span,
                cell.inherited,
            )
            for cell in row.cells
        )
        group = not heading and tables.is_group(row, table)
        if group:
            self._leave_groups(label, number)
        body = join(cell.passage for cell in row.filled if cell.column != ordinal and not cell.inherited)
        block = self._append(
            BlockKind.FURNITURE if heading else BlockKind.HEADING if group else BlockKind.ROW,
            zone,
            body,
            label,
            cells=cells,
            table=number,
            bold=all(cell.bold for cell in row.filled),
            marks=tuple(mark for cell in row.cells for mark in cell.marks),
        )
        if group:
            self.stack.append(_Level(block, read_label(f"{label.text} ") or read_label(f"{label.text}. x")))

    def _leave_groups(self, label: Passage, number: int) -> None:
        """A new group row ends the groups of its own kind of label and below."""
        mine = read_label(f"{label.text.rstrip('.')}. x")
        while self.stack and self.stack[-1].block.table == number:
            above = self.stack[-1].label
            if mine and above and above.rank < mine.rank:
                return
            self.stack.pop()

    def _append(
        self,
        kind: BlockKind,
        zone: Zone,
        body: Passage,
        label: Passage = NOWHERE,
        *,
        cells: tuple[Cell, ...] = (),
        table: int | None = None,
        bold: bool = False,
        italic: bool = False,
        marks: tuple[Passage, ...] = (),
    ) -> Block:
        lifted = kind in (BlockKind.FOOTNOTE, BlockKind.FURNITURE, BlockKind.STAMP, BlockKind.NOISE)
        parent = self.stack[-1].block.index if self.stack and not lifted else None
        block = Block(
            len(self.blocks),
            kind,
            zone,
            body.strip(),
            label,
            parent,
            len(self.stack),
            bold,
            italic,
            cells,
            table,
            marks,
        )
        self.blocks.append(block)
        return block


@dataclass(frozen=True, slots=True)
class _Level:
    """A block under which others may stand."""

    block: Block
    label: Label | None
    # a name or title right over a paragraph: what it is set over runs on to the next label
    over_text: bool = False

    def holds(self, label: Label | None, heading: bool, listed: bool) -> bool:
        """Whether a paragraph with this label stands under this block; `listed` tells that a list item came right before."""
        if label is None:
            return self._holds_unlabelled(heading, listed)
        if self.label is None:
            # a heading without number gives way to the next part that stands as high as what is above it
            return label.rank > Rank.ARTICLE and not heading
        return self.label.rank < label.rank or (self.introduces() and label.ordinal <= 1)

    def _holds_unlabelled(self, heading: bool, listed: bool) -> bool:
        if heading:
            return self.label is not None and self.block.kind is BlockKind.HEADING
        if self.block.kind is BlockKind.HEADING or self.over_text:
            return True
        return self.introduces() and not (listed and self.label is None)

    def names(self) -> bool:
        """Whether an item is a name or a title, no sentence ("2. Bộ Tài chính"): what comes next stands under it."""
        text = self.block.body.text
        return self.label is not None and 0 < len(text) < 160 and text[-1].isalnum()

    def introduces(self) -> bool:
        return self.block.body.text.rstrip().endswith(":")


def _is_heading(part: Paragraph, label: Label | None, zone: Zone) -> bool:
    """A part title: set apart by bold type, capitals or its kind of label, and no sentence."""
    text = part.passage.text
    if zone not in (Zone.BODY, Zone.APPENDIX) or len(text) > LONGEST_HEADING or not text:
        return False
    words = text[label.end :] if label else text
    if label and label.rank <= Rank.ARTICLE and label.rank is not Rank.ARTICLE:
        return True
    if words.isupper() and len(words) > 3:
        return True
    if label and label.rank is Rank.ARTICLE:
        return part.bold or not SENTENCE_END.search(words)
    ends_sentence = bool(SENTENCE_END.search(words)) and not words.rstrip().endswith(":")
    return part.bold and not ends_sentence
