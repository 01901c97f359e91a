"""Counts and the lists they announce: "6 sân bay (Nội Bài, …)", "10 điểm mới: (1) … (10) …", "13 dự án luật, bao gồm:" and bullets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractors.relations.figures import DOUBTFUL, HOLDS, Figure, Relation, judged, plain
from normalizers.quantities import is_measure
from normalizers.text import fold

_FEWEST, _MOST = 2, 60
# between the number and its list: what is counted, no other figure, no end of the sentence
_BRACKET = re.compile(
    r"[^.;:()\d]{0,120}\(\s*(?:(?:bao )?gồm|là|cụ thể|đó là)?\s*:?\s*(?P<list>[^()]{3,600}(?:\([^()]*\)[^()]*)*)\)"
)
_COLON = re.compile(
    r"[^.;:()\d]{0,120}(?::|\s(?:bao gồm|gồm|là|tại|ở)\s*:?)\s*(?P<list>[^:]{3,600}?)\s*(?:\.(?=\s|$)|;|$)"
)
# a list that goes on, or names examples, has no count
_OPEN = re.compile(r"…|\.\.\.|v\.v|(?<!\w)(?:như|ví dụ|vd|điển hình|tiêu biểu|từ|trong đó)(?!\w)")
_LABEL = re.compile(r"(?:^|[\s;,.:])\((?P<number>\d{1,2})\)\s")
_NESTED = re.compile(r"\([^()]*\)")


def counts(text: str, figures: Sequence[Figure]) -> Iterator[Relation]:
    folded = fold(text)
    for figure in figures:
        if not _is_small_count(figure):
            continue
        labelled = _labels(folded, figure)
        if labelled:
            yield counted(figure, labelled)
        elif announces(figure) and any(
            figure.value == count for listed in _lists(folded, figure) for count in _lengths(listed)
        ):
            yield counted(figure, int(figure.value))


def announces(figure: Figure) -> bool:
    """Whether a figure can be the count of a list of names: of things, not of a measure."""
    return _is_small_count(figure) and bool(figure.unit) and not is_measure(figure.unit)


def listed_apart(figure: Figure, text: str) -> Relation | None:
    """A count and the list that a footnote gives of it: "04 bộ" and "Bộ Y tế, Bộ Nội vụ, Bộ Xây dựng, Bộ Công an."."""
    listed = _ANNOUNCED.sub("", _NESTED.sub(" ", fold(text))).strip(" .;,:")
    if not announces(figure) or _OPEN.search(listed) or re.search(r"\d|\.\s", listed):
        return None
    return counted(figure, int(figure.value)) if figure.value in _lengths(listed) else None


# what leads to the list in a footnote
_ANNOUNCED = re.compile(r"^\W*(?:(?:bao )?gồm(?: có)?|cụ thể|đó là|là)(?:\s*là)?\s*:?")


def _is_small_count(figure: Figure) -> bool:
    whole = figure.metric.comparator == "=" and figure.metric.value_high is None and float(figure.value).is_integer()
    return whole and _FEWEST <= figure.value <= _MOST and figure.unit not in ("hạng", "%")


def counted(figure: Figure, count: int) -> Relation:
    expression = f"{count} mục = {plain(figure.value)} {figure.metric.unit}"
    verdict = HOLDS if figure.value == count else DOUBTFUL
    return judged("count_of_list", expression, figure.value, float(count), 0.0, (figure,), verdict)


def _labels(folded: str, figure: Figure) -> int:
    """The last of the labels (1), (2) … that follow a colon behind the figure; 0 if they don't begin there or have gaps."""
    colon = re.compile(r"[^.;()\d]{0,160}:\s*(?=\(1\)\s)").match(folded, figure.end)
    if colon is None:
        return 0
    numbers = [int(label["number"]) for label in _LABEL.finditer(folded, colon.end() - 1)]
    run = 0
    for number in numbers:
        if number == run + 1:
            run = number
    return run


def _lists(folded: str, figure: Figure) -> Iterator[str]:
    for pattern in (_BRACKET, _COLON):
        found = pattern.match(folded, figure.end)
        if found and not _OPEN.search(found["list"]):
            yield _NESTED.sub(" ", found["list"]).strip(" .;,")


def _lengths(listed: str) -> set[int]:
    """How many items a list may have: set apart by semicolons, else by commas, the last perhaps by "và"."""
    if ";" in listed:
        return {len([item for item in listed.split(";") if item.strip()])}
    items = [item for item in listed.split(",") if item.strip()]
    if not items or any(len(item) > 80 for item in items):
        return set()
    joined = len(re.findall(r"\svà\s", items[-1]))
    return {len(items)} | ({len(items) + 1} if joined else set())
