"""Accuracy against hand-marked gold: `make score`.

Ingests the samples (and, where they are at hand, the shared documents) into a fresh
folder, pairs each gold row with at most one record, and prints per document and
dataset how many rows were found and how many fields are right; then what was gained
and lost, item by item, since the scores committed in `docs/accuracy.json`.
`--write` renews that file, `docs/accuracy.md` and the rules' measured precision,
from which records take their `confidence`.

A missing output is a failure, never a skipped row. Gold rows whose note begins
"doubtful" count neither way; `accept` holds further values that are as good.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
from rapidfuzz import fuzz

from normalizers.text import fold
from pipeline.ingest import ingest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
ACCURACY = ROOT / "docs" / "accuracy.json"
REPORT = ROOT / "docs" / "accuracy.md"
PRECISION = ROOT / "extractors" / "data" / "rule_precision.json"

Row = dict[str, Any]
Test = Callable[[Row, Row], bool]


@dataclass(frozen=True)
class Kind:
    """How rows of a dataset are paired and judged: `likeness` of 0 forbids a pair; `key` fields make a record right.

    Some fields forgive a little (a text a few letters off, an indicator with a word more); of these the report also
    gives the strict figure, `strict`: the same words.
    """

    name: str
    likeness: Callable[[Row, Row], float]
    fields: dict[str, Test]
    key: tuple[str, ...]
    strict: tuple[str, ...] = ()


@dataclass
class Judged:
    """The outcome of one dataset of one document."""

    gold: int = 0
    found: int = 0
    paired: int = 0
    right: Counter[str] = field(default_factory=Counter)
    whole: int = 0
    items: set[str] = field(default_factory=set)

    @property
    def f1(self) -> float:
        return 2 * self.paired / (self.gold + self.found) if self.gold + self.found else 1.0


def words(text: object) -> str:
    """Letters and figures only, in one spelling."""
    return " ".join("".join(c if c.isalnum() or c in "%/" else " " for c in fold(str(text or ""))).split())


def names(values: Iterable[str] | None) -> set[str]:
    return {words(value) for value in values or ()}


def day(value: object) -> str | None:
    return None if value is None else str(value)[:10]


def _same_work(gold: Row, got: Row) -> float:
    a, b = words(gold["text"]), words(got["text"])
    whole = fuzz.ratio(a, b)
    short, long = sorted((a, b), key=len)
    part = fuzz.partial_ratio(short, long) - 5 if len(short) > 25 and len(short) > 0.6 * len(long) else 0
    return max(whole, part) if max(whole, part) >= 75 else 0.0


def _same_value(gold: Row, got: Row) -> float:
    if got["value"] is None or abs(gold["value"] - got["value"]) > 1e-9 * max(1.0, abs(gold["value"])):
        return 0.0
    if gold["pages"] and got["page"] is not None and got["page"] not in gold["pages"]:
        return 0.0
    return 1.0 + fuzz.token_set_ratio(words(gold["indicator"]), words(got["indicator"]))


def _same_number(gold: Row, got: Row) -> float:
    same = words(gold["number"]).replace(" ", "") == words(got["number"]).replace(" ", "")
    near = not gold["pages"] or got["page"] is None or got["page"] in gold["pages"]
    return 100.0 if same and near else 0.0


def _units_alike(gold: Row, got: Row) -> bool:
    a, b = words(gold["unit"]), words(got["unit"])
    return a == b or (min(len(a), len(b)) >= 2 and fuzz.token_set_ratio(a, b) == 100)


KINDS = (
    Kind(
        "tasks",
        _same_work,
        {
            "text": lambda g, p: fuzz.ratio(words(g["text"]), words(p["text"])) >= 95,
            "lead": lambda g, p: names(g["lead"]) == names(p["lead"]),
            "coop": lambda g, p: names(g["coop"]) == names(p["coop"]),
            "supervisors": lambda g, p: names(g["supervisors"]) == names(p["supervisors"]),
            "deadline": lambda g, p: g["deadline"] == day(p["deadline"]),
            "deadline_precision": lambda g, p: (g["deadline_precision"] or "none") == (p["deadline_precision"] or "none"),
            "assigned_in": lambda g, p: names(r["number"] for r in g["assigned_in"] if r.get("number"))
            == names(r["number"] for r in p["assigned_in"] or () if r.get("number")),
            "status": lambda g, p: g["status"] == p["status"],
        },
        ("text", "lead", "deadline"),
        ("text",),
    ),
    Kind(
        "metrics",
        _same_value,
        {
            "unit": _units_alike,
            "indicator": lambda g, p: fuzz.token_set_ratio(words(g["indicator"]), words(p["indicator"])) >= 80,
            "comparator": lambda g, p: g["comparator"] == p["comparator"],
            "role": lambda g, p: g["role"] == p["role"],
            "period_end": lambda g, p: g["period_end"] == day(p["period_end"]),
        },
        ("unit", "indicator", "comparator"),
        ("unit", "indicator"),
    ),
    Kind(
        "references",
        _same_number,
        {"date": lambda g, p: g["date"] == day(p["issued_on"]), "type": lambda g, p: words(g["type"]) == words(p["type"])},
        ("type",),
    ),
)  # fmt: skip


def read_gold(folder: Path, name: str, pages: dict[str, list[int]]) -> list[Row]:
    """The gold rows of a dataset, each with the pages on which it may stand."""
    file = folder / f"{name}.jsonl"
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()] if file.exists() else []
    for number, row in enumerate(rows):
        first, last = row.get("lines") or (1, 0)
        row["pages"] = sorted({page for line in range(first, last + 1) for page in pages.get(str(line), ())})
        row["pages"] = row["pages"] or ([row["page"]] if row.get("page") else [])
        row.setdefault("id", f"r{number + 1:03d}")
    return rows


def pairs(gold: Sequence[Row], got: Sequence[Row], likeness: Callable[[Row, Row], float]) -> list[tuple[Row, Row]]:
    """One-to-one pairs, the most alike first; rows at like places first among equals."""
    scored = [(likeness(g, p), i, j) for i, g in enumerate(gold) for j, p in enumerate(got)]
    scored = sorted((s for s in scored if s[0] > 0), key=lambda s: (-s[0], abs(s[1] - s[2])))
    used_gold: set[int] = set()
    used_got: set[int] = set()
    found = []
    for _, i, j in scored:
        if i not in used_gold and j not in used_got:
            used_gold.add(i)
            used_got.add(j)
            found.append((gold[i], got[j]))
    return found


def _holds(kind: Kind, name: str, gold: Row, got: Row) -> bool:
    accepted = (gold.get("accept") or {}).get(name, [])
    if name == "assigned_in":
        accepted = [[{"number": number} for number in numbers] for numbers in accepted]
    return any(kind.fields[name](variant, got) for variant in (gold, *({**gold, name: value} for value in accepted)))


def strict_name(field: str) -> str:
    return f"{field} (đúng từng chữ)"


def _same_words(name: str, gold: Row, got: Row) -> bool:
    values = (gold[name], *(gold.get("accept") or {}).get(name, []))
    return words(got[name]) in map(words, values)


def judge(kind: Kind, gold: list[Row], got: list[Row], rules: dict[str, list[int]]) -> Judged:
    """Count what is right, and count each rule's right records in `rules` (right, all)."""
    found = pairs(gold, got, kind.likeness)
    optional = {id(p) for g, p in found if _doubtful(g)}
    found = [(g, p) for g, p in found if not _doubtful(g)]
    counted = [p for p in got if id(p) not in optional]
    result = Judged(sum(not _doubtful(g) for g in gold), len(counted), len(found))
    right_records: set[int] = set()
    for g, p in found:
        right = {name for name in kind.fields if _holds(kind, name, g, p)}
        result.right.update(right)
        result.right.update(strict_name(name) for name in kind.strict if _same_words(name, g, p))
        result.whole += len(right) == len(kind.fields)
        result.items.update(f"{g['id']} {name}" for name in ("found", *right))
        if right >= set(kind.key):
            right_records.add(id(p))
    for p in counted:
        tally = rules.setdefault(p["rule"], [0, 0])
        tally[0] += id(p) in right_records
        tally[1] += 1
    return result


def _doubtful(row: Row) -> bool:
    return str(row.get("note") or "").lower().startswith("doubtful")


def score(
    documents: Sequence[Path], gold: Path, outputs: Path, rules: dict[str, list[int]], only_found: bool = False
) -> dict[str, dict[str, Judged]]:
    """Ingest documents and judge each that has gold, by file name; gold without document is an error unless `only_found`."""
    ingest(documents, outputs)
    lines = json.loads((gold / "pages.json").read_text("utf-8")) if (gold / "pages.json").exists() else {}
    tables = {
        name: ds.dataset(outputs / name, format="parquet").to_table().to_pylist()
        for name in ("documents", *(kind.name for kind in KINDS))
    }
    report: dict[str, dict[str, Judged]] = {}
    for folder in sorted(path for path in gold.iterdir() if (path / "header.json").exists()):
        mine = [row for row in tables["documents"] if row["file_name"].startswith(folder.name)]
        if not mine and not only_found:
            raise SystemExit(f"score: no ingested document begins with {folder.name!r}")
        pages = lines.get(folder.name, {}).get("lines", {})
        for document in mine:
            report[document["file_name"]] = {
                kind.name: judge(
                    kind,
                    read_gold(folder, kind.name, pages),
                    [row for row in tables[kind.name] if row["document_id"] == document["document_id"]],
                    rules,
                )
                for kind in KINDS
            }
    return report


def table(report: dict[str, dict[str, Judged]], kind: Kind) -> list[str]:
    """A Markdown table of one dataset, a line a document."""
    fields = [*kind.fields, *map(strict_name, kind.strict)]
    heads = ["văn bản", "gold", "tìm thấy", "F1", *fields, "đúng mọi trường"]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for name, judged in sorted((name, kinds[kind.name]) for name, kinds in report.items()):
        share = [f"{judged.right[f] / judged.gold:.3f}" if judged.gold else "–" for f in fields]
        whole = f"{judged.whole / judged.gold:.3f}" if judged.gold else "–"
        lines.append(
            "| " + " | ".join([name, str(judged.gold), str(judged.found), f"{judged.f1:.3f}", *share, whole]) + " |"
        )
    return lines


def changes(report: dict[str, dict[str, Judged]], before: dict[str, list[str]]) -> list[str]:
    """What is right now and was not, and the reverse, item by item."""
    lines = []
    for name, kinds in sorted(report.items()):
        for kind, judged in kinds.items():
            was = set(before.get(f"{name} {kind}", ()))
            lines += [f"+ {name} {kind} {item}" for item in sorted(judged.items - was) if was]
            lines += [f"- {name} {kind} {item}" for item in sorted(was - judged.items)]
    return lines


def precision(rules: dict[str, list[int]]) -> dict[str, float]:
    """Each rule's share of right records, with one right and one wrong added so that few cases prove little."""
    return {rule: round((right + 1) / (total + 2), 3) for rule, (right, total) in sorted(rules.items())}


def write(report: dict[str, dict[str, Judged]], rules: dict[str, list[int]]) -> None:
    REPORT.parent.mkdir(exist_ok=True)
    items = {f"{name} {kind}": sorted(j.items) for name, kinds in report.items() for kind, j in kinds.items()}
    ACCURACY.write_text(json.dumps(items, ensure_ascii=False, indent=0) + "\n", "utf-8")
    PRECISION.write_text(json.dumps(precision(rules), indent=1) + "\n", "utf-8")
    parts = [
        "# Accuracy",
        "",
        "Made by `make score`. Fields count over all gold rows: a row that was missed is wrong in each field.",
        "Documents whose names begin with 000–003 are real documents typeset again, marked by hand; 01–08 are the project's",
        "own samples. The rules were written while looking at both, so these figures say how well what was seen is",
        "understood, not how well an unseen document will be. A text may be a few letters off (95 % alike), a unit and an",
        "indicator may have words more or less; the strict figure, “đúng từng chữ”, forgives only case, blanks and marks.",
    ]
    for kind in KINDS:
        parts += ["", f"## {kind.name}", "", *table(report, kind)]
    shares = precision(rules)
    parts += ["", "## Precision of each rule", "", "Right means paired with gold and right in the fields that matter most "
              "(tasks: text, lead, deadline; metrics: unit, indicator, comparator; references: type), (right + 1) / (all + 2).", "",
              "| rule | right | all | confidence |", "|---|---|---|---|"]  # fmt: skip
    parts += [f"| {rule} | {right} | {total} | {shares[rule]:.3f} |" for rule, (right, total) in sorted(rules.items())]
    REPORT.write_text("\n".join(parts) + "\n", "utf-8")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--write", action="store_true", help="renew docs/accuracy.* and the rules' precision")
    options = arguments.parse_args()
    rules: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    with tempfile.TemporaryDirectory() as folder:
        report = score([ROOT / "samples" / "documents"], ROOT / "samples" / "gold", Path(folder) / "samples", rules)
        if (SHARED / "eval" / "gold").is_dir():
            report |= score([SHARED / "documents"], SHARED / "eval" / "gold", Path(folder) / "shared", rules)
        else:
            print("score: the shared gold is not here; only the samples are scored")
    for kind in KINDS:
        print(f"\n{kind.name}\n" + "\n".join(table(report, kind)))
    if ACCURACY.exists():
        differences = changes(report, json.loads(ACCURACY.read_text("utf-8")))
        print("\n" + ("\n".join(differences) or "no item gained or lost since the committed scores"))
    if options.write:
        write(report, rules)
    return 0


if __name__ == "__main__":
    sys.exit(main())
