"""Numbers that are no figures: ordinals, names with digits, contacts, clock times, stretches of time.

Each rule claims the characters it explains, so that the quantity grammar does not
see them and the ledger knows what became of them. Rules work on folded text and are
tried in order; the first that claims a character keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from normalizers.text import fold
from schemas.mention import Mention, MentionKind
from schemas.place import Passage

ROMAN = r"(?:x{0,3}(?:ix|iv|v?i{1,3}|v|x))"
N = r"\d{1,3}"
# "khoản 1.11": parts of parts; thousands have three figures behind the point
PART = rf"{N}(?:\.\d{{1,2}}(?!\d))*"
LIST = rf"{PART}(?:\s?(?:,|và|-|đến)\s?{PART})*"


def _not_after(words: str, noun: str) -> str:
    """A noun that no other word makes its own: "địa điểm 3" is no point of an article."""
    return noun + "".join(rf"(?<!{word.strip()} {noun})" for word in words.split(","))


# Nouns whose number says which one is meant, not how many. Each begins with a letter: most letters of a text begin none.
NUMBERED = "|".join(
    (
        r"điều|khoản|tiểu mục|chương|phụ lục|phụ biểu|biểu mẫu|biểu số|biểu|mẫu số|mẫu|bảng|sơ đồ|nhóm|bước|trang|tập|quyển",
        _not_after(
            "thí, địa, thời, quan, trọng, đặc, giao, ưu, xuất phát, dứt, cao, nhược, yếu, chấm, trạm, nút", "điểm"
        ),
        _not_after("danh, hạng, chuyên, tiểu", "mục"),
        _not_after("thành, cổ, một, góp", "phần"),
        _not_after("mô", "hình"),
        r"giai đoạn|đợt|vòng(?!\s+\d+\s+(?:giờ|phút|ngày|tuần|tháng|năm))|cơn bão số|cơn bão|bão số|bão|mạch|tổ máy|gói thầu(?: số)?|dự án số|nội dung số|nhiệm vụ số|nhiệm vụ|chỉ tiêu số|chỉ tiêu|tiêu chí|tiêu chí số",
        r"gạch đầu dòng thứ|dòng|cột|dự án thành phần|tiểu dự án|tiểu hợp phần|hợp phần|danh mục số|lần",
        r"tổ số|đội số|phân khu|tờ khai|stt|tt|số thứ tự|tổ công tác số|khu vực|vùng|loại(?<!các loại)|lớp|khối",
        r"mức độ|cấp độ|zone|tier|level|version|phiên bản|ver\.?",
    )
)
COUNTED_AFTER = (
    r"(?![\d/]|[.,]\d|\s?%|\s+(?:nghìn|ngàn|triệu|tỷ|đồng|người|nhiệm vụ|chỉ tiêu|hồ sơ|dự án|xã|tỉnh|bộ|văn bản"
    r"|quốc gia|nước))"
)

_DOMAIN = r"(?:gov|com|vn|org|net|edu|info)"
_PHONE_WORD = r"(?:điện thoại|đt|sđt|fax|số máy|hotline|đường dây nóng|tổng đài|di động)"
_SCHEME = r"(?:đề\s+án|dự\s+án|chương\s+trình|tổ|tiểu\s+ban|ban\s+chỉ\s+đạo|mô\s+hình|chiến\s+dịch|đường\s+dây|đt)"
# bodies of which one kind has several, told apart by numbers
_BODY = r"tổng công ty|công ty|tập đoàn|trung tâm|nhà máy|bệnh viện|trường|chi nhánh|(?:binh|quân|sư|lữ|trung) đoàn|quân khu"
_ACT = r"(?:bộ\s+)?luật|nghị\s+định|thông\s+tư|pháp\s+lệnh|nghị\s+quyết"
_ROAD = r"(?:vành\s+đai|quốc\s+lộ|tỉnh\s+lộ|đường\s+tỉnh|cao\s+tốc|ql|tl)"
_PRODUCT = (
    r"(?:phiên\s+bản|ver(?:sion)?\.?|v\.?|công\s+nghiệp(?:\s+lần\s+thứ\s+tư)?|kiến\s+trúc[^.,;\d]{0,40}|cmcn"
    r"|chính\s+phủ\s+số|office|windows|web|vneid|ứng\s+dụng)"
)
_ASSEMBLY = r"(?:kỳ\s+họp|phiên\s+họp|khóa|hội\s+nghị|đại\s+hội|lần|quý|tuần|ngày|tháng|thế\s+kỷ)"
_BEFORE_YEAR = r"(?:đến|từ|trong|tới|cuối|đầu|giữa|vào|tầm nhìn|sau|trước|-(?<!\w-))"
_COUNTED = (
    r"(?:hồ sơ|người|trạm|doanh nghiệp|văn bản|tỷ|triệu|nghìn|đồng|hộ|cơ sở|lượt|ha|km"
    r"|lao động|nhiệm vụ|chỉ tiêu|dự án|công trình|căn|con|tấn|tạ|m2|m3|kwh|mw|lớp|học sinh|sinh viên|giường|thẻ|thuê bao|vụ|đơn|xã|tỉnh|trường|thôn)(?!\w)"
)
_BEFORE_TIME = r"(?:trong|từ|sau|kéo dài|thời hạn|thời gian|sơ kết|tổng kết|kỷ niệm|giai đoạn|suốt|qua|hơn|gần)?\s*"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a pattern explains.

    `hint` is a short piece that every match holds: most texts are spared the pattern.
    `wordy` rules may match without a digit.
    """

    kind: MentionKind
    name: str
    pattern: re.Pattern[str]
    hint: re.Pattern[str] | None = None
    wordy: bool = False


def _rule(kind: MentionKind, name: str, *alternatives: str, hint: str | None = None, wordy: bool = False) -> Rule:
    return Rule(kind, name, re.compile("|".join(alternatives)), re.compile(hint) if hint else None, wordy)


CONTACT, NAME, DATE, ORDINAL = MentionKind.CONTACT, MentionKind.NAME, MentionKind.DATE, MentionKind.ORDINAL

RULES: tuple[Rule, ...] = (
    _rule(
        CONTACT, "url",
        r"(?:https?://|www\.)[^\s,;)”\"]+",
        rf"(?<![\w@.])(?:[a-z0-9-]+\.)+{_DOMAIN}(?:\.vn)?(?:/[^\s,;)]*)?",
        hint=rf"[:.](?://|{_DOMAIN}|(?<=www\.))",
        wordy=True,
    ),
    _rule(CONTACT, "email", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", hint="@", wordy=True),
    _rule(CONTACT, "telephone", rf"{_PHONE_WORD}\s*(?:số)?\s*[:.]?\s*[(+]?\d[\d().\s-]{{2,16}}\d"),
    _rule(
        CONTACT, "telephone",
        r"(?<![\d.,])(?:\(0\d{1,3}\)|0\d{2,3})[\s.-]?\d{3,4}[\s.-]?\d{3,4}(?!\d)",
        r"(?<![\d.,])\+84(?:[\s.-]?\d{2,4}){2,4}(?!\d)",
        hint=r"0(?<![\d.,]0)\d\d|\+84|\(0\d",
    ),
    _rule(
        CONTACT, "address",
        r"(?:số|sn)\s+(?:nhà\s+)?\d{1,4}[a-z]?(?:/\d{1,4})?(?=,?\s+(?:đường|phố|ngõ|ngách|hẻm)(?!\w)"
        r"|\s+[^\d,.;:()]{3,30},\s*(?:phường|xã|quận|huyện|thị trấn|thành phố|tp|tỉnh)(?!\w))",
        r"(?:ngõ|ngách|hẻm|kiệt)\s+\d+(?:/\d+)*",
        hint="đường|phố|ngõ|ngách|hẻm|kiệt|phường|xã|quận|huyện",
    ),
    # of a map: "bản đồ tỷ lệ 1/5.000"
    _rule(NAME, "scale", r"tỷ\s+lệ\s+1\s?[/:]\s?(?:[1-9]00|[1-9]\d{0,2}\.?000)(?!\d)", hint=r"1\s?[/:]"),
    # "Đề án 1 triệu căn hộ", "Chương trình trồng 1 tỷ cây xanh": the number is called so, it reports nothing
    _rule(
        NAME, "named_aim",
        r"(?<=đề án )(?:trồng\s+)?\d\s+(?:triệu|tỷ)(?=\s+(?:ha|héc-ta|căn|cây)(?!\w))|(?<=chương trình )(?:trồng\s+)?\d\s+(?:triệu|tỷ)(?=\s+cây(?!\w))",
        hint=r"\d\s+(?:triệu|tỷ)\s+[chă]",
    ),
    # "người từ 18 tuổi trở lên": who is meant, no figure
    _rule(
        NAME, "age",
        r"(?<!đến )(?:từ|trên|dưới|đủ)\s+\d{1,2}\s+tuổi(?!\s+(?:thọ|lên|xuống))(?:\s+trở\s+(?:lên|xuống))?(?!\w)",
        r"(?<!tuổi thọ trung bình của phụ nữ )(?<!tuổi thọ bình quân của phụ nữ )(?<!nghỉ hưu của phụ nữ )(?<!kết hôn trung bình của phụ nữ )(?:(?<=(?<!\w)trẻ )|(?<=(?<!\w)trẻ em )|(?<=thanh niên )|(?<=học sinh )|(?<=phụ nữ )|(?<=công dân ))\d{1,2}(?:\s?[-–]\s?\d{1,2})?\s+tuổi(?!\w)",
        hint=r"\d\s+tuổi",
    ),
    # classes of the grid: "đường dây 500 kV", "TBA 110 kV"
    _rule(
        NAME, "voltage",
        r"(?<![\d.,])(?:0,4|6|10|22|35|110|220|500)(?:\s?[/-]\s?(?:0,4|6|10|22|35|110|220))*\s?kv(?!\w)",
        hint=r"\d\s?kv",
    ),
    _rule(NAME, "generation", r"[2-6](?<!\w[2-6])(?:g|pl)(?!\w)(?:/[2-6]g(?!\w))*"),
    # "dịp lễ 30/4 và 1/5", "Quốc khánh 2/9": days that every year has
    _rule(
        DATE, "holiday",
        r"(?:(?<!\w)lễ|quốc khánh|nghỉ|dịp|giỗ tổ(?: hùng vương)?)\s+(?:\d{1,2}/\d{1,2}\s*(?:và|,|-|–)\s*)*\d{1,2}/\d{1,2}(?![\d/]|\s?%)",
        hint=r"(?:lễ|khánh|nghỉ|dịp|tổ|vương)\s+\d",
    ),
    _rule(
        DATE, "clock",
        r"(?<![\d.,])\d{1,2}\s?h\s?(?:\d{2})?(?=\W|$)",
        # "từ 12 đến 15 giờ" is a stretch of time, "từ 7 giờ đến 15 giờ" are two times of day
        r"(?<!\d\s)(?:lúc|trước|vào|hồi|từ|đến|sau)\s+\d{1,2}\s+giờ(?:\s+\d{2}(?:\s+phút)?)?"
        r"(?=\s*(?:,|ngày|hằng|hàng|đến|\.|;|$))",
        r"\d{1,2}\s+giờ\s+\d{2}(?:\s+phút)?",
        r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?",
        hint=r"\d\s*(?:h|giờ|:)",
    ),
    _rule(
        DATE, "recurring",
        r"ngày\s+(?:mùng\s+)?\d{1,2}(?:\s*(?:,|và)\s*\d{1,2})*\s+(?:của\s+)?(?:hằng|hàng|mỗi)\s+(?:tháng|quý|năm)",
        r"ngày\s+\d{1,2}/\d{1,2}\s+(?:hằng|hàng)\s+năm",
        r"(?<![\d.,/])\d{1,2}\s+(?:ngày|tuần|tháng|năm)\s?/\s?(?:0?1\s+)?lần(?!\w)",
    ),
    _rule(NAME, "version", rf"{_PRODUCT}\s?\d{{1,2}}(?:\.\d+)+", hint=r"\d\.\d"),
    _rule(NAME, "version", r"4(?<![\d.,]4)\.0(?![\d%])(?!\s*(?:nghìn|triệu|tỷ|ha|km|m))"),
    _rule(
        NAME, "scheme",
        rf"{_SCHEME}\s?(?:số\s+)?(?:\d{{2,3}}[a-zđ]?)(?:/[a-zđ]{{2,}})?(?=\W|$)(?![.,]\d|\s?%|/\d)",
        rf"{_ROAD}\s?(?:số\s+)?\d{{1,3}}[a-zđ]?(?=\W|$)(?![.,]\d|\s?%|/\d)",
        hint=r"(?:án|trình|tổ|ban|đạo|hình|dịch|dây|đt|đai|lộ|tỉnh|tốc|ql|tl)\s?(?:số\s+)?\d",
    ),
    # the title of an act that amends others: "Luật sửa đổi, bổ sung một số điều của 11 luật"
    _rule(
        NAME, "act_title",
        rf"(?<!\w)(?:{_ACT})\s+sửa\s+đổi,?\s+(?:bổ\s+sung\s+)?(?:[^\W\d_]+\s+){{0,8}}?\d{{1,3}}\s+(?:{_ACT})(?!\w)",
        hint=rf"\d\s+(?:{_ACT})",
    ),
    _rule(
        NAME, "numbered_body",
        rf"(?<!\w)(?:{_BODY})(?:\s[^\d,.;:()]{{2,40}})?\ssố\s\d{{1,3}}(?![\w%]|[.,/]\d)",
        hint=r"số\s\d",
    ),
    # "tối đa 30%" is no Đề án 30
    _rule(
        NAME, "scheme_short",
        rf"(?<!\w)(?:nq|qđ|ct|kl|nđ|(?<!tối )đa|tt|kh|bcđ)\s?\d{{1,3}}(?![\w/.,-]*\d)(?!\s+{_COUNTED})",
        hint=r"(?:nq|qđ|ct|kl|nđ|đa|tt|kh|bcđ)\s?\d",
    ),
    _rule(
        NAME, "levels",
        r"(?:0[1-4](?<![\d.,]..)|[1-4](?<![\d.,].))\s+cấp(?!\s+(?:phó|bách))",
        r"(?:0[1-9](?<![\d.,]..)|[1-9](?<![\d.,].))\s+rõ",
        r"(?:03(?<![\d.,]..)|3(?<![\d.,].))\s+loại\s+rừng",
        r"24/7|24/24(?:\s?(?:h|giờ))?",
        r"(?:tam|tứ)\s+cấp",
        r"[2-4](?<![\d.,][2-4])\s+ca,?\s+[2-5]\s+kíp",
        r"(?:0?[2-6])(?<![\d.,]..)(?<!\d[2-6])\s+tại\s+chỗ",
        hint=r"\d\s+(?:cấp|rõ|ca|tại|loại)|24/|t(?:am|ứ)\s+cấp",
        wordy=True,
    ),
    _rule(
        NAME, "mixed",
        r"(?<![\w.,/])(?:[a-zđ]+[-.]?\d+(?:[.-]\d+)*[a-z]*\d*|\d+[a-zđ]{1,2}\d+\w*)(?![\w%])",
        hint=r"\d(?:(?<=[a-zđ]\d)|(?<=[a-zđ][-.]\d)|[a-zđ])",
    ),
    _rule(
        NAME, "standard",
        r"(?:tcvn|qcvn|iso|iec|iso/iec|nist|rfc|ieee|itu)(?:[\s-]?[a-z/]{0,6})\s?\d+(?:[-:]\d+)*(?:/[a-zđ]+)?",
    ),
    _rule(ORDINAL, "marker", rf"\((?:{N}|{ROMAN}|[a-zđ])\)(?=\s?[^\s\d)]|\s?\d+[\s.,]|$)", wordy=True),
    _rule(
        ORDINAL, "which_one",
        rf"{_ASSEMBLY}(?:\s+lần)?\s+thứ\s+(?:{N}|{ROMAN})(?!\w)",
        rf"khóa\s+(?:{ROMAN}|{N})(?!\w)",
        hint=r"thứ\s+[\divx]|khóa\s",
        wordy=True,
    ),
    _rule(
        ORDINAL, "numbered",
        rf"(?<!\w)(?:{NUMBERED})\s+(?:thứ\s+)?(?:{LIST}|{ROMAN}(?!\w)){COUNTED_AFTER}(?!\w)",
        hint=rf"(?:{NUMBERED})\s+(?:thứ\s+)?[\divx]",
        wordy=True,
    ),
    _rule(
        ORDINAL, "grade",
        rf"(?<!\w)(?:cấp|mức|loại|(?<!xếp )(?<!thứ )hạng|bậc)\s+(?:[1-6]|{ROMAN})(?=\s*(?:[,.;:)](?!\d)|$))",
        hint=r"(?:cấp|mức|loại|hạng|bậc)\s+[1-6ivx]",
        wordy=True,
    ),
    # the force of wind, the grade of an inn
    _rule(
        ORDINAL, "force",
        r"(?<!\w)(?:gió|giật|bão|mạnh|mạnh nhất|mạnh lên)\s+cấp\s+\d{1,2}(?:\s?(?:-|đến|,)\s?(?:cấp\s+)?\d{1,2}(?!\d))?(?!\d)",
        r"[1-5](?<![\d.,][1-5])(?:\s?(?:-|đến)\s?[2-5])?\s+sao(?!\w)",
        hint=r"cấp\s+\d|\d\s+sao",
    ),
    # "2 x 600 MW", "3x4 m": how often a size is taken
    _rule(NAME, "times", r"\d{1,4}(?<![\d.,]\d{4})(?<!\d[.,]\d)\s?[x×](?=\s?\d)", hint=r"\d\s?[x×]\s?\d"),
    # "trên 1 ha đất đạt 65 triệu đồng": what a yield is counted on
    _rule(
        NAME, "rate_base",
        r"(?:trên|mỗi|cho|trong)\s+(?:01|1)\s+(?:ha|héc ta|hecta|đơn vị diện tích|người|vạn dân|hộ|học sinh|lao động)(?!\w)",
        hint=r"1\s",
    ),
    _rule(
        ORDINAL, "nth",
        rf"(?<!đứng\s)(?<!xếp\s)(?<!vị\strí\s)(?<!hạng\s)thứ\s+{N}(?!\s+trên)(?![\d/]|[.,]\d)",
        hint=r"thứ\s+\d",
    ),
    _rule(
        DATE, "bare_year",
        rf"{_BEFORE_YEAR}\s+(?:19|20)\d{{2}}(?![\d.,/]\d)(?!\s+{_COUNTED})",
        r"\((?:19|20)\d{2}\)",
        hint=r"(?:19|20)\d\d",
    ),
    # "DNCNS/1.000 dân": what a rate is counted on
    _rule(NAME, "rate_base", r"/(?<=[^\W\d_]/)1(?:\.?0)*(?![\d.,]*\d)", hint="/1"),
    # a month or day that the dates left open for want of a year
    _rule(
        DATE, "open_date",
        r"(?:ngày|tháng|quý|tuần)\s+\d{1,2}(?:/\d{1,2})?(?![\w/%]|[.,]\d|\s?%)",
        r"(?:trước|(?:chậm|muộn)\s+nhất)\s+(?:là\s+|vào\s+)?(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])(?=\s*[.,;)]|\s*$)",
        # more than a part has of its whole: "đến 30/9 chủ đầu tư nào chưa giải ngân"
        r"(?<!tăng )(?<!giảm )(?:đến|tới|từ|trước|sau|hết)\s+(?:1[3-9]|2\d|3[01])/(?:0?[1-9]|1[0-2])(?![\d/]|\s?%|\s+(?:lên|xuống|còn)\s)",
        hint=r"(?:ngày|tháng|quý|tuần|trước|nhất|đến|tới|từ|sau|hết)\s+(?:(?:là|vào)\s+)?\d",
    ),
)  # fmt: skip

# Weaker explanations, for digits in which no figure was found.
LEFT_RULES: tuple[Rule, ...] = (
    # a stretch of time of which no figure tells a change
    _rule(
        DATE, "duration",
        rf"{_BEFORE_TIME}(?<![\d.,/])\d{{1,3}}(?:(?:\s?[-–]\s?|\s+(?:đến|tới)\s+)\d{{1,3}})?\s+(?:năm|tháng|tuần|ngày|quý|giờ|phút|giây)(?:\s+làm\s+việc)?"
        r"(?!\s*(?:\d|công|tuổi))(?!\w)",
        hint=r"\d\s+(?:năm|tháng|tuần|ngày|quý|giờ|phút|giây)",
    ),
    # "Hội chợ Mùa Thu 2025"
    _rule(DATE, "lone_year", r"(?<![\w.,/])(?:19[4-9]|20[0-6])\d(?![\w%]|[.,/]\d)"),
    _rule(
        CONTACT, "part_of_address",
        r"(?<!\w)(?:phường|quận|tầng|lầu|đường|phố|kiốt|[pq]\.|khu phố|tổ dân phố|(?:kcn|khu công nghiệp)\s[^\d,.;:()]{2,30})"
        r"\s?\d{1,3}(?:/\d{1,3})*(?![\w%])",
    ),
    _rule(
        NAME, "numbered_body",
        rf"(?<!\w)(?:{_BODY})(?:\s[^\d,.;:()]{{2,40}})?\s\d{{1,3}}(?![\w%]|[.,/]\d)",
        r"(?<!\w)(?:ban\s+chỉ\s+đạo|đội|tổ|đoàn)(?:\s+(?:kiểm\s+tra|thanh\s+tra|công\s+tác|liên\s+ngành|quản\s+lý"
        r"|đặc\s+nhiệm))*\s\d{1,4}(?![\w%]|[.,/]\d)",
    ),
    _rule(NAME, "disease", r"covid\s?[-–—]?\s?19"),
    _rule(ORDINAL, "numbered_copy", r"(?<!\w)(?:liên|mức|mẫu(?:\s[a-zđ]{1,4})?)\s?-?\s?\d{1,3}(?![\w%]|[.,]\d)"),
    _rule(DATE, "clock", r"giờ\s\d{2}(?=\s+ngày)"),
)  # fmt: skip


def find_names(passage: Passage, taken: list[tuple[int, int]], rules: Sequence[Rule] = RULES) -> list[Mention]:
    """What explains digits that are no figures, outside the stretches already taken."""
    folded = fold(passage.text)
    return [
        Mention(rule.kind, rule.name, passage, match.start(), match.end())
        for rule, match in _matches(folded, taken, rules)
    ]


def _matches(folded: str, closed: list[tuple[int, int]], rules: Sequence[Rule]) -> Iterator[tuple[Rule, re.Match[str]]]:
    """Matches outside the closed stretches, leftmost first and in the order of the rules at one place.

    A match that runs into a closed stretch is tried again behind it. Each rule is
    searched for by itself: one pattern of all rules tries them all at every letter
    and takes five times as long.
    """
    position = 0
    ahead = _Ahead(folded, rules, _has_free_digit(folded, closed))
    while first := ahead.first(position):
        rule, match = first
        blocking = [end for start, end in closed if start < match.end() and match.start() < end]
        position = max(*blocking, match.start() + 1) if blocking else max(match.end(), match.start() + 1)
        if not blocking:
            yield rule, match


_DIGIT = re.compile(r"\d")


def _has_free_digit(folded: str, closed: list[tuple[int, int]]) -> bool:
    """Whether a digit stands outside the closed stretches."""
    position = 0
    for start, end in sorted(closed):
        if _DIGIT.search(folded, position, start):
            return True
        position = max(position, end)
    return bool(_DIGIT.search(folded, position))


class _Ahead:
    """The next match of each rule that can match at all."""

    def __init__(self, folded: str, rules: Sequence[Rule], digits: bool) -> None:
        self._folded = folded
        self._next = [
            (rule, rule.pattern.search(folded))
            for rule in rules
            if (digits or rule.wordy) and (not rule.hint or rule.hint.search(folded))
        ]

    def first(self, position: int) -> tuple[Rule, re.Match[str]] | None:
        """The first match from a position on; of two at one place, that of the earlier rule."""
        self._next = [
            (rule, match if match.start() >= position else rule.pattern.search(self._folded, position))
            for rule, match in self._next
            if match
        ]
        return min(
            ((rule, match) for rule, match in self._next if match), key=lambda found: found[1].start(), default=None
        )
