"""Tesseract: a grey picture -> lines of words with boxes and confidence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.read.errors import ReadError
from pipeline.read.scan.photograph import Pixels

LANGUAGE = "vie"
DIGITS = "0123456789.,/%-+"

_FOLDERS = ("/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tesseract-ocr/4.00/tessdata", "/usr/share/tessdata")


class Letter(NamedTuple):
    """A character with its box in pixels."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its box in pixels, its letters and tesseract's confidence in it, 0 to 1."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float
    letters: tuple[Letter, ...]


class Engine:
    """Tesseract with the Vietnamese model; made once a process, as that takes time."""

    # "Sparse text" finds lines wherever they stand: letterheads, margins and remains beside tables.
    PAGE, BLOCK, LINE = 11, 6, 7

    def __init__(self) -> None:
        import tesserocr

        tesserocr.set_leptonica_log_level(tesserocr.LeptLogLevel.NONE)
        self._iterate, self._level = tesserocr.iterate_level, tesserocr.RIL
        try:
            self._api: Any = tesserocr.PyTessBaseAPI(path=tessdata(), lang=LANGUAGE)
        except RuntimeError as error:
            raise ReadError(f"không khởi động được tesseract với ngôn ngữ {LANGUAGE}: {error}") from error
        self._api.SetVariable("debug_file", os.devnull)

    def show(self, grey: Pixels, scale: float) -> None:
        """Set the picture that `read` reads from."""
        height, width = grey.shape
        self._api.SetImageBytes(grey.tobytes(), width, height, 1, width)
        self._api.SetSourceResolution(round(72 * scale))

    def read(
        self, box: tuple[int, int, int, int] | None = None, mode: int = PAGE, digits: bool = False, seconds: float = 60
    ) -> list[list[Word]]:
        """The lines in a part (x0, y0, x1, y1) of the picture, as lists of words."""
        self._api.SetPageSegMode(mode)
        if box is not None:
            self._api.SetRectangle(box[0], box[1], box[2] - box[0], box[3] - box[1])
        if digits:
            self._api.SetVariable("tessedit_char_whitelist", DIGITS)
        try:
            if not self._api.Recognize(int(seconds * 1000)):
                raise TimeoutError("tesseract ran out of time")
            return [line for line in self._lines() if line]
        finally:
            if digits:
                self._api.SetVariable("tessedit_char_whitelist", "")

    def _lines(self) -> Iterator[list[Word]]:
        found = self._api.GetIterator()
        if found is None or found.Empty(self._level.SYMBOL):
            return
        line: list[Word] = []
        letters: list[Letter] = []
        word: tuple[Any, ...] | None = None
        for at in self._iterate(found, self._level.SYMBOL):
            if at.IsAtBeginningOf(self._level.WORD):
                line += _word(word, letters)
                letters = []
                word = (at.BoundingBox(self._level.WORD), at.Confidence(self._level.WORD))
                if at.IsAtBeginningOf(self._level.TEXTLINE):
                    yield line
                    line = []
            box = at.BoundingBox(self._level.SYMBOL)
            text = at.GetUTF8Text(self._level.SYMBOL)
            if box and text:
                letters.append(Letter(text, *box))
        yield line + _word(word, letters)


def _word(word: tuple[Any, ...] | None, letters: list[Letter]) -> list[Word]:
    if word is None or word[0] is None:
        return []
    text = "".join(letter.text for letter in letters)
    return [Word(text, *word[0], word[1] / 100, tuple(letters))] if text.strip() else []


def tessdata() -> str:
    """The folder that holds the Vietnamese model.

    Raises:
        ReadError: there is none.
    """
    named = os.environ.get("TESSDATA_PREFIX")
    for folder in ([named] if named else []) + list(_FOLDERS):
        if (Path(folder) / f"{LANGUAGE}.traineddata").is_file():
            return folder
    raise ReadError("thiếu dữ liệu tiếng Việt của tesseract; hãy cài gói tesseract-ocr-vie")
