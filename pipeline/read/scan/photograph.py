"""A page as a camera would see it: pixels of the displayed page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Photograph:
    """A displayed page in pixels: RGB or grey, `scale` pixels a point."""

    number: int
    width: float
    height: float
    rotation: int
    pixels: Pixels
    scale: float
