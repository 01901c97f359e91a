"""Pages of PDF and image files -> Photographs."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pymupdf

from pipeline.limits import check_pixels, step
from pipeline.read.scan.photograph import Photograph, Pixels

# Enough for tesseract and for the marks over small print; more costs time and is read with less confidence.
MIN_DPI, MAX_DPI = 200.0, 240.0
# Larger pictures than an A2 page at 300 dpi are reduced.
MAX_PIXELS = 35_000_000
# The longer side in points.
A3, A4 = 1191, 842

# Words that the visible part of a digital signature is made of; it is no part of the paper that was scanned.
SIGNATURE_STAMP = re.compile(
    r"Người ký|Ký bởi|Thời gian ký|Ngày ký|Digitally signed|\w@\w+\.\w|\d{2}[.:/]\d{2}[.:/]?\d* [+-]\d{2}[:']\d{2}",
    re.IGNORECASE,
)


def photograph(page: Any) -> Photograph:
    """Render a page at the resolution of its scan, without the stamps of digital signatures.

    Raises:
        ReadError: a picture on it is too large to be unpacked.
    """
    step()
    for info in page.get_image_info():
        check_pixels(info["width"], info["height"])
    scale, zoom = _scale(page), _zoom(page)
    pixels = _render(page, scale)
    stamps = signature_stamps(page)
    if stamps:
        pixels = pixels.copy()
        bare = _render(page, scale, annotations=False)
        for x0, y0, x1, y1 in stamps:
            part = np.s_[max(0, int(y0 * scale)) : int(y1 * scale) + 2, max(0, int(x0 * scale)) : int(x1 * scale) + 2]
            pixels[part] = bare[part]
    rect, colour = page.rect, _grey_if_colourless(pixels)
    return Photograph(page.number + 1, rect.width, rect.height, page.rotation, colour, scale * zoom, zoom)


def signature_stamps(page: Any) -> list[tuple[float, float, float, float]]:
    """Boxes of the signature fields whose text tells who signed and when.

    A field may also print what belongs to the document, such as its number; those are left.
    """
    found = []
    for widget in page.widgets():
        rect = widget.rect * page.rotation_matrix
        text = page.get_text("text", clip=widget.rect)
        if widget.field_type_string == "Signature" and SIGNATURE_STAMP.search(text):
            found.append((rect.x0, rect.y0, rect.x1, rect.y1))
    return found


def _scale(page: Any) -> float:
    """Pixels a point of the page: those of its main picture, so that it is not resampled, within limits."""
    scale = MIN_DPI / 72
    pictures = [(pymupdf.Rect(info["bbox"]), info["width"], info["height"]) for info in page.get_image_info()]
    if pictures:
        box, width, height = max(pictures, key=lambda one: one[0].get_area())
        scale = max(width, height) / max(1.0, box.width, box.height)
    zoom = _zoom(page)
    scale = min(max(scale, MIN_DPI / 72 / zoom), MAX_DPI / 72 / zoom)
    return float(min(scale, (MAX_PIXELS / max(1.0, page.rect.get_area())) ** 0.5))


def _zoom(page: Any) -> float:
    """Points of the page on a point of print: a page larger than A3 is taken for A4 of unknown resolution."""
    if page.parent.is_pdf:
        return 1.0
    length = max(page.rect.width, page.rect.height)
    return float(length / A4) if length > A3 else 1.0


def _render(page: Any, scale: float, annotations: bool = True) -> Pixels:
    space = "rgb" if any(info["colorspace"] > 1 for info in page.get_image_info()) else "gray"
    picture = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=space, annots=annotations, alpha=False)
    rows = np.frombuffer(picture.samples, np.uint8).reshape(picture.height, picture.stride)
    return rows if space == "gray" else rows.reshape(picture.height, picture.width, 3)


def _grey_if_colourless(pixels: Pixels) -> Pixels:
    """One channel if all three are (nearly) alike: a third to clean and to hand on."""
    if pixels.ndim == 2:
        return pixels
    sample = pixels[::7, ::7].astype(np.int16)
    spread = sample.max(axis=2) - sample.min(axis=2)
    if np.count_nonzero(spread > 40) > 0.0002 * spread.size:
        return pixels
    return np.ascontiguousarray(pixels[:, :, 1])
