"""Mentions of numbered documents: type, number, day of issue.

One head may hold for several numbers ("Chỉ thị số 05/CT-TTg, 07/CT-TTg"); the day
stands after the number, or opens the sentence that reports the issue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from normalizers.dates import find_dates
from normalizers.document_numbers import ABBREVIATED, TYPES, FoundNumber, canonical_type, find_numbers
from normalizers.quantities import counts
from normalizers.text import fold
from schemas.mention import Mention, MentionKind
from schemas.place import Passage
from schemas.values import LegalReference, Precision

DIGIT = re.compile(r"\d")
TYPE = "(?:" + "|".join(sorted(map(re.escape, TYPES), key=len, reverse=True)) + ")"
# "Luật Tổ chức Chính phủ số 63/2025/QH15": the name of a law stands between its type and its number.
NAMED_LAW = r"(?P<type>bộ luật|luật|pháp lệnh)\s+(?:[^\W\d_]+[\s,]+){1,16}?"
# Tried in order: the type right before the number comes first ("Luật Đất đai và Nghị định số 55/2031/NĐ-CP").
HEADS = (
    re.compile(rf"(?<!\w)(?P<type>{TYPE})(?:\s+kết luận)?s?\s*(?:số\s*:?\s*|\s)\s*$"),
    # one type over a list: "các Nghị quyết của Bộ Chính trị: số 57-NQ/TW …"
    re.compile(rf"(?<!\w)(?P<type>{TYPE})(?:\s+(?:của\s+[^\d.;:]{{2,60}}|sau(?:\s+đây)?))?\s*:\s*(?:số\s*:?\s*)?$"),
    re.compile(rf"(?<!\w){NAMED_LAW}số\s*:?\s*$"),
)
# "TB số 118/TB-VPCP", over printed text: small letters are no abbreviation
SHORT_HEAD = re.compile(
    rf"(?<![\w/-])(?P<type>{'|'.join(name.upper() for name in ABBREVIATED)}|TTr)(?:\s+số\s*:?\s*|\s+)$"
)
# the longest head: a law of sixteen words
HEAD_LENGTH = 160
NUMBER_WORD = re.compile(r"(?<!\w)(?:số|số hiệu)\s*:?\s*$")
SHARED = re.compile(r"\s*(?:,|;|và|và số|,\s*số|;\s*số)\s*(?:số\s*)?$")
# also behind what the one before is about: "các Nghị quyết: số 57-NQ/TW … về đột phá …; số 59-NQ/TW …"
LISTED = re.compile(r"(?:[^.;]|\.(?=\d)){0,240};\s*(?:và\s+)?số\s*:?\s*$")
# "… ngày 15/12/2021", in cells of tables also without the word: "2109/QĐ-TTg 15/12/2021"
DATED = re.compile(
    r"\s*,?\s*(?:của\s+(?:[^\W\d_]+[\s,-]+){1,10})?(?:ban hành\s+)?(?:(?=ngày\s)|(?=\d{1,2}[/.-]\d{1,2}[/.-]\d{4}(?!\d)))"
)
# "Nghị quyết số 01/NQ-CP và số 02/NQ-CP cùng ngày 05 tháng 01 năm 2024"
SAME_DAY_GAP = 25  # characters between two numbers of one day
SAME_DAY = re.compile(r"\s*,?\s*(?:đều\s+|cùng\s+)(?=ngày\s)")

# Short forms, without a symbol: "Nghị quyết 57", "Kế hoạch số 02", "Nghị định 35/2023".
SHORT_TYPES = "nghị quyết|chỉ thị|kế hoạch|kết luận|nghị định|quyết định|thông báo|quy định|thông tư"
# "kế hoạch 15 dự án": a count of what follows
COUNTED = r"\d|chỉ tiêu|điểm|nội dung|nhóm|năm|tháng|ngày(?!\s+\d)|bộ|tỉnh|xã|tỷ|triệu|nghìn|danh mục"
SHORT = re.compile(
    rf"(?P<type>{SHORT_TYPES})\s+(?P<marked>số\s+)?(?P<number>\d{{1,4}}(?:/(?:19|20)\d\d)?)(?![\d/%])(?!\s?[-/.,]\s?\d)(?!-)"
    rf"(?(marked)|(?!\s+(?:{COUNTED})))"
)

ISSUE_VERB = re.compile(r"(?:ban hành|ký|gửi|trình|có|ra|phê duyệt|thông qua|phát hành|đăng)(?!\w)")
SENTENCE_BREAK = re.compile(r"[.;](?=\s)|(?<=[^\W\d_]):(?=\s)")


def find_references(passage: Passage, anchor: date | None = None) -> list[Mention]:
    """The references in a passage, each mention from its type (or number) to its date; value: LegalReference."""
    if not DIGIT.search(passage.text):
        return []
    folded = fold(passage.text)
    found: list[Mention] = []
    last: tuple[int, str | None] = (0, None)
    for number in find_numbers(passage.text):
        start, kind = _head(passage.text, folded, number, last)
        issued_on, end = _issued_on(folded, number.end, anchor)
        if issued_on is None:
            issued_on = _opening_date(folded, start, last[0], anchor)
        if issued_on is None:
            issued_on, end = _issued_on(folded, number.end, anchor, SAME_DAY)
            found[-1:] = [_on_the_same_day(mention, start, issued_on) for mention in found[-1:]]
        reference = LegalReference(number.glued_type or kind, number.number, issued_on)
        found.append(Mention(MentionKind.REFERENCE, "reference_number", passage, start, end, reference))
        last = (end, kind)
    found.extend(_short_forms(passage, folded, found, anchor))
    return sorted(found, key=lambda mention: mention.start)


def _head(text: str, folded: str, number: FoundNumber, last: tuple[int, str | None]) -> tuple[int, str | None]:
    """Where the mention begins and the type that holds for its number."""
    begin = max(last[0], number.start - HEAD_LENGTH)
    before = folded[begin : number.start]
    head = next((match for pattern in HEADS if (match := pattern.search(before))), None)
    if head:
        return begin + head.start(), canonical_type(head["type"])
    short = SHORT_HEAD.search(text, begin, number.start)
    if short:
        return short.start(), ABBREVIATED[short["type"].lower()]
    if last[1] and SHARED.fullmatch(folded, last[0], number.start):
        return number.start, last[1]
    word = NUMBER_WORD.search(before)
    listed = last[1] and LISTED.fullmatch(folded, last[0], number.start)
    return (begin + word.start() if word else number.start), last[1] if listed else None


def _on_the_same_day(mention: Mention, following: int, day: date | None) -> Mention:
    """ "số 01/NQ-CP và số 02/NQ-CP cùng ngày …": the day holds for the one before, too."""
    value = mention.value
    if day is None or value.issued_on or following - mention.end > SAME_DAY_GAP:
        return mention
    return replace(mention, value=replace(value, issued_on=day))


def _issued_on(folded: str, end: int, anchor: date | None, dated: re.Pattern[str] = DATED) -> tuple[date | None, int]:
    gap = dated.match(folded, end)
    if not gap:
        return None, end
    window = folded[gap.end() : gap.end() + 40]
    for found in find_dates(window, anchor)[:1]:
        day = found.span.end if found.start == 0 and found.span.precision is Precision.DAY else None
        # "số 29/CĐ-UBND ngày 28/9" of this year
        if day and (found.has_year or (anchor and anchor.year == day.year and day <= anchor)):
            return day, gap.end() + found.end
    return None, end


def _opening_date(folded: str, start: int, before: int, anchor: date | None) -> date | None:
    """The day that opens the sentence, for its first reference: "Ngày 31/3/2025, Bộ … đã ban hành Văn bản số …"."""
    begins = max((match.end() for match in SENTENCE_BREAK.finditer(folded, 0, start)), default=0)
    if begins < before:
        return None
    sentence = folded[begins:start]
    opening = re.search(r"(?:^\s*|[,(:]\s*|\)\s*)(?=ngày\s+\d)", sentence)
    if not opening or not ISSUE_VERB.search(sentence):
        return None
    found = find_dates(sentence[opening.end() : opening.end() + 40], anchor)
    if found and found[0].start == 0 and found[0].span.precision is Precision.DAY and found[0].has_year:
        return found[0].span.end
    return None


def _short_forms(passage: Passage, folded: str, taken: list[Mention], anchor: date | None) -> Iterator[Mention]:
    for match in SHORT.finditer(folded):
        if any(mention.start < match.end() and match.start() < mention.end for mention in taken):
            continue
        if not match["marked"] and counts(folded, match.end()):
            continue
        issued_on, end = _issued_on(folded, match.end(), anchor)
        reference = LegalReference(canonical_type(match["type"]), match["number"], issued_on)
        yield Mention(MentionKind.REFERENCE, "reference_short", passage, match.start(), end, reference)
