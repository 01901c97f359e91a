"""What the application says, in Vietnamese and English: one table, wordings.tsv, and nothing said anywhere else."""

from __future__ import annotations

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
