"""Tesseract: a picture of a printed line -> words with boxes and confidence."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import tesserocr

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

    def __init__(self) -> None:
        tesserocr.set_leptonica_log_level(tesserocr.LeptLogLevel.NONE)
        self._iterate, self._level = tesserocr.iterate_level, tesserocr.RIL
        try:
            self._api: Any = tesserocr.PyTessBaseAPI(path=tessdata(), lang=LANGUAGE, psm=tesserocr.PSM.SINGLE_LINE)
        except RuntimeError as error:
            raise ReadError(f"không khởi động được tesseract với ngôn ngữ {LANGUAGE}: {error}") from error
        self._api.SetVariable("debug_file", os.devnull)

    def read(self, grey: Pixels, scale: float, only: str = "") -> list[Word]:
        """The words of a picture of one line, made of `only` the given characters."""
        height, width = grey.shape
        self._api.SetImageBytes(grey.tobytes(), width, height, 1, width)
        self._api.SetSourceResolution(round(72 * scale))
        if not only:
            return self._words()
        self._api.SetVariable("tessedit_char_whitelist", only)
        try:
            return self._words()
        finally:
            self._api.SetVariable("tessedit_char_whitelist", "")

    def _words(self) -> list[Word]:
        self._api.Recognize()
        found = self._api.GetIterator()
        if found is None or found.Empty(self._level.SYMBOL):
            return []
        words: list[Word] = []
        letters: list[Letter] = []
        word: tuple[Any, ...] | None = None
        for at in self._iterate(found, self._level.SYMBOL):
            if at.IsAtBeginningOf(self._level.WORD):
                words += _word(word, letters)
                letters = []
                word = (at.BoundingBox(self._level.WORD), at.Confidence(self._level.WORD))
            box = at.BoundingBox(self._level.SYMBOL)
            text = at.GetUTF8Text(self._level.SYMBOL)
            if box and text:
                letters.append(Letter(text, *box))
        return words + _word(word, letters)


def _word(word: tuple[Any, ...] | None, letters: list[Letter]) -> list[Word]:
    if word is None or word[0] is None:
        return []
    text = "".join(letter.text for letter in letters)
    x0, y0, x1, y1 = word[0]
    return [Word(text, x0, y0, x1, y1, word[1] / 100, tuple(letters))] if text.strip() else []


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
