"""Makes a PDF look like a scan: a stamp over the signature, a little skew, blur and dirt, pictures only."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pymupdf
from PIL import Image, ImageDraw, ImageFilter, ImageFont

DPI = 200
SKEW = 0.4  # degrees
SPECKS = 90  # a page
PAPER = (250, 249, 245)
INK = (196, 30, 42)
FONT = "/usr/share/fonts/truetype/liberation2/LiberationSans-Bold.ttf"


def scan(born: Path, path: Path, signer: str) -> None:
    rng = np.random.default_rng(2025)
    with pymupdf.open(born) as source, pymupdf.open() as target:
        for page in source:
            picture = _render(page)
            for box in page.search_for(signer):
                picture = _stamp(picture, (box.x0 - 5, box.y0 - 42))
            sheet = target.new_page(width=page.rect.width, height=page.rect.height)
            sheet.insert_image(sheet.rect, stream=_jpeg(_wear(picture, rng)))
        target.set_metadata({"producer": "samples/scan.py"})
        target.save(path, garbage=4, deflate=True, no_new_id=True)


def _render(page: pymupdf.Page) -> Image.Image:
    pixels = page.get_pixmap(dpi=DPI)
    return Image.frombytes("RGB", (pixels.width, pixels.height), pixels.samples)


def _stamp(picture: Image.Image, centre: tuple[float, float]) -> Image.Image:
    """A round red seal of invented wording, 36 mm wide, laid over the text like ink."""
    radius = round(18 / 25.4 * DPI)
    seal = Image.new("RGBA", (2 * radius, 2 * radius))
    draw = ImageDraw.Draw(seal)
    for inset, width in ((2, 5), (34, 3)):
        draw.ellipse((inset, inset, 2 * radius - inset, 2 * radius - inset), outline=(*INK, 210), width=width)
    draw.text((radius, radius), "DẤU MẪU", font=ImageFont.truetype(FONT, 36), fill=(*INK, 210), anchor="mm")
    x, y = (round(value / 72 * DPI) - radius for value in centre)
    over = Image.new("RGBA", picture.size)
    over.paste(seal.rotate(-9, resample=Image.Resampling.BICUBIC), (x, y))
    return Image.alpha_composite(picture.convert("RGBA"), over).convert("RGB")


def _wear(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    draw = ImageDraw.Draw(picture)
    for x, y, size in zip(
        rng.integers(0, picture.width, SPECKS),
        rng.integers(0, picture.height, SPECKS),
        rng.integers(1, 3, SPECKS),
        strict=True,
    ):
        draw.ellipse((int(x), int(y), int(x + size), int(y + size)), fill=(150, 150, 148))
    turned = picture.rotate(SKEW, resample=Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))
    tinted = np.minimum(np.asarray(turned), np.array(PAPER, dtype=np.uint8))
    noisy = tinted.astype(np.int16) + rng.normal(0, 2, tinted.shape[:2]).astype(np.int16)[..., None]
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.7))


def _jpeg(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=68, dpi=(DPI, DPI))
    return stream.getvalue()
