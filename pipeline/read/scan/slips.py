"""Known misreadings, mended where the context proves them.

Each rule says what is read, what is printed, and why it can be nothing else. A mended character keeps its
box, so that the printed form is one look away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from normalizers.text import LOWER, UPPER
from schemas.place import Passage


@dataclass(frozen=True, slots=True)
class Slip:
    """Where `pattern` matches, each character of its group `slip` that stands in `letters` is replaced."""

    pattern: re.Pattern[str]
    letters: dict[str, str]
    reason: str


_ONE = {"l": "1", "I": "1", "|": "1", "i": "1"}
_FIGURES = {**_ONE, "O": "0", "o": "0", "Ó": "0", "S": "5", "B": "8"}
# Hooks are lost between a circumflex and the line above: syllables that no word has before or behind the one that follows.
_HOOKS = {"â": "ẩ", "ô": "ổ", "Â": "Ẩ", "Ô": "Ổ"}
_LOST_HOOKS = (
    r"[Đđ](?P<slip>â)y(?=\s+(?:mạnh|nhanh|lùi)\b)",
    r"\b[Tt]húc\s+đ(?P<slip>â)y\b",
    r"\b[Tt]h(?P<slip>â)m(?=\s+(?:quyền|định|tra)\b)",
    r"\b[Tt](?P<slip>ô)(?=\s+chức\b)",
    r"\b[Tt](?P<slip>ô)ng(?=\s+(?:hợp|kết|thể|số|công|cục)\b)",
    r"\b[Pp]h(?P<slip>ô)(?=\s+biến\b)",
    r"\b[Bb](?P<slip>ô)(?=\s+(?:sung|nhiệm)\b)",
    r"\bđ(?P<slip>ô)i(?=\s+(?:mới|số)\b)",
    r"\b(?:sửa|thay)\s+đ(?P<slip>ô)i\b",
    r"\b(?P<slip>[Ôô])n(?=\s+định\b)",
)

SLIPS = (
    Slip(re.compile(r"(?P<slip>[Ðð])"), {"Ð": "Đ", "ð": "đ"}, "Eth is no Vietnamese letter; it prints as Đ"),
    Slip(re.compile(r"(?P<slip>⁄)"), {"⁄": "/"}, "a slash"),
    Slip(re.compile(r"(?P<slip>[Ññ])"), {"Ñ": "N", "ñ": "n"}, "no Vietnamese letter has a tilde but vowels"),
    Slip(re.compile(r"\bQH(?P<slip>[Il|])(?=\d\b)"), {"I": "1", "l": "1", "|": "1"}, "terms of the Assembly: QH15"),
    Slip(
        re.compile(r"(?<![\w/.-])(?P<slip>[0-3Oo]?[\dlIO|]/[01OIl]?[\dlIO|]/(?:19|20)\d\d)(?![\w/])"),
        _FIGURES,
        "only figures stand before a year in d/m/y",
    ),
    Slip(
        re.compile(r"(?:[Nn]gày|tháng)\s+(?P<slip>(?=[\dlIOo|]*\d)[\dlIOo|]{2})(?=[\s/.])"),
        _FIGURES,
        "days and months are figures",
    ),
    Slip(re.compile(r"(?<=\d)(?P<slip>[lI|Oo])(?=[\d.,]*\d)"), _FIGURES, "a letter inside a figure"),
    Slip(
        re.compile(rf"^(?P<slip>[lI|])(?=\.\d|\. ?[{UPPER}][{LOWER}])"), {"l": "1", "|": "1"}, "a list begins with 1."
    ),
    Slip(re.compile(r"^(?P<slip>[1l|])(?=[VX]I{0,3}\.\s)"), dict.fromkeys("1l|", "I"), "no figure begins 1V"),
    Slip(re.compile(r"^(?P<slip>[XV]*[XV]Ị+)(?=[.)]?$)"), {"Ị": "I"}, "a label alone is a numeral"),
    Slip(re.compile(r"\b(?P<slip>QD)(?=-(?:TTg|UBND|B[A-Z]))"), {"D": "Đ"}, "QĐ is the only symbol of this shape"),
    Slip(re.compile(r"\b(?P<slip>ND)(?=-CP)"), {"D": "Đ"}, "NĐ-CP is the only symbol of this shape"),
    *(Slip(re.compile(pattern), _HOOKS, "no such word without its hook") for pattern in _LOST_HOOKS),
    Slip(re.compile(rf"^(?P<slip>§)(?=\. ?[{UPPER}])"), {"§": "8"}, "a list has figures, and no sign of sections"),
    Slip(
        re.compile(rf"^\((?P<slip>[ŠS])(?=\) [{UPPER}])"), {"Š": "5", "S": "5"}, "a list has figures or small letters"
    ),
    Slip(
        re.compile(rf"^\d{{1,2}}(?P<slip>,)(?= [{UPPER}])"), {",": "."}, "a number that opens a line before a capital"
    ),
    Slip(re.compile(r"\b[Cc]h(?P<slip>[úùu])(?=\s+trì\b)"), dict.fromkeys("úùu", "ủ"), "chủ trì"),
    Slip(re.compile(r"\b[Cc]h(?P<slip>ỉ)(?=\s+nhánh\b)"), {"ỉ": "i"}, "chi nhánh"),
    Slip(
        re.compile(r"\b(?:[Cc]hậm|[Mm]uộn|[Tt]hứ|[Íí]t|[Ll]ớn|[Cc]ao|[Tt]hống)\s+nh(?P<slip>á)t\b"),
        {"á": "ấ"},
        "nhất",
    ),
    Slip(re.compile(r"\bt(?P<slip>ỉ)nh(?=\s+thần\b)"), {"ỉ": "i"}, "tinh thần: a province has no spirit"),
    Slip(re.compile(r"\bch(?P<slip>ỉ)(?=\s+phí\b)"), {"ỉ": "i"}, "chi phí"),
    Slip(re.compile(r"\b[Yy]êu\s+c(?P<slip>â)u\b"), {"â": "ầ"}, "yêu cầu"),
    Slip(re.compile(r"-(?P<slip>[TĨ][TĨ][gq9])\b"), {"q": "g", "9": "g", "Ĩ": "T"}, "the Prime Minister's symbol"),
)


def mend(passage: Passage) -> Passage:
    """The passage with known slips mended, character for character."""
    text = passage.text
    for slip in SLIPS:
        text = slip.pattern.sub(lambda found, slip=slip: _mended(found, slip.letters), text)  # type: ignore[misc]
    return passage if text == passage.text else Passage(text, passage.glyphs)


def _mended(found: re.Match[str], letters: dict[str, str]) -> str:
    start, end = (at - found.start() for at in found.span("slip"))
    whole = found.group()
    return whole[:start] + "".join(letters.get(c, c) for c in whole[start:end]) + whole[end:]
