"""How much is done for a page, counted in calls, never in seconds: a guard against work that creeps in."""

from __future__ import annotations

import cProfile
import pstats
from functools import cache

import pytest

from benchmarks.afresh import forget
from pipeline import uncollected
from pipeline.extract import extract
from pipeline.outline import outline
from pipeline.read import read
from tests.conftest import sample

# Calls of functions, Python's and built-in ones, for each character of the sample: 2.6, 3.6 and 14.0 when this was
# written. The bounds leave room for a rule or two, not for another pass over every character.
MOST_CALLS = {"read": 3.2, "outline": 4.4, "extract": 15.5}


@cache
def counted(number: str) -> tuple[dict[str, pstats.Stats], int, int]:
    """Stage -> what it called; the characters and pages of the sample."""
    path = sample(number)
    extract(once := read(path, "0" * 64), outline(once))  # what is loaded or compiled once is loaded by now
    forget()
    stages: dict[str, pstats.Stats] = {}

    def under_profile(stage: str, work: object, *arguments: object) -> object:
        profile = cProfile.Profile()
        with uncollected():  # whoever listens to the collector would be counted
            result = profile.runcall(work, *arguments)  # type: ignore[arg-type]
        stages[stage] = pstats.Stats(profile)
        return result

    document = under_profile("read", read, path, "0" * 64)
    blocks = under_profile("outline", outline, document)
    under_profile("extract", extract, document, blocks)
    characters = sum(len(line.passage) for page in document.pages for line in page.lines)  # type: ignore[attr-defined]
    return stages, characters, len(document.pages)  # type: ignore[attr-defined]


def calls_of(stats: pstats.Stats, name: str) -> int:
    return sum(entry[0] for (_, _, function), entry in stats.stats.items() if name == function)  # type: ignore[attr-defined]


@pytest.mark.parametrize("stage", MOST_CALLS)
def test_calls_for_each_character(stage: str) -> None:
    stages, characters, _ = counted("01")
    assert stages[stage].total_calls / characters < MOST_CALLS[stage]  # type: ignore[attr-defined]


def test_a_page_of_text_is_taken_apart_once() -> None:
    stages, _, pages = counted("01")
    assert calls_of(stages["read"], "<built-in method pymupdf._extra.page_get_textpage>") == pages
    assert calls_of(stages["read"], "picture_share") == 0


def test_only_pages_on_which_something_high_is_drawn_are_asked_for_drawings() -> None:
    stages, _, pages = counted("04")
    assert calls_of(stages["read"], "<built-in method pymupdf._extra.page_get_textpage>") == pages
    assert calls_of(stages["read"], "<built-in method pymupdf._extra.get_cdrawings>") == 0
