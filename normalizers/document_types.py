"""Types of documents, as titles and symbols name them, and the fixed lines of a letterhead."""

from __future__ import annotations

import re

# National motto of state documents; heading of Party documents (36-HD/VPTW).
MOTTO = re.compile(
    r"C[ỘO]NG\s+H[ÒOÓ]A\s+X[ÃA]\s+H[ỘO]I\s+CH[ỦU]\s+NGH[ĨI]A|[ĐD][ẢA]NG\s+C[ỘO]NG\s+S[ẢA]N\s+VI[ỆE]T\s+NAM",
    re.IGNORECASE,
)

# Decree 30/2020/NĐ-CP Art. 7, with the documents of the Party, the Assembly and the law on legal documents.
DOCUMENT_TYPES = (
    "Nghị quyết liên tịch", "Thông tư liên tịch", "Nghị quyết", "Nghị định", "Quyết định", "Chỉ thị", "Quy chế", "Quy định",
    "Thông cáo", "Thông báo kết luận", "Thông báo", "Hướng dẫn", "Chương trình hành động", "Chương trình", "Kế hoạch hành động",
    "Kế hoạch", "Phương án", "Đề án", "Dự án", "Báo cáo", "Biên bản", "Tờ trình", "Hợp đồng", "Công văn", "Công điện",
    "Bản ghi nhớ", "Bản thỏa thuận", "Giấy ủy quyền", "Giấy mời", "Giấy giới thiệu", "Giấy nghỉ phép", "Phiếu gửi",
    "Phiếu chuyển", "Phiếu báo", "Thư công", "Kết luận", "Thông tư", "Luật", "Pháp lệnh", "Lệnh", "Điều lệ", "Thông tri",
    "Thông báo nhanh", "Phụ lục",
)  # fmt: skip
_TYPE_LINE = re.compile(
    r"(" + "|".join(re.escape(name) for name in DOCUMENT_TYPES) + r")(?:\s+(?:KẾT LUẬN|SỐ\s*\d*))?\s*[:.]?",
    re.IGNORECASE,
)

ADDRESSEES = re.compile(r"K[íi]nh\s+(?:g[ửu]i|tr[ìi]nh)\s*[:;]?", re.IGNORECASE)


def document_type(text: str) -> str | None:
    """The document type that a line names, None if the line says anything else.

    >>> document_type("THÔNG BÁO")
    'Thông báo'
    >>> document_type("Báo cáo của Bộ Y tế") is None
    True
    """
    folded = " ".join(text.split())
    match = _TYPE_LINE.fullmatch(folded)
    if not match or not folded[:1].isupper():
        return None
    if not (folded.isupper() or folded == folded.capitalize() or folded.istitle()):
        return None
    name = match.group(1).capitalize()
    return next(kind for kind in DOCUMENT_TYPES if kind.lower() == name.lower())


# The type in a symbol ("TB-VPCP", "02-BC/..."): Decree 30/2020/NĐ-CP, Appendix III; Party: 36-HD/VPTW.
_SYMBOLS = {
    "NQ": "Nghị quyết", "QĐ": "Quyết định", "CT": "Chỉ thị", "QC": "Quy chế", "TC": "Thông cáo", "TB": "Thông báo",
    "HD": "Hướng dẫn", "CTR": "Chương trình", "CTr": "Chương trình", "KH": "Kế hoạch", "PA": "Phương án", "ĐA": "Đề án",
    "DA": "Dự án", "BC": "Báo cáo", "BB": "Biên bản", "TTr": "Tờ trình", "TTR": "Tờ trình", "HĐ": "Hợp đồng", "CĐ": "Công điện",
    "NĐ": "Nghị định", "TT": "Thông tư", "KL": "Kết luận", "CV": "Công văn", "GM": "Giấy mời",
}  # fmt: skip


def type_of_symbol(number: str | None) -> str | None:
    """The type that a document's symbol names, None for letters, whose symbol begins with the agency.

    >>> type_of_symbol("292/TB-VPCP"), type_of_symbol("5400/VPCP-KGVX")
    ('Thông báo', None)
    """
    match = re.match(r"\d+[a-z]?(?:/\d{4})?[-/]([^-/]+)[-/]", number or "")
    return _SYMBOLS.get(match[1]) if match else None
