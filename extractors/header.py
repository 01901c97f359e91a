"""The parts of a document's head and foot after Decree 30/2020/NĐ-CP, Art. 8 (Party: Hướng dẫn 36-HD/VPTW)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from extractors.references import find_references
from extractors.signature import read_signature
from normalizers.agencies import of_province, resolve
from normalizers.dates import find_dates
from normalizers.document_numbers import find_numbers
from normalizers.document_types import (
    document_type,
    is_stamp,
    motto,
    names_addressees,
    type_and_subject,
    type_of_symbol,
)
from normalizers.places import province_of
from normalizers.text import UPPER, fold
from schemas.block import Block, Outline, Zone
from schemas.document import Document
from schemas.place import NOWHERE, Passage, join
from schemas.values import Agency, Precision


@dataclass(frozen=True, slots=True)
class Header:
    """What the head and foot of a document say.

    A `…_passage` is where a field was read from; `further_heads` are the mottos of other documents (or forms) in the file.
    """

    doc_type: str | None = None
    number: str | None = None
    issuer: Agency | None = None
    place: str | None = None
    issued_on: date | None = None
    title: str | None = None
    signer: str | None = None
    signer_title: str | None = None
    data_as_of: date | None = None
    data_as_of_raw: str | None = None
    issuer_passage: Passage = NOWHERE
    number_passage: Passage = NOWHERE
    date_passage: Passage = NOWHERE
    signer_passage: Passage = NOWHERE
    signer_title_passage: Passage = NOWHERE
    further_heads: tuple[Passage, ...] = ()


NUMBER_LINE = re.compile(r"\s*s[ốo]\s*[:.]?\s*(?=[\d/.…_\-\s]|$)", re.IGNORECASE)
# The same with a blank or with something unreadable before the symbol.
OPEN_NUMBER = re.compile(r"[sS][ốỐoO]\s*[:.]?\s*(?:[^A-Za-zđĐ]{0,14}|\S{1,6}\s*)[-/]\s?(?=[A-ZĐ]{2})")
PLACE_DATE = re.compile(r"^\s*(?P<place>[^\W\d_][^\d,]{1,40}?)\s*,\s*ngày", re.IGNORECASE)
# the next line of a date that does not fit into its column
_REST_OF_DATE = re.compile(r"\s*(?:(?:tháng\s+\d{1,2}\s+)?năm\s+)?\d{4}\s*", re.IGNORECASE)
GLUED_DATE = re.compile(r"ngày\s*(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})", re.IGNORECASE)
ABOUT = re.compile(r"^\s*(?:v/v|về việc)\s*[:.]?\s*", re.IGNORECASE)
MOTTO_LINES = re.compile(r"độc lập\s*-\s*tự do\s*-\s*hạnh phúc|^[-_*\s]+$")
AS_OF = re.compile(
    r"(?:dữ liệu|số liệu|thông tin|kết quả[^.;]{0,60})\s*(?:được\s+|ước\s+)?(?:tính|cập nhật|chốt|tổng hợp|thống kê)?\s*(?:từ\s+ngày\s+\d[\d/.-]+\s+)?(?:đến|tới)\s+(?:hết\s+)?(?=ngày|tháng|\d)"
)
# "Tình hình giải ngân vốn đến hết ngày 31/10/2025" as a title
TITLE_AS_OF = re.compile(r"(?:tình hình|tiến độ)\s[^.;]{3,160}?\s(?:tính\s+)?đến\s+(?:hết\s+)?(?=ngày\s)")
# a line under the title: "(Cập nhật đến 17 giờ 00 ngày 21/11/2025)"
UPDATED = re.compile(
    r"(?:^\W*(?:cập nhật|tính|số liệu)|\(\s*số liệu)\s+(?:[^\W\d_]+\s+){0,2}?đến\s+(?:hết\s+)?(?:\d{1,2}\s?(?:giờ|h|g)(?:\s?\d{2})?(?:\s+phút)?,?\s+)?(?=ngày\s)"
)
# what stands in brackets under a title and is none of it: "(Số liệu chốt đến hết ngày 15/9/2025)"
NOTE = re.compile(r"\s*\((?:số liệu|cập nhật|tính|kèm theo|ban hành kèm)\s[^()]*\)\s*$", re.IGNORECASE)
LONGEST_LINE = 300
CENTRAL_COMMITTEE = re.compile(r"(?:đảng cộng sản việt nam\s+)?ban chấp hành trung ương(?: đảng)?")
# Who decides, between the type and the title ("CỦA BAN BÍ THƯ") or over the signature ("T/M BỘ CHÍNH TRỊ").
BY = re.compile(r"của\s+(?P<body>.{4,60})")
FOR = re.compile(r"t/?m\.?\s+(?P<body>ban bí thư|bộ chính trị|ban chấp hành trung ương)\b")
RULE = re.compile(r"[\s_=*~.–—-]{3,}$")
ATTACHED = re.compile(r"(?:kèm theo|ban hành kèm)\b.*\bcủa\s+(?P<issuer>[^()]+?)\s*\)?\s*$")


def read_header(document: Document, outline: Outline) -> Header:
    """The header fields that the document shows; what it does not show is None."""
    middle = document.pages[0].width / 2 if document.pages else None
    own = _own_blocks(outline)
    letterhead = [block for block in own if block.zone is Zone.LETTERHEAD]
    titles = [block for block in own if block.zone is Zone.TITLE]
    lines = [line for block in letterhead for line in _parted(block.body)]
    left, right = _halves(lines, middle)
    header = _from_place_line(right or lines, Header())
    header = _from_number_line(left or lines, header)
    header = _from_issuer(left or lines, header)
    header = _from_title(titles, letterhead, header)
    if not letterhead:
        header = _from_appendix(outline, header)
    header = _from_appendices(outline, left or lines, header)
    header = _from_deciding_body(own, header)
    header = _from_signature(own, middle, header)
    heads = _further_heads(outline, own)
    as_of, raw = _as_of(outline, header.issued_on)
    return replace(header, data_as_of=as_of, data_as_of_raw=raw, further_heads=heads)


def _own_blocks(outline: Outline) -> Sequence[Block]:
    """The blocks of the document without those of another one that follows behind its signature in the same file."""
    signed = False
    for index, block in enumerate(outline):
        if signed and block.zone is Zone.LETTERHEAD:
            return outline.blocks[:index]
        signed = signed or block.zone is Zone.CLOSING
    return outline.blocks


def _further_heads(outline: Outline, own: Sequence[Block]) -> tuple[Passage, ...]:
    """Mottos below the document's own letterhead: what begins there is another document, or a form."""
    below = (
        block.body
        for block in outline
        if (block.zone is not Zone.LETTERHEAD or block.index >= len(own)) and not block.cells and block.index
    )
    return tuple(line for line in below if len(line) < 60 and line.text.isupper() and motto(line.text) == 0)


# Where the right column begins in a line typed over both: the motto's second line, the place before the date.
_RIGHT_COLUMN = re.compile(
    rf"(?<=\s)Độc\s+lập\s*[-–]\s*Tự|(?<=\s)[{UPPER}][^\W\d_]*(?:[\s.][^\W\d_]+){{0,4}}\s*,\s*ngày\s"
)


def _parted(line: Passage) -> list[Passage]:
    """A line that runs over both columns ("VĂN PHÒNG CHÍNH PHỦ CỘNG HÒA XÃ HỘI …", "Số: 5/CT-UBND Huế, ngày …") as two."""
    at = motto(line.text)
    right = _RIGHT_COLUMN.search(line.text)
    if not at and right and (right.group().startswith("Độc") or NUMBER_LINE.match(line.text)):
        at = right.start()
    if not at:
        return [line]
    return [line[:at].strip(), line[at:]]


def _halves(lines: Iterable[Passage], middle: float | None) -> tuple[list[Passage], list[Passage]]:
    """The lines of the left and of the right column; both empty if the page is unknown."""
    left: list[Passage] = []
    right: list[Passage] = []
    for line in lines:
        boxes = line.boxes
        if middle is None or not boxes:
            continue
        centre = sum(box.x0 + box.x1 for box in boxes) / (2 * len(boxes))
        (left if centre < middle else right).append(line)
    return left, right


def _from_place_line(lines: Sequence[Passage], header: Header) -> Header:
    for index, line in enumerate(lines):
        place = PLACE_DATE.match(line.text)
        if place and index + 1 < len(lines) and _REST_OF_DATE.fullmatch(lines[index + 1].text):
            line = join([line, lines[index + 1]])  # noqa: PLW2901  a narrow column breaks the date
        found = [date for date in find_dates(fold(line.text)) if date.rule == "day_words"]
        if place or found:
            issued = found[0].span.end if found and is_sure(line[found[0].start : found[0].end]) else None
            glued = GLUED_DATE.search(line.text) if place and not found else None
            if glued and is_sure(line[glued.start() : glued.end()]):
                issued = next(
                    (one.span.end for one in find_dates("ngày {} tháng {} năm {}".format(*glued.groups()))), None
                )
            name = place["place"].strip() if place else None
            return replace(header, issued_on=issued, place=name, date_passage=line)
    return header


# Below this OCR word confidence a number or day is taken as handwritten, and left open.
SURE = 0.6


def is_sure(passage: Passage, least: float = SURE) -> bool:
    """Whether the digits of a passage were read for certain; handwriting and stamps are not."""
    read = [
        g.confidence
        for c, g in zip(passage.text, passage.glyphs, strict=True)
        if g and c.isdigit() and g.confidence is not None
    ]
    return min(read, default=1.0) >= least


def _from_number_line(lines: Sequence[Passage], header: Header) -> Header:
    for line in lines:
        label = NUMBER_LINE.match(line.text)
        numbers = find_numbers(line.text[label.end() :]) if label else []
        if label and numbers:
            passage = line[label.end() + numbers[0].start : label.end() + numbers[0].end]
            return replace(header, number=numbers[0].number if is_sure(passage) else None, number_passage=passage)
        if OPEN_NUMBER.match(line.text.strip()):
            return replace(header, number_passage=line)
    return header


def _from_appendices(outline: Outline, lines: Sequence[Passage], header: Header) -> Header:
    """The number and day that the head leaves open, where an appendix in the file repeats them in print."""
    if header.number and header.issued_on:
        return header
    for block in outline:
        attached = block.zone is Zone.APPENDIX and not block.cells and ATTACHED.search(fold(block.body.text))
        mention = next(iter(find_references(block.body)), None) if attached else None
        if mention is None or mention.value.type != header.doc_type:
            continue
        number, day = mention.value.number, mention.value.issued_on
        at = next(iter(find_numbers(mention.passage.text)), None)
        if header.number is None and number and at and is_sure(mention.passage[at.start : at.end]):
            shown = next((line for line in lines if _may_read(line.text, number)), None)
            header = replace(header, number=number, number_passage=shown) if shown else header
        if header.issued_on is None and day and _confirms(mention.passage[at.end if at else 0 :], day, header):
            header = replace(header, issued_on=day)
        break
    return header


def _may_read(line: str, number: str) -> bool:
    """Whether a line "Số: …" ends in the symbol of a number, and the figures that were read there, if nothing else was,
    differ by one at most."""
    symbol = number.lstrip("0123456789").lstrip("/-")
    written = "".join(line.split())
    if not (written.lower().startswith("s") and written.endswith(symbol)):
        return False
    read = re.fullmatch(r"[sS][ốỐoO][:.]?(\d+)[-/]", written.removesuffix(symbol))
    figures = number[: len(number) - len(number.lstrip("0123456789"))]
    return not read or (
        len(read[1]) == len(figures) and sum(a != b for a, b in zip(read[1], figures, strict=True)) <= 1
    )


# Two readings of handwriting that agree are believed from this confidence on, each.
BELIEVED = 0.54


def _confirms(date: Passage, day: date, header: Header) -> bool:
    """Whether the date in an appendix is printed and of the month in the head; or both are handwritten and read alike."""
    month = re.search(r"tháng\s+0?(\d{1,2})\s+năm\s+(\d{4})", fold(header.date_passage.text))
    if not month or (int(month[1]), int(month[2])) != (day.month, day.year):
        return False
    read = [found for found in find_dates(fold(header.date_passage.text)) if found.rule == "day_words"]
    alike = bool(read) and read[0].span.end == day
    return is_sure(date) or (alike and is_sure(date, BELIEVED) and is_sure(header.date_passage, BELIEVED))


def _from_issuer(column: Sequence[Passage], header: Header) -> Header:
    """The agency over the number: the last name of the column's head; the name above it is its superior."""
    lines: list[Passage] = []
    for line in column:
        if NUMBER_LINE.match(line.text) or PLACE_DATE.match(line.text) or ABOUT.match(line.text):
            break
        if motto(line.text) is not None:
            continue
        folded = fold(line.text)
        if MOTTO_LINES.search(folded) or not line.text.isupper() or "/" in line.text:
            continue
        # "BỘ Y TẾ", "SỞ Y TẾ" are short of letters
        if (
            is_stamp(line.text)
            and not (_OFFICE.match(folded) or _OFFICE_OF.match(folded))
            and not _AREA.match(folded)
            and not resolve(line.quote, header.issued_on).known
        ):
            continue
        lines.append(line)
    if not lines:
        return header
    agency, passage = _office(lines, header.issued_on)
    return replace(header, issuer=agency, issuer_passage=passage)


_OFFICE = re.compile(
    r"(?:bộ|sở|cục|vụ|ban|viện|chi cục|tổng cục|phòng|văn phòng|thanh tra|trung tâm|trường|bệnh viện|hội đồng|tổ|đài|kho bạc"
    r"|chi nhánh|hạt|đội|đoàn|hội|quỹ)(?!\w)"
)
# these begin an office under its superior, but go on in names as well: "BỆNH VIỆN / ĐẠI HỌC Y DƯỢC …"
_OFFICE_OF = re.compile(
    r"(?:tổng công ty|công ty|tập đoàn|ngân hàng|đại học|học viện|bảo hiểm xã hội|cảng vụ|liên đoàn"
    r"|hiệp hội|tổng hội|liên hiệp|nhà xuất bản|thuế|hải quan|điện lực|công an|tòa án|viện kiểm sát|tiểu ban|nhà máy)(?!\w)"
)
# "ỦY BAN NHÂN DÂN / XÃ BẮC HÀ"
_AREA = re.compile(r"(?:xã|phường|đặc khu|thị trấn|thị xã|huyện|quận|tỉnh|thành phố)\s")
_PARTY_OF = re.compile(r"đảng bộ\s+(?:tỉnh|thành phố)\s+")


def _office(lines: Sequence[Passage], on: date | None) -> tuple[Agency, Passage]:
    """The office that the lines name: all of them, or the last ones under those of its superior."""
    whole = join(lines)
    agency = resolve(whole.quote, on)
    for count in range(1, len(lines)):
        if agency.known:
            break
        own, superior = join(lines[count:]), join(lines[:count])
        over = resolve(superior.quote, on)
        found = (resolve(name, on, over) for name in _full_names(own, superior, over))
        named = next((each for each in found if each.known and each.kind != "province"), None)
        agency, whole = (named, own) if named else (agency, whole)
    if not agency.known:  # an office that no registry knows, under its superior
        own = next((join(lines[i:]) for i in range(1, len(lines)) if _begins_office(lines, i, on)), whole)
        over = resolve(lines[0].quote, on)
        agency, whole = resolve(own.quote, on, over), own
        if own is not lines[0] and (placed := of_province(agency, over)):
            agency = placed
    return agency, whole


def _begins_office(lines: Sequence[Passage], index: int, on: date | None) -> bool:
    folded = fold(lines[index].quote)
    if _OFFICE.match(folded):
        return True
    return bool(_OFFICE_OF.match(folded)) and resolve(join(lines[:index]).quote, on).known


def _full_names(own: Passage, superior: Passage, over: Agency) -> Iterator[str]:
    """The names that an office may have under its superior: "VĂN PHÒNG" of "ỦY BAN NHÂN DÂN TỈNH X" is its Văn phòng."""
    above = fold(superior.quote)
    province = province_of(over.agency_id) if over.known else None
    if province:
        yield f"{own.quote} {province.name}"
    if CENTRAL_COMMITTEE.match(above):
        yield f"{own.quote} TRUNG ƯƠNG"
    if _PARTY_OF.match(above):
        yield f"{own.quote} {_PARTY_OF.sub('TỈNH ỦY ' if 'tỉnh' in above else 'THÀNH ỦY ', above)}"
        yield f"{own.quote}, {above.removeprefix('đảng bộ ')}"  # the party committee of a commune
        return
    yield own.quote
    yield f"{own.quote} {superior.quote}"
    yield f"{superior.quote}, {own.quote}"  # "ỦY BAN NHÂN DÂN HUYỆN X / TỈNH Y"


def _typed(line: Passage) -> tuple[str, Passage] | None:
    """The type that a line of the title names, and what it says behind it: "BÁO CÁO TÌNH HÌNH THU, CHI"."""
    kind, begun = document_type(line.text), type_and_subject(line.text)
    if kind:
        return kind, line[:0]
    return (begun[0], line[begun[1] :]) if begun else None


def _from_title(titles: Sequence[Block], letterhead: Sequence[Block], header: Header) -> Header:
    typed = next(((i, found) for i, block in enumerate(titles) if (found := _typed(block.body))), None)
    if typed is None:
        about = next((block for block in letterhead if ABOUT.match(block.body.text)), None)
        title = _about(about, letterhead) if about else None
        symbol = re.search(r"[-/]\s?[A-ZĐ].*", header.number_passage.text)
        addressed = symbol and any(names_addressees(block.body.text) for block in titles)
        guess = type_of_symbol(f"1{symbol.group()}" if symbol else header.number)
        guess = guess or ("Công văn" if title or header.number or addressed else None)
        untyped = [block.body for block in titles if not addressed and not is_stamp(block.body.text)]
        title = title or (NOTE.sub("", join(untyped).quote) if untyped else None)
        return replace(header, doc_type=guess, title=title)
    place, (kind, rest) = typed
    subject: list[Passage] = [rest] if rest else []
    for block in titles[place + 1 :]:
        text = block.body.text
        if names_addressees(text) or text.startswith("(") or document_type(text):
            break
        if is_stamp(text) or (not subject and _decided_by(text, header)):
            continue
        if subject and text.isupper() and (not subject[0].text.isupper() or resolve(text, header.issued_on).known):
            break  # the authority over the enacting clauses: "THỦ TƯỚNG CHÍNH PHỦ"
        subject.append(block.body if subject else _behind_stamp(block.body))
    title = NOTE.sub("", RULE.sub("", ABOUT.sub("", join(subject).quote))) or None
    return replace(header, doc_type=kind, title=title)


# The side of a stamp's frame beside a title is read as an upright stroke.
STAMP_SIDE = re.compile(rf"[^|]{{0,20}}\|\s*(?=[{UPPER}])")


def _behind_stamp(line: Passage) -> Passage:
    """A title's first line without the end of a stamp that stands beside it."""
    side = STAMP_SIDE.match(line.text)
    return line[side.end() :] if side and line.confidence is not None else line


def _decided_by(text: str, header: Header) -> Agency | None:
    """The body that a line between the type and the title names: "CỦA THỦ TƯỚNG CHÍNH PHỦ"."""
    by = BY.fullmatch(fold(RULE.sub("", text))) if text.isupper() else None
    body = resolve(RULE.sub("", text)[by.start("body") :], header.issued_on) if by else None
    return body if body and body.known else None


def _from_deciding_body(own: Sequence[Block], header: Header) -> Header:
    """The body of the Central Committee that decides under the Committee's letterhead: the Politburo, the Secretariat."""
    if not CENTRAL_COMMITTEE.fullmatch(fold(header.issuer_passage.text.strip(" *"))):
        return header
    for block in own:
        text = block.body.text
        if block.zone in (Zone.LETTERHEAD, Zone.TITLE):
            typed = text.partition(" CỦA ") if document_type(text) else ("", "", "")
            body = _decided_by(f"CỦA {typed[2]}" if typed[2] else text, header)
        elif block.zone is Zone.CLOSING and (signed := FOR.match(fold(text))):
            body = resolve(text[signed.start("body") : signed.end("body")], header.issued_on)
        else:
            continue
        if body is not None and body.known:
            return replace(header, issuer=body, issuer_passage=block.body)
    return header


def _about(about: Block, letterhead: Sequence[Block]) -> str:
    """The subject of a letter, which may go on in the lines below "V/v"."""
    lines = [about]
    for block in letterhead:
        if block.index > about.index and _same_column(block, lines[-1]):
            lines.append(block)
    return ABOUT.sub("", join([line.body for line in lines]).quote)


def _same_column(block: Block, other: Block) -> bool:
    a, b = block.body.boxes, other.body.boxes
    if not a and not b:  # a file without pages has no columns; small letters go on with the line above
        return block.index == other.index + 1 and block.body.text[:1].islower()
    return bool(a and b) and a[0].x0 < b[0].x1 and b[0].x0 < a[0].x1 and motto(block.body.text) is None


def _from_appendix(outline: Outline, header: Header) -> Header:
    """A file that is an appendix alone: its title, and the issuer of the document it goes with."""
    blocks = [block for block in outline if block.zone is Zone.APPENDIX and not block.cells][:8]
    if not blocks or blocks[0].index > 3:
        return header
    titles = [blocks[0].body] if blocks[0].body else []
    for block in blocks[1:]:
        if block.body.text.startswith("("):
            header = _from_attachment(block.body, header)
            break
        if not (block.bold or block.body.text.isupper()) or block.label:
            break
        titles.append(block.body)
    title = join(titles).quote if titles else None
    return replace(header, doc_type="Phụ lục", title=title)


def _from_attachment(line: Passage, header: Header) -> Header:
    """ "(Kèm theo Quyết định số … ngày … của …)": the number, day and issuer of the document it goes with."""
    attached = ATTACHED.search(fold(line.text))
    if not attached:
        return header
    references = find_references(line)
    if references:
        mention = references[0]
        header = replace(header, number=mention.value.number, issued_on=mention.value.issued_on)
    issuer = line[attached.start("issuer") : attached.end("issuer")]
    return replace(header, issuer=resolve(issuer.quote, header.issued_on), issuer_passage=issuer)


def _from_signature(own: Sequence[Block], middle: float | None, header: Header) -> Header:
    closing = [part for block in own if block.zone is Zone.CLOSING for part in _columns(block.body)]
    _, right = _halves(closing, middle)
    found = read_signature(right or closing)
    return replace(
        header,
        signer=found.signer,
        signer_title=found.title,
        signer_passage=found.signer_passage,
        signer_title_passage=found.title_passage,
    )


# Blanks as wide as this, in heights of the letters beside them, part the columns of a line that was typed over both.
WIDE_BLANK = 2.0


def _columns(passage: Passage) -> list[Passage]:
    """The parts of a passage between wide blanks, as a tab leaves them: "- Lưu: VT.      KT. CHỦ TỊCH"."""
    printed = [
        (at, glyph) for at, glyph in enumerate(passage.glyphs) if glyph and glyph.page and passage.text[at] != " "
    ]
    starts = [
        at
        for (_, before), (at, glyph) in pairwise(printed)
        if before.page == glyph.page
        and glyph.y0 + glyph.y1 < 2 * before.y1
        and glyph.x0 - before.x1 > WIDE_BLANK * (before.y1 - before.y0)
    ]
    return [passage[start:end].strip() for start, end in pairwise((0, *starts, len(passage)))]


# in brackets in the first sentence of a report, which may be long
STATED_AS_OF = re.compile(rf"\(\s*{AS_OF.pattern}")


def _as_of(outline: Outline, issued_on: date | None) -> tuple[date | None, str | None]:
    """The day up to which the document's data reach, where its title or first lines say it, with its words."""
    for block in outline.blocks[:14]:
        if block.cells:
            continue
        folded = fold(block.body.text)
        long = len(block.body) > LONGEST_LINE
        titled = TITLE_AS_OF.search(folded) if block.zone is Zone.TITLE else None
        # "Tính đến ngày 31/12, toàn tỉnh có …" gives the time of its own sentence
        noted = UPDATED.search(folded)
        noted = noted if noted and (block.zone is Zone.TITLE or "(" in noted.group()) else None
        said = (STATED_AS_OF.search(folded),) if long else (AS_OF.search(folded), titled, noted)
        for stated in filter(None, said):
            found = find_dates(folded[stated.end() :], issued_on)
            if found and found[0].start == 0 and found[0].span.precision is Precision.DAY:
                return found[0].span.end, block.body.text[stated.end() : stated.end() + found[0].end]
    return None, None
