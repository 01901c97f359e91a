"""What the shapes of single components prove: raised figures, and strokes of Roman numerals.

Tesseract reads a raised figure as a quotation mark or glues it to the number before it ("năm 2025⁹" becomes
20259), and it reads "Quý II/2025" as "Quý 1/2025".
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pipeline.read.scan.lines import Components, Numbers, Strip
from pipeline.read.scan.ocr import Letter, Word

ROMAN = re.compile(r"(?P<before>[VX]*)(?P<strokes>I+)(?P<after>[VX]*)(?P<end>[.)]?)")
ONES = re.compile(r"[1IlH|]{1,3}(?P<end>[.)]?)")
# Between two strokes and a year the slash is sometimes overlooked.
QUARTER = re.compile(r"(?P<strokes>[1IlH|]{1,3})[/⁄]?(?P<year>(?:19|20)\d\d)(?P<rest>[.,;:)]*)")

# A stroke and its mirror image have this share of their ink in common; a 1 and its mirror image have less.
SYMMETRIC = 0.78
# The head and the foot of an I are at least this share of its breadth.
BROAD = 0.85
# Before a year less proof will do: "quý I/2025" is common.
BROAD_IN_YEAR = 0.7
# A slash alone is narrower than this share of its height.
WIDE_SLASH = 0.65
# Confidence in what a shape proves.
PROVEN = 0.9


def raised_figures(strip: Strip) -> list[Numbers]:
    """Groups of components (their numbers) that may be raised figures, from left to right."""
    tall = strip.baseline - strip.x_line
    x0, y0, x1, y1 = strip.boxes.T
    height = y1 - y0
    small = (height >= 0.55 * tall) & (height <= 1.1 * tall) & (x1 - x0 <= 0.9 * tall) & (x1 - x0 < 1.1 * height)
    high = (y1 <= strip.baseline - 0.25 * tall) & (y0 <= strip.x_line - 0.2 * tall)
    groups: list[list[int]] = []
    for index in sorted(np.nonzero(small & high)[0], key=lambda i: x0[i]):
        if groups and x0[index] - x1[groups[-1][-1]] <= 0.4 * tall:
            groups[-1].append(int(index))
        else:
            groups.append([int(index)])
    return [strip.members[group] for group in groups if len(group) <= 3 and _stands_free(strip, group, tall)]


def _stands_free(strip: Strip, group: list[int], tall: float) -> bool:
    """Whether nothing is printed under or over the group and nothing close to its right but punctuation."""
    boxes = strip.boxes
    left, right = boxes[group, 0].min(), boxes[group, 2].max()
    others = np.delete(boxes, group, axis=0)
    shared = np.minimum(others[:, 2], right) - np.maximum(others[:, 0], left)
    if (shared > 0.25 * (right - left)).any():
        return False
    letters = others[(others[:, 3] - others[:, 1] >= 0.8 * tall) & (others[:, 1] < strip.baseline - 0.6 * tall)]
    return not ((letters[:, 0] >= right - 0.2 * tall) & (letters[:, 0] < right + 0.3 * tall)).any()


def without(strip: Strip, numbers: Numbers) -> Strip:
    """The line without some of its components."""
    kept = ~np.isin(strip.members, numbers)
    return replace(strip, boxes=strip.boxes[kept], members=strip.members[kept])


def part_of(strip: Strip, numbers: Numbers) -> Strip:
    """Some of a line's components as a line of their own."""
    kept = np.isin(strip.members, numbers)
    boxes = strip.boxes[kept]
    return Strip(boxes, strip.members[kept], float(boxes[:, 3].max()), float(boxes[:, 1].min()))


def with_true_strokes(word: Word, strip: Strip, parts: Components) -> Word:
    """A Roman numeral, or the quarter before a year, with as many strokes as are printed."""
    inside = (strip.boxes[:, 0] >= word.x0) & (strip.boxes[:, 2] <= word.x1)
    tall = inside & (strip.boxes[:, 3] - strip.boxes[:, 1] > 0.7 * (word.y1 - word.y0))
    own = np.nonzero(tall)[0]
    own = own[np.argsort(strip.boxes[own, 0])]
    members = strip.members[own]
    roman, quarter = ROMAN.fullmatch(word.text), QUARTER.fullmatch(word.text)
    ones = ONES.fullmatch(word.text)
    if ones:
        return _counted(word, [*members], ones["end"], parts)
    if roman:
        count = len(own) - len(roman["before"]) - len(roman["after"])
        text = f"{roman['before']}{'I' * count}{roman['after']}{roman['end']}"
        # strokes that touch are one component: never fewer than were read
        return _rewritten(word, text) if len(roman["strokes"]) < count <= 3 else word
    if quarter and len(members) >= 5:
        return _quarter(word, quarter, [*members], parts)
    return word


def _quarter(word: Word, quarter: re.Match[str], members: list[int], parts: Components) -> Word:
    """The quarter before a year; its last stroke may touch the slash."""
    before, slash = members[:-5], members[-5]
    counts = [_strokes(parts, number, BROAD_IN_YEAR) for number in before]
    x0, y0, x1, y1 = parts.boxes[slash]
    if x1 - x0 > WIDE_SLASH * (y1 - y0):
        counts.append(_runs(parts.labels[y0:y1, x0:x1] == slash) - 1)
    total = sum(counts)
    if not all(counts) or not len(quarter["strokes"]) <= total <= 3:
        return word
    return _rewritten(word, f"{'I' * total}/{quarter['year']}{quarter['rest']}")


def roman_strokes(strip: Strip, parts: Components) -> Word | None:
    """A line of nothing but one to three I with feet and heads, which tesseract overlooks or reads as H."""
    if len(strip.members) > 3:
        return None
    x0, y0, x1, y1 = (float(edge) for edge in strip.bounds)
    low = strip.boxes[:, 3] - strip.boxes[:, 1] < 0.9 * (y1 - y0)
    counts = [_strokes(parts, number) for number in strip.members]
    if low.any() or not all(counts) or sum(counts) > 3:
        return None
    return _rewritten(Word("", x0, y0, x1, y1, PROVEN, ()), "I" * sum(counts))


def _counted(word: Word, strokes: list[int], rest: str, parts: Components) -> Word:
    """The word with an I for each printed stroke before the rest; as it is if they are no such strokes."""
    counts = [_strokes(parts, number) for number in strokes]
    return _rewritten(word, "I" * sum(counts) + rest) if counts and all(counts) and sum(counts) <= 3 else word


def _strokes(parts: Components, number: int, broad: float = BROAD) -> int:
    """How many I of Times and its likes the component shows; two may touch. 0 if it shows anything else.

    An I is its own mirror image, and its head and its foot are as broad as it is: a 1 has no right half of a
    head, figures like 0 and 8 have round heads, and a bar is nowhere broader.
    """
    x0, y0, x1, y1 = parts.boxes[number]
    shape: npt.NDArray[np.bool_] = parts.labels[y0:y1, x0:x1] == number
    height, width = shape.shape
    # the middle of an I may fall between two pixels
    mirrored = [np.roll(shape[:, ::-1], shift, axis=1) for shift in (-1, 0, 1)]
    alike = max(int(np.count_nonzero(shape & other)) / int(np.count_nonzero(shape | other)) for other in mirrored)
    count = _runs(shape)
    breadth = shape.sum(axis=1)
    rim = max(1, height // 7)
    ends = min(int(breadth[:rim].max()), int(breadth[-rim:].max()))
    serifs = ends >= broad * width and ends > 1.25 * int(breadth[height // 2])
    return count if alike > SYMMETRIC and serifs and width < 0.7 * count * height else 0


def _runs(shape: npt.NDArray[np.bool_]) -> int:
    """How many strokes the shape has at half its height."""
    middle = shape[len(shape) // 2].astype(np.int8)
    return int(np.count_nonzero(np.diff(np.concatenate(([0], middle))) > 0))


def _rewritten(word: Word, text: str) -> Word:
    """The word with another text, its letters spread evenly."""
    if text == word.text:
        return word
    width = (word.x1 - word.x0) / len(text)
    letters = (Letter(c, word.x0 + i * width, word.y0, word.x0 + (i + 1) * width, word.y1) for i, c in enumerate(text))
    return replace(word, text=text, letters=tuple(letters))
