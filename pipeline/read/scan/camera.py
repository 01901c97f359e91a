"""Pages of PDF and image files -> Photographs."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pymupdf

from pipeline.read.scan.photograph import Photograph, Pixels

# Enough for tesseract and for the marks over small print; more costs time and is read with less confidence.
MIN_DPI, MAX_DPI = 200.0, 240.0
# Larger pictures than an A2 page at 300 dpi are reduced.
MAX_PIXELS = 35_000_000

# Words that the visible part of a digital signature is made of; it is no part of the paper that was scanned.
SIGNATURE_STAMP = re.compile(
    r"Người ký|Ký bởi|Thời gian ký|Ngày ký|Digitally signed|\w@\w+\.\w|\d{2}[.:/]\d{2}[.:/]?\d* [+-]\d{2}[:']\d{2}",
    re.IGNORECASE,
)


def photograph(page: Any) -> Photograph:
    """Render a page at the resolution of its scan, without the stamps of digital signatures."""
    scale = _scale(page)
    pixels = _render(page, scale)
    stamps = signature_stamps(page)
    if stamps:
        bare = _render(page, scale, annotations=False)
        for x0, y0, x1, y1 in stamps:
            part = np.s_[max(0, int(y0 * scale)) : int(y1 * scale) + 2, max(0, int(x0 * scale)) : int(x1 * scale) + 2]
            pixels[part] = bare[part]
    rect = page.rect
    return Photograph(page.number + 1, rect.width, rect.height, page.rotation, _grey_if_colourless(pixels), scale)


def signature_stamps(page: Any) -> list[tuple[float, float, float, float]]:
    """Boxes of the signature fields whose text tells who signed and when.

    A field may also print what belongs to the document, such as its number; those are left.
    """
    found = []
    for widget in page.widgets():
        rect = widget.rect * page.rotation_matrix
        if widget.field_type_string == "Signature" and _is_stamp(page, widget.rect):
            found.append((rect.x0, rect.y0, rect.x1, rect.y1))
    return found


def _is_stamp(page: Any, rect: Any) -> bool:
    text = page.get_text("text", clip=rect)
    # A picture without text, at the edge of the page: an office's logo beside its signature.
    at_edge = min(rect.y0, page.mediabox.height - rect.y1) < 0.02 * page.mediabox.height
    return bool(SIGNATURE_STAMP.search(text)) or (at_edge and len(text.strip()) > 20)


def _scale(page: Any) -> float:
    """Pixels a point: those of the page's main picture, so that it is not resampled, within limits."""
    pictures = [
        (abs(info["bbox"][2] - info["bbox"][0]), max(info["width"], info["height"]), info["bbox"])
        for info in page.get_image_info()
    ]
    scale = MIN_DPI / 72
    if pictures:
        _, length, bbox = max(pictures)
        scale = length / max(1.0, bbox[2] - bbox[0], bbox[3] - bbox[1])
    if page.parent is not None and not page.parent.is_pdf:
        # an image file without a resolution of its own: its pixels are all there is
        return float(min(scale, (MAX_PIXELS / (page.rect.width * page.rect.height)) ** 0.5))
    scale = min(max(scale, MIN_DPI / 72), MAX_DPI / 72)
    return float(min(scale, (MAX_PIXELS / (page.rect.width * page.rect.height)) ** 0.5))


def _render(page: Any, scale: float, annotations: bool = True) -> Pixels:
    picture = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace="rgb", annots=annotations, alpha=False)
    rows = np.frombuffer(picture.samples, np.uint8).reshape(picture.height, picture.stride)
    return rows[:, : picture.width * 3].reshape(picture.height, picture.width, 3).copy()


def _grey_if_colourless(pixels: Pixels) -> Pixels:
    """One channel if all three are (nearly) alike: a third to clean and to hand on."""
    sample = pixels[::7, ::7].astype(np.int16)
    spread = sample.max(axis=2) - sample.min(axis=2)
    if np.count_nonzero(spread > 40) > 0.0002 * spread.size:
        return pixels
    return np.ascontiguousarray(pixels[:, :, 1])
