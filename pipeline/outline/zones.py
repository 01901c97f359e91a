"""The parts of a page of paper after Decree 30/2020/NĐ-CP, Appendix I: where the letterhead ends and the closing begins."""

from __future__ import annotations

import re
from collections.abc import Sequence

from normalizers.document_types import document_type, is_stamp, motto, names_addressees
from pipeline.outline.labels import Rank, read_label
from pipeline.outline.paragraphs import Paragraph
from schemas.block import Zone

RECIPIENTS = re.compile(r"N[ơo]i\s+nh[ậâa]n\s*[:;.]?", re.IGNORECASE)
# On behalf of, for: abbreviations that only stand over a signature.
ON_BEHALF = re.compile(r"(?:T/?M|KT|TL|TUQ|Q)[.,]\s*[A-ZĐÀ-Ỹ]")
OFFICE = re.compile(
    r"(?:BỘ TRƯỞNG|CHỦ TỊCH|THỦ TƯỚNG|GIÁM ĐỐC|CHỦ NHIỆM|TỔNG GIÁM ĐỐC|CHÁNH VĂN PHÒNG|TRƯỞNG BAN|BÍ THƯ|CỤC TRƯỞNG"
    r"|TỔNG CỤC TRƯỞNG|VIỆN TRƯỞNG|CHÁNH ÁN|THỐNG ĐỐC|HIỆU TRƯỞNG|TRƯỞNG PHÒNG|TRƯỞNG ĐOÀN|TỔNG THANH TRA)\b"
)
# An office alone opens the closing only among the last paragraphs: it also stands over enacting clauses.
CLOSING_LENGTH = 40


LONGEST_TITLE = 400


def zones(found: Sequence[Paragraph]) -> list[Zone]:
    """The zone of each paragraph of a document, in order."""
    # stamps may stand above the motto; whatever does is letterhead
    head = _motto_index(found)
    zone = Zone.BODY if head is None else Zone.LETTERHEAD
    result = [zone] * (0 if head is None else head)
    for index, paragraph in enumerate(found[len(result) :], len(result)):
        zone = _next_zone(zone, paragraph, len(found) - index)
        result.append(zone)
    return result


def _motto_index(found: Sequence[Paragraph]) -> int | None:
    return next((index for index, p in enumerate(found[:14]) if motto(p.passage.text) is not None), None)


def _next_zone(zone: Zone, paragraph: Paragraph, left: int) -> Zone:
    text = paragraph.passage.text
    if is_appendix_title(paragraph):
        return Zone.APPENDIX
    if zone is Zone.LETTERHEAD:
        if document_type(text) or names_addressees(text):
            return Zone.TITLE
        return Zone.BODY if _runs_like_text(paragraph) else zone
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
    return (paragraph.centred or paragraph.bold or paragraph.passage.text.isupper()) and (not rest or rest.isupper())


def _runs_like_text(paragraph: Paragraph) -> bool:
    return len(paragraph.lines) >= 3 and not paragraph.centred and not paragraph.passage.text.isupper()


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
