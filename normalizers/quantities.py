"""Quantities in running text: number, scale words, unit, comparator, range, fraction, rank.

Works on folded text (`normalizers.text.fold`). Whether a quantity is a figure about
the world or only a number in a name is decided by its callers, which pass the
stretches already explained.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from normalizers.numbers import NUMBER, ReadNumber, read_number, scaled
from schemas.values import Comparator, Quantity


@dataclass(frozen=True, slots=True)
class FoundQuantity:
    """A quantity in a text.

    `start`..`end` covers comparator to unit, `number`..`number_end` the digits alone (with
    scale words); `form` is plain, range, fraction or rank; `doubtful` numbers break their own format.
    """

    start: int
    end: int
    number: int
    number_end: int
    value: Quantity
    form: str
    doubtful: bool = False


SCALE_VALUES = {
    "trăm": 1e2, "nghìn": 1e3, "ngàn": 1e3, "vạn": 1e4, "triệu": 1e6, "tỷ": 1e9, "tỉ": 1e9, "k": 1e3, "m": 1e6,
}  # fmt: skip
SCALE = r"(?:nghìn|ngàn|trăm|vạn|triệu|tỷ|tỉ)(?!\w)"
# "500k" and, before money only, "20M USD": elsewhere M is a metre
SCALES = rf"(?:\s?{SCALE}(?:\s{SCALE})*|k(?![\w/])|m(?=\s?(?:usd|eur|đô|vnd)))"
# "2 tỷ 300 triệu", "1 triệu 200 nghìn": the next lower scale goes on with the same number
_REST = (
    r"(?:(?<=tỷ)\s(?P<millions>\d{1,3})\striệu(?!\w)"
    r"|(?<=triệu)\s(?P<thousands>\d{1,3})\s(?:nghìn|ngàn)(?!\w))(?!\s(?:tỷ|triệu))"
)

_BETWEEN = r"\s?-\s?|\s+(?:đến|tới)\s+(?:(?:dưới|trên|khoảng)\s+)?"
# Where a number begins; a round one behind "người/" belongs to the unit before it ("sinh viên/10.000 dân"). The digit
# comes first in the pattern and what stands before it is looked at afterwards: that is much faster.
_START = re.compile(r"\d(?<![\w.,]\d)(?!(?<=[^\W\d_]/1)(?:\.?0)*(?![\d.,]*\d))")
_CORE = re.compile(
    rf"(?P<a>{NUMBER})(?P<scale_a>{SCALES})?(?P<rest>{_REST})?(?:\s?(?P<percent_a>%))?"
    rf"(?:(?P<fraction>\s?/\s?|\s+trong\s+(?:tổng\s+)?số\s+|\s+trên\s+(?:tổng\s+(?:số\s+)?)?(?!1(?:\.?0){{2,}}(?![\d.,]*[1-9])))(?P<total>{NUMBER})|(?P<between>{_BETWEEN})(?P<b>{NUMBER}))?"
    rf"(?P<plus>\+)?(?P<scale>{SCALES})?(?:\s?(?P<percent>%))?"
)

# "cao hơn 5%" is a difference, not a bound
_DIFFERENCES = "cao nhiều lớn thấp ít nhỏ sớm chậm muộn nhanh tốt dài ngắn rộng hẹp mạnh yếu rẻ đắt sâu xa"
_NO_DIFFERENCE = "".join(rf"(?<!{word} )" for word in _DIFFERENCES.split())
_COMPARATORS: tuple[tuple[Comparator, str], ...] = (
    (
        Comparator.AT_LEAST,
        r"(?:lớn|cao|nhiều) hơn hoặc bằng|tối thiểu|ít nhất|(?:đạt|bằng) (?:và|hoặc) vượt|không (?:dưới|thấp hơn|ít hơn|nhỏ hơn)|≥|>=",
    ),
    (
        Comparator.AT_MOST,
        r"(?:nhỏ|thấp|ít) hơn hoặc bằng|tối đa|không (?:quá|vượt quá|lớn hơn|cao hơn|nhiều hơn)|≤|<=|nhiều nhất",
    ),
    (
        Comparator.ABOUT,
        r"khoảng|chừng|gần|xấp xỉ|ước(?: tính| đạt| khoảng| thực hiện)*|~|≈|±|trên dưới"
        r"|tương đương khoảng|dự kiến đạt khoảng",
    ),
    (Comparator.MORE, rf"{_NO_DIFFERENCE}hơn|trên|vượt mức|>"),
    (Comparator.LESS, r"dưới|chưa (?:đến|tới|đầy|đạt)|<"),
)
_LINK = r"(?:\s+(?:là|đạt|có|được|mức|khoảng|từ))*"
_BEFORE = re.compile(
    r"(?:(?<=\W)|^)(?:"
    + "|".join(f"(?P<{comparator.name}>(?:{words}){_LINK})" for comparator, words in _COMPARATORS)
    + r")\s*$"
)
# "10 lao động thường xuyên trở lên": up to three more words of the thing counted
_AFTER = re.compile(
    r"(?:/[^\W\d_]+)?(?:\s+\([^()\d]{3,80}\)|(?:\s+(?!(?:hạng|cấp|loại|bậc|mức)\s)[^\W\d_]+){0,3}?)\s+trở\s+(?:(?P<up>lên)|xuống)(?!\w)"
)
_RANK = re.compile(
    r"(?<!\w)(?:xếp\s+(?:hạng|thứ|vị\s+trí)|thứ\s+hạng|hạng|đứng\s+(?:thứ|vị\s+trí|hàng)|vị\s+trí(?:\s+thứ)?"
    r"|xếp\s+ở\s+vị\s+trí(?:\s+thứ)?|top|tốp|(?P<nth>thứ))(?:\s+(?:thứ|số|là|từ))?\s*$"
)
_OF = re.compile(r"\s+trên(?:\s+tổng(?:\s+số)?)?\s+(?P<total>\d{1,3}(?:\.\d{3})*)(?!\s*%)(?![\d.,]*\d)")

# Words that never begin a unit.
_NO_UNIT = frozenset(
    """
    và hoặc so với của trong tại trên dưới là đã được đang do cho từ đến thì mà theo bằng để như có không tới khi nếu vì
    cùng nhằm này đó trở lên xuống đạt tăng giảm hơn kém vào ra sẽ cũng còn mới vẫn gồm bao tương ứng lần chiếm thuộc
    trước sau qua giữa bởi nên các những mỗi mọi một số theo nhưng chưa đều vượt phải
    khoảng chừng gần xấp ước toàn cả ít nhất tối nhiều ở về lại ngay nữa x
    """.split()  # noqa: SIM905  a list of a hundred quoted words is harder to read
)
_TIMES = frozenset(["năm", "tháng", "ngày", "tuần", "quý", "giờ", "phút", "giây"])
# "53 khoảng néo": a noun, where no number follows
_STRETCH = re.compile(r"khoảng\s+(?!một|hai|ba|nửa|vài)[^\W\d_]+(?!\s+\d)")
# Verbs that are never counted, behind a number that ends a name: "Ban Quản lý dự án 7 chủ trì"
_VERBS = re.compile(
    r"(?:chủ trì|phối hợp|tiếp tục|thực hiện|triển khai|khẩn trương|tăng cường|hoàn thành|hoàn thiện|ban hành|rà soát|xây dựng|tham mưu|đẩy nhanh|bổ sung)(?!\w)"
)
_VERBS_BEGIN = frozenset(
    ["chủ", "phối", "tiếp", "thực", "triển", "khẩn", "tăng", "hoàn", "ban", "rà", "xây", "tham", "đẩy", "bổ"]
)
_WORD = re.compile(r"[^\W\d_]+")
_FOLLOWS = re.compile(r"\s?(?=[^\W\d_%°])")


@lru_cache(maxsize=1)
def _units() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Units of measure and counted nouns, each as one pattern that matches the longest name."""
    return _names("units.txt"), _names("counted_nouns.txt")


def _names(file: str) -> re.Pattern[str]:
    lines = files("normalizers.data").joinpath(file).read_text("utf-8").splitlines()
    names = sorted({line for line in lines if line and not line.startswith("#")}, key=len, reverse=True)
    return re.compile(r"\s?(?P<unit>" + "|".join(map(re.escape, names)) + r")(?![^\W_])")


@dataclass(frozen=True, slots=True)
class _Digits:
    """The digits of one quantity with scale words, before the words around them are read."""

    start: int
    end: int
    low: float
    high: float | None
    total: float | None
    percent: bool
    plus: bool
    doubtful: bool


def find_quantities(folded: str, taken: Iterable[tuple[int, int]] = ()) -> list[FoundQuantity]:
    """The quantities in folded text whose digits lie in none of the taken stretches, in order, none over another."""
    return list(_found(folded, sorted(taken)))


def _found(folded: str, closed: list[tuple[int, int]]) -> Iterator[FoundQuantity]:
    position = floor = 0
    while (begin := _START.search(folded, position)) and (match := _CORE.match(folded, begin.start())):
        blocked = max((end for start, end in closed if start < match.end("a") and match.start() < end), default=None)
        if blocked is not None:
            position = max(blocked, match.start() + 1)
            continue
        if " " in match["a"] and match["percent_a"]:  # a footnote's number before it: no share is in the thousands
            position = match.start() + match["a"].index(" ")
            continue
        free = min((start for start, _ in closed if start >= match.end("a")), default=len(folded))
        quantity = _around(folded, _digits(match, free), floor)
        yield quantity
        position = floor = quantity.end


def _digits(match: re.Match[str], free: int) -> _Digits:
    """The numbers of a match, as far as they stand before `free` and go together."""
    second = _second(match, free)
    together = second is not None or not (match["total"] or match["b"])
    percent = "%" in (match.group() if together else match.group()[: _first_end(match) - match.start()])
    first, other = _number(match["a"], percent), _number(second, percent) if second else None
    scale = _scale(match["scale"]) if together else 1.0
    first_scale = _scale(match["scale_a"]) if match["scale_a"] else scale
    rest = float(match["millions"] or 0) * 1e6 + float(match["thousands"] or 0) * 1e3
    second_value = scaled(other.value, scale) if other else None
    return _Digits(
        match.start(),
        match.end() if together else _first_end(match),
        scaled(first.value, first_scale) + rest,
        None if match["fraction"] else second_value,
        second_value if match["fraction"] else None,
        percent,
        bool(match["plus"]) and together,
        first.doubtful or (other is not None and other.doubtful),
    )


def _number(raw: str, percent: bool) -> ReadNumber:
    read = read_number(raw, percent)
    assert read is not None, f"{raw!r} matches NUMBER but does not read as one"
    return read


_SCORE = re.compile(r"\s*điểm(?!\s+%|\s+phần)(?!\w)")


def _second(match: re.Match[str], free: int) -> str | None:
    """The second number of a match, None if it stands in a taken stretch or does not belong to the first."""
    if match["total"]:
        if match["percent_a"] and not match["fraction"].strip().startswith("/"):
            return None  # "100% trong tổng số 7.083 căn"
        if _SCORE.match(match.string, match.end("total")) and "," in match["a"]:
            return str(match["total"])  # "17,6/18 điểm"
        if (
            match["scale"]
            and "," in match["a"]
            and _number(match["a"], False).value <= _number(match["total"], False).value
        ):
            return str(match["total"])  # "152,6/489 tỷ đồng"
        return match["total"] if match.end("total") <= free and _is_fraction(match["a"], match["total"]) else None
    if match["b"] and match.end("b") <= free and _is_range(match):
        return str(match["b"])
    return None


def _first_end(match: re.Match[str]) -> int:
    return max(match.end("a"), match.end("scale_a"), match.end("rest"), match.end("percent_a"))


def _is_range(match: re.Match[str]) -> bool:
    """Whether the second number goes on upwards from the first, scale words counted."""
    percent = bool(match["percent"] or match["percent_a"])
    scale = _scale(match["scale"])
    low = _number(match["a"], percent).value * (_scale(match["scale_a"]) if match["scale_a"] else scale)
    return low < _number(match["b"], percent).value * scale


def _is_fraction(part: str, total: str) -> bool:
    """ "58/76", "144.857/275.571": whole numbers, the part not above the total; "86,5/100" is a score."""
    first, second = _number(part, False), _number(total, False)
    if "," in part and "," in total and second.value > 0:  # "31,4/32,75 km", "462,7/398,2 tỷ đồng"
        return True
    if "." in part and first.value.is_integer() and second.value >= 100:  # "4.512/4.400 ha": more than was planned
        return True
    if not second.value > 0 or first.value > second.value:
        return False
    if not second.value.is_integer() or "," in total:
        return False
    return (first.value.is_integer() and "," not in part) or bool(re.fullmatch(r"5|10+", total))


def _around(folded: str, digits: _Digits, floor: int) -> FoundQuantity:
    """The quantity of some digits: its rank word, or its comparator and unit; `floor` is where the last one ended."""
    return _rank(folded, digits, floor) or _measure(folded, digits, floor)


def _rank(folded: str, digits: _Digits, floor: int) -> FoundQuantity | None:
    """A place in an order: "xếp hạng 45/133", "thứ 58 trên 187", "top 20"."""
    rank = _RANK.search(folded, max(floor, digits.start - 40), digits.start)
    of = _OF.match(folded, digits.end)
    if not rank or digits.percent or (rank["nth"] and not of and digits.total is None):
        return None
    comparator, start = _comparator(folded, digits, floor)
    if rank.group().startswith(("top", "tốp")):
        comparator = Comparator.AT_MOST
    total = float(of["total"].replace(".", "")) if of else digits.total
    end = of.end("total") if of else digits.end
    value = Quantity(digits.low, digits.high, total, comparator, "hạng")
    return FoundQuantity(min(start, rank.start()), end, digits.start, end, value, "rank", digits.doubtful)


def _measure(folded: str, digits: _Digits, floor: int) -> FoundQuantity:
    """A count, amount or share with its comparator and unit."""
    comparator, start = _comparator(folded, digits, floor)
    whole = _whole(folded, digits) if digits.total is None and digits.high is None else None
    if whole:
        value = Quantity(digits.low, None, whole[1], comparator, whole[0])
        return FoundQuantity(start, whole[2], digits.start, digits.end, value, "fraction", digits.doubtful)
    unit, end = ("%", digits.end) if digits.percent else _unit(folded, digits.end)
    if digits.low == 1 and unit and (per := _PER_NUMBER.match(folded, end)):  # "1 bác sĩ/800 dân"
        unit, end = unit + per.group(), per.end()
    if folded.startswith("chưa đạt", start) and not is_measure(unit):
        comparator, start = Comparator.EQUAL, digits.start  # "chưa đạt 3 chỉ tiêu" counts those
    after = _AFTER.match(folded, end) if comparator is Comparator.EQUAL else None
    if after:
        comparator, end = (Comparator.AT_LEAST if after["up"] else Comparator.AT_MOST), after.end()
    form = "fraction" if digits.total is not None else "range" if digits.high is not None else "plain"
    value = Quantity(digits.low, digits.high, digits.total, comparator, unit)
    return FoundQuantity(start, end, digits.start, digits.end, value, form, digits.doubtful)


_OF_WHOLE = re.compile(rf"\s?(?P<unit>[^\W\d_]+)\s?/\s?(?P<total>{NUMBER})(?P<scale>{SCALES})?\s?(?P=unit)(?!\w)")


def _whole(folded: str, digits: _Digits) -> tuple[str, float, int] | None:
    """The unit, the whole and its end where both parts of a fraction state the unit: "12,9 tỷ đồng/15 tỷ đồng"."""
    match = _OF_WHOLE.match(folded, digits.end)
    total = read_number(match["total"]) if match else None
    if match is None or total is None:
        return None
    value = scaled(total.value, _scale(match["scale"]))
    return match["unit"], value, match.end()


def _scale(words: str | None) -> float:
    """The product of scale words: "nghìn tỷ" is 1e12.

    >>> _scale("nghìn tỷ")
    1000000000000.0
    """
    product = 1.0
    for word in (words or "").split():
        product *= SCALE_VALUES[word]
    return product


def _comparator(folded: str, digits: _Digits, floor: int) -> tuple[Comparator, int]:
    """The comparator before a number and where its words begin."""
    match = _BEFORE.search(folded, max(floor, digits.start - 40), digits.start)
    if match:
        return Comparator[str(match.lastgroup)], match.start()
    return (Comparator.AT_LEAST if digits.plus else Comparator.EQUAL), digits.start


def _unit(folded: str, end: int) -> tuple[str, int]:
    """The unit after a number and where it ends; "" if none follows."""
    found = [match for names in _units() if (match := names.match(folded, end))]
    if found:
        longest = max(found, key=re.Match.end)  # "38 đồng chí" is no money
        return _with_per(folded, longest["unit"], longest.end())
    noun, noun_end = _noun(folded, end)
    return _with_per(folded, noun, noun_end) if noun else ("", end)


def _with_per(folded: str, unit: str, end: int) -> tuple[str, int]:
    per = _PER.match(folded, end)
    return (unit + per.group(), per.end()) if per else (unit, end)


# "đồng/cây", "người/1 vạn dân", "m2/người/năm", "m3/ngày đêm", "m2/sinh viên"
_PAIRED = (
    r"(?:sinh|giảng|giáo|nhân|hội|đảng|thành)\sviên|học\ssinh|cán\sbộ|công\schức|lao\sđộng|giường\sbệnh|bệnh\snhân|hộ\s(?:dân|nghèo|gia\sđình)"
    r"|người\sdân|thuê\sbao|doanh\snghiệp|đơn\svị|dự\sán|hợp\sđồng|lượt\s(?:khách|người|khám)|phòng\shọc|thẩm\sphán|bác\ssĩ|ngày\sđêm|trung\stâm|lượt\sgiao\sdịch|hồ\ssơ"
)
_PER_NUMBER = re.compile(rf"/\d[\d.]*\s(?:(?:{_PAIRED})(?!\w)|[^\W\d_]+)(?!\w)")
_PER = re.compile(
    rf"(?:/(?:(?<=đồng/)\d[\d.]*\s|(?<=usd/)\d[\d.]*\s|0?10*(?:\.0+)*\s)?(?:(?:vạn|nghìn|triệu)\s)?(?:(?:{_PAIRED})(?!\w)|(?!tổng\s)[^\W\d_]+\d?))+(?!\w)"
)


def is_noun(folded: str, at: int) -> bool:
    """Whether a noun that is counted in reports stands at an offset.

    >>> is_noun("hội nghị, phiên họp", 9), is_noun("hội nghị, bảo đảm", 9)
    (True, False)
    """
    return bool(_units()[1].match(folded, at))


def counts(folded: str, at: int) -> bool:
    """Whether a number that ends at an offset counts or measures something: a unit or a counted noun stands behind it.

    >>> counts("kế hoạch 800 lao động", 12), counts("kế hoạch 515 đã nêu", 12)
    (True, False)
    """
    return any(names.match(folded, at) for names in _units())


def is_measure(unit: str) -> bool:
    """Whether a unit measures an amount and counts no things: "%", "MW", "đồng/kWh".

    >>> is_measure("đồng/kWh"), is_measure("dự án")
    (True, False)
    """
    return bool(_units()[0].fullmatch(unit.lower().partition("/")[0]))


def is_unit(text: str) -> bool:
    """Whether a text is nothing but a unit or the name of what is counted, scale words before it.

    >>> is_unit("nghìn tấn"), is_unit("thôn"), is_unit("trạm y tế xã A")
    (True, True, False)
    """
    measures, nouns = _units()
    bare = re.sub(rf"^(?:{SCALE}\s*|1\.?000\s+)+", "", text.strip(" .()"))
    return bool(measures.fullmatch(bare.partition("/")[0]) or nouns.fullmatch(bare))


def _noun(folded: str, end: int) -> tuple[str, int]:
    """An unknown counted noun: up to two words after the number, none of them a function word."""
    words: list[str] = []
    position = end
    while len(words) < 2:
        gap = _FOLLOWS.match(folded, position)
        word = _WORD.match(folded, gap.end()) if gap else None
        if gap is None or word is None or (word.group() in _NO_UNIT and not _STRETCH.match(folded, word.start())):
            break
        # "20abcde": letters that hang on the digits are no noun
        if not words and gap.end() == end and len(word.group()) > 4:
            break
        if not words and word.group() in _VERBS_BEGIN and _VERBS.match(folded, gap.end()):
            break
        words.append(word.group())
        position = word.end()
        if words == [word.group()] and word.group() in _TIMES:  # "định kỳ 6 tháng báo cáo"
            break
    return " ".join(words), position if words else end
