"""Photographed pixels -> an upright, straight, clean grey picture, and the way back to the page."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.read.scan.photograph import Photograph, Pixels

# Pages are scanned more askew than this only by hand, and then a person turns them.
MAX_SKEW, USUAL_SKEW = 5.0, 2.0
# Less skew than this moves no letter by a pixel's breadth over a word.
MIN_SKEW = 0.04
WHITE = 255

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Upright:
    """A straight grey picture; `ink` is 255 where something is printed.

    `back` maps its pixels to points of the displayed page, `scale` is pixels a point of print, `zoom`
    points of the page a point of print, `turns` the quarter turns (clockwise) that made the text stand upright.
    """

    grey: Pixels
    ink: Pixels
    scale: float
    zoom: float
    back: Matrix
    turns: int

    def on_page(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """A box of pixels as a box on the page: its middle is moved and its sides kept, so that it stays tight."""
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        middle_x, middle_y = self.back @ (x, y, 1.0)
        across, down = (x1 - x0) / 2 * self.zoom / self.scale, (y1 - y0) / 2 * self.zoom / self.scale
        if self.turns % 2:
            across, down = down, across
        return float(middle_x - across), float(middle_y - down), float(middle_x + across), float(middle_y + down)


def straighten(photo: Photograph, turns: int = 0) -> Upright:
    """The photograph turned by quarter turns, its skew taken out, its colours and dirt cleaned away."""
    grey = np.ascontiguousarray(np.rot90(clean(photo.pixels, photo.scale), -turns))
    ink = ink_of(grey, photo.scale)
    angle = skew(ink, photo.scale)
    height, width = grey.shape
    forth = _rotation(angle, width, height)
    if abs(angle) >= MIN_SKEW:
        grey = cv2.warpAffine(grey, forth, (width, height), flags=cv2.INTER_CUBIC, borderValue=WHITE)
        ink = ink_of(grey, photo.scale)
    back = _unturned(turns, width, height) @ _square(cv2.invertAffineTransform(forth))
    back[:2] *= photo.zoom / photo.scale
    return Upright(grey, ink, photo.scale, photo.zoom, back[:2], turns % 4)


def _rotation(angle: float, width: int, height: int) -> Matrix:
    if abs(angle) < MIN_SKEW:
        return np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    turned: Matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return turned


def _square(matrix: Matrix) -> Matrix:
    return np.vstack([matrix, [0.0, 0.0, 1.0]])


def _unturned(turns: int, width: int, height: int) -> Matrix:
    """From pixels of a picture that was turned clockwise to pixels of the one before."""
    steps: dict[int, list[list[float]]] = {
        0: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        1: [[0, 1, 0], [-1, 0, width], [0, 0, 1]],
        2: [[-1, 0, width], [0, -1, height], [0, 0, 1]],
        3: [[0, -1, height], [1, 0, 0], [0, 0, 1]],
    }
    return np.array(steps[turns % 4], dtype=np.float64)


# ------------------------------------------------------------------ cleaning


def clean(pixels: Pixels, scale: float) -> Pixels:
    """Grey on white paper: seals and pen strokes in colour, shadows and dark edges taken out."""
    grey = without_colour(pixels, scale) if pixels.ndim == 3 else pixels
    return without_edges(_whitened(grey), scale)


def without_colour(pixels: Pixels, scale: float) -> Pixels:
    """Grey, with coloured things as large as a seal or a signature left out where no black is under them.

    Small coloured things stay: numbers and days are often stamped or written in blue.
    """
    brightest, darkest = pixels.max(axis=2), pixels.min(axis=2)
    coloured = ((brightest.astype(np.int16) - darkest > 50) & (brightest > 90)).astype(np.uint8)
    grey: Pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    if not coloured.any():
        return grey
    seal = _seals(coloured, scale)
    if not seal.any():
        return grey
    # what is as bright as the ink of the seal in its own colour is paper, what is much darker is print under it
    own = float(np.median(brightest[seal & (coloured > 0)]))
    dark, bright = 0.3 * own, 0.75 * own
    through = np.clip((brightest.astype(np.float32) - dark) * (WHITE / (bright - dark)), 0, WHITE)
    return np.where(seal, through.astype(np.uint8), grey)


def _seals(coloured: Pixels, scale: float) -> npt.NDArray[np.bool_]:
    """The coloured pixels, and those near them, in the frame of a coloured thing as large as a seal."""
    reach = max(3, round(1.5 * scale))
    near = cv2.dilate(coloured, np.ones((reach, reach), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(near)
    frames = np.zeros(coloured.shape, bool)
    for x, y, w, h, _ in stats[1:count]:
        # a seal is 3 cm wide, a signature two lines of text high
        if h > 34 * scale and w > 34 * scale:
            frames[y : y + h, x : x + w] = True
    seals: npt.NDArray[np.bool_] = frames & (near > 0)
    return seals


def _whitened(grey: Pixels) -> Pixels:
    """The paper made white: each pixel in proportion to the brightness of the paper around it."""
    small = cv2.resize(grey, None, fx=1 / 16, fy=1 / 16, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 7)
    if int(paper.min()) > 250:
        return grey
    full = cv2.resize(np.maximum(paper, 90), (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    white: Pixels = cv2.divide(grey, full, scale=250)
    return white


def without_edges(grey: Pixels, scale: float) -> Pixels:
    """Dark areas at the edge of the paper, larger than letters, made white."""
    ink = ink_of(grey, scale)
    height, width = ink.shape
    rim = (ink[:3], ink[-3:], ink[:, :3], ink[:, -3:])
    if not any(side.any() for side in rim):
        return grey
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    x, y, w, h, _ = stats.T
    touching = (x <= 2) | (y <= 2) | (x + w >= width - 2) | (y + h >= height - 2)
    dark = touching & ((w > 20 * scale) | (h > 20 * scale))
    dark[0] = False
    if not dark.any():
        return grey
    mask = cv2.dilate(dark[labels].astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.where(mask > 0, WHITE, grey).astype(np.uint8)


def ink_of(grey: Pixels, scale: float) -> Pixels:
    """255 where something is printed, after Otsu, kept off the grey of the paper."""
    sample = np.ascontiguousarray(grey[::2, ::2])
    threshold, _ = cv2.threshold(sample, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    limit = min(max(float(threshold), 90.0), 190.0)
    return (grey < limit).astype(np.uint8) * np.uint8(255)


# ------------------------------------------------------------------ skew and direction


def skew(ink: Pixels, scale: float) -> float:
    """The angle in degrees by which the picture must be turned (counter-clockwise) to set its lines level."""
    coarse, fine = _reduced(ink, scale, 50), _reduced(ink, scale, 80)
    usual = np.arange(-USUAL_SKEW, USUAL_SKEW + 0.01, 0.5)
    best = _sharpest(coarse, usual)
    if abs(best) == USUAL_SKEW:
        best = _sharpest(coarse, np.arange(-MAX_SKEW, MAX_SKEW + 0.01, 0.5))
    best = _sharpest(fine, best + np.arange(-0.4, 0.41, 0.1))
    return _sharpest(fine, best + np.arange(-0.08, 0.081, 0.02))


def _reduced(ink: Pixels, scale: float, dpi: float) -> Pixels:
    """The ink at a lower resolution."""
    factor = dpi / 72 / scale
    small: Pixels = cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return small


def _sharpest(small: Pixels, angles: npt.NDArray[np.float64]) -> float:
    return float(max(angles, key=lambda angle: _sharpness(small, float(angle))))


def _sharpness(small: Pixels, angle: float) -> float:
    height, width = small.shape
    if angle:
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
        small = cv2.warpAffine(small, matrix, (width, height))
    return _contrast(small, axis=1)


def _contrast(small: Pixels, axis: int) -> float:
    """How much the ink differs from one row (axis 1) or column (axis 0) to the next."""
    profile = small.sum(axis=axis, dtype=np.float64)
    return float(np.square(np.diff(profile)).sum() / small.shape[axis] ** 2)


def is_sideways(ink: Pixels, scale: float) -> bool:
    """Whether the lines of text run up or down the page."""
    small = _without_rulings(_reduced(ink, scale, 80), 80 / 72)
    down, across = (_contrast(small, axis) * small.shape[axis] for axis in (0, 1))
    return bool(down > 1.6 * across)


def _without_rulings(ink: Pixels, scale: float) -> Pixels:
    long = round(36 * scale)
    dark = cv2.compare(ink, 60, cv2.CMP_GT)
    across = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, long), np.uint8))
    down = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((long, 1), np.uint8))
    rulings = cv2.dilate(cv2.max(across, down), np.ones((3, 3), np.uint8))
    cleaned: Pixels = cv2.subtract(ink, rulings)
    return cleaned
