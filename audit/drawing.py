"""A page drawn as WebP. PyMuPDF and OpenCV take a while to load: import this late."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pymupdf

from pipeline.trace import TraceError


def drawn(pages: Any, number: int, dpi: int, quality: int = 80, *, grey: bool = False) -> bytes:
    """Page `number` (from 1) of an open file as WebP.

    Raises:
        TraceError: the file has no such page.
    """
    if not 1 <= number <= len(pages):
        raise TraceError(f"không có trang {number}: tệp có các trang 1–{len(pages)}")
    space = pymupdf.csGRAY if grey else pymupdf.csRGB
    picture = pages[number - 1].get_pixmap(dpi=dpi, colorspace=space, alpha=False)
    pixels = np.frombuffer(picture.samples, np.uint8).reshape(picture.height, picture.width, picture.n)
    done, data = cv2.imencode(".webp", pixels if grey else pixels[:, :, ::-1], [cv2.IMWRITE_WEBP_QUALITY, quality])
    if not done:
        raise TraceError(f"không vẽ được trang {number}")
    return bytes(data)
