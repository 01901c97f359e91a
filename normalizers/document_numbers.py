"""Numbers and symbols of documents ("71/NQ-CP", "57-NQ/TW", "193/2025/QH15") and the types before them.

Decree 30/2020/NĐ-CP, Art. 8 and Appendix I, II.3 (state); Hướng dẫn 36-HD/VPTW
(Party: number-type/agency); Law 80/2015/QH13 (number/year/symbol).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Types as they stand before a number; "văn bản" and "công văn" are what letters are called.
TYPES: tuple[str, ...] = (
    "nghị quyết liên tịch", "thông tư liên tịch", "thông báo kết luận", "báo cáo thẩm định", "báo cáo thẩm tra",
    "chương trình hành động", "kế hoạch hành động", "văn bản hợp nhất", "nghị quyết", "nghị định", "quyết định",
    "chỉ thị", "quy chế", "quy định", "thông cáo", "thông báo", "hướng dẫn", "chương trình", "kế hoạch", "phương án",
    "đề án", "báo cáo", "biên bản", "tờ trình", "hợp đồng", "công văn", "công điện", "văn bản", "kết luận", "thông tư",
    "pháp lệnh", "luật", "bộ luật", "lệnh", "điều lệ", "giấy mời", "phiếu chuyển", "phiếu trình", "công thư", "thư",
)  # fmt: skip

ABBREVIATED = {
    "nq": "Nghị quyết", "nđ": "Nghị định", "qđ": "Quyết định", "ct": "Chỉ thị", "kh": "Kế hoạch", "tb": "Thông báo",
    "cv": "Công văn", "tt": "Thông tư", "kl": "Kết luận", "bc": "Báo cáo", "cđ": "Công điện", "hd": "Hướng dẫn",
    "vb": "Văn bản", "ttr": "Tờ trình", "ctr": "Chương trình",
}  # fmt: skip

# A part of a symbol: capitals first, at least two letters, "TTg", "CĐSQG", "CVT&LTNN", "QH15", "BCĐ389QNg".
_PART = r"[A-ZĐƯÂÔ][A-ZĐƯÂÔa-zđư]*(?:[&.][A-ZĐƯÂÔ][A-ZĐƯÂÔa-zđ]*)*(?:\d{1,3}[A-ZĐ]{1,3}[a-z]?)?\d{0,2}"
_JOINT = r"\s?[-–/]\s?"
_YEAR = r"(?:19|20)\d{2}"

# "12/qđ-ubnd", "749/QĐ-ttg": slips of the shift key, taken only where both halves are well known
_SLIP = r"(?:[nN][qQđĐ]|[qQ][đĐ]|[cC][tT]|[kK][hHlL]|[tT][bBtT]|[bB][cC]|[hH][dD])[-/](?:cp|ttg|tw|ubnd|hđnd|vpcp)"

# "15/BC-STC(NS)": the unit that drafted it stands last, in brackets, and is no part of the symbol.
# The first digit comes first and what stands before it is looked at afterwards: that is four times as fast.
NUMBER = re.compile(
    rf"(?P<number>\d(?<![\d.,:/-]\d)\d{{0,4}}(?:\.\d{{1,2}}(?=/{_YEAR}/)|[a-zA-Z]?)(?:\s?/\s?{_YEAR})?"
    rf"(?:{_JOINT}|(?<=\d{{4}})(?=QH|NĐ|TT|QĐ|UBTVQH))(?:{_SLIP}|{_PART}(?:{_JOINT}{_PART}){{0,4}}))(?:\([A-ZĐ][A-ZĐ&.]{{0,7}}\))?(?![\w])"
)
_GLUED = re.compile(r"(?<![\d.,:/-])(?P<glued>NQ|NĐ|QĐ|CT|KH|TB|TT|KL)\s?$")


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """A number and symbol in a text; `glued_type` is the type abbreviated right before it ("NQ193/2025/QH15")."""

    start: int
    end: int
    number: str
    glued_type: str | None


def find_numbers(text: str) -> list[FoundNumber]:
    """The document numbers with symbol in unfolded text.

    Resolutions that are issued as a series carry a point: 66.2/2025/NQ-CP.

    >>> [found.number for found in find_numbers("số 61- KH/TU, 12/2031/NĐ- CP và 58/76 dịch vụ; 10-15 năm")]
    ['61-KH/TU', '12/2031/NĐ-CP']
    """
    return list(_found(text))


def _found(text: str) -> Iterator[FoundNumber]:
    last = 0
    for match in NUMBER.finditer(text):
        number = normalise_number(match["number"])
        if is_number(number):
            glued = _GLUED.search(text, max(last, match.start() - 3), match.start())
            kind = ABBREVIATED[glued["glued"].lower()] if glued else None
            yield FoundNumber(glued.start() if glued else match.start(), match.end(), number, kind)
        last = match.end()


def normalise_number(raw: str) -> str:
    """A number without blanks, with plain hyphens.

    >>> normalise_number("46 –TB/TGV")
    '46-TB/TGV'
    """
    number = re.sub(r"\s+", "", raw).replace("–", "-").rstrip(".,;")
    number = re.sub(rf"{_SLIP}$", lambda slip: slip.group().upper(), number)
    # Capital headings print "942/QĐ-TTG".
    return re.sub(r"-TTG$", "-TTg", re.sub(r"-Cp$", "-CP", number), flags=re.IGNORECASE)


def is_number(number: str) -> bool:
    """Whether a string has the shape of a number with a symbol: two capitals in a row, or a type and an agency.

    >>> is_number("71/NQ-CP"), is_number("19-Bộ"), is_number("05/2025")
    (True, False, False)
    """
    symbol = re.sub(rf"^[\d.]+[a-zA-Z]?(?:/{_YEAR})?[-/]?", "", number)
    return bool(re.match(r"[A-ZĐƯ]{2,}|[A-ZĐ][A-Za-zđ]*[-/][A-ZĐ]{2,}|TTr", symbol))


def canonical_type(raw: str) -> str:
    """The type as a title: "CÔNG VĂN" -> "Công văn".

    >>> canonical_type("các văn bản")
    'Văn bản'
    """
    lower = " ".join(raw.lower().split())
    name = next((name for name in sorted(TYPES, key=len, reverse=True) if lower.endswith(name)), lower)
    return name[:1].upper() + name[1:]
