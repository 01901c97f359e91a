"""Agencies: a registry valid in time, their names found in text, and each name resolved to one agency.

`find` gives the places of names in running text, `read_actors` the agencies that a cell or clause
names, `resolve` the agency of one name. Names resolve by the document's date and issuer: "Sở Tài chính"
in a province's letter is that province's. An abolished name keeps its own entry; an unknown one gets an
id that begins with "x-" and never a neighbour's.

Ids are ASCII: "bo-tai-chinh"; a local body is its kind and its place, "so-tai-chinh.tinh-yen-bai",
"ubnd.huyen-yen-binh.tinh-yen-bai"; a ministry's party committee is "dang-uy.bo-tai-chinh".

Sources: `data/agencies.tsv` (each row with the act it comes from, and its code after Quyết định 20/2020/QĐ-TTg;
a cell is empty where the fact is not known for sure), `data/local_bodies.tsv` (bodies that every province,
district or commune has; place: required, "short" = required and named without its level, optional, "sole" = optional unless the name goes on, "implied" = the head
says the level, as "Tỉnh ủy"), `data/provinces.tsv`. The first spelling of a name is the canonical one, its aliases
follow; commas, hyphens and "và" in a name may be missing where it is printed.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from itertools import accumulate
from typing import Protocol

from rapidfuzz.distance import Levenshtein

from normalizers.places import PROVINCE_LEVELS, Place, Province, day, listed, province_of, provinces, read_place, rows
from normalizers.text import LOWER, UPPER, bare_folded, fold
from schemas.values import Agency

# --- the registry ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """An agency of the registry; an open end of its validity is None, an unknown fact is empty."""

    agency_id: str
    name: str
    kind: str
    parent: str
    valid_from: date | None
    valid_to: date | None
    successors: tuple[str, ...]
    code: str
    aliases: tuple[str, ...]
    act: str

    def valid(self, on: date) -> bool:
        return (self.valid_from or date.min) <= on <= (self.valid_to or date.max)


@dataclass(frozen=True, slots=True)
class Body:
    """A body that every place of a level has; `place` says whether its name needs the place."""

    body_id: str
    name: str
    kind: str
    level: str
    place: str
    successors: tuple[str, ...]
    aliases: tuple[str, ...]


@cache
def _listed_entries() -> tuple[Entry, ...]:
    return tuple(
        Entry(key, name, kind, parent, day(first), day(last), listed(successors), code, listed(aliases), act)
        for key, name, kind, parent, first, last, successors, code, aliases, act in rows("agencies.tsv")
    )


@cache
def _bodies() -> tuple[Body, ...]:
    return tuple(
        Body(key, name, kind, level, place, listed(successors), listed(aliases))
        for key, name, kind, level, place, successors, aliases in rows("local_bodies.tsv")
    )


@cache
def registry() -> tuple[Entry, ...]:
    """All entries: those listed, the provinces, and their people's committees, councils and party committees."""
    local = [_province_entry(p) for p in provinces()]
    for body_id in ("ubnd", "hdnd", "tinh-uy", "thanh-uy"):
        body = next(b for b in _bodies() if b.body_id == body_id)
        level = _IMPLIED.get(body.level)
        local += [_body_entry(body, p) for p in provinces() if level in (None, p.level)]
    return (*_listed_entries(), *local)


def _province_entry(p: Province) -> Entry:
    return Entry(
        p.agency_id,
        p.name,
        "province",
        "",
        p.valid_from,
        p.valid_to,
        p.successors,
        p.code,
        (p.short, *p.aliases),
        p.act,
    )


def _body_entry(body: Body, p: Province) -> Entry:
    made = _local_agency(body, p)
    # a town's party committee is "thanh-uy", a province's "tinh-uy": the successor may be of the other kind
    heads = {"tinh-uy": "thanh-uy"} if body.level in _IMPLIED else {}
    successors = tuple(
        f"{heads.get(body.body_id, body.body_id) if s.startswith('thanh-pho') else body.body_id}.{s}"
        for s in p.successors
    )
    return Entry(made.agency_id, made.name, made.kind, p.agency_id, p.valid_from, p.valid_to, successors, "", (), p.act)


# --- what a reading is ----------------------------------------------------------------------------------------


class Reading(Protocol):
    """What stands at a place of the text, before the document's date and issuer are known."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...

    def agency(self, on: date | None, issuer: Agency | None) -> Agency: ...


@dataclass(frozen=True, slots=True)
class Actor:
    """An agency that the text names at [start, end)."""

    start: int
    end: int
    agency: Agency


@dataclass(frozen=True, slots=True)
class _Named:
    """A name of the registry; it may have belonged to several agencies, one after the other."""

    start: int
    end: int
    name: str
    entries: tuple[Entry, ...]

    def agency(self, on: date | None, issuer: Agency | None) -> Agency:
        entry = _bearer(self.entries, on)
        return Agency(entry.agency_id, entry.name, entry.kind) if entry else _unknown(self.name)


def _bearer(entries: tuple[Entry, ...], on: date | None) -> Entry | None:
    """The bearer of a name on a day; without a day the one that still exists; None if that leaves a doubt."""
    if len(entries) == 1:
        return entries[0]
    valid = [e for e in entries if (e.valid(on) if on else e.valid_to is None)]
    return valid[0] if len(valid) == 1 else None


@dataclass(frozen=True, slots=True)
class _Local:
    """A body of a province, district or commune; without a name of the place it is the issuer's."""

    start: int
    end: int
    body: Body
    place: Place | None
    within: Province | None = None

    def agency(self, on: date | None, issuer: Agency | None) -> Agency:
        level = self.place.level if self.place else ""
        if not level and self.body.place == "implied":
            level = _IMPLIED[self.body.level]
        home = self.within or (province_of(issuer.agency_id) if issuer else None)
        if self.place and self.place.province:
            return _local_agency(self.body, self.place.province)
        if self.place and self.place.name:
            return _town_agency(self.body, f"{level} {self.place.name}", home)
        if home and level in ("", home.level) and self.body.level not in ("district", "commune"):
            return _local_agency(self.body, home)
        same = _same_area(issuer, level)
        return replace(_town_agency(self.body, same, home), known=home is not None) if same else self._unplaced(level)

    def _unplaced(self, level: str) -> Agency:
        name = f"{self.body.name} {level}" if level and self.body.place != "implied" else self.body.name
        return Agency(f"x-{_slug(name)}", name, _kind(self.body, level), known=False)


@dataclass(frozen=True, slots=True)
class _Region:
    """A branch for several provinces ("Kho bạc Nhà nước khu vực IV", since 2025)."""

    start: int
    end: int
    body: Body
    region: str

    def agency(self, on: date | None, issuer: Agency | None) -> Agency:
        key = f"{self.body.body_id}.khu-vuc-{self.region.lower()}"
        return Agency(key, f"{self.body.name} khu vực {self.region}", self.body.kind)


@dataclass(frozen=True, slots=True)
class _Committee:
    """The party committee of an agency ("Đảng ủy Bộ Tài chính", "Đảng đoàn Quốc hội")."""

    start: int
    end: int
    of: Reading
    body: Body

    def agency(self, on: date | None, issuer: Agency | None) -> Agency:
        of = self.of.agency(on, issuer)
        return Agency(
            f"{'' if of.known else 'x-'}{self.body.body_id}.{of.agency_id}",
            f"{self.body.name} {of.name}",
            "party-committee",
            of.known,
        )


@dataclass(frozen=True, slots=True)
class _Collective:
    """Several agencies under one name ("các bộ, ngành, địa phương"); `local` ones belong to the issuer's province."""

    start: int
    end: int
    name: str
    local: bool = False
    known: bool = True
    body: Body | None = None

    def agency(self, on: date | None, issuer: Agency | None) -> Agency:
        name = f"{self.body.name} {self.name}" if self.body else self.name
        key = _slug(re.sub(r"\b(?:các|và|có)\b", " ", fold(name)))
        home = province_of(issuer.agency_id) if issuer and self.local else None
        place = f".{home.agency_id}" if home else ""
        return Agency(f"{'' if self.known else 'x-'}{key}{place}", name, "collective", self.known)


@dataclass(frozen=True, slots=True)
class _Area:
    """A province as an actor ("Giao thành phố Hà Nội …")."""

    start: int
    end: int
    province: Province

    def agency(self, on: date | None, issuer: Agency | None) -> Agency:
        return Agency(self.province.agency_id, self.province.name, "province")


@dataclass(frozen=True, slots=True)
class _Hit:
    """A stretch of text and the agencies that it names."""

    start: int
    end: int
    readings: tuple[Reading, ...]


_IMPLIED = {"province": "tỉnh", "city": "thành phố", "district": "huyện", "quarter": "quận", "town": "thị xã"}
_TIER = {"tỉnh": "province", "thành phố": "district", "huyện": "district", "quận": "district", "thị xã": "district"}


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", bare_folded(fold(name))).strip("-")


def _kind(body: Body, level: str, of_province: bool = False) -> str:
    """People's committees and the like are told apart by tier; other kinds are the same everywhere."""
    tier = "province" if of_province else _TIER.get(level, "commune" if level else "province")
    if body.kind in ("people-committee", "people-council"):
        return f"{tier}-{body.kind}"
    return "province-party-committee" if body.kind == "party-committee" and tier == "province" else body.kind


def _local_agency(body: Body, p: Province) -> Agency:
    area = p.short if body.place in ("implied", "short") else p.name if p.level == "thành phố" else f"tỉnh {p.short}"
    return Agency(f"{body.body_id}.{p.agency_id}", f"{body.name} {area}", _kind(body, p.level, of_province=True))


def _town_agency(body: Body, area: str, home: Province | None) -> Agency:
    """A body of a district or commune: known only with its province, names of communes recur."""
    area = " ".join(word.capitalize() if word.isupper() else word for word in area.split())  # of a letterhead
    level = next((word for word in _TIER if area.startswith(word)), "xã")
    name = area.removeprefix(level).strip() if body.place == "implied" else area
    key = f"{body.body_id}.{_slug(area)}"
    if home is None:
        return Agency(f"x-{key}", f"{body.name} {name}", _kind(body, level), known=False)
    return Agency(f"{key}.{home.agency_id}", f"{body.name} {name}", _kind(body, level))


def _same_area(issuer: Agency | None, level: str) -> str:
    """The issuer's own district or commune ("UBND huyện" in a letter of UBND huyện Yên Bình)."""
    if issuer is None or not level:
        return ""
    folded = fold(issuer.name)
    place = read_place(issuer.name, folded, folded.find(f" {level} "))
    return issuer.name[place.start : place.end].strip() if place and place.name and f" {level} " in folded else ""


# what a name says of its place
_PLACED = re.compile(
    r"(?<!\w)(?:huyện|quận|xã|phường|thị xã|thành phố|đặc khu|khu vực|miền|vùng|việt nam|quốc gia|trung ương)(?!\w)"
)


def of_province(agency: Agency, superior: Agency) -> Agency | None:
    """An agency that no registry knows as one of its superior's province: "BAN CHỈ ĐẠO …" under "TỈNH ỦY ĐỒNG THÁP"; None
    if it is known, or the superior of no province."""
    p = province_of(superior.agency_id) if superior.known and not agency.known else None
    if p is None:
        return None
    place = p.name if p.level == "thành phố" else f"tỉnh {p.short}"
    own = fold(agency.name)
    if own.endswith(" tỉnh"):
        name = f"{agency.name[: -len(' tỉnh')]} {place}"
    else:
        name = agency.name if fold(p.short) in own or _PLACED.search(own) else f"{agency.name} {place}"
    return replace(agency, agency_id=f"{agency.agency_id}.{p.agency_id}", name=name)


def _unknown(name: str, kind: str = "other") -> Agency:
    return Agency(f"x-{_slug(name)}", name, kind, known=False)


# --- words and names ------------------------------------------------------------------------------------------

_WORD = re.compile(r"([0-9a-zà-ỹ]+)")  # of folded text; a plain class is twice as fast as \w
_PLAIN, _LINK, _BREAK = 0, 1, 2  # what stands between two words: blanks; a comma, hyphen or "và"; anything else
_WIDEST_GAP = 12  # more blanks than that are a gap between columns


@dataclass(frozen=True, slots=True)
class _Line:
    """A text cut into words; "và" is no word of its own but a link, since names are printed with and without it."""

    text: str
    folded: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    joints: list[int]

    def at(self, place: int) -> int:
        """The index of the first word that begins at or after a place."""
        return bisect_left(self.starts, place)


@lru_cache(maxsize=4096)
def _joint(gap: str) -> int:
    stripped = gap.strip()
    if not stripped:
        return _PLAIN if len(gap) <= _WIDEST_GAP else _BREAK
    return _LINK if stripped in (",", "-", "&", "/", ".") else _BREAK


@lru_cache(maxsize=1024)
def _line(text: str) -> _Line:
    folded = fold(text)
    parts = _WORD.split(folded)  # gaps and words in turn
    offsets = list(accumulate(map(len, parts[:-1])))
    gaps, words = parts[0::2], parts[1::2]
    joints = [_PLAIN if gap == " " else _joint(gap) for gap in gaps]
    links = [index for index, word in enumerate(words) if word == "và"]
    for index in links:
        joints[index + 1] = max(_LINK, joints[index], joints[index + 1])
    starts, ends = offsets[0::2], offsets[1::2]
    for index in reversed(links):
        del words[index], starts[index], ends[index], joints[index]
    return _Line(text, folded, words, starts, ends, joints)


@dataclass(frozen=True, slots=True)
class _Name:
    """One name of a holder: its folded words, and before which of them a comma, hyphen or "và" may stand."""

    printed: str
    words: tuple[str, ...]
    linked: tuple[bool, ...]
    holder: Entry | Body


class _Node:
    """A node of the tree of names, by word; the first word with its accents, the others without."""

    __slots__ = ("names", "next")

    def __init__(self) -> None:
        self.next: dict[str, _Node] = {}
        self.names: list[_Name] = []


_bare_word = lru_cache(maxsize=20_000)(bare_folded)


def _name(printed: str, holder: Entry | Body) -> _Name:
    line = _line(printed)
    return _Name(printed, tuple(line.words), tuple(joint == _LINK for joint in line.joints), holder)


def _tree(names: Iterable[_Name]) -> _Node:
    root = _Node()
    for name in names:
        node = root
        for place, word in enumerate(name.words):
            node = node.next.setdefault(_bare_word(word) if place else word, _Node())
        node.names.append(name)
    return root


@cache
def _names() -> tuple[_Name, ...]:
    holders: tuple[tuple[Entry | Body, str, tuple[str, ...]], ...] = (
        *((e, e.name, e.aliases) for e in _listed_entries()),
        *((b, b.name, b.aliases) for b in _bodies()),
    )
    return tuple(_name(printed, holder) for holder, name, aliases in holders for printed in (name, *aliases))


@cache
def _name_tree() -> _Node:
    return _tree(_names())


@cache
def _short_tree(head: str) -> _Node:
    """Names without their head, for lists that share it: "các Bộ: Tài chính, Công an"."""
    kinds = ("ministry",) if head == "bộ" else ("department",)
    full = [n for n in _names() if n.holder.kind in kinds and n.words[0] == head and len(n.words) > 1]
    return _tree(_Name(n.printed, n.words[1:], (False, *n.linked[2:]), n.holder) for n in full)


def _matches(line: _Line, index: int, root: _Node) -> list[tuple[int, list[_Name]]]:
    """The names that begin at a word, longest first, each with the index after its last word."""
    found: list[tuple[int, list[_Name]]] = []
    node = root.next.get(line.words[index])
    end = index + 1
    while node is not None:
        fitting = [name for name in node.names if _fits(name, line, index)]
        if fitting:
            found.append((end, fitting))
        if end >= len(line.words) or line.joints[end] == _BREAK:
            break
        node = node.next.get(_bare_word(line.words[end]))
        end += 1
    return found[::-1]


def _fits(name: _Name, line: _Line, index: int) -> bool:
    """Links only where the name has them, capitals, and at most one word in three with wrong accents."""
    count = len(name.words)
    if any(line.joints[index + k] == _LINK and not name.linked[k] for k in range(1, count)):
        return False
    slips = sum(line.words[index + k] != word for k, word in enumerate(name.words))
    return slips <= count // 3 and _is_proper(name, line, index)


def _is_proper(name: _Name, line: _Line, index: int) -> bool:
    """Written as a proper name: "bộ Tài chính" is one, "công an" is not; abbreviations are in capitals."""
    start, end = line.starts[index], line.ends[index]
    printed = line.text[start:end]
    if len(name.words) > 1:
        after = line.ends[index + len(name.words) - 1]
        if isinstance(name.holder, Body) and _OF_THE.match(line.folded, after):
            return True  # "đảng ủy các xã, phường"
        return printed[0].isupper() or (len(name.words) > 2 and line.text[line.starts[index + 1]].isupper())
    # "17/TB-VPCP", "93/BYT-KCB": parts of a document's number
    if line.text[start - 1 : start] in ("/", "-") or (
        line.text[end : end + 1] in ("/", "-") and line.text[end + 1 : end + 2].strip()
    ):
        return False
    return printed.isupper() if name.printed.isupper() else printed[0].isupper()


# --- lists of kinds of agencies -------------------------------------------------------------------------------

_END = r"(?![^\W_])"
_OF_THE = re.compile(r"\s+(?:các|cấp)\s+(?:tỉnh|thành phố|huyện|quận|xã|phường)(?![^\W_])")
_TERRITORY = (
    r"(?:cấp\s+(?:tỉnh|huyện|xã|cơ sở)|cấp|địa phương|tỉnh(?!\s+(?:ủy|đoàn))|thành phố|tp\.?|huyện(?!\s+ủy)|quận"
    rf"|thị xã|thị trấn|xã(?!\s+hội)|phường|đặc khu){_END}"
)
# "các huyện, thành, thị"
_SHORT_TERRITORY = (
    r"(?:thành(?!\s+(?:phố|ủy|phần|viên|lập|tích|tựu|công|đoàn|quả))|thị(?!\s+(?:xã|trấn|trường|ủy|phần|hiếu|thực)))"
    + _END
)
_UNIT = (
    r"(?:cơ quan ngang bộ|cơ quan thuộc chính phủ|cơ quan (?:của )?chính phủ|cơ quan trung ương|cơ quan đảng"
    r"|cơ quan (?:thông tấn(?:,| và)? báo chí|thông tin(?:,| và)? báo chí|thông tin đại chúng|truyền thông|(?:tiến hành )?tố tụng"
    r"|(?:bảo vệ|thực thi) pháp luật|quản lý nhà nước|điều tra|thanh tra(?:,| và)? kiểm tra)"
    r"|cơ quan,? đơn vị(?!\s+(?:hành chính|tính|bầu cử))|cơ sở (?:giáo dục(?: đại học| nghề nghiệp| mầm non| phổ thông)?|đào tạo|y tế|khám(?: bệnh)?,? chữa bệnh)"
    r"|cơ quan nhà nước|cơ quan chuyên môn|cơ quan báo chí|cơ quan tham mưu|cơ quan chức năng|cơ quan"
    r"|bộ(?!\s+(?:máy|môn|phận|tiêu chí|chỉ số|chỉ tiêu|luật|dữ liệu|công cụ|câu hỏi|quy|tài liệu|đội|tư lệnh|chỉ huy"
    r"|thủ tục|hồ sơ|mã))(?: trưởng)?"
    r"|(?:doanh nghiệp|đơn vị) cung cấp dịch vụ (?:viễn thông|internet|bưu chính|logistics|vận tải|công nghệ thông tin)(?:, (?:internet|viễn thông))?"
    r"|ban,? ngành|ngành,? địa phương|ngành(?!\s+nghề)|địa phương|đơn vị sự nghiệp công lập|đơn vị sự nghiệp"
    r"|đơn vị(?!\s+(?:hành chính|tính|bầu cử))|tổ chức chính trị\s*-\s*xã hội|tổ chức ct\s?-?\s?xh|tổ chức tín dụng|tổ chức đảng"
    r"|tổ chức(?!\s+(?:thực hiện|triển khai|lại|bộ máy|thi hành|quán triệt|hội nghị|lấy))"
    r"|doanh nghiệp nhà nước|doanh nghiệp viễn thông|doanh nghiệp công nghệ(?: số| thông tin)?|doanh nghiệp|tập đoàn kinh tế|tập đoàn|tổng công ty"
    r"|hội,? đoàn thể(?: chính trị\s*-\s*xã hội)?|đoàn thể(?: chính trị\s*-\s*xã hội)?|sở(?!\s+(?:hữu|dữ|thích|chỉ huy|tại|làm))|ban đảng|ban của đảng"
    r"|ban(?!\s+(?:hành|bố|đầu|đêm|quản lý|chỉ đạo|tổ chức|chấp hành|thường vụ))"
    r"|tỉnh ủy|thành ủy|huyện ủy|quận ủy|thị ủy|đảng ủy(?:\s+(?:xã|phường|đặc khu)(?:,?\s+(?:và\s+)?(?:xã|phường|đặc khu))*)?|cấp ủy"
    r"|bệnh viện|trung tâm y tế|trạm y tế|trường đại học|trường học|trường(?!\s+(?:hợp|học))|viện nghiên cứu|viện(?!\s+(?:trợ|trưởng|kiểm))"
    r"|(?:vụ|cục|tổng cục|chi cục|phòng|trung tâm)(?=\s*(?:[,;.)/]|$)|\s+(?:và|(?:trực )?thuộc|chuyên môn|nghiệp vụ)(?!\w))"
    r"|(?:cục|tổng cục|chi cục|phòng|trung tâm)(?=\s+(?:có )?liên quan(?!\w))"
    r"|hiệp hội|hội(?!\s+(?:nghị|thảo|đồng|viên|nhập))|ngân hàng thương mại|nhà mạng"
    r"|tổ dân phố|khu phố|khối phố|thôn|ấp|khóm|buôn(?!\s+(?:bán|lậu))|bản(?=\s*,\s*(?:làng|thôn|buôn|tổ dân phố)))"
    + _END
    + "|"
    + _TERRITORY
)
_CORE = re.compile(
    r"bộ|địa phương|cơ quan|đơn vị|doanh nghiệp cung cấp|cơ sở (?:giáo dục|đào tạo|y tế|khám)|sở|tỉnh|thành phố|huyện|quận|xã|phường|tập đoàn|tổng công ty|đảng ủy|cấp ủy"
    r"|tổ chức ct|tổ dân phố|khu phố|khối phố|thôn|ấp|khóm|buôn"
)
_OF_WHAT = (
    r"(?:\s+(?:(?:có\s+)?liên quan|chức năng|nghiệp vụ(?=$|\s+(?:thuộc|liên quan|có liên quan|của))|(?:thuộc,?\s+(?:và\s+)?)?trực thuộc(?:\s+(?:trung ương|t[wư]|tỉnh ủy|thành ủy|bộ|tỉnh|chính phủ))?"
    r"|thuộc\s+(?:trung ương|t[wư]|tỉnh|thành phố|bộ|chính phủ|huyện)(?!\s+có)|(?:ở|tại)\s+(?:trung ương|địa phương)"
    r"|(?:của|trong)\s+(?:tỉnh|thành phố|huyện|xã)|cấp\s+(?:tỉnh|huyện|xã)|trung ương|nhà nước"
    r"|ven biển|biên giới(?:\s+đất liền)?|miền núi|miền trung|phía (?:bắc|nam)|tây nguyên|tây bắc|đông nam bộ"
    r"|(?:thuộc\s+)?(?:vùng|khu vực)\s+(?:đồng bằng sông (?:cửu long|hồng)|tây nguyên|tây bắc|đông nam bộ|miền núi|ven biển"
    r"|biên giới|trung du(?:,? và)? miền núi(?: phía bắc)?|duyên hải miền trung|miền trung)"
    rf"|trên địa bàn(?:\s+(?:toàn\s+)?(?:tỉnh|thành phố|huyện))?|khác){_END})"
)
_COMMA = (
    r"(?:\s*[,;/]\s*(?:và\s+)?|\s+và\s+|\s+-\s+)(?:(?<!liên quan, )(?<!liên quan và )các\s+|thủ trưởng\s+(?:các\s+)?)?"
)
_ALL = r"(?:tất cả\s+)?(?:các|những|toàn bộ các)\s+"
_LIST = re.compile(
    rf"(?P<all>{_ALL}|\d{{1,3}}\s+)?(?P<units>(?:{_UNIT}){_OF_WHAT}*(?:{_COMMA}(?:{_UNIT}|{_SHORT_TERRITORY}){_OF_WHAT}*)*)"
)
_TERRITORIES = re.compile(
    rf"\s*(?:(?:của|tại|ở)\s+)?(?P<all>(?:các|\d{{1,3}})\s+)?"
    rf"(?P<units>(?:{_TERRITORY}|khu vực(?=\s*[^\w\s]|\s+(?!đồng|tây|đông|miền|biên|trung|duyên|ven|phía)|$))(?:{_COMMA}(?:{_TERRITORY}|{_SHORT_TERRITORY}))*{_OF_WHAT}*)"
)
_SEPARATED = re.compile(_COMMA)
_INVOLVED = re.compile(r"liên quan$")
# "các cơ quan chưa báo cáo …": the rest of the clause says which ones are meant
_WHICH = re.compile(
    r"\s+được\s+(?:giao|phân công)(?:\s+(?:chủ trì|phụ trách|thực hiện|nhiệm vụ))+(?=\s*(?:[;.]|$))"
    r"|\s+(?:chưa|có(?!\s+(?:trách nhiệm|nhiệm vụ|kế hoạch|giải pháp|biện pháp|văn bản|báo cáo|ý kiến)))\s"
)
_LOCAL_UNIT = re.compile(r"\b(?:sở|phòng|huyện|quận|thị xã|thị trấn|xã|phường|đặc khu)\b")
_TERRITORY_WORD = re.compile(_TERRITORY)
_NOT_BEFORE_LIST = frozenset(
    ["cán", "cấp", "bệnh", "toàn", "nội", "tiến", "chi", "đảng", "đồng", "nửa", "đường", "cơ", "trụ", "phòng", "công"]
)
_PROPER = (
    (re.compile(r"\bchính phủ\b"), "Chính phủ"),
    (re.compile(r"\btrung ương\b"), "Trung ương"),
    (re.compile(r"\binternet\b"), "Internet"),
    (re.compile(r"\bđảng\b(?! ủy)"), "Đảng"),
    (re.compile(r"\bsông cửu long\b"), "sông Cửu Long"),
    (re.compile(r"\bsông hồng\b"), "sông Hồng"),
    (re.compile(r"\btây nguyên\b"), "Tây Nguyên"),
    (re.compile(r"\btây bắc\b"), "Tây Bắc"),
    (re.compile(r"\bđông nam bộ\b"), "Đông Nam Bộ"),
    (re.compile(r"\bmiền trung\b"), "miền Trung"),
    (re.compile(r"\bphía bắc\b"), "phía Bắc"),
    (re.compile(r"\bphía nam\b"), "phía Nam"),
)


@lru_cache(maxsize=1024)
def _standard(units: str) -> str:
    """A list in one spelling: small letters, commas where they were forgotten, office-holders as their offices.

    >>> _standard("bộ trưởng, thủ trưởng cơ quan ngang bộ,  cơ quan thuộc chính phủ")
    'bộ, cơ quan ngang bộ, cơ quan thuộc Chính phủ'
    >>> _standard("bộ, ngành địa phương")
    'bộ, ngành, địa phương'
    """
    units = re.sub(
        r"\bbộ trưởng\b",
        "bộ",
        re.sub(r"\b(?:thủ trưởng |tp\b\.?\s*)", lambda m: "thành phố " if m[0][1] == "p" else "", units).rstrip(),
    )
    units = re.sub(r"\s*[,;/]\s*(và )?(?:các )?", lambda m: " và " if m[1] else ", ", " ".join(units.split()))
    units = re.sub(r"(?<=thuộc )t[wư]\b", "trung ương", units)
    units = re.sub(r"\btổ chức ct\s?-?\s?xh\b", "tổ chức chính trị - xã hội", units)
    units = re.sub(r"\b(thành|thị)(?= ?(?:,|và\b|$))", lambda m: m[1] + (" phố" if m[1] == "thành" else " xã"), units)
    units = re.sub(r"\b(ban|ngành|hội|cơ quan) (ngành|địa phương|đoàn thể|đơn vị)\b", r"\1, \2", units).replace(
        " và các ", " và "
    )
    for pattern, proper in _PROPER:
        units = pattern.sub(proper, units)
    return units


def _list_hit(line: _Line, index: int, cell: bool) -> _Hit | None:
    """ "các bộ, ngành, địa phương", "Bộ trưởng, Thủ trưởng cơ quan ngang bộ", "07 tập đoàn, doanh nghiệp"."""
    match = _LIST.match(line.folded, line.starts[index])
    if match and (cut := _where_an_owner_begins(line, match) or _where_a_name_begins(line, match)):
        match = _LIST.match(line.folded[:cut], line.starts[index])
    if match is None or not _is_list(match, line, index, cell):
        return None
    places = _listed_places(line, match)
    if places:
        return places
    units = _standard(match["units"])
    counted = (match["all"] or "").strip()
    alone = not _SEPARATED.search(match["units"]) and _INVOLVED.search(units)
    if counted.isdigit():
        name = f"{counted} {units}"
    else:
        name = f"Các {units}" if counted or not alone else units[0].upper() + units[1:]
    local = bool(_LOCAL_UNIT.search(units)) and "Trung ương" not in units
    if owned := _owned(line, match, name):
        return owned
    hit = _Collective(match.start(), match.end(), name, local)
    return _which(line, hit) if cell else _Hit(hit.start, hit.end, (hit,))


_OWNED = re.compile(r"\s+(?:trực\s+)?thuộc\s+")
_OWNED_BY_BEGINS = re.compile(r"\s+(?:trực\s+)?thuộc\s+(?:bộ|tỉnh|huyện|thành phố)$")


def _where_an_owner_begins(line: _Line, match: re.Match[str]) -> int | None:
    """Where "thuộc Bộ" goes on with a name: "các đơn vị thuộc Bộ Công an"."""
    owner = _OWNED_BY_BEGINS.search(match.group())
    goes_on = line.text[match.end() : match.end() + 1] == " " and line.text[match.end() + 1 : match.end() + 2].isupper()
    return match.start() + owner.start() if owner and goes_on else None


def _owned(line: _Line, match: re.Match[str], name: str) -> _Hit | None:
    """Bodies with the agency that they belong to, which does not act itself: "các đơn vị nghiệp vụ thuộc Bộ Công an"."""
    owned = _OWNED.match(line.folded, match.end())
    index = line.at(owned.end()) if owned else len(line.words)
    owner = (
        _agency_hit(line, index) if owned and index < len(line.words) and line.starts[index] == owned.end() else None
    )
    if owner is None or len(owner.readings) != 1:
        return None
    whole = f"{name} thuộc {' '.join(line.text[owner.start : owner.end].split())}"
    return _Hit(match.start(), owner.end, (_Collective(match.start(), owner.end, whole),))


def _where_a_name_begins(line: _Line, match: re.Match[str]) -> int | None:
    """Where the last item of a list is the head of a name: "các hội, Hiệp hội Doanh nghiệp tỉnh"."""
    *_, last = [None, *_SEPARATED.finditer(match["units"])]
    if last is None or line.text[match.end() : match.end() + 1] != " ":
        return None
    begins = match.start("units") + last.end()
    named = line.text[begins].isupper() and line.text[match.end() + 1 : match.end() + 2].isupper()
    return match.start("units") + last.start() if named else None


# what a number before it counts, and no group of actors: "15 vụ, 20 đối tượng"
_NO_COUNTED = ("xã", "tỉnh", "thành", "vụ", "cục", "phòng", "trung tâm")


def _is_list(match: re.Match[str], line: _Line, index: int, cell: bool) -> bool:
    several = bool(_SEPARATED.search(match["units"]))
    if not match["all"] and index and line.joints[index] == _PLAIN and _TERRITORY_WORD.match(match["units"]):
        return False  # "Ban Tiếp công dân tỉnh và các sở": of the name before it
    if index and line.joints[index] == _PLAIN and line.words[index - 1] in _NOT_BEFORE_LIST:
        return False
    if match["all"] and match["all"][0].isdigit():
        before = line.folded[: match.start()].rstrip()[-1:]
        return cell and before not in ("/", ".", ",") and not match["units"].startswith(_NO_COUNTED)
    if match["all"]:
        known = several or bool(_CORE.match(match["units"])) or bool(_INVOLVED.search(match["units"]))
        return known or (cell and _fills_its_place(match, line))
    if several:
        return cell or match["units"].startswith(("bộ", "ban", "ngành", "sở"))
    return cell and (bool(_INVOLVED.search(match["units"])) or _whole(match, line))


# "các bệnh viện, phòng mạch tư" goes on with what is no name of ours
_STOPS = re.compile(r"\s*(?:[;.]|$|,\s+(?=[A-ZĐ]|các\s))")


def _fills_its_place(match: re.Match[str], line: _Line) -> bool:
    """Whether nothing stands beside a kind of bodies between two stops of a list: "Bộ Công an; các doanh nghiệp viễn thông"."""
    before = line.folded[: match.start()].rstrip()
    return (not before or before[-1] in ",;" or before.endswith(" và")) and bool(_STOPS.match(line.text, match.end()))


_SOLE = ("địa phương", "cơ quan", "đơn vị", "tập đoàn", "doanh nghiệp", "tổng công ty")


def _whole(match: re.Match[str], line: _Line) -> bool:
    """The list is all there is ("Địa phương" alone in its cell)."""
    return match.end() >= line.ends[-1] and match.start() == line.starts[0] and match["units"].startswith(_SOLE)


def _which(line: _Line, hit: _Collective) -> _Hit:
    if not _WHICH.match(line.folded, hit.end):
        return _Hit(hit.start, hit.end, (hit,))
    stop = re.compile(r"\s*(?:[;.]\s|[;.]?$|$)").search(line.folded, hit.end)
    end = stop.start() if stop else len(line.text)
    name = " ".join(line.text[hit.start : end].split())
    which = _Collective(hit.start, end, name[0].upper() + name[1:], known=False)
    return _Hit(hit.start, end, (which,))


def _listed_places(line: _Line, match: re.Match[str]) -> _Hit | None:
    """ "các tỉnh: Lào Cai, Sơn La": the provinces themselves."""
    if not match["all"] or not match["units"].startswith(PROVINCE_LEVELS):
        return None
    found = _places(line, match.end(), match["units"])
    areas = tuple(_Area(p.start, p.end, p.province) for p in found if p.province)
    return _Hit(match.start(), areas[-1].end, areas) if areas and len(areas) == len(found) else None


_OPENING = re.compile(r"\s*(?:(?:gồm|là)(?![^\W_]))?\s*[:(]?\s*")
_ITEM_GAP = re.compile(r"\s*(?:[,;]\s*(?:và\s+)?|và\s+)")


def _places(line: _Line, start: int, levels: str) -> list[Place]:
    """The places listed from `start`; towns only where two stand in a row, a lone capital may begin a sentence."""
    found: list[Place] = []
    level = next(
        (
            name
            for name in ("huyện", "thị xã", "quận", "phường", "đặc khu", "xã", "tỉnh", "thành phố")
            if name in levels
        ),
        "",
    )
    opening = _OPENING.match(line.folded, start)
    at = opening.end() if opening else start
    while place := _listed_place(line, at, level):
        found.append(place)
        gap = _ITEM_GAP.match(line.folded, place.end)
        if gap is None:
            break
        at = gap.end()
    return found if len(found) > 1 or all(p.province for p in found) else []


def _listed_place(line: _Line, at: int, level: str) -> Place | None:
    place = read_place(line.text, line.folded, at)
    if place is None and level not in PROVINCE_LEVELS:
        place = _town(line, at, level)
    return place if place and place.name and line.text[at : at + 1].strip() else None


def _town(line: _Line, at: int, level: str) -> Place | None:
    """A name whose level word stands elsewhere ("Huyện ủy Yên Bình", "UBND các xã A, B")."""
    head = f"{level} "
    place = read_place(head + line.text[at : at + 60], head + line.folded[at : at + 60], 0) if level else None
    if place is None or not place.name or line.folded[at : at + 1].isspace():
        return None
    return replace(place, start=at, end=place.end - len(head) + at)


# --- one agency -----------------------------------------------------------------------------------------------

# "Chính phủ số", "Quốc hội Lào": another sense, another country
_OTHER_SENSE = re.compile(
    r"\s+(?:số(?!\s*\d)|điện tử|kiến tạo|không giấy|các nước|nước|lào|campuchia|trung quốc|nhật bản|hàn quốc|hoa kỳ"
    r"|liên bang|singapore|thái lan|ấn độ|cuba|australia|châu âu|hoàng gia)" + _END
)
_SENSES = frozenset(("chinh-phu", "quoc-hoi", "thu-tuong-chinh-phu"))


def _agency_hit(line: _Line, index: int) -> _Hit | None:
    """A named agency or a local body with its place."""
    for after, names in _matches(line, index, _name_tree()):
        start, end = line.starts[index], line.ends[after - 1]
        bodies = dict.fromkeys(n.holder for n in names if isinstance(n.holder, Body))
        for body in bodies:
            hit = _local_hit(line, start, end, after, body)
            if hit:
                return hit
        if bodies and _placed_beyond(line, end):
            continue
        entries = tuple(dict.fromkeys(n.holder for n in names if isinstance(n.holder, Entry)))
        if entries and not _elsewhere(line, end, entries):
            return _Hit(start, end, (_Named(start, end, line.text[start:end], entries),))
    return None


# "Ban Chỉ đạo 389 tỉnh" is not the national one
_OF_A_PLACE = re.compile(r"\s+(?:của\s+)?(?:tỉnh|thành phố|huyện|xã|phường)(?!\w)")


def _elsewhere(line: _Line, end: int, entries: tuple[Entry, ...]) -> bool:
    match = _OTHER_SENSE.match(line.folded, end)
    if match is None:
        return entries[0].agency_id.startswith("ban-chi-dao") and bool(_OF_A_PLACE.match(line.folded, end))
    digital = match[0].strip().startswith(("số", "điện", "kiến", "không"))
    return not digital or entries[0].agency_id in _SENSES


def _local_hit(line: _Line, start: int, end: int, after: int, body: Body) -> _Hit | None:
    if body.body_id in _COMMITTEES:
        committee = _committee_hit(line, start, after, body)
        if committee:
            return committee
    return (
        _region_hit(line, start, end, body)
        or _territory_hit(line, start, end, body)
        or _placed_hit(line, start, end, body)
        or _shared_hit(line, start, end, body)
        or (_Hit(start, end, (_Local(start, end, body, None),)) if _stands_alone(line, after, body) else None)
    )


def _stands_alone(line: _Line, after: int, body: Body) -> bool:
    """Without a place the body is the issuer's, unless its own name goes on ("Ban Quản lý Khu kinh tế Dung Quất")."""
    goes_on = after < len(line.words) and line.joints[after] == _PLAIN and line.text[line.starts[after]].isupper()
    return body.place not in ("required", "short") and not (body.place == "sole" and goes_on)


# party bodies inside an agency; Đảng đoàn and Ban cán sự đảng until the party committees of 2025
_COMMITTEES = frozenset(["dang-uy", "dang-doan", "ban-can-su-dang"])


def _committee_hit(line: _Line, start: int, after: int, body: Body) -> _Hit | None:
    """ "Đảng ủy Bộ Tài chính", "Đảng ủy các Bộ: Tài chính, Công an"."""
    if after >= len(line.words) or line.joints[after] != _PLAIN:
        return None
    hit = _group_hit(line, after, cell=True) or _agency_hit(line, after)
    if hit is None or any(isinstance(r, _Local) and r.body.kind == "party-committee" for r in hit.readings):
        return None
    readings = tuple(_Committee(start if k == 0 else r.start, r.end, r, body) for k, r in enumerate(hit.readings))
    return _Hit(start, hit.end, readings)


_REGION = re.compile(rf"\s+khu vực\s+(?P<number>[ivx]{{1,5}}|\d{{1,2}}){_END}")


def _region_hit(line: _Line, start: int, end: int, body: Body) -> _Hit | None:
    match = _REGION.match(line.folded, end)
    if match is None:
        return None
    return _Hit(start, match.end(), (_Region(start, match.end(), body, match["number"].upper()),))


# "tỉnh và các địa phương": the body of the one, beside whatever the others are
_ONE_AND_OTHERS = re.compile(r"(?:tỉnh|thành phố|tp\.?|huyện|quận|thị xã|xã|phường)(?:\s*,\s*|\s+và\s+)các\s")


def _territory_hit(line: _Line, start: int, end: int, body: Body) -> _Hit | None:
    """ "UBND các tỉnh, thành phố trực thuộc Trung ương", "UBND các huyện Bình Sơn, Sơn Tịnh"."""
    match = _TERRITORIES.match(line.folded, end)
    if match is None or body.place == "implied":
        return None
    units = match["units"]
    if not (match["all"] or units.startswith("cấp") or _SEPARATED.search(units)):
        return None
    if not match["all"] and _ONE_AND_OTHERS.match(units):
        return None
    found = _places(line, match.end(), units)
    if found:
        locals_ = tuple(_Local(start if k == 0 else p.start, p.end, body, p) for k, p in enumerate(found))
        return _Hit(start, found[-1].end, locals_)
    standard, zone = _standard(units), _ITS_NAME.match(line.text, match.end()) if units.endswith("đặc khu") else None
    name = standard if standard.startswith("cấp ") else f"các {standard}"
    local = bool(_LOCAL_UNIT.search(standard)) and "Trung ương" not in standard
    end = zone.end() if zone else match.end()
    return _Hit(start, end, (_Collective(start, end, name + (zone.group() if zone else ""), local, body=body),))


# a province has one special zone, which is named behind its communes: "các xã, phường, đặc khu Phú Quý"
_ITS_NAME = re.compile(rf"\s[{UPPER}]\w*(?:\s[{UPPER}]\w*){{1,3}}")


def _placed_hit(line: _Line, start: int, end: int, body: Body) -> _Hit | None:
    place = _implied_place(line, end, body) if body.place == "implied" else read_place(line.text, line.folded, end)
    if place is None or line.folded[end : place.start].strip(" -") or (body.place == "implied" and not place.name):
        return None
    if _placed_beyond(line, end):
        return None
    outer = _outer(line, place)
    end = outer.end if outer else place.end
    return _Hit(start, end, (_Local(start, end, body, place, outer.province if outer else None),))


def _placed_beyond(line: _Line, end: int) -> bool:
    """Whether a name goes on with a place that is none of ours: "Cục Hải quan Hà Nam Ninh" is not that of Hà Nam."""
    place = read_place(line.text, line.folded, end)
    return bool(place and place.province and not place.level and _name_goes_on(line, place.end))


def _name_goes_on(line: _Line, end: int) -> bool:
    """Whether a further proper name follows: "Hà Nam Ninh" is no Hà Nam."""
    index = line.at(end)
    if index >= len(line.words) or line.joints[index] != _PLAIN or line.starts[index] != end + 1:
        return False
    return line.text[line.starts[index]].isupper() and not _matches(line, index, _name_tree())


def _outer(line: _Line, place: Place) -> Place | None:
    """The province printed after a district or commune: "UBND huyện Yên Bình, tỉnh Yên Bái"."""
    if place.province or not place.name:
        return None
    gap = re.compile(r"\s*[,-]?\s*").match(line.folded, place.end)
    outer = read_place(line.text, line.folded, gap.end() if gap else place.end)
    return outer if outer and outer.level and outer.province else None


def _implied_place(line: _Line, end: int, body: Body) -> Place | None:
    """ "Tỉnh ủy Yên Bái", "Thành ủy TP Hà Nội", "Huyện ủy Yên Bình": the head says the level."""
    place = read_place(line.text, line.folded, end)
    level = _IMPLIED[body.level]
    if place and place.name and (not place.province or place.province.level == level):
        return place
    blank = len(line.folded[end:]) - len(line.folded[end:].lstrip())
    return _town(line, end + blank, level) if blank else None


_PAIRS = ({"hdnd", "ubnd"}, {"toa-an-nhan-dan", "vien-kiem-sat-nhan-dan"}, {"cong-an", "bo-chi-huy-quan-su"})


def _shared_hit(line: _Line, start: int, end: int, body: Body) -> _Hit | None:
    """ "HĐND, UBND các tỉnh", "TAND, VKSND tỉnh": two heads that go together, with one place."""
    gap = _ITEM_GAP.match(line.folded, end)
    if gap is None or body.place not in ("required", "short"):
        return None
    index = line.at(gap.end())
    if index >= len(line.words) or line.starts[index] != gap.end():
        return None
    hit = _agency_hit(line, index)
    if hit is None:
        return None
    mine: list[Reading] = []
    for reading in hit.readings:
        if not isinstance(reading, _Local | _Collective) or reading.body is None:
            return None
        if not any({body.body_id, reading.body.body_id} <= pair for pair in _PAIRS):
            return None
        mine.append(replace(reading, start=start, end=end, body=body))
    return _Hit(start, hit.end, (*mine, *hit.readings))


_GROUP = re.compile(rf"(?P<all>{_ALL}|\d{{1,3}}\s+)?(?P<head>bộ|sở)(?P<open>\s*(?:gồm\s*:?|là\s*:|[:(])\s*|\s+)")


_GROUP_WORDS = frozenset(("các", "những", "tất", "toàn", "bộ", "sở"))


def _group_hit(line: _Line, index: int, cell: bool) -> _Hit | None:
    """ "các Bộ: Nông nghiệp và Môi trường; Công an", "03 bộ (Tài chính, Y tế, Ngân hàng Nhà nước)"."""
    word = line.words[index]
    match = _GROUP.match(line.folded, line.starts[index]) if word in _GROUP_WORDS or word.isdigit() else None
    if match is None or not (match["all"] or match["open"].strip()):
        return None
    readings: list[Reading] = []
    at = match.end()
    while reading := _group_item(line, at, match["head"], first=not readings):
        readings.append(reading)
        gap = _ITEM_GAP.match(line.folded, reading.end)
        if gap is None:
            break
        at = gap.end()
    return _Hit(match.start(), readings[-1].end, tuple(readings)) if readings else None


def _group_item(line: _Line, at: int, head: str, first: bool) -> Reading | None:
    index = line.at(at)
    if index >= len(line.words) or line.starts[index] != at:
        return None
    for after, names in _matches(line, index, _short_tree(head)):
        start, end = line.starts[index], line.ends[after - 1]
        if not line.text[start].isupper():
            continue
        bodies = [n.holder for n in names if isinstance(n.holder, Body)]
        if bodies:
            return _Local(start, end, bodies[0], None)
        entries = tuple(dict.fromkeys(n.holder for n in names if isinstance(n.holder, Entry)))
        return _Named(start, end, f"{head} {line.text[start:end]}", entries)
    hit = None if first else _agency_hit(line, index)
    return hit.readings[0] if hit and len(hit.readings) == 1 else None


_TITLE = re.compile(
    r"(?:(?:các\s+)?(?:đồng chí|đ/c|ông|bà)\s+)?(?:phó\s+)?"
    r"(?:bộ trưởng|thứ trưởng|thủ trưởng|chủ tịch|chủ nhiệm|tổng giám đốc|giám đốc|chánh án|viện trưởng|thống đốc"
    r"|các\s+(?:(?:đồng chí|đ/c)\s+)?thành viên|tổng cục trưởng|cục trưởng|bí thư|trưởng|chánh|hiệu trưởng|tổng biên tập|tư lệnh|chỉ huy trưởng|lãnh đạo"
    r"|ban thường vụ|ban thường trực|thường trực|đồng chí|đ/c)\s*(?:,\s*|\s+và\s+)?(?=[^\W_])"
)


def _titled_hit(line: _Line, index: int, cell: bool) -> _Hit | None:
    """ "Bộ trưởng Bộ Y tế", "Chủ tịch UBND tỉnh": the holder of an office stands for it."""
    match = _TITLE.match(line.folded, line.starts[index])
    if match is None:
        return None
    inner = line.at(match.end())
    if inner >= len(line.words) or line.starts[inner] != match.end():
        return None
    hit = _hit_at(line, inner, cell)
    if hit is None:
        return None
    first: Reading = hit.readings[0]
    printed = line.text[match.start() : match.end()]
    title = _HOLDS.search(printed)
    held = title.group() if title else _MEMBERS if printed.endswith("thành viên ") else ""
    whole: Reading = _Held(match.start(), first.end, first, held)
    return _Hit(match.start(), hit.end, (whole, *hit.readings[1:]))


@dataclass(frozen=True, slots=True)
class _Held:
    """An office named through its holder; of many offices their holders are meant, "Chủ tịch UBND các tỉnh", and of a
    board those who sit on it."""

    start: int
    end: int
    office: Reading
    title: str

    def agency(self, on: date | None, issuer: Agency | None) -> Agency:
        office = self.office.agency(on, issuer)
        members = self.title == _MEMBERS
        if not self.title or not (members or office.kind == "collective"):
            return office
        name = f"{self.title[0].upper()}{self.title[1:].lower()} {office.name.replace('Các ', 'các ', 1)}"
        unlisted, key = "" if office.known else "x-", office.agency_id.removeprefix("x-")
        return replace(office, agency_id=f"{unlisted}{_slug(self.title)}-{key}", name=name, kind="collective")


# not "đồng chí", not "lãnh đạo", of whom nobody is named
_HOLDS = re.compile(
    r"(?:phó\s+)?(?:chủ tịch|thủ trưởng|giám đốc|chủ nhiệm|bí thư|hiệu trưởng|cục trưởng)(?=\s*$)", re.IGNORECASE
)


# those who sit on a board or a committee are meant, not it
_MEMBERS = "Các thành viên"

_NO_ACTOR_BEFORE = frozenset(["tại", "bàn", "ở", "của", "trong", "thuộc", "trên", "từ", "đến"])


def _area_hit(line: _Line, index: int, cell: bool) -> _Hit | None:
    """A province named as the actor, with its level word or alone between separators."""
    start = line.starts[index]
    if not cell or (index and line.joints[index] == _PLAIN and line.words[index - 1] in _NO_ACTOR_BEFORE):
        return None
    place = read_place(line.text, line.folded, start)
    if place is None or place.province is None or not line.text[place.end - 1].isalnum():
        return None
    if (not place.level and (line.joints[index] == _PLAIN and index)) or not _capital(line, place):
        return None
    return _Hit(start, place.end, (_Area(start, place.end, place.province),))


def _capital(line: _Line, place: Place) -> bool:
    name = line.text[place.start : place.end]
    return any(c.isupper() for c in name)


# --- reading a text -------------------------------------------------------------------------------------------

# the first words of the rules above: most words of a page begin none of them
_LIST_STARTS = """
    các những tất toàn bộ ngành cơ địa sở ban đơn tỉnh thành huyện quận thị xã phường tập tổng tổ doanh hội hiệp
    viện trường đảng cấp
"""
_TITLE_STARTS = """
    các đồng đ ông bà phó bộ thứ thủ chủ tổng giám chánh viện thống cục bí trưởng hiệu tư chỉ lãnh ban thường
"""
_LIST_WORDS, _TITLE_WORDS = frozenset(_LIST_STARTS.split()), frozenset(_TITLE_STARTS.split())


@cache
def _starters() -> frozenset[str]:
    return frozenset(_name_tree().next) | _LIST_WORDS | _TITLE_WORDS


def _agency_reader(line: _Line, index: int, cell: bool) -> _Hit | None:
    return _agency_hit(line, index) if line.words[index] in _name_tree().next else None


def _list_reader(line: _Line, index: int, cell: bool) -> _Hit | None:
    word = line.words[index]
    return _list_hit(line, index, cell) if word in _LIST_WORDS or word.isdigit() else None


def _title_reader(line: _Line, index: int, cell: bool) -> _Hit | None:
    return _titled_hit(line, index, cell) if line.words[index] in _TITLE_WORDS else None


_READERS: tuple[Callable[[_Line, int, bool], _Hit | None], ...] = (
    _group_hit,
    _list_reader,
    _agency_reader,
    _title_reader,
    _area_hit,
)


def _hit_at(line: _Line, index: int, cell: bool) -> _Hit | None:
    for reader in _READERS:
        hit = reader(line, index, cell)
        if hit is not None:
            return hit
    return None


def _hits(line: _Line, cell: bool) -> list[_Hit]:
    found: list[_Hit] = []
    index, starters = 0, _starters()
    while index < len(line.words):
        word = line.words[index]
        hit = _hit_at(line, index, cell) if word in starters or cell else None
        if hit is None:
            index += 1
        else:
            found.append(hit)
            index = line.at(hit.end)
    return found


@lru_cache(maxsize=1024)  # several rules look for agencies in one block
def _read(text: str, cell: bool) -> tuple[_Line, list[_Hit]]:
    line = _line(text)
    return line, _hits(line, cell)


def find(text: str) -> list[tuple[int, int]]:
    """The places of agency names in running text, longest match, in order.

    >>> text = "Giao Bộ Tài chính chủ trì, phối hợp với các bộ, ngành, địa phương; cán bộ, công chức …"
    >>> [text[start:end] for start, end in find(text)]
    ['Bộ Tài chính', 'các bộ, ngành, địa phương']
    """
    return [(hit.start, hit.end) for hit in _read(text, False)[1]]


def read_actors(text: str, on: date | None, issuer: Agency | None = None) -> list[Actor]:
    """The agencies that a whole cell or clause names, in order, each with its place in `text`.

    A name that no rule knows becomes an actor of its own (`known` is False) if it begins like an agency's.

    >>> [a.agency.name for a in read_actors("các Bộ: Nông nghiệp và Môi trường; Công an", date(2025, 6, 1))]
    ['Bộ Nông nghiệp và Môi trường', 'Bộ Công an']
    """
    line, hits = _read(text, True)
    unknown = _unlisted(line, hits)
    kept = [h for h in hits if not any(start <= h.start < end for start, end in unknown)]
    actors = [Actor(r.start, r.end, r.agency(on, issuer)) for h in kept for r in h.readings]
    actors += [Actor(start, end, resolve(_as_named(text, start, end), on, issuer)) for start, end in unknown]
    further = (named for each in unknown for named in (*_numbered(text, *each), *_sharing(text, *each)))
    actors += [Actor(*place, resolve(name, on, issuer)) for place, name in further]
    actors += _slipped_actors(text, on, issuer, [(a.start, a.end) for a in actors])
    actors.sort(key=lambda actor: (actor.start, actor.end))
    return [actor for actor in actors if not any(_is_whose(text, other, actor) for other in actors)]


_ALL_OF = re.compile(r"(?:^|[\s,;(])các\s+$", re.IGNORECASE)
_ANOTHER = re.compile(r"\s*(?:[,;]|và)\s*(?:và\s+)?")


def _as_named(text: str, start: int, end: int) -> str:
    """A name that no rule knows; of several bodies that have it, "các Ban Quản lý dự án", all are meant, unless another of
    their kind, or a number, follows."""
    name = text[start:end]
    if not _ALL_OF.search(text[:start]):
        return name
    further = _ANOTHER.match(text, end)
    kind = name.split(" ", 1)[0]
    numbered = name[-1:].isdigit()
    # of a ministry's departments and an office's divisions each name is one's own
    single = kind in ("Vụ", "Cục", "Phòng") and further and text[start + len(kind) :].lstrip()[:1].isupper()
    one = numbered or single or (further and text.startswith(kind, further.end())) or any(_sharing(text, start, end))
    return name if one else f"Các {name}"


_IN_NUMBER = re.compile(r"(?:\s*,\s*|\s+và\s+)(?P<number>\d{1,3})(?![\w/.])(?!\s+(?!và\s+\d)[^\W\d_])")


def _numbered(text: str, start: int, end: int) -> Iterator[tuple[tuple[int, int], str]]:
    """The bodies that only their numbers name behind the first one: "các Ban Quản lý dự án 6, 7 và 85"."""
    head = text[start:end].rstrip("0123456789")
    while head != text[start:end] and head.endswith(" ") and (another := _IN_NUMBER.match(text, end)):
        end = another.end()
        yield another.span("number"), head + another["number"]


# fields that go together in names: "Khoa học và Công nghệ" is one
_PAIRED_FIELDS = (
    r"(?:Khoa học|Tài nguyên|Nông nghiệp|Giáo dục|Thông tin|Kế hoạch|Thể thao|Hạ tầng|Chăn nuôi|Trồng trọt|Kinh tế|Văn hóa)\s+và\s+"
    r"(?:Công nghệ|Môi trường|Đào tạo|Truyền thông|Đầu tư|Du lịch|Đô thị|Thú y|Bảo vệ thực vật|Hạ tầng|Xã hội|Phát triển nông thôn)"
)
_SHARED = re.compile(
    rf"(?:,\s+|\s+và\s+)(?P<name>(?!Các\s){_PAIRED_FIELDS}(?!\w)|(?!Các\s)[{UPPER}][^,;.:()]*?)(?=\s*[,;.:]|\s+và\s+[{UPPER}]|\s*$)"
)
# no fields: those who act have names without the kind before them
_OTHERS = re.compile(
    r"(?:chủ|nhà|mặt trận|đoàn|trưởng|phó|doanh|người|tổ(?!\s+chức)|hội|ubnd|ủy ban|thể thao và du lịch)(?!\w)"
)
_KINDS = ("Vụ", "Cục", "Phòng", "Viện", "Trung tâm", "Chi cục")


def _sharing(text: str, start: int, end: int) -> Iterator[tuple[tuple[int, int], str]]:
    """The bodies that share the word for their kind with the first one: "các Vụ Pháp chế, Kế hoạch - Tài chính"."""
    kind = next((kind for kind in _KINDS if text.startswith(f"{kind} ", start)), None)
    while kind and _ALL_OF.search(text[:start]) and (another := _SHARED.match(text, end)):
        folded = fold(another["name"])
        if _HEAD.match(folded) or _OTHERS.match(folded) or _hits(_line(another["name"]), True):
            return
        end = another.end("name")
        yield another.span("name"), f"{kind} {another['name']}"


_UNIT_OF = re.compile(r"(?:cục|vụ|tổng cục|chi cục|viện|trung tâm|phòng|học viện|trường)\s")
_OWNER = re.compile(r"(?:bộ|sở|ủy ban|ubnd|thanh tra chính phủ|ngân hàng nhà nước|văn phòng chính phủ)(?:\s|$)")


def _is_whose(text: str, unit: Actor, owner: Actor) -> bool:
    """ "Vụ Kế hoạch (Bộ Y tế)", "C06 - Bộ Công an": the ministry says whose unit it is, and acts no further."""
    between = text[unit.end : owner.start]
    opened = re.fullmatch(r"\s*\(\s*(?:thuộc\s+)?", between)
    closed = (opened and text[owner.end :].lstrip().startswith(")")) or between == " - "
    return bool(closed and _UNIT_OF.match(fold(unit.agency.name)) and _OWNER.match(fold(owner.agency.name)))


_SEGMENT = re.compile(r"[^;,\n]+")
_MOST_WORDS = 12


def _slipped_actors(text: str, on: date | None, issuer: Agency | None, taken: list[tuple[int, int]]) -> list[Actor]:
    """Known agencies in what is left of a list, where a slip hides even the head ("BộTài chính")."""
    found: list[Actor] = []
    for match in _SEGMENT.finditer(text):
        start, end = match.start() + len(match[0]) - len(match[0].lstrip()), match.start() + len(match[0].rstrip())
        free = not any(start < b and a < end for a, b in taken)
        if free and text[start : start + 1].isupper() and len(match[0].split()) <= _MOST_WORDS:
            agency = resolve(text[start:end], on, issuer)
            found += [Actor(start, end, agency)] if agency.known and agency.kind != "collective" else []
    return found


# words with which an agency's name begins
_HEAD = re.compile(
    r"(?:bộ|sở|ban|bql(?:da)?|điện lực|cục|tổng cục|vụ|viện|trường|đại học|học viện|tập đoàn|tổng công ty|công ty|hội|hiệp hội|hội đồng"
    r"|trung tâm|văn phòng|ngân hàng|ủy ban|ubnd|tổ|đài|quỹ|đảng ủy|chi cục|phòng|liên đoàn|liên minh|tòa án|cơ quan"
    r"|(?:binh|quân|sư|lữ|trung) đoàn|quân khu|quân chủng|công an|kho bạc|thanh tra(?!\s*,|\s+việc)|nhà xuất bản|hạt|trạm|tạp chí|báo|bệnh viện|tổng hội|tiểu ban|bảo hiểm|khoa(?!\s+học)|bộ môn|công đoàn|đoàn thanh niên"
    r"|chi nhánh(?=\s+(?:văn phòng|ngân hàng|công ty|tổng công ty|trung tâm|điện lực|viettel)))" + _END
)
_NAME_END = re.compile(
    r"\s*(?:[,;:(\n]|(?<!\btp)\.|/\s?(?=(?:vụ|cục|sở|ban|viện|văn phòng|phòng|trung tâm|ubnd|ủy ban|bộ)\s)|$)|\s+(?:ph|ct|chủ trì|phối hợp|thực hiện|để|khẩn trương|báo cáo|theo dõi|có trách nhiệm|tham mưu"
    r"|đề xuất|hướng dẫn|nghiên cứu|kiểm tra|rà soát|(?<!tổ công tác )(?<!chỉ đạo )triển khai|tiếp tục|tập trung|tăng cường|đôn đốc|ban hành|bảo đảm"
    r"|đảm bảo|chịu trách nhiệm|thường xuyên|kịp thời|chủ động|nhanh chóng|hoàn thành|hoàn thiện|vận động|gửi|chỉ đạo|(?<!công )(?<!chương )(?<!quy )trình|cùng|với)"
    + _END
    + r"|\s+và\s+(?=bộ\s|sở\s|các\s(?!khu\s)|ủy ban\s|văn phòng\s|(?:hiệp hội|hội|cơ quan|đơn vị|địa phương|doanh nghiệp)(?:\s+có)?\s+liên quan"
    + r"|(?:vụ|cục|tổng cục|trung tâm|viện|chi cục|trường|hội(?!\s+nhập)|đoàn(?!\s+thể)|văn phòng)\s)"
)


def _unlisted(line: _Line, hits: list[_Hit]) -> list[tuple[int, int]]:
    """Stretches that begin like an agency's name and are none of the hits."""
    found: list[tuple[int, int]] = []
    index = 0
    covered = {k for h in hits for k in range(line.at(h.start), line.at(h.end))}
    while index < len(line.words):
        start = line.starts[index]
        titled = _TITLE.match(line.folded, start) if index not in covered else None
        head = titled.end() if titled else start
        noun = None if index in covered else _HEAD.match(line.folded, head)
        if not noun or not (line.text[start].isupper() or _named_by_next(line, noun.end(), covered)):
            index += 1
            continue
        registered = _matches(
            line, index, _name_tree()
        )  # "Phòng Kinh tế, Hạ tầng và Đô thị", of which place is not said
        end = max(_name_end(line, head + 1), line.ends[registered[0][0] - 1] if registered else 0)
        end = _until_next_of_its_kind(line, head, noun.end(), end)
        if len(line.folded[start:end].split()) > 1 and not _apposed(line, index, covered):
            found.append((start, end))
        index = max(index + 1, line.at(end))
    return found


def _until_next_of_its_kind(line: _Line, head: int, at: int, end: int) -> int:
    """Where a name ends that another one with the same first word follows: "Vụ Vận tải Vụ Pháp chế"."""
    word = line.text[head:at].strip()
    again = line.text.find(f" {word} ", at, end) if word[:1].isupper() else -1
    # "Tổ trưởng Tổ công tác", "Tổ công tác Tổ trưởng"
    office = any(line.folded.startswith(("trưởng", "phó "), place) for place in (at + 1, again + len(word) + 2))
    if again < 0 or office or line.folded[:again].endswith((" của", " thuộc", " và", " các")):
        return end
    return again


def _named_by_next(line: _Line, at: int, covered: set[int]) -> bool:
    """ "cơ quan Thi hành án dân sự", "phòng Công nghệ thông tin": small letters only in what kind of office it is."""
    after = line.at(at)
    plain = after < len(line.words) and line.joints[after] == _PLAIN and after not in covered
    return plain and line.text[line.starts[after]].isupper()


def _apposed(line: _Line, index: int, covered: set[int]) -> bool:
    """ "Văn phòng Trung ương Đảng - Cơ quan thường trực …": the second says what the first one is."""
    return index - 1 in covered and line.folded[line.ends[index - 1] : line.starts[index]] == " - "


# "Vụ Khoa học công nghệ, môi trường và vật liệu xây dựng"
_FIELDS_GO_ON = re.compile(
    rf",\s(?!(?:các|những|{_HEAD.pattern.removesuffix(_END)}|đơn vị|địa phương|doanh nghiệp|sở|ngành|phối hợp|chủ trì|báo cáo|trình|nhà|chủ|hộ|người|cá nhân|tiểu thương|sinh viên|học sinh|phụ huynh|viễn thông)(?!\w))"
    rf"(?:[{LOWER}]+\s){{1,5}}và\s(?!các\s)(?=[{LOWER}])"
)


def _name_end(line: _Line, start: int) -> int:
    """Where an unlisted name ends: at a stop, or at a verb in small letters ("Ban Chỉ đạo" has none)."""
    for match in _NAME_END.finditer(line.folded, start):
        if _FIELDS_GO_ON.match(line.text, match.start()):
            continue
        first = line.text[match.start() : match.end()].strip()[:1]
        if not first.isupper() and not line.folded.endswith(" và", start, match.start()):
            return match.start()  # a name does not end in "và": "Trung tâm Nghiên cứu và triển khai công nghệ"
    return len(line.text)


_TRIM = " \t\n\xa0.,;:-–—•+*()[]\"'“”‘’/"


@lru_cache(maxsize=1024)  # a document names few agencies, each often
def resolve(raw: str, on: date | None, issuer: Agency | None = None) -> Agency:
    """The agency that a name means on a day, in a document of the issuer.

    Slips of recognition and tone variants are forgiven; a name that fits nothing, or two things, is unknown:
    its id begins with "x-" and `known` is False.

    >>> resolve("Bộ KH&CN", date(2025, 6, 9)).name
    'Bộ Khoa học và Công nghệ'
    >>> resolve("Sở Khoa học", date(2025, 6, 9))
    Agency(agency_id='x-so-khoa-hoc', name='Sở Khoa học', kind='other', known=False)
    """
    cleaned = " ".join(raw.split()).strip(_TRIM)
    if not cleaned:
        return _unknown(raw.strip())
    line = _line(cleaned)
    hit = _hit_at(line, 0, cell=True) if line.words else None
    if hit and hit.end >= line.ends[-1] and len(hit.readings) == 1:
        return hit.readings[0].agency(on, issuer)
    slipped = _slipped(line, on, issuer)
    if slipped:
        return slipped
    cleaned = re.sub(
        r"^(?:các )?(?:đồng chí|đ/c)\s+(?!thành viên)|(?<=^các )(?:đồng chí|đ/c)\s+", "", cleaned, flags=re.IGNORECASE
    )
    return _unknown(cleaned[0].upper() + cleaned[1:])


# --- slips of recognition -------------------------------------------------------------------------------------


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(word for name in _names() for word in name.words)


@cache
def _by_length() -> dict[int, tuple[_Name, ...]]:
    lengths: dict[int, list[_Name]] = {}
    for name in _names():
        if len(name.words) > 1:
            lengths.setdefault(len(name.words), []).append(name)
    return {length: tuple(names) for length, names in lengths.items()}


@cache
def _by_letters() -> dict[str, tuple[_Name, ...]]:
    index: dict[str, tuple[_Name, ...]] = {}
    for name in _names():
        if len(name.words) > 1:
            key = bare_folded("".join(name.words))
            index[key] = (*index.get(key, ()), name)
    return index


def _slipped(line: _Line, on: date | None, issuer: Agency | None) -> Agency | None:
    """The one agency whose name is printed here with a slip; for a local body the place must stand as it is."""
    for count in range(len(line.words), 1, -1):
        end = line.ends[count - 1]
        place = read_place(line.text, line.folded, end) if count < len(line.words) else None
        if count < len(line.words) and (place is None or place.end < line.ends[-1]):
            continue
        holders = _holders(line, count)
        if len(holders) == 1:
            return _slip_agency(holders[0], place, line, on, issuer)
    return None


def _slip_agency(
    holder: Entry | Body, place: Place | None, line: _Line, on: date | None, issuer: Agency | None
) -> Agency | None:
    if isinstance(holder, Body):
        if place is None and holder.place in ("required", "short"):
            return None
        return _Local(0, len(line.text), holder, place).agency(on, issuer)
    return None if place else Agency(holder.agency_id, holder.name, holder.kind)


def _holders(line: _Line, count: int) -> list[Entry | Body]:
    """The holders of the names nearest to the first words: the same letters, else one slip in a word."""
    same = _by_letters().get(bare_folded("".join(line.words[:count])), ())
    near = same or [name for name in _by_length().get(count, ()) if _near(line.words[:count], name.words)]
    return list(dict.fromkeys(name.holder for name in near))


# "Bộ Nông nghiên và Môi trường" is a slip although "nghiên" is a word; "Tổng công ty Hàng hóa Việt Nam" is none of
# "… Hàng hải …": only a long word in a long name is taken for one that another word came in for
_LONG_NAME = _LONG_WORD = 5


def _near(words: list[str], name: tuple[str, ...]) -> bool:
    """One letter off in one word of four; a word that other agencies have in their names is no slip.

    >>> _near("bộ tài chinb".split(), ("bộ", "tài", "chính"))
    True
    >>> _near("bộ công nghệ".split(), ("bộ", "công", "nghiệp"))  # another name, not a slip
    False
    """
    if _bare_word(words[0]) != _bare_word(name[0]):
        return False
    off = [(a, b) for a, b in zip(words, name, strict=True) if _bare_word(a) != _bare_word(b)]
    if any(word in _vocabulary() and (len(name) < _LONG_NAME or len(word) < _LONG_WORD) for word, _ in off):
        return False
    # all ministries are listed, so a word that none of them has must be a slip; other short names need a long word
    shortest = 3 if len(name) >= _LONG_NAME or name[0] == "bộ" else _LONG_WORD
    return 0 < len(off) <= max(1, len(name) // 4) and all(_letter_off(a, b, shortest) for a, b in off)


def _letter_off(word: str, meant: str, shortest: int) -> bool:
    if len(meant) < shortest or word.isdigit():
        return False
    return Levenshtein.distance(_bare_word(word), _bare_word(meant)) <= 1
