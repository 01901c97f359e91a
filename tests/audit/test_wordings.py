"""Whatever the code can emit or a page can say has a wording in both languages."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from audit.reviewing import EDITABLE, fields
from audit.wordings import LANGUAGES, table, told, wording
from extractors.names import LEFT_RULES, RULES
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


# What says something of a document that is stored: the message of an issue, the reason of a quarantine.
TELLERS = {
    "ReadError", "OfficeError", "OfficeMissingError", "UnreadableError", "ReadIssue", "Issue", "_issue", "Verdict", "Died",
    "quarantined", "_set_aside",
}  # fmt: skip
STORED = ("check.py", "arithmetic.py", "ingest.py", "limits.py", "process.py", "workers.py", "sources.py", "read")
VIETNAMESE = re.compile("[à-ỹđ]")


def messages(node: ast.AST) -> Iterator[str]:
    """The Vietnamese texts of an expression, with a 7 for each value."""
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "7" for part in node.values)
        yield from filter(VIETNAMESE.search, ["".join(map(str, parts))])
    elif isinstance(node, ast.Constant):
        yield from filter(VIETNAMESE.search, [node.value] if isinstance(node.value, str) else [])
    else:
        for child in ast.iter_child_nodes(node):
            yield from messages(child)


def stored_messages() -> Iterator[tuple[str, str]]:
    """Each message that the pipeline makes of a document, with the file that does."""
    named = (ROOT / "pipeline" / room for room in STORED)
    files = (file for path in named for file in (path.rglob("*.py") if path.is_dir() else [path]))
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            called = isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in TELLERS
            named = getattr(node.targets[0], "id", "") if isinstance(node, ast.Assign) else ""
            message = named in ("message", "large", "_REASONS")
            if called or message:
                told_by = node.value if isinstance(node, ast.Assign) else node
                yield from ((text, file.name) for text in messages(told_by))


def test_every_message_of_the_pipeline_has_an_english_wording() -> None:
    found = dict(stored_messages())
    assert len(found) > 60
    assert [f"{text} ({file})" for text, file in found.items() if VIETNAMESE.search(told(text, "en"))] == []


@pytest.mark.parametrize("path", ["x.pdf", "x.docx"])
def test_what_a_misnamed_file_is_has_a_wording(path: str, tmp_path: Path) -> None:
    from pipeline.read.signature import _BEGINNINGS, misnamed

    for begin in (*(begin for begin, _ in _BEGINNINGS), b"chu", b"\x01\x02"):
        (tmp_path / path).write_bytes(begin)
        assert not VIETNAMESE.search(told(misnamed(tmp_path / path), "en"))


@pytest.mark.parametrize(
    ("vietnamese", "english"),
    [
        ("chưa rõ con số “1.234” là gì", "it is not known what the number “1.234” is"),
        (
            "“0766” không đúng cách viết số; đọc là 1.234,5",
            "“0766” breaks the way numbers are written; read as 1,234.5",
        ),
        (
            "không khớp: 1.000 + 46,5 = 9.000; tính lại được 1.046,5",
            "does not hold: 1,000 + 46.5 = 9,000; computed again: 1,046.5",
        ),
        (
            "không đọc được: loại văn bản, số, ký hiệu (để trống, viết tay hoặc không có)",
            "not read: type of document, number (left blank, handwritten or absent)",
        ),
        (
            "số, ký hiệu viết tay hoặc mờ, đọc là “1/QĐ”: để trống, cần người xem",
            "number handwritten or faint, read as “1/QĐ”: left open, a person should look",
        ),
        (
            "chức vụ người ký bị dấu che hoặc mờ, đọc là “BỘ TRƯỞNG”: để trống, cần người xem",
            "office of the signer under a seal or faint, read as “BỘ TRƯỞNG”: left open, a person should look",
        ),
        (
            "trang 3: lớp chữ của trang quét có nhiều ký tự không xác định; đã đọc lại bằng nhận dạng chữ",
            "page 3: the text layer of the scanned page has many unknown characters; read again by character recognition",
        ),
        ("Tỷ lệ: ở đây 1.234 ha, trang 2 ghi 1.235 ha", "Tỷ lệ: 1.234 ha here, 1.235 ha on page 2"),
        ("một câu chưa ai biết", "một câu chưa ai biết"),
    ],
)
def test_messages_in_english(vietnamese: str, english: str) -> None:
    assert told(vietnamese, "en") == english
    assert told(vietnamese, "vi") == vietnamese


def test_every_message_that_samples_show(read_once: Path) -> None:
    reasons = pq.read_table(read_once / "documents")["reason"].to_pylist()
    for text in (*pq.read_table(read_once / "issues")["message"].to_pylist(), *filter(None, reasons)):
        assert told(text, "en") != text


def test_every_rule_that_samples_show(read_once: Path) -> None:
    measured = json.loads((ROOT / "extractors" / "data" / "rule_precision.json").read_text("utf-8"))
    shown = {
        rule
        for name in RECORD_DATASETS
        for rule in pq.read_table(read_once / name, columns=["rule"])["rule"].to_pylist()
    }
    claimed = {rule for rule, _ in emitted({"Claim": 1}, ("extractors", "pipeline"))}
    rules = {rule for rule in {*measured, *shown, *claimed} if not rule.startswith("date_")}
    assert {"metric_prose", "contact_column", "task_named"} <= rules
    assert [rule for rule in sorted(rules) if f"rule.{rule}" not in table()] == []


def test_every_rule_that_names_numbers() -> None:
    rules = {rule.name for rule in (*RULES, *LEFT_RULES)}
    assert {"telephone", "marker"} <= rules
    assert [rule for rule in sorted(rules) if f"rule.{rule}" not in table()] == []
