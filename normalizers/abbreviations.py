"""Abbreviations of administrative Vietnamese written out: "CSDL về TTHC" is "cơ sở dữ liệu về thủ tục hành chính".

Only forms that mean the same everywhere are in `data/abbreviations.tsv`; agencies have their own registry.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files


def expand(text: str) -> str:
    """The text with its abbreviations written out; capitals tell them from words.

    >>> expand("Cắt giảm TTHC, phát triển KH,CN và ĐMST")
    'Cắt giảm thủ tục hành chính, phát triển khoa học, công nghệ và đổi mới sáng tạo'
    """
    pattern, meanings = _abbreviations()
    return pattern.sub(lambda match: meanings[match[0]], text)


@cache
def _abbreviations() -> tuple[re.Pattern[str], dict[str, str]]:
    lines = files("normalizers.data").joinpath("abbreviations.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")][1:]
    meanings = dict(rows)
    longest_first = sorted(meanings, key=len, reverse=True)
    return re.compile(rf"(?<![\w/-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w/-])"), meanings
