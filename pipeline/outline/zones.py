"""The parts of a page of paper after Decree 30/2020/NĐ-CP, Appendix I: where the letterhead ends and the closing begins."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import takewhile

from normalizers.document_types import document_type, is_stamp, motto, names_addressees, type_and_subject
from normalizers.text import UPPER, bare
from pipeline.outline.labels import Rank, read_label
from pipeline.outline.paragraphs import Paragraph
from schemas.block import Zone

# recognition reads "Mới nhận:"
RECIPIENTS = re.compile(r"(?:N[ơo]i\s+nh[ậâa]n\s*[:;.]?|[NMHW][ơoóòôờởớ]i\s+nh[ậâạăa]n\s*:)", re.IGNORECASE)
# On behalf of, for: abbreviations that only stand over a signature.
ON_BEHALF = re.compile(rf"(?:T/M[.,]?|(?:TM|KT|TL|TUQ|Q)[.,])\s*[{UPPER}]")
OFFICE = re.compile(
    r"(?:BỘ TRƯỞNG|CHỦ TỊCH|THỦ TƯỚNG|GIÁM ĐỐC|CHỦ NHIỆM|TỔNG GIÁM ĐỐC|CHÁNH VĂN PHÒNG|TRƯỞNG BAN|BÍ THƯ|CỤC TRƯỞNG"
    r"|TỔNG CỤC TRƯỞNG|VIỆN TRƯỞNG|CHÁNH ÁN|THỐNG ĐỐC|HIỆU TRƯỞNG|TRƯỞNG PHÒNG|TRƯỞNG ĐOÀN|TỔNG THANH TRA)\b"
)
# An office alone opens the closing only among the last paragraphs: it also stands over enacting clauses.
CLOSING_LENGTH = 40


LONGEST_TITLE = 400
# "(Kèm theo Quyết định số …", "(Ban hành kèm theo …": the line under the title of what a document is issued with.
ATTACHMENT = re.compile(r"(?:^\W{0,2}|\()(?:duoc\s+)?(?:ban\s+hanh\s+)?kem\s+theo\s+\w+\s+\w+")
# What a document is based on is never part of its head, though no title was recognised between the two.
PREAMBLE = re.compile(r"(?:Căn cứ|Theo đề nghị|Xét đề nghị)\s")
# A line broader than this many font sizes is set over the whole page; lists of recipients fill half of it.
BROAD = 24.0


def zones(found: Sequence[Paragraph], tables_on: Collection[int] = ()) -> list[Zone]:
    """The zone of each paragraph of a document, in order; `tables_on` are the pages on which tables stand."""
    # stamps may stand above the motto; whatever does is letterhead
    head = _motto_index(found)
    zone = Zone.BODY if head is None else Zone.LETTERHEAD
    result = [zone] * (0 if head is None else head)
    signed_on = 0
    for index, paragraph in enumerate(found[len(result) :], len(result)):
        before, page = zone, _page(paragraph)
        opened = None
        if zone is Zone.CLOSING and (page > signed_on > 0 or page == 0):
            opened = _opened_behind(found, index, tables_on)
        if not (zone is Zone.TITLE and _is_addressee(found, index)):
            zone = opened or _next_zone(zone, paragraph, len(found) - index)
        if signed_on and not opened and zone in (Zone.LETTERHEAD, Zone.TITLE):
            zone = _second_head(zone, found, index)
        if zone is Zone.CLOSING and before is not Zone.CLOSING:
            signed_on = page
        if before is Zone.LETTERHEAD and zone is Zone.BODY:
            result = _with_title(result, found)
        result.append(zone)
    return result


# lines of a letterhead that no title follows: the motto, "Số: …", "…, ngày …", rules
_FRAME = re.compile(r"doc lap|cong hoa|dang cong san|^\W*so\s*[:.]|(?:^|\s)ngay\b|^[\W_]+$|^\W*v/v|^\W*ve viec")


_LISTED = re.compile(r"[-–•+]\s*\w")


def _is_addressee(found: Sequence[Paragraph], index: int) -> bool:
    """Whether a paragraph is one of the addressees, listed under "Kính gửi:" up to a full stop."""
    heads = index
    while heads and _LISTED.match(found[heads].passage.text) and len(found[heads].passage) < LONGEST_TITLE:
        heads -= 1
        if heads and heads < index and found[heads].passage.text.rstrip().endswith("."):
            return False
    return heads < index and names_addressees(found[heads].passage.text)


def _with_title(result: list[Zone], found: Sequence[Paragraph]) -> list[Zone]:
    """The zones of a head behind which the text begins though no line named a type: what stands centred and bold over the
    text is its title."""
    start = len(result)
    while start and result[start - 1] is Zone.LETTERHEAD and _may_be_title(found[start - 1]):
        start -= 1
    return [*result[:start], *[Zone.TITLE] * (len(result) - start)]


def _may_be_title(paragraph: Paragraph) -> bool:
    text = paragraph.passage.text
    told = bare(text)
    return (paragraph.centred or paragraph.bold or text.startswith("(")) and not (
        _FRAME.search(told) or is_stamp(text) or _MARK.match(told) or (text.isupper() and _ISSUER.match(told))
    )


# how urgent or secret a document is, and what copy of it
_MARK = re.compile(
    r"\W*(?:hoa toc|(?:thuong )?khan|(?:tuyet |toi )?mat|du thao|sao y|sao luc|ban sao|luu hanh noi bo|tai lieu mat)\W*(?:lan \d+\W*)?$"
)
_ISSUER = re.compile(
    r"\W*(?:bo truong|chu tich|giam doc|tong giam doc|thu tuong|chu nhiem|hoi dong nhan dan|uy ban nhan dan|ngan hang|bo(?! (?:tieu chi|chi so|luat|quy|cau hoi))|so"
    r"|cuc|tong cuc|ban chi dao|van phong|tong cong ty|tap doan|tinh uy|thanh uy|dang uy|ban thuong vu)\s"
)


def _page(paragraph: Paragraph) -> int:
    return paragraph.lines[0].box.page if paragraph.lines else 0


def _opened_behind(found: Sequence[Paragraph], index: int, tables_on: Collection[int]) -> Zone | None:
    """What begins at a paragraph on a page behind the signature: another document, an appendix without the word
    for it, or nothing, where the list of recipients goes on."""
    page, text = _page(found[index]), found[index].passage.text
    if page == 0:
        return Zone.APPENDIX if _heads_attachment(found, index) else None
    rest = list(takewhile(lambda p: _page(p) == page, found[index:]))
    if text.startswith(("-", "–", "~")) and not ATTACHMENT.search(bare(rest[-1].passage.text)):
        return None
    if any(_is_head(p) for p in rest[:8]):
        return Zone.LETTERHEAD
    attached = any(ATTACHMENT.search(bare(p.passage.text)) for p in rest[:12])
    return Zone.APPENDIX if attached or page in tables_on or any(map(_opens_text, rest)) else None


def _second_head(zone: Zone, found: Sequence[Paragraph], index: int) -> Zone:
    """The zone where the head of a second document in the file goes on: it may be the head of an appendix or of a form."""
    if zone is Zone.TITLE and any(ATTACHMENT.search(bare(p.passage.text)) for p in found[index : index + 6]):
        return Zone.APPENDIX
    turned = _page(found[index]) != _page(found[index - 1])
    return Zone.APPENDIX if turned or _opens_text(found[index]) else zone


def _is_head(paragraph: Paragraph) -> bool:
    text = paragraph.passage.text
    return motto(text) is not None and text.isupper() and len(text) < 100


def _heads_attachment(found: Sequence[Paragraph], index: int) -> bool:
    """Whether a paragraph is a title in capitals over "(Kèm theo …"; offices of a signature are none."""
    for paragraph in found[index : index + 5]:
        text = paragraph.passage.text
        if ATTACHMENT.search(bare(text)):
            return paragraph is not found[index]
        if not text.isupper() or ON_BEHALF.match(text) or OFFICE.match(text):
            return False
    return False


def _opens_text(paragraph: Paragraph) -> bool:
    """Whether a paragraph is part of a text and of no list of recipients: a chapter, an article, or lines over the page."""
    label = read_label(paragraph.passage.text)
    if label and label.rank in (Rank.CHAPTER, Rank.SECTION, Rank.ROMAN, Rank.ARTICLE):
        return True
    broad = sum(line.box.x1 - line.box.x0 > BROAD * line.size for line in paragraph.lines if line.size)
    return broad >= 2 and not paragraph.centred and not paragraph.passage.text.isupper()


def _motto_index(found: Sequence[Paragraph]) -> int | None:
    return next((index for index, p in enumerate(found[:14]) if motto(p.passage.text) is not None), None)


def _next_zone(zone: Zone, paragraph: Paragraph, left: int) -> Zone:
    text = paragraph.passage.text
    if is_appendix_title(paragraph):
        return Zone.APPENDIX
    if zone is Zone.LETTERHEAD:
        if document_type(text) or names_addressees(text) or (text.isupper() and type_and_subject(text)):
            return Zone.TITLE
        return Zone.BODY if _runs_like_text(paragraph) or PREAMBLE.match(text) or _begins_text(paragraph) else zone
    if zone is Zone.TITLE:
        return zone if _of_title(paragraph) else Zone.BODY
    if zone in (Zone.BODY, Zone.APPENDIX) and _starts_closing(paragraph, left):
        return Zone.CLOSING
    if zone is Zone.CLOSING and document_type(text) and text.isupper():
        # a plan or rules of procedure attached behind the signature of the decision that issues them
        return Zone.APPENDIX
    return zone


def is_appendix_title(paragraph: Paragraph) -> bool:
    label = read_label(paragraph.passage.text)
    if label is None or label.rank is not Rank.APPENDIX:
        return False
    rest = paragraph.passage.text[label.end :]
    said = any(c.isalpha() for c in rest)
    return (paragraph.centred or paragraph.bold or paragraph.passage.text.isupper()) and (not said or rest.isupper())


def _runs_like_text(paragraph: Paragraph) -> bool:
    return len(paragraph.lines) >= 3 and not paragraph.centred and not paragraph.passage.text.isupper()


# a letterhead has no sentence as long as this; "V/v …" has no stop
_SENTENCE = 80


def _begins_text(paragraph: Paragraph) -> bool:
    """Whether a paragraph is none of a letterhead, though no title came before it: a chapter, or a whole sentence."""
    text = paragraph.passage.text
    label = read_label(text)
    if label and label.rank in (Rank.CHAPTER, Rank.SECTION, Rank.ROMAN, Rank.ARTICLE) and not is_stamp(text):
        return text[label.end : label.end + 1].isupper()
    return (
        len(text) >= _SENTENCE
        and text[:1].isupper()
        and text.rstrip()[-1] in ".:;"
        and not (paragraph.centred or text.isupper() or _FRAME.search(bare(text[:20])) or is_stamp(text))
    )


def _of_title(paragraph: Paragraph) -> bool:
    text = paragraph.passage.text
    if names_addressees(text) or is_stamp(text):
        return True
    if read_label(text) and not text.startswith(("-", "–")):
        return False
    if paragraph.centred or (paragraph.bold and not _runs_like_text(paragraph)):
        return True
    # type and centring may not show (files without pages, scans): a title is no sentence
    return len(text) < LONGEST_TITLE and not text.endswith((".", ":", ";", ",", "./."))


def _starts_closing(paragraph: Paragraph, left: int) -> bool:
    """Whether a paragraph opens the recipients or the signature block; `left` counts the paragraphs from it on."""
    text = paragraph.passage.text
    if RECIPIENTS.match(text[:12]):
        return True
    if not text.isupper() or len(text) >= 90:
        return False
    return bool(ON_BEHALF.match(text)) or (bool(OFFICE.match(text)) and left <= CLOSING_LENGTH)
