"""Printed numbers -> values: "11.591", "39,46", "10.3", "1.234,5", "02".

Vietnamese official style groups thousands by full stops and marks decimals by a
comma; sources also print decimal points and English grouping. The rules:

- both marks: the last one is the decimal mark ("1.234,5" and "1,234.5");
- full stops only: groups of exactly three digits after one to three (not "0") are thousands, else a decimal point;
- one comma: decimal mark, whatever follows ("14,540" is 14.54); several: English thousands;
- blanks between groups of exactly three digits are thousands ("12 345"): two bare numbers never stand side by side;
- a percentage never groups thousands ("12.345%" is 12.345).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
ENGLISH = re.compile(r"[1-9]\d{0,2}(?:,\d{3}){2,}")
SPACED = re.compile(r"[1-9]\d{0,2}(?:[ \u00a0\u202f]\d{3})+")
# "0766": more than two digits after a leading zero and no decimal mark
LOST_MARK = re.compile(r"0\d{2,}")

# A number as it stands in a text: digits with marks inside, or groups of three set apart by blanks.
NUMBER = r"(?:[1-9]\d{0,2}(?:[ \u00a0\u202f]\d{3})+(?![\d.])|\d+(?:[.,]\d+)*)"


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """The value of a printed number; `doubtful` tells that it breaks its own format."""

    value: float
    doubtful: bool = False


def read_number(raw: str, percent: bool = False) -> ReadNumber | None:
    """The value of a printed number, None if it has no shape of one.

    >>> [read_number(raw).value for raw in ("11.591", "39,46", "10.3", "1.234,5", "02", "3005", "1,234,567")]
    [11591.0, 39.46, 10.3, 1234.5, 2.0, 3005.0, 1234567.0]
    >>> read_number("0766").doubtful
    True
    """
    text = raw.strip()
    if SPACED.fullmatch(text):
        return ReadNumber(float(re.sub(r"\D", "", text)))
    if not re.fullmatch(r"\d+(?:[.,]\d+)*", text):
        return None
    stops, commas = text.count("."), text.count(",")
    if stops and commas:
        return _both(text)
    if commas:
        return _commas(text)
    if stops:
        return _stops(text, percent)
    return ReadNumber(float(text), bool(LOST_MARK.fullmatch(text)))


def scaled(value: float, scale: float) -> float:
    """A value times a scale word's number, as it would be written out.

    >>> 135.2 * 1e9, scaled(135.2, 1e9)
    (135199999999.99998, 135200000000.0)
    """
    return float(Decimal(repr(value)) * Decimal(scale))


def _both(text: str) -> ReadNumber:
    decimal = max(".,", key=text.rfind)
    whole, _, fraction = text.rpartition(decimal)
    groups = re.split(r"[.,]", whole)
    sound = all(len(group) == 3 for group in groups[1:]) and len(groups[0]) <= 3 and decimal not in whole
    return ReadNumber(float("".join(groups) + "." + fraction), not sound)


def _commas(text: str) -> ReadNumber:
    if text.count(",") == 1:
        return ReadNumber(float(text.replace(",", ".")))
    return ReadNumber(float(text.replace(",", "")), not ENGLISH.fullmatch(text))


def _stops(text: str, percent: bool) -> ReadNumber:
    if GROUPED.fullmatch(text) and not (percent and text.count(".") == 1):
        return ReadNumber(float(text.replace(".", "")))
    if text.count(".") == 1:
        return ReadNumber(float(text))
    return ReadNumber(float(text.replace(".", "")), True)


def written(value: float) -> str:
    """A value as Vietnamese writes it, no exponent and no idle zeros.

    >>> [written(value) for value in (1259499.0, 0.766, 38.2, 3005.0, 6482500000000.0, -2.5)]
    ['1.259.499', '0,766', '38,2', '3.005', '6.482.500.000.000', '-2,5']
    """
    text = f"{value:,.6f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))
