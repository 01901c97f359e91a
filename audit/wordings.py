"""What the application says, in Vietnamese and English: one table, wordings.tsv, and nothing said anywhere else."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files

LANGUAGES = ("vi", "en")

Wording = Callable[..., str]


@lru_cache(maxsize=1)
def table() -> dict[str, dict[str, str]]:
    """Key -> language -> wording. The part of a key before its dot says what it names: issue, kind, column …"""
    lines = files("audit").joinpath("wordings.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines[1:] if line.strip())
    return {key: {"vi": vietnamese, "en": english} for key, vietnamese, english in rows}


def wording(language: str) -> Wording:
    """The wordings of a language: key -> text; values are put in for {names}.

    A key without wording is shown itself, for new data must not break a page; a test holds the table to be complete.
    """
    spoken = {key: both[language] for key, both in table().items()}

    def say(key: str, **values: object) -> str:
        text = spoken.get(key, key.partition(".")[2] or key)
        return text.format(**values) if values else text

    return say


# What the pipeline says of a document is stored in Vietnamese, made of fixed words and values. Values that are worded
# again, such as the reason within a message, and those with numbers in Vietnamese convention; all others stay as printed.
_WORDED = frozenset(["reason", "part", "parts"])
_NUMBERS = frozenset(["count", "total", "width", "height", "share", "expression"])
_NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:\.\d{3})+(?:,\d+)?(?![\w.,]\d)|\d+,\d+")
_VALUE = re.compile(r"\{(\w+)\}")


@lru_cache(maxsize=1)
def _stored() -> list[tuple[re.Pattern[str], str]]:
    """What is said of documents: a pattern of the Vietnamese wording and the English one, the most particular first."""
    said = [both for key, both in table().items() if key.startswith("told.")]
    said.sort(key=lambda both: -len(_VALUE.sub("", both["vi"])))
    return [(_pattern(both["vi"]), both["en"]) for both in said]


def _pattern(vietnamese: str) -> re.Pattern[str]:
    parts = _VALUE.split(vietnamese)
    named = (f"(?P<{part}>.*?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.compile("".join(named), re.DOTALL)


def told(text: str, language: str) -> str:
    """What the datasets say in Vietnamese of a document, in a language; as it is if the table does not have it."""
    if language == "vi":
        return text
    for pattern, english in _stored():
        if found := pattern.fullmatch(text):
            values = {name: _worded(name, value, language) for name, value in found.groupdict().items()}
            return english.format(**values)
    return text


def _worded(name: str, value: str, language: str) -> str:
    if name == "parts":
        return _parts().sub(lambda part: told(part[0], language), value)
    if name == "expression":
        value = value.replace(" mục =", " items =").replace(" hay ", " or ")
    if name in _NUMBERS:
        return _NUMBER.sub(lambda number: number[0].translate(str.maketrans(",.", ".,")), value)
    return told(value, language) if name in _WORDED else value


@lru_cache(maxsize=1)
def _parts() -> re.Pattern[str]:
    """The parts of a letterhead; the name of one has a comma, by which a list of them can't be parted."""
    return re.compile("|".join(re.escape(both["vi"]) for key, both in table().items() if key.startswith("told.part_")))
