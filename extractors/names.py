"""Numbers that are no figures: ordinals, names with digits, contacts, clock times, stretches of time.

Each rule claims the characters it explains, so that the quantity grammar does not
see them and the ledger knows what became of them. Rules work on folded text and are
tried in order; the first that claims a character keeps it.
"""

from __future__ import annotations

import re

from normalizers.text import fold
from schemas.mention import Mention, MentionKind
from schemas.place import Passage

ROMAN = r"(?:x{0,3}(?:ix|iv|v?i{1,3}|v|x))"
N = r"\d{1,3}"
LIST = rf"{N}(?:\s?(?:,|và|-|đến)\s?{N})*"

# Nouns whose number says which one is meant, not how many.
NUMBERED = (
    r"điều|khoản|(?<!thí )(?<!địa )(?<!thời )(?<!quan )(?<!trọng )(?<!đặc )(?<!giao )(?<!ưu )(?<!xuất phát )điểm|(?<!danh )(?<!hạng )(?<!chuyên )(?<!tiểu )mục|tiểu mục|chương|(?<!thành )(?<!cổ )(?<!một )(?<!góp )phần|phụ lục|phụ biểu|biểu mẫu|biểu số|biểu|mẫu số|mẫu|bảng|(?<!mô )hình|sơ đồ|nhóm|bước|trang|tập|quyển"
    r"|giai đoạn|đợt|vòng|dự án số|nội dung số|nhiệm vụ số|nhiệm vụ|chỉ tiêu số|chỉ tiêu|tiêu chí|tiêu chí số|gạch đầu dòng thứ|dòng|cột|dự án thành phần"
    r"|tiểu dự án|tiểu hợp phần|hợp phần|danh mục số|lần|tổ số|đội số|phân khu|tờ khai|stt|tt|số thứ tự|tổ công tác số|khu vực|vùng|loại|lớp|khối"
    r"|mức độ|cấp độ|zone|tier|level|version|phiên bản|ver\.?"
)
COUNTED_AFTER = r"(?![\d/]|[.,]\d|\s?%|\s+(?:nghìn|ngàn|triệu|tỷ|đồng|người|nhiệm vụ|chỉ tiêu|hồ sơ|dự án|xã|tỉnh|bộ|văn bản))"

RULES: tuple[tuple[MentionKind, str, str], ...] = (
    (MentionKind.CONTACT, "url", r"(?:https?://|www\.)[^\s,;)”\"]+|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:gov|com|vn|org|net|edu|info)(?:\.vn)?(?:/[^\s,;)]*)?"),
    (MentionKind.CONTACT, "email", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    (MentionKind.CONTACT, "telephone", r"(?:điện thoại|đt|sđt|fax|số máy|hotline|đường dây nóng|tổng đài|di động)\s*(?:số)?\s*[:.]?\s*[(+]?\d[\d().\s-]{2,16}\d"),
    (MentionKind.CONTACT, "telephone", r"(?<![\d.,])(?:\(0\d{1,3}\)|0\d{2,3}|\+84)[\s.-]?\d{3,4}[\s.-]?\d{3,4}(?!\d)"),
    (MentionKind.CONTACT, "address", r"(?:số|sn)\s+(?:nhà\s+)?\d{1,4}[a-z]?(?=,?\s+(?:đường|phố|ngõ|ngách|hẻm)(?!\w))|(?:ngõ|ngách|hẻm|kiệt)\s+\d+(?:/\d+)*"),
    (MentionKind.NAME, "generation", r"(?<!\w)[2-6]g(?!\w)(?:/[2-6]g(?!\w))*"),
    (MentionKind.DATE, "clock", r"(?<![\d.,])\d{1,2}\s?h\s?(?:\d{2})?(?=\W|$)|(?:lúc|trước|vào|hồi|từ|đến|sau)\s+\d{1,2}\s+giờ(?:\s+\d{2}(?:\s+phút)?)?(?=\s*(?:,|ngày|hằng|hàng|đến|\.|;|$))|\d{1,2}\s+giờ\s+\d{2}(?:\s+phút)?|(?<!\d)\d{1,2}:\d{2}(?::\d{2})?"),
    (MentionKind.DATE, "recurring", r"ngày\s+(?:mùng\s+)?\d{1,2}(?:\s*(?:,|và)\s*\d{1,2})*\s+(?:của\s+)?(?:hằng|hàng|mỗi)\s+(?:tháng|quý|năm)|ngày\s+\d{1,2}/\d{1,2}\s+(?:hằng|hàng)\s+năm"),
    (MentionKind.NAME, "version", r"(?:phiên\s+bản|ver(?:sion)?\.?|v\.?|công\s+nghiệp(?:\s+lần\s+thứ\s+tư)?|kiến\s+trúc[^.,;\d]{0,40}|cmcn|chính\s+phủ\s+số|office|windows|web|vneid|ứng\s+dụng)\s?\d{1,2}(?:\.\d+)+"),
    (MentionKind.NAME, "version", r"(?<![\d.,])4\.0(?![\d%])(?!\s*(?:nghìn|triệu|tỷ|ha|km|m))"),
    (MentionKind.NAME, "scheme", r"(?:đề\s+án|dự\s+án|chương\s+trình|tổ|tiểu\s+ban|ban\s+chỉ\s+đạo|mô\s+hình|chiến\s+dịch|đường\s+dây|vành\s+đai|quốc\s+lộ|tỉnh\s+lộ|ql|tl|đt)\s?(?:số\s+)?(?:\d{2,3}[a-zđ]?)(?:/[a-zđ]{2,})?(?=\W|$)(?![.,]\d|\s?%|/\d)"),
    (MentionKind.NAME, "scheme_short", r"(?<!\w)(?:nq|qđ|ct|kl|nđ|đa|tt|kh|bcđ)\s?\d{1,3}(?![\w/.,-]*\d)"),
    (MentionKind.NAME, "levels", r"(?<![\d.,])0?[1-4]\s+cấp(?!\s+(?:phó|bách))|(?<![\d.,])0?[1-9]\s+rõ|24/7|24/24(?:\s?(?:h|giờ))?|(?<!\w)(?:tam|tứ)\s+cấp"),
    (MentionKind.NAME, "mixed", r"(?<![\w.,/])(?:[a-zđ]+[-.]?\d+(?:[.-]\d+)*[a-z]*|\d+[a-zđ]{1,2}\d+\w*)(?![\w%])"),
    (MentionKind.NAME, "standard", r"(?:tcvn|qcvn|iso|iec|iso/iec|nist|rfc|ieee|itu)(?:[\s-]?[a-z/]{0,6})\s?\d+(?:[-:]\d+)*(?:/[a-zđ]+)?"),
    (MentionKind.ORDINAL, "marker", rf"\((?:{N}|{ROMAN}|[a-zđ])\)(?=\s?[^\s\d)]|\s?\d+[\s.,]|$)"),
    (MentionKind.ORDINAL, "which_one", rf"(?:kỳ\s+họp|phiên\s+họp|khóa|hội\s+nghị|đại\s+hội|lần|quý|tuần|ngày|tháng|thế\s+kỷ)(?:\s+lần)?\s+thứ\s+(?:{N}|{ROMAN})(?!\w)|khóa\s+(?:{ROMAN}|{N})(?!\w)"),
    (MentionKind.ORDINAL, "numbered", rf"(?<!\w)(?:{NUMBERED})\s+(?:thứ\s+)?(?:{LIST}|{ROMAN}(?!\w)){COUNTED_AFTER}(?!\w)"),
    (MentionKind.ORDINAL, "grade", rf"(?<!\w)(?:cấp|mức|loại|hạng|bậc)\s+(?:[1-6]|{ROMAN})(?=\s*(?:[,.;:)]|$))"),
    (MentionKind.ORDINAL, "nth", rf"(?<!đứng\s)(?<!xếp\s)(?<!vị\strí\s)(?<!hạng\s)thứ\s+{N}(?!\s+trên)(?![\d/]|[.,]\d)"),
    (MentionKind.DATE, "bare_year", r"(?<!\w)(?:đến|từ|trong|tới|cuối|đầu|giữa|vào|tầm nhìn|sau|trước|-)\s+(?:19|20)\d{2}(?![\d.,/]\d)(?!\s+(?:hồ sơ|người|trạm|doanh nghiệp|văn bản|tỷ|triệu|nghìn|đồng|hộ|cơ sở|lượt|ha|km))|\((?:19|20)\d{2}\)"),
    (MentionKind.DATE, "duration", r"(?:trong|từ|sau|kéo dài|thời hạn|thời gian|sơ kết|tổng kết|kỷ niệm|giai đoạn|suốt|qua|hơn|gần)?\s*(?<![\d.,/])\d{1,3}(?:\s?-\s?\d{1,3})?\s+(?:năm|tháng|tuần|ngày|quý)(?:\s+làm\s+việc)?(?!\s*(?:\d|công|tuổi))(?!\w)"),
)  # fmt: skip

_MASTER = re.compile("|".join(f"(?P<r{index}>{pattern})" for index, (_, _, pattern) in enumerate(RULES)))


def find_names(passage: Passage, taken: list[tuple[int, int]]) -> list[Mention]:
    """What explains digits that are no figures, outside the stretches already taken."""
    folded = fold(passage.text)
    found: list[Mention] = []
    closed = list(taken)
    for match in _matches(folded, closed):
        kind, rule, _ = RULES[int(str(match.lastgroup)[1:])]
        found.append(Mention(kind, rule, passage, match.start(), match.end()))
    return found


def _matches(folded: str, closed: list[tuple[int, int]]) -> list[re.Match[str]]:
    """Matches outside the closed stretches; a match that runs into one is tried again behind it."""
    found = []
    position = 0
    while match := _MASTER.search(folded, position):
        blocking = [end for start, end in closed if start < match.end() and match.start() < end]
        if blocking:
            position = max(max(blocking), match.start() + 1)
            continue
        found.append(match)
        position = max(match.end(), match.start() + 1)
    return found
