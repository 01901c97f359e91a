"""The parts of a page of paper after Decree 30/2020/NĐ-CP, Appendix I: where the letterhead ends and the closing begins."""

from __future__ import annotations

import re
from collections.abc import Sequence

from normalizers.document_types import ADDRESSEES, MOTTO, document_type
from pipeline.outline.labels import Rank, read_label
from pipeline.outline.paragraphs import Paragraph
from schemas.block import Zone

RECIPIENTS = re.compile(r"N[ơo]i\s+nh[ậâa]n\s*[:;.]?", re.IGNORECASE)
SIGNATURE = re.compile(
    r"(?:T/?M\.?|KT\.?|TL\.?|TUQ\.?|Q\.)\s*[A-ZĐÀ-Ỹ]|(?:BỘ TRƯỞNG|CHỦ TỊCH|THỦ TƯỚNG|GIÁM ĐỐC|CHỦ NHIỆM|TỔNG GIÁM ĐỐC"
    r"|CHÁNH VĂN PHÒNG|TRƯỞNG BAN|BÍ THƯ|CỤC TRƯỞNG|TỔNG CỤC TRƯỞNG|VIỆN TRƯỞNG|CHÁNH ÁN|THỐNG ĐỐC|HIỆU TRƯỞNG|TRƯỞNG PHÒNG)\b"
)


def zones(found: Sequence[Paragraph]) -> list[Zone]:
    """The zone of each paragraph of a document, in order."""
    result: list[Zone] = []
    zone = Zone.LETTERHEAD if _has_letterhead(found) else Zone.BODY
    for index, paragraph in enumerate(found):
        zone = _next_zone(zone, paragraph, found[:index], result)
        result.append(zone)
    return result


def _has_letterhead(found: Sequence[Paragraph]) -> bool:
    return any(MOTTO.search(p.passage.text) for p in found[:14])


def _next_zone(zone: Zone, paragraph: Paragraph, before: Sequence[Paragraph], result: Sequence[Zone]) -> Zone:
    text = paragraph.passage.text
    if is_appendix_title(paragraph):
        return Zone.APPENDIX
    if zone is Zone.LETTERHEAD:
        if document_type(text) or ADDRESSEES.match(text):
            return Zone.TITLE
        return Zone.BODY if _runs_like_text(paragraph) else zone
    if zone is Zone.TITLE:
        return zone if _of_title(paragraph) else Zone.BODY
    if zone in (Zone.BODY, Zone.APPENDIX) and _starts_closing(paragraph):
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
    if read_label(text) and not ADDRESSEES.match(text) and not text.startswith(("-", "–")):
        return False
    if not paragraph.passage.boxes:  # a file without pages shows no centring
        return bool(ADDRESSEES.match(text)) or (len(text) < 200 and not text.endswith((".", ":", ";", ",")))
    return paragraph.centred or bool(ADDRESSEES.match(text)) or (paragraph.bold and not _runs_like_text(paragraph))


def _starts_closing(paragraph: Paragraph) -> bool:
    text = paragraph.passage.text
    return bool(RECIPIENTS.fullmatch(text.strip()) or RECIPIENTS.match(text[:12])) or (
        bool(SIGNATURE.match(text)) and text.isupper() and len(text) < 90
    )
