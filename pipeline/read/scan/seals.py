"""Round seals printed in black, as 1-bit scans show them: where they are, and the ink without their rings.

A seal stands over the end of the office and the beginning of the name that are signed. Its rings run through their
letters and make them part of one large piece of ink that is no letter. The rings are circles: they can be taken out,
and what crosses them stays. What lies under the emblem in the middle can't be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.read.scan.lines import LARGEST_LETTER, Components, Numbers, Strip
from pipeline.read.scan.ocr import Word
from pipeline.read.scan.photograph import Pixels

# Seals of offices are 34 to 42 mm wide: their radius in points, with some for a swollen ring.
SMALLEST, LARGEST = 44.0, 64.0
# A ring is inked along this share of its circle; beside the outermost one, in and out, there is less ink than that.
RING, BESIDE = 0.8, 0.5
# The edges of a ring are inked along this share.
EDGE = 0.45
# Broadest ring, and the room inside the outermost one where there is blank paper, in points.
BROADEST, ROOM = 6.0, 9.0
# The emblem lies within this share of the radius, the letters of the seal between it and the outer rings.
EMBLEM = 0.72
# Directions in which the rings are looked at, and those around one in which a ring is alike.
TURNS, AROUND = 1440, 30
# A ring may swell beyond its circle by so much.
SWOLLEN = 1.05
# Pieces of rings that are left are no larger, in points.
CRUMB = 1.5
# Print that runs into a seal goes on inside up to gaps of so many heights of its letters; what stands behind a wider one
# is the seal's own.
GAP = 0.6
# Ink this near to both sides of a ring, in points, runs through it, also askew by so many directions.
NEAR, ASKEW = 0.7, 5

Profile = npt.NDArray[np.float64]
Distances = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal in pixels; `rings` are the inner and outer radii of its rings, outermost first."""

    x: float
    y: float
    rings: tuple[tuple[int, int], ...]

    @property
    def middle(self) -> tuple[int, int]:
        return round(self.x), round(self.y)

    @property
    def radius(self) -> int:
        return self.rings[0][1]

    @property
    def inside(self) -> int:
        """The radius within which its letters and its emblem stand."""
        outer = [inner for inner, _ in self.rings if inner > 1.1 * EMBLEM * self.radius]
        return min(outer)

    def meets(self, word: Word) -> bool:
        """Whether a word reaches into it."""
        x, y = min(max(self.x, word.x0), word.x1), min(max(self.y, word.y0), word.y1)
        return bool(np.hypot(x - self.x, y - self.y) < self.radius)

    def holds(self, boxes: Numbers) -> npt.NDArray[np.bool_]:
        """Which boxes have their middles in it, or where its swollen ring may reach."""
        across, down = (boxes[:, 0] + boxes[:, 2]) / 2 - self.x, (boxes[:, 1] + boxes[:, 3]) / 2 - self.y
        held: npt.NDArray[np.bool_] = np.hypot(across, down) < SWOLLEN * self.radius
        return held


def find_seals(ink: Pixels, parts: Components, scale: float) -> list[Seal]:
    """The seals whose outermost ring is all there."""
    found: list[Seal] = []
    for x0, y0, x1, y1 in parts.boxes[1:]:
        if min(x1 - x0, y1 - y0) < 1.5 * SMALLEST * scale:
            continue
        for x, y in _centres(ink[y0:y1, x0:x1], scale):
            seal = _seal(ink, x + x0, y + y0, scale)
            if seal and not any(abs(seal.x - s.x) + abs(seal.y - s.y) < SMALLEST * scale for s in found):
                found.append(seal)
                break
    return found


def _centres(ink: Pixels, scale: float) -> Iterator[tuple[float, float]]:
    """Where circles may have their centres in a picture, the largest circle first, in its pixels."""
    small = cv2.resize(ink, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)
    hot = np.pad(cv2.dilate((small > 60).astype(np.float32), np.ones((3, 3), np.uint8)), 16)
    for radius in range(round(LARGEST), round(SMALLEST) - 1, -2):
        covered = cv2.filter2D(hot, -1, _circle(radius), borderType=cv2.BORDER_CONSTANT)
        if float(covered.max()) >= RING:
            y, x = np.unravel_index(int(covered.argmax()), covered.shape)
            yield (float(x) - 16) * scale, (float(y) - 16) * scale


def _circle(radius: int) -> npt.NDArray[np.float32]:
    """A circle as a mask that sums to one."""
    y, x = np.mgrid[-radius - 2 : radius + 3, -radius - 2 : radius + 3]
    line = (np.abs(np.hypot(x, y) - radius) < 0.8).astype(np.float32)
    drawn: npt.NDArray[np.float32] = line / line.sum()
    return drawn


def _seal(ink: Pixels, x: float, y: float, scale: float) -> Seal | None:
    """The seal with its centre near a point, None if there is no ring around it."""
    for step in (4, 2, 1):
        around = [(x + i * step, y + j * step) for i in range(-3, 4) for j in range(-3, 4)]
        x, y = max(around, key=lambda point: _sharpness(_profile(ink, point[0], point[1], scale, 360), scale))
    rings = _rings(_profile(ink, x, y, scale, 360), scale)
    return Seal(x, y, rings) if rings else None


def _polar(ink: Pixels, x: float, y: float, scale: float, turns: int) -> Pixels:
    """The ink around a point: a row for each direction, a column for each pixel of distance."""
    reach = round((LARGEST + BROADEST) * scale)
    unrolled: Pixels = cv2.warpPolar(ink, (reach, turns), (x, y), reach, cv2.INTER_NEAREST)
    return unrolled


def _profile(ink: Pixels, x: float, y: float, scale: float, turns: int) -> Profile:
    """The share of directions with ink, by the distance from a point."""
    profile: Profile = (_polar(ink, x, y, scale, turns) > 0).mean(axis=0)
    return profile


def _sharpness(profile: Profile, scale: float) -> float:
    outer = np.sort(profile[round(SMALLEST * scale) :])
    return float(outer[-round(3 * scale) :].sum())


def _rings(profile: Profile, scale: float) -> tuple[tuple[int, int], ...]:
    """The rings that a profile shows, outermost first; none if there is no outermost one with blank paper beside it."""
    inked = np.concatenate(([False], profile >= EDGE, [False]))
    starts, ends = np.nonzero(inked[1:] & ~inked[:-1])[0], np.nonzero(~inked[1:] & inked[:-1])[0]
    runs = [(int(a), int(b)) for a, b in zip(starts, ends, strict=True)]
    rings = [(a, b) for a, b in runs if b - a <= BROADEST * scale and profile[a:b].max() >= RING]
    outermost = max((b for _, b in rings), default=0)
    if not SMALLEST * scale <= outermost <= LARGEST * scale:
        return ()
    inside = profile[outermost - round(ROOM * scale) : outermost]
    outside = profile[outermost + round(2 * scale) :]
    if inside.min() > BESIDE or (outside.size and outside.max() > BESIDE):
        return ()
    return tuple(sorted((ring for ring in rings if ring[0] > EMBLEM / 1.2 * outermost), reverse=True))


def without_seals(ink: Pixels, seals: Sequence[Seal], scale: float) -> Pixels:
    """The ink without the rings and emblems of seals."""
    left = ink.copy()
    for seal in seals:
        cv2.circle(left, seal.middle, round(EMBLEM * seal.radius), 0, -1)
        left = cv2.subtract(left, _ring_ink(ink, seal, scale))
        left = cv2.subtract(left, _crumbs(left, seal, scale))
    return left


def _crumbs(ink: Pixels, seal: Seal, scale: float) -> Pixels:
    """What is left of a seal's rings: small pieces that stand where they stood."""
    zone = np.zeros_like(ink)
    cv2.circle(zone, seal.middle, seal.radius + round(CRUMB * scale), 255, -1)
    cv2.circle(zone, seal.middle, seal.inside - round(CRUMB / 2 * scale), 0, -1)
    parts = Components.of(ink)
    width, height = parts.boxes[:, 2] - parts.boxes[:, 0], parts.boxes[:, 3] - parts.boxes[:, 1]
    small = np.maximum(width, height) <= CRUMB * scale
    small[0] = False
    pieces: Pixels = cv2.min(np.where(small[parts.labels], 255, 0).astype(np.uint8), zone)
    return pieces


def _ring_ink(ink: Pixels, seal: Seal, scale: float) -> Pixels:
    """The ink of a seal's rings, but for what runs through them from one side to the other."""
    polar = _polar(ink, seal.x, seal.y, scale, TURNS)
    distance = np.arange(polar.shape[1])[None, :]
    own = np.zeros_like(polar)
    for ring in seal.rings:
        inner, outer = _edges(polar, ring)
        on_ring = (distance >= inner) & (distance <= outer)
        own[on_ring & ~_crossed(polar, inner, outer, scale)] = 255
    reach = polar.shape[1]
    way = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP | cv2.WARP_FILL_OUTLIERS
    back = cv2.warpPolar(own, ink.shape[::-1], (seal.x, seal.y), reach, way)
    area = np.zeros_like(ink)
    cv2.circle(area, (round(seal.x), round(seal.y)), reach - 1, 255, -1)
    mask: Pixels = cv2.min(cv2.min(back, area), ink)
    return mask


def _edges(polar: Pixels, ring: tuple[int, int]) -> tuple[Distances, Distances]:
    """Where a ring begins and ends in each direction, as it does in most directions around: print makes it broader."""
    inner, outer = ring
    breadth = outer - inner
    middle = (inner + outer) // 2
    inwards = polar[:, max(0, inner - breadth) : middle + 1][:, ::-1] == 0
    outwards = polar[:, middle : outer + breadth] == 0
    first = middle - np.where(inwards.any(axis=1), inwards.argmax(axis=1), inwards.shape[1]) + 1
    last = middle + np.where(outwards.any(axis=1), outwards.argmax(axis=1), outwards.shape[1]) - 1
    return _usual(first)[:, None], _usual(last)[:, None]


def _usual(values: Distances) -> Distances:
    """The median of the values in the directions around each."""
    wide = np.concatenate((values[-AROUND:], values, values[:AROUND]))
    windows = np.lib.stride_tricks.sliding_window_view(wide, 2 * AROUND + 1)
    usual: Distances = np.median(windows, axis=1).astype(np.int64)
    return usual


def _crossed(polar: Pixels, inner: Distances, outer: Distances, scale: float) -> npt.NDArray[np.bool_]:
    """The directions, as a column, in which ink comes to a ring from inside and goes on outside."""
    near = np.arange(1, max(1, round(NEAR * scale)) + 1)[None, :]
    inked = [
        (np.take_along_axis(polar, np.clip(side, 0, polar.shape[1] - 1), axis=1) > 0).all(axis=1)
        for side in (inner - near, outer + near)
    ]
    reach = np.ones((2 * ASKEW + 1, 1), np.uint8)
    within, without = (cv2.dilate(np.asarray(side, np.uint8)[:, None], reach) for side in inked)
    crossed: npt.NDArray[np.bool_] = np.greater(cv2.min(within, without), 0)
    return crossed


def unsealed(grey: Pixels, before: Pixels, after: Pixels) -> Pixels:
    """The picture with white where ink was taken out, and at its blurred edge where no ink is left."""
    gone = cv2.dilate(cv2.subtract(before, after), np.ones((3, 3), np.uint8))
    return np.where((gone > 0) & (after == 0), 255, grey).astype(np.uint8)


def outside(strips: Iterable[Strip], seals: Sequence[Seal]) -> list[Strip]:
    """The printed lines without the letters of seals."""
    left = list(strips)
    for seal in seals:
        left = [part for strip in left if (part := _outside(strip, seal))]
    return left


def _outside(strip: Strip, seal: Seal) -> Strip | None:
    """A line without what belongs to a seal; None if it is the seal's own."""
    held = seal.holds(strip.boxes)
    if not held.any():
        return strip
    if held.all():
        return None
    gap = GAP * float(np.median((strip.boxes[:, 3] - strip.boxes[:, 1])[~held]))
    kept = ~held
    for _ in range(len(held)):
        x0, x1 = strip.boxes[kept, 0].min(), strip.boxes[kept, 2].max()
        near = ~kept & (strip.boxes[:, 2] >= x0 - gap) & (strip.boxes[:, 0] <= x1 + gap)
        if not near.any():
            break
        kept |= near
    return Strip(strip.boxes[kept], strip.members[kept], strip.baseline, strip.x_line)


def unread_ink(
    ink: Pixels, seals: Sequence[Seal], parts: Components, lines: Iterable[tuple[Strip, Sequence[Word]]], scale: float
) -> Pixels:
    """What was not read: the ink of seals and under them, what of the lines that they meet made no word, and pen
    strokes and the like that are larger than any letter. `lines` are the printed lines with the words read of each."""
    zone = np.zeros_like(ink)
    for seal in seals:
        cv2.circle(zone, seal.middle, seal.radius, 255, -1)
    read, lost = np.zeros((2, len(parts.boxes)), np.uint8)
    for strip, words in lines:
        worded = _in_words(strip, words)
        read[strip.members[worded]] = 255
        if any(seal.holds(strip.boxes).any() for seal in seals):
            lost[strip.members[~worded]] = 255
    sides = parts.boxes[:, 2:] - parts.boxes[:, :2]
    lost[sides.min(axis=1) > LARGEST_LETTER * scale] = 255
    covered: Pixels = cv2.subtract(cv2.min(ink, zone), read[parts.labels])
    return np.maximum(covered, lost[parts.labels])


def _in_words(strip: Strip, words: Sequence[Word]) -> npt.NDArray[np.bool_]:
    """Which components of a line stand in its words."""
    middles = (strip.boxes[:, 0] + strip.boxes[:, 2]) / 2
    held = np.zeros(len(middles), bool)
    for word in words:
        held |= (middles >= word.x0 - 1) & (middles <= word.x1 + 1)
    return held


# A word this near to what a seal covers, in heights of its line, may be the rest of a longer one.
BESIDE_SEAL = 1.1
# What is left of the confidence in a word that a seal runs through or may have cut.
CUT = 0.6


def cut_by(words: Sequence[Word], seals: Sequence[Seal], unread: Pixels) -> list[Word]:
    """The words of a line with less confidence in those that a seal runs through, and in those by which it covers ink."""
    cut = {word for word in words if any(seal.meets(word) for seal in seals)}
    cut |= {word for word, side in ((words[0], -1), (words[-1], 1)) if _beside(word, side, unread)}
    return [replace(word, confidence=word.confidence * CUT) if word in cut else word for word in words]


def _beside(word: Word, side: int, unread: Pixels) -> bool:
    """Whether ink that was not read stands close to a word, left (-1) or right (1), over a good part of its height."""
    height = word.y1 - word.y0
    y0, y1 = round(word.y0 + 0.2 * height), round(word.y1 - 0.2 * height)
    x0, x1 = (word.x0 - BESIDE_SEAL * height, word.x0) if side < 0 else (word.x1, word.x1 + BESIDE_SEAL * height)
    window = unread[max(0, y0) : max(y0 + 1, y1), max(0, round(x0)) : max(1, round(x1))]
    return bool(window.size) and float(np.mean(np.any(window, axis=1))) > 0.5
