"""Whatever the code can emit or a page can say has a wording in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from audit.reviewing import EDITABLE, fields
from audit.wordings import LANGUAGES, table, wording
from pipeline.trace import NUMBER_KINDS
from schemas.datasets import RECORD_DATASETS
from schemas.review import Action, Status
from schemas.values import Precision

ROOT = Path(__file__).parent.parent.parent
# Where the kind stands among the arguments of what makes an issue.
MAKERS = {"ReadIssue": 0, "_issue": 0, "Issue": 3}


def emitted(makers: dict[str, int], rooms: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every literal kind in the code, with the file that has it."""
    for room in rooms:
        for file in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and (name := getattr(node.func, "id", "")) in makers:
                    named = {each.arg: each.value for each in node.keywords}
                    place = makers[name]
                    kind = node.args[place] if len(node.args) > place else named.get("kind")
                    if isinstance(kind, ast.Constant) and isinstance(kind.value, str):
                        yield kind.value, file.name


def test_every_kind_of_issue() -> None:
    kinds = dict(emitted(MAKERS, ("pipeline", "extractors")))
    assert {"number_unexplained", "not_read", "blank_page", "not_rendered"} <= kinds.keys()
    assert [f"issue.{kind} ({file})" for kind, file in kinds.items() if f"issue.{kind}" not in table()] == []


def test_every_wording_of_an_issue_is_of_a_kind_that_exists() -> None:
    kinds = {kind for kind, _ in emitted(MAKERS, ("pipeline", "extractors"))}
    assert [key for key in table() if key.startswith("issue.") and key.partition(".")[2] not in kinds] == []


def test_every_kind_of_the_ledger() -> None:
    claimed = {kind for kind, _ in emitted({"Claim": 0}, ("extractors", "pipeline"))}
    assert "unexplained" in claimed
    assert {f"kind.{kind}" for kind in (*NUMBER_KINDS, *claimed)} <= table().keys()


def test_every_kind_that_samples_show(read_once: Path) -> None:
    for name, prefix in (("issues", "issue"), ("numbers", "kind")):
        for kind in set(pq.read_table(read_once / name)["kind"].to_pylist()):
            assert f"{prefix}.{kind}" in table()


def test_every_word_of_the_datasets() -> None:
    assert {f"column.{column}" for name in RECORD_DATASETS for column in EDITABLE[name]} <= table().keys()
    values = {f"column.{column}" for name in RECORD_DATASETS for column in columns(name)}
    assert values <= table().keys()
    assert {f"review.{status}" for status in Status} | {f"action.{action}" for action in Action} <= table().keys()
    assert {f"precision.{each}" for each in Precision} <= table().keys()
    choices = {
        (field.name, choice)
        for name in ("tasks", "metrics", "agencies")
        for field in fields(name, {})
        for choice in field.choices
    }
    prefixes = {"role": "role", "status": "state", "deadline_precision": "precision"}
    assert {f"{prefixes[name]}.{choice}" for name, choice in choices if name in prefixes} <= table().keys()


def columns(name: str) -> list[str]:
    from pipeline.review import value_columns

    return value_columns(name)


def test_whatever_templates_say() -> None:
    said = set()
    for file in (ROOT / "audit").rglob("*"):
        if file.suffix in (".html", ".py"):
            said |= set(re.findall(r"""\b(?:t|say)\(\s*f?['"]([a-z_]+\.[a-z_]+)['"]""", file.read_text("utf-8")))
    assert len(said) > 80
    assert sorted(said - table().keys()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_wording_is_empty_and_both_take_the_same_values(language: str) -> None:
    for key, both in table().items():
        assert both[language].strip(), key
        assert set(re.findall(r"\{\w+\}", both["vi"])) == set(re.findall(r"\{\w+\}", both["en"])), key


def test_what_has_no_wording_is_shown_as_it_is() -> None:
    assert wording("vi")("issue.brand_new") == "brand_new"
