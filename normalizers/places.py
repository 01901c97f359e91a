"""Places that stand in the names of agencies: the provinces with their mergers, and level words with a name.

"tỉnh Quảng Ngãi", "TP. HCM", "huyện Yên Bình" are read; a province is told from a town of the same
name by its level word ("thành phố Quảng Ngãi" is no province). Source of `data/provinces.tsv`:
Nghị quyết 202/2025/QH15 (63 provinces become 34 on 1 July 2025) and the acts named in its rows;
codes after Quyết định 20/2020/QĐ-TTg.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from normalizers.text import bare_folded, fold

PROVINCE_LEVELS = ("tỉnh", "thành phố")
_ABBREVIATED = {"tp": "thành phố", "tx": "thị xã", "tt": "thị trấn", "q": "quận", "h": "huyện", "p": "phường"}
_LEVEL = re.compile(
    r"(tỉnh|thành phố|huyện|quận|thị xã|thị trấn|xã|phường|đặc khu)(?![^\W_])"
    r"|(tp|tx|tt)(?:\.|(?![^\W_]))|([qhp])\.(?=\s*\w)"
)
_BLANK = re.compile(r"[\s.]*")
_SYLLABLE = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_HYPHEN = re.compile(r"[ \-]+|\n ?")
_LONGEST_NAME = 4  # "Bà Rịa - Vũng Tàu", "Ea Súp", "Nghĩa Lộ"


@dataclass(frozen=True, slots=True)
class Province:
    """A province or centrally run city; `successors` names what it was merged into."""

    agency_id: str
    name: str
    short: str
    valid_from: date | None
    valid_to: date | None
    successors: tuple[str, ...]
    code: str
    aliases: tuple[str, ...]
    act: str

    @property
    def level(self) -> str:
        return "thành phố" if self.agency_id.startswith("thanh-pho-") else "tỉnh"

    def valid(self, on: date) -> bool:
        return (self.valid_from or date.min) <= on <= (self.valid_to or date.max)


@dataclass(frozen=True, slots=True)
class Place:
    """A place as printed: "" for the part that is missing ("UBND tỉnh" has no name, "UBND Hà Nội" no level)."""

    level: str
    name: str
    province: Province | None
    start: int
    end: int


def day(cell: str) -> date | None:
    """
    >>> day("2025-07-01"), day("")
    (datetime.date(2025, 7, 1), None)
    """
    return date.fromisoformat(cell) if cell else None


def listed(cell: str) -> tuple[str, ...]:
    """The entries of a cell of a data file.

    >>> listed("Bắc Cạn; Bac Kan"), listed("")
    (('Bắc Cạn', 'Bac Kan'), ())
    """
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def rows(file: str) -> list[list[str]]:
    """The rows of a tab-separated file in `normalizers/data`, without its header."""
    text = resources.files("normalizers.data").joinpath(file).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines()[1:]]


@cache
def provinces() -> tuple[Province, ...]:
    """All provinces since about 2004, the merged ones with their last day."""
    return tuple(
        Province(key, name, short, day(first), day(last), listed(successors), code, listed(aliases), act)
        for key, name, short, first, last, successors, code, aliases, act in rows("provinces.tsv")
    )


@cache
def province(agency_id: str) -> Province | None:
    """The province of that id."""
    return next((p for p in provinces() if p.agency_id == agency_id), None)


def province_of(agency_id: str) -> Province | None:
    """The province to which an agency's id belongs: it is the id's last part.

    >>> province_of("ubnd.huyen-yen-binh.tinh-yen-bai").name
    'Tỉnh Yên Bái'
    >>> province_of("bo-tai-chinh") is None
    True
    """
    return province(agency_id.rpartition(".")[2])


def read_place(text: str, folded: str, start: int) -> Place | None:
    """The place that begins at `start` (blanks before it are skipped), or None.

    >>> read = lambda text: read_place(text, fold(text), 0)
    >>> read("TP. HCM và").province.name
    'Thành phố Hồ Chí Minh'
    >>> read("thành phố Quảng Ngãi").province is None  # the town, not the province
    True
    >>> read("tỉnh có trách nhiệm").name
    ''
    """
    start = _skip(folded, start)
    level_match = _LEVEL.match(folded, start)
    level, after = _level(level_match), level_match.end() if level_match else start
    named = _province_at(folded, _skip(folded, after), level) or _town_at(text, folded, _skip(folded, after), level)
    if named is None and level_match is None:
        return None
    if named is None:
        return Place(level, "", None, start, after)
    found, end = named
    if isinstance(found, Province):
        return Place(level, found.short, found, start, end)
    return Place(level, found, None, start, end)


def _level(match: re.Match[str] | None) -> str:
    if match is None:
        return ""
    return match[1] or _ABBREVIATED[match[2] or match[3]]


def _skip(folded: str, start: int) -> int:
    match = _BLANK.match(folded, start)
    return match.end() if match else start


def _syllables(folded: str, start: int) -> list[re.Match[str]]:
    """Up to four syllables from `start`, held together by blanks and hyphens only."""
    found: list[re.Match[str]] = []
    while len(found) < _LONGEST_NAME:
        match = _SYLLABLE.match(folded, start)
        if match is None:
            break
        found.append(match)
        joint = _HYPHEN.match(folded, match.end())
        start = joint.end() if joint else len(folded) + 1
    return found


@cache
def _names() -> dict[str, tuple[Province, ...]]:
    index: dict[str, tuple[Province, ...]] = {}
    for entry in provinces():
        for name in (entry.short, *entry.aliases):
            key = " ".join(_SYLLABLE.findall(fold(name)))
            index[key] = (*index.get(key, ()), entry)
    return index


@cache
def _bare_names() -> dict[str, tuple[Province, ...]]:
    index: dict[str, tuple[Province, ...]] = {}
    for key, entries in _names().items():
        plain = bare_folded(key)
        index[plain] = (*index.get(plain, ()), *entries)
    return index


def _province_at(folded: str, start: int, level: str) -> tuple[Province, int] | None:
    if level and level not in PROVINCE_LEVELS:
        return None
    syllables = _syllables(folded, start)
    for count in range(len(syllables), 0, -1):
        key = " ".join(match[0] for match in syllables[:count])
        found = [p for p in _names().get(key, ()) if not level or p.level == level]
        # "tỉnh" before the name makes a slip of the accents harmless; without it, "Hà Năm" may be anything
        if not found and level and count > 1:
            found = [p for p in _bare_names().get(bare_folded(key), ()) if p.level == level]
        if len({p.agency_id for p in found}) == 1:
            return found[0], syllables[count - 1].end()
    return None


def _town_at(text: str, folded: str, start: int, level: str) -> tuple[str, int] | None:
    """A capitalised or numbered name after a level word below the province."""
    if level in ("", "tỉnh"):
        return None
    taken: list[re.Match[str]] = []
    for match in _syllables(folded, start):
        if not (text[match.start()].isupper() or (match[0].isdigit() and not taken)):
            break
        # in a heading in capitals the name ends with the capitals: "HUYỆN ỦY YÊN BÌNH Sao lục"
        if taken and text[taken[0].end() - 1].isupper() and not text[match.end() - 1].isupper():
            break
        # "xã An Phú UBND xã Bình Minh": a word of nothing but capitals begins something else
        shouted = len(match[0]) > 2 and text[match.start() : match.end()].isupper() and not set(match[0]) <= set("ivx")
        if taken and shouted and text[taken[0].end() - 1].islower():
            break
        taken.append(match)
        if match[0].isdigit():
            break
    if not taken or (taken[0][0].isdigit() and level not in ("quận", "phường", "huyện")):
        return None
    return text[start : taken[-1].end()], taken[-1].end()
