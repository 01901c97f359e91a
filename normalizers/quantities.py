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

from normalizers.numbers import NUMBER, read_number
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
    "trăm": 1e2, "nghìn": 1e3, "ngàn": 1e3, "vạn": 1e4, "triệu": 1e6, "tỷ": 1e9, "tỉ": 1e9,
}  # fmt: skip
SCALE = r"(?:nghìn|ngàn|trăm|vạn|triệu|tỷ|tỉ)(?!\w)"
SCALES = rf"(?:\s?{SCALE}(?:\s{SCALE})*)"

_BETWEEN = r"\s?-\s?|\s+(?:đến|tới)\s+"
_CORE = re.compile(
    rf"(?<![\w.,])(?P<a>{NUMBER})(?P<scale_a>{SCALES})?(?:\s?(?P<percent_a>%))?"
    rf"(?:(?P<fraction>\s?/\s?)(?P<total>{NUMBER})|(?P<between>{_BETWEEN})(?P<b>{NUMBER}))?"
    rf"(?P<plus>\+)?(?P<scale>{SCALES})?(?:\s?(?P<percent>%))?"
)

_COMPARATORS: tuple[tuple[Comparator, str], ...] = (
    (Comparator.AT_LEAST, r"tối thiểu|ít nhất|không (?:dưới|thấp hơn|ít hơn)|≥|>="),
    (Comparator.AT_MOST, r"tối đa|không (?:quá|vượt quá|lớn hơn|cao hơn|nhiều hơn)|≤|<=|nhiều nhất"),
    (
        Comparator.ABOUT,
        r"khoảng|gần|xấp xỉ|ước(?: tính| đạt| khoảng| thực hiện)*|~|≈|±|trên dưới|tương đương khoảng|dự kiến đạt khoảng",
    ),
    (Comparator.MORE, r"(?<!cao )(?<!nhiều )(?<!lớn )(?<!thấp )(?<!ít )(?<!nhỏ )(?<!sớm )(?<!chậm )hơn|trên|vượt mức|>"),
    (Comparator.LESS, r"dưới|chưa đến|chưa tới|chưa đầy|<"),
)
_LINK = r"(?:\s+(?:là|đạt|có|được|mức|khoảng|từ))*"
_BEFORE = re.compile(
    r"(?:(?<=\W)|^)(?:"
    + "|".join(f"(?P<{comparator.name}>(?:{words}){_LINK})" for comparator, words in _COMPARATORS)
    + r")\s*$"
)
_AFTER = re.compile(r"\s+(?:trở\s+(?P<up>lên|trở lên)|trở\s+(?P<down>xuống))")
_RANK = re.compile(
    r"(?:xếp\s+(?:hạng|thứ|vị\s+trí)|thứ\s+hạng|hạng|đứng\s+(?:thứ|vị\s+trí|hàng)|vị\s+trí(?:\s+thứ)?|xếp\s+ở\s+vị\s+trí(?:\s+thứ)?|top)"
    r"(?:\s+(?:thứ|số|là|từ))?\s*$"
)
_OF = re.compile(r"\s+trên(?:\s+tổng(?:\s+số)?)?\s+(?P<total>\d{1,3}(?:\.\d{3})*)(?!\s*%)(?![\d.,])")

# Words that never begin a unit.
_NO_UNIT = frozenset(
    ["và", "hoặc", "so", "với", "của", "trong", "tại", "trên", "dưới", "là", "đã", "được", "đang", "do", "cho", "từ", "đến", "thì", "mà", "theo", "bằng", "để", "như", "có", "không", "tới", "khi", "nếu", "vì", "cùng", "nhằm", "này", "đó", "trở", "lên", "xuống", "đạt", "tăng", "giảm", "hơn", "kém", "vào", "ra", "sẽ", "cũng", "còn", "mới", "vẫn", "gồm", "bao", "tương", "ứng", "lần", "chiếm", "thuộc", "trước", "sau", "qua", "giữa", "bởi", "nên", "các", "những", "mỗi", "mọi", "một", "số", "theo", "nhưng", "chưa", "đều", "vượt", "phải"]
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


def find_quantities(folded: str, taken: Iterable[tuple[int, int]] = ()) -> list[FoundQuantity]:
    """The quantities in folded text whose digits lie in none of the taken stretches."""
    closed = sorted(taken)
    return list(_found(folded, closed))


def _found(folded: str, closed: list[tuple[int, int]]) -> Iterator[FoundQuantity]:
    position = 0
    while match := _CORE.search(folded, position):
        free = _free_end(match, closed)
        if free is None:
            position = match.end("a")
            continue
        quantity = _read(folded, match, free)
        if quantity is not None:
            yield quantity
        position = max(match.end("a"), quantity.number_end if quantity else 0)


def _free_end(match: re.Match[str], closed: list[tuple[int, int]]) -> int | None:
    """How far the match reaches before a taken stretch; None if its first number lies in one."""
    for start, end in closed:
        if start < match.end("a") and match.start("a") < end:
            return None
        if match.end("a") <= start < match.end():
            return start
    return match.end()


def _read(folded: str, match: re.Match[str], free: int) -> FoundQuantity | None:
    second = match["total"] or match["b"]
    if second and match.end("total" if match["total"] else "b") > free:
        second = None
    percent = bool(match["percent"] or match["percent_a"])
    first = read_number(match["a"], percent)
    other = read_number(second, percent) if second else None
    if first is None:
        return None
    if second and match["fraction"] and not _is_fraction(match["a"], second):
        second, other = None, None
    if match["between"] and other is not None and other.value <= first.value and not match["scale"]:
        second, other = None, None
    number_end = match.end() if second or not (match["total"] or match["b"]) else _first_end(match)
    return _assemble(folded, match, first.value, other.value if other else None, number_end, first.doubtful)


def _first_end(match: re.Match[str]) -> int:
    return max(match.end("a"), match.end("scale_a"), match.end("percent_a"))


def _is_fraction(a: str, total: str) -> bool:
    """ "58/76", "144.857/275.571": whole numbers, the part not above the total."""
    first, second = read_number(a), read_number(total)
    if first is None or second is None or "," in a + total:
        return False
    return first.value.is_integer() and second.value.is_integer() and second.value > 0 and first.value <= second.value


def _assemble(
    folded: str, match: re.Match[str], first: float, other: float | None, number_end: int, doubtful: bool
) -> FoundQuantity:
    text = folded[match.start() : number_end]
    form = "fraction" if other is not None and match["fraction"] else "range" if other is not None else "plain"
    both = _scale(match["scale"]) if number_end == match.end() else 1.0
    low = first * (
        _scale(match["scale_a"]) if match["scale_a"] else both if form == "range" or not match["scale_a"] else 1.0
    )
    comparator, start = _comparator(folded, match.start(), match["plus"])
    percent = "%" in text
    unit, end = ("%", number_end) if percent else _unit(folded, number_end)
    rank = _RANK.search(folded, max(0, match.start() - 40), match.start())
    total = other if form == "fraction" else None
    if rank and not percent:
        form, unit, start, end = "rank", "hạng", min(start, rank.start()), number_end
        if rank.group().startswith("top"):
            comparator = Comparator.AT_MOST
        of = _OF.match(folded, number_end)
        if of:
            total = float(of["total"].replace(".", ""))
            end = number_end = of.end("total")
    after = _AFTER.match(folded, end)
    if after and comparator is Comparator.EQUAL:
        comparator, end = (Comparator.AT_LEAST if after["up"] else Comparator.AT_MOST), after.end()
    high = other * both if form == "range" and other is not None else None
    return FoundQuantity(
        start, end, match.start(), number_end, Quantity(low, high, total, comparator, unit), form, doubtful
    )


def _scale(words: str | None) -> float:
    """The product of scale words: "nghìn tỷ" is 1e12.

    >>> _scale("nghìn tỷ")
    1000000000000.0
    """
    product = 1.0
    for word in (words or "").split():
        product *= SCALE_VALUES[word]
    return product


def _comparator(folded: str, start: int, plus: str | None) -> tuple[Comparator, int]:
    """The comparator before a number and where its words begin."""
    match = _BEFORE.search(folded, max(0, start - 40), start)
    if match:
        return Comparator[str(match.lastgroup)], match.start() + (len(match.group()) - len(match.group().lstrip()))
    return (Comparator.AT_LEAST if plus else Comparator.EQUAL), start


def _unit(folded: str, end: int) -> tuple[str, int]:
    """The unit after a number and where it ends; "" if none follows."""
    for names in _units():
        match = names.match(folded, end)
        if match:
            per = _PER.match(folded, match.end())
            return match["unit"] + (per.group() if per else ""), per.end() if per else match.end()
    return _noun(folded, end)


# "đồng/cây", "người/1 vạn dân", "m2/người/năm"
_PER = re.compile(r"(?:/(?:\d[\d.]*\s)?(?:(?:vạn|nghìn|triệu)\s)?[^\W\d_]+\d?)+(?!\w)")


def is_noun(folded: str, at: int) -> bool:
    """Whether a noun that is counted in reports stands at an offset.

    >>> is_noun("hội nghị, phiên họp", 9), is_noun("hội nghị, bảo đảm", 9)
    (True, False)
    """
    return bool(_units()[1].match(folded, at))


def _noun(folded: str, end: int) -> tuple[str, int]:
    """An unknown counted noun: up to two words after the number, none of them a function word."""
    words: list[str] = []
    position = end
    while len(words) < 2:
        gap = _FOLLOWS.match(folded, position)
        word = _WORD.match(folded, gap.end()) if gap else None
        if (
            word is None
            or word.group() in _NO_UNIT
            or (not words and gap and gap.end() == end and len(word.group()) > 4)
        ):
            break
        words.append(word.group())
        position = word.end()
    return " ".join(words), position if words else end
