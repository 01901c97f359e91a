"""Text -> weighted terms: what a task or an indicator is about, without the phrases that all of them share.

Vietnamese words are one to four syllables long: the terms are single syllables (half weight) and
pairs of neighbours. What stands behind "để", "nhằm", "phục vụ" is a purpose that many works share.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rapidfuzz.distance import Levenshtein

from normalizers.abbreviations import expand
from normalizers.text import fold

Terms = Mapping[str, float]

_SYLLABLE = re.compile(r"[^\W_]+|[^\w\s]")
_PURPOSE = re.compile(r"(?<!\w)(?:để|nhằm|phục vụ|góp phần|bảo đảm|đảm bảo|phù hợp với|đáp ứng|theo hướng)(?!\w)")
_CLAUSE_END = re.compile(r"[;:]|\.(?=\s|$)")
# who shall do it, by when, under whose eyes: read into their own columns, no part of the work
_BESIDE = re.compile(
    r"(?<!\w)(?:phân công\s[^.;]*(?:theo dõi|chỉ đạo|phụ trách)[^.;]*"
    r"|(?:,\s*)?(?:thời hạn )?hoàn thành (?:trong|trước|vào|chậm nhất)\s[^.;]*"
    r"|(?:thời hạn|thời gian|cơ quan)(?: hoàn thành| thực hiện| chủ trì)*\s*:[^.;]*"
    r"|(?:giao )?[^.;,]*chủ trì,? phối hợp(?: chặt chẽ)? với\s)"
)
_PURPOSE_WEIGHT, _SYLLABLE_WEIGHT = 0.4, 0.5
# how far into the text the thing to be made is named, in syllables
_HEAD = 14


@dataclass(frozen=True, slots=True)
class Wording:
    """The terms of a text with how much each counts, its object syllable by syllable, the products named at its head."""

    terms: Terms
    object: tuple[str, ...]
    products: frozenset[str]


def wording(text: str, names: Iterable[str] = ()) -> Wording:
    """What a text is about; `names` (agencies, persons) are left out.

    >>> wording("Giao Sở Y tế chủ trì, phối hợp với các đơn vị xây dựng Đề án số hóa TTHC").object
    ('đề', 'án', 'số', 'hóa', 'thủ', 'tục', 'hành', 'chính')
    """
    folded = _BESIDE.sub(" ; ", fold(expand(text)))
    for name in names:
        folded = folded.replace(fold(name), " ; ")
    terms: dict[str, float] = {}
    named: list[str] = []
    for part, factor in _parts(folded):
        syllables = _SYLLABLE.findall(_without_phrases(part))
        for term, weight in _terms(syllables):
            terms[term] = max(terms.get(term, 0.0), weight * factor)
        if factor == 1.0:
            named += (syllable for syllable in syllables if syllable[0].isalnum())
    head = " ".join(_SYLLABLE.findall(folded)[:_HEAD])
    return Wording(terms, tuple(named), frozenset(_products().findall(head)))


def _parts(folded: str) -> Iterator[tuple[str, float]]:
    """The text up to each purpose in full, purposes with less weight."""
    start = 0
    while purpose := _PURPOSE.search(folded, start):
        yield folded[start : purpose.start()], 1.0
        stop = _CLAUSE_END.search(folded, purpose.end())
        end = stop.start() if stop else len(folded)
        yield folded[purpose.end() : end], _PURPOSE_WEIGHT
        start = end
    yield folded[start:], 1.0


def _terms(syllables: list[str]) -> Iterator[tuple[str, float]]:
    for syllable, following in zip(syllables, [*syllables[1:], ";"], strict=False):
        if syllable[0].isalnum():
            yield syllable, _SYLLABLE_WEIGHT
            if following[0].isalnum():
                yield f"{syllable} {following}", 1.0


def _without_phrases(part: str) -> str:
    # "trình" is a verb, "chương trình" a thing: such words are stepped over whole
    return _phrases().sub(lambda match: match[0] if match["kept"] else " ; ", part)


@cache
def _phrases() -> re.Pattern[str]:
    lines = _lines("drafting_phrases.txt")
    kept = [line.removeprefix("= ") for line in lines if line.startswith("= ")]
    phrases = [line for line in lines if not line.startswith("= ")]
    return re.compile(rf"(?<!\w)(?:(?P<kept>{_any([*kept, *_lines('products.txt')])})|{_any(phrases)})(?!\w)")


@cache
def _products() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?<!pháp )(?:{_any(_lines('products.txt'))})(?!\w)")


def _lines(file: str) -> list[str]:
    lines = files("normalizers.data").joinpath(file).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _any(words: Iterable[str]) -> str:
    """Words as alternatives, longest first."""
    return "|".join(map(re.escape, sorted(set(words), key=len, reverse=True)))


def replaced(left: Sequence[str], right: Sequence[str]) -> float:
    """The share of the shorter object that the other replaces by other words at the same place.

    >>> replaced("chương trình công nghệ chiến lược".split(), "chương trình công nghiệp chiến lược".split())
    0.16666666666666666
    """
    blocks = Levenshtein.opcodes(left, right)
    changed = sum(
        min(block.src_end - block.src_start, block.dest_end - block.dest_start)
        for block in blocks
        if block.tag == "replace"
    )
    return changed / max(1, min(len(left), len(right)))
