"""A page as a camera would see it: pixels of the displayed page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Photograph:
    """A displayed page in pixels, RGB or grey: `scale` pixels on a point of print.

    A point of the page is `zoom` points of print: 1 but for image files that do not tell their resolution.
    """

    number: int
    width: float
    height: float
    rotation: int
    pixels: Pixels
    scale: float
    zoom: float = 1.0
