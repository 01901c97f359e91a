"""Types of documents, as titles and symbols name them, and the fixed lines of a letterhead."""

from __future__ import annotations

import re

from normalizers.text import bare

# National motto of state documents; heading of Party documents (36-HD/VPTW). Over bare text: recognition
# and typists lose or move its diacritics.
_MOTTO = re.compile(r"cong\s+hoa\s+xa\s+hoi\s+chu\s+ng?h?[il]a|dang\s+cong\s+san\s+viet\s+nam")
_ADDRESSEES = re.compile(r"(?:dong\s+)?kinh\s+(?:gui|trinh)\s*[:;]?|[^.;:]{4,60}\sdien\s*:")

# Decree 30/2020/NĐ-CP Art. 7, with the documents of the Party, the Assembly and the law on legal documents.
DOCUMENT_TYPES = (
    "Nghị quyết liên tịch", "Thông tư liên tịch", "Nghị quyết", "Nghị định", "Quyết định", "Chỉ thị", "Quy chế", "Quy định",
    "Thông cáo", "Thông báo kết luận", "Thông báo", "Hướng dẫn", "Chương trình hành động", "Chương trình", "Kế hoạch hành động",
    "Kế hoạch", "Phương án", "Đề án", "Dự án", "Báo cáo", "Biên bản", "Tờ trình", "Hợp đồng", "Công văn", "Công điện",
    "Bản ghi nhớ", "Bản thỏa thuận", "Giấy ủy quyền", "Giấy mời", "Giấy giới thiệu", "Giấy nghỉ phép", "Phiếu gửi",
    "Phiếu chuyển", "Phiếu báo", "Thư công", "Kết luận", "Thông tư", "Luật", "Pháp lệnh", "Lệnh", "Điều lệ", "Thông tri",
    "Thông báo nhanh", "Quy hoạch", "Tuyên bố", "Lời kêu gọi", "Phụ lục",
)  # fmt: skip
_BY_BARE = {bare(name): name for name in DOCUMENT_TYPES}
_NAME = "(?P<name>" + "|".join(sorted(map(re.escape, _BY_BARE), key=len, reverse=True)) + ")"
# "BÁO CÁO TỔNG HỢP", "BÁO CÁO NHANH", "KẾ HOẠCH CÔNG TÁC THÁNG": what kind of report or plan, not yet what it is about
_QUALIFIED = (
    r"(?:tong hop|tom tat|nhanh|so ket|tong ket|giam sat|kiem tra|tham tra|tham dinh|danh gia|thuong nien|dinh ky|dot xuat"
    r"|bo sung|giai trinh|chuyen de|cong tac|trung tam|tuan|thang|quy|nam)"
)
_TYPE_LINE = re.compile(rf"{_NAME}(?:\s+(?:ket luan|so\s*\d*|{_QUALIFIED}(?:\s+{_QUALIFIED})*))?\s*[:.]?")
_TYPE_AND_SUBJECT = re.compile(rf"{_NAME}\s+(?=\w)")

# "CHỈ THỊ CỦA BAN BÍ THƯ": the type with the body that decides, in capitals.
_TYPE_OF_BODY = re.compile(
    _NAME
    + r"\s+cua\s+(?:ban bi thu|bo chinh tri|ban chap hanh trung uong(?:\s+dang)?|thu tuong chinh phu|chinh phu|chu tich nuoc|quoc hoi)"
)


def motto(text: str) -> int | None:
    """Where the national motto (or the Party's heading) begins in a text, None if it is not there.

    >>> motto("VĂN PHÒNG CHÍNH PHỦ CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    20
    """
    found = _MOTTO.search(bare(text))
    return found.start() if found else None


# Stamps of arrival, of the Government's portal and of digital signatures, over bare text.
_STAMP = re.compile(
    r"co?ng\s+thong\s+tin|cong\s+bao|van\s+ban\s+den|^\W*den\b|^\W*(?:ngay|gio)\s*:|^\W*chuyen\s*:|luu\s+ho\s+so|ky\s+boi|nguoi\s+ky|thoi\s+gian\s+ky"
    r"|^\W*so\s*:?\s*\d+\s*$|co\s+quan\s*:|dien\s+tu\s+chinh\s+phu|email\s*:"
)


def is_stamp(text: str) -> bool:
    """Whether a line belongs to a stamp, or is what recognition makes of one: hardly any word of three letters or more.

    >>> is_stamp("ĐẾN Ngày: 10/06/2025"), is_stamp("ng. 01140.12025.."), is_stamp("Về việc phân công")
    (True, True, False)
    """
    if _STAMP.search(bare(text)):
        return True
    words = re.findall(r"[^\W\d_]{3,}", text)
    return sum(map(len, words)) < 0.45 * len(text.replace(" ", ""))


def names_addressees(text: str) -> bool:
    """Whether a line opens the list of addressees: "Kính gửi: …", "THỦ TƯỚNG CHÍNH PHỦ điện:"."""
    return bool(_ADDRESSEES.match(bare(text).lstrip()))


def document_type(text: str) -> str | None:
    """The document type that a title line names, None if the line says anything else.

    >>> document_type("THÔNG BÁO"), document_type("QUYÉT ĐỊNH"), document_type("BÁO CÁO TỔNG HỢP")
    ('Thông báo', 'Quyết định', 'Báo cáo')
    >>> document_type("CHỈ THỊ CỦA BAN BÍ THƯ")
    'Chỉ thị'
    >>> document_type("Báo cáo của Bộ Y tế") is None
    True
    """
    line = " ".join(text.split())
    if not (line.isupper() or line == line.capitalize() or line.istitle()):
        return None
    match = _TYPE_LINE.fullmatch(bare(line)) or (_TYPE_OF_BODY.fullmatch(bare(line)) if line.isupper() else None)
    return _BY_BARE[match["name"]] if match else None


def type_and_subject(text: str) -> tuple[str, int] | None:
    """The type with which a title begins that goes on in its line, and the offset of what it is about.

    >>> type_and_subject("BÁO CÁO TỔNG KẾT CÔNG TÁC NĂM 2025")
    ('Báo cáo', 8)
    >>> type_and_subject("CÁC BÁO CÁO NĂM 2025") is None
    True
    """
    match = _TYPE_AND_SUBJECT.match(bare(text))
    return (_BY_BARE[match["name"]], match.end()) if match and text[:1].isupper() else None


# The type in a symbol ("TB-VPCP", "02-BC/..."): Decree 30/2020/NĐ-CP, Appendix III; Party: 36-HD/VPTW.
_SYMBOLS = {
    "NQ": "Nghị quyết", "QĐ": "Quyết định", "CT": "Chỉ thị", "QC": "Quy chế", "TC": "Thông cáo", "TB": "Thông báo",
    "HD": "Hướng dẫn", "CTR": "Chương trình", "CTr": "Chương trình", "KH": "Kế hoạch", "PA": "Phương án", "ĐA": "Đề án",
    "DA": "Dự án", "BC": "Báo cáo", "BB": "Biên bản", "TTr": "Tờ trình", "TTR": "Tờ trình", "HĐ": "Hợp đồng", "CĐ": "Công điện",
    "NĐ": "Nghị định", "TT": "Thông tư", "KL": "Kết luận", "CV": "Công văn", "GM": "Giấy mời", "QyĐ": "Quy định", "QĐi": "Quy định",
    "BGN": "Bản ghi nhớ", "BTT": "Bản thỏa thuận", "GUQ": "Giấy ủy quyền", "GGT": "Giấy giới thiệu", "GNP": "Giấy nghỉ phép",
    "PG": "Phiếu gửi", "PC": "Phiếu chuyển", "PB": "Phiếu báo", "QH": "Quy hoạch", "TTri": "Thông tri",
}  # fmt: skip


def type_of_symbol(number: str | None) -> str | None:
    """The type that a document's symbol names, None for letters, whose symbol begins with the agency.

    >>> type_of_symbol("17/TB-VPCP"), type_of_symbol("93/BYT-KCB")
    ('Thông báo', None)
    """
    match = re.match(r"\d+[a-z]?(?:/\d{4})?[-/]([^-/]+)[-/]", number or "")
    return _SYMBOLS.get(match[1]) if match else None
