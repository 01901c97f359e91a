"""docs/dashboards.md: every recipe runs, and those that ask the same question agree."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import psycopg
import pytest

from exports import export
from tests.postgres import new_database

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "dashboards.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str, text: str = GUIDE) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def beside_outputs(ingested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder has `outputs` in it, as the recipes expect."""
    (tmp_path / "outputs").symlink_to(ingested)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(code, "dashboards.md", "exec"), names)
    return names


@pytest.mark.usefixtures("beside_outputs")
def test_pandas_duckdb_and_polars_give_one_answer() -> None:
    answers = [run(code)["answer"] for code in blocks("python")]
    assert [type(answer).__module__.split(".")[0] for answer in answers] == ["pandas", "pandas", "polars"]
    told = [
        [(row["lead"], row["tasks"], str(row["next_deadline"])[:10]) for row in records(answer)] for answer in answers
    ]
    told = [[(lead, tasks, "" if day in ("NaT", "None", "nan") else day) for lead, tasks, day in one] for one in told]
    assert told[0] == told[1] == told[2]
    assert len(told[0]) > 5
    assert any(day.startswith("2025-") for _, _, day in told[0])


def records(answer: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer.to_dict("records") if isinstance(answer, pd.DataFrame) else answer.to_dicts()
    return found


@pytest.mark.usefixtures("beside_outputs")
def test_the_recipes_of_the_readme() -> None:
    assert len(run(blocks("python", README)[0])["metrics"]) > 0
    (query,) = blocks("sql", README)
    assert "deadline" in duckdb.sql(query).columns


# SQL, the same on both

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def ask_duckdb(ingested: Path, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    file = tmp_path_factory.mktemp("duckdb") / "figures.duckdb"
    export("duckdb", str(file), ingested)
    database = duckdb.connect(str(file), read_only=True)
    return lambda query: database.execute(query).fetchall()


@pytest.fixture(scope="module")
def dashboards(postgres: str, ingested: Path) -> str:
    """The address of an export as the reader's role of the guide sees it."""
    address = new_database(postgres, "dashboards")
    export("postgres", address, ingested)
    with psycopg.connect(address) as connection:
        for script in blocks("postgresql"):
            connection.execute(script.encode())
    return address.replace("tester@", "dashboards@")


@pytest.fixture(scope="module")
def ask_postgres(dashboards: str) -> Ask:
    def ask(query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(dashboards) as connection:
            connection.execute("set search_path to truynguon")
            return connection.execute(query.encode()).fetchall()

    return ask


@pytest.mark.slow
@pytest.mark.parametrize("query", blocks("sql"), ids=lambda query: query.split("\nfrom ")[1].split()[0])
def test_a_query_gives_the_same_on_duckdb_and_postgresql(query: str, ask_duckdb: Ask, ask_postgres: Ask) -> None:
    found = ask_duckdb(query)
    assert found
    assert sorted(map(str, ask_postgres(query))) == sorted(map(str, found))


@pytest.mark.slow
def test_the_role_of_the_guide_reads_and_does_no_more(dashboards: str, ingested: Path) -> None:
    export("postgres", dashboards.replace("dashboards@", "tester@"), ingested)  # once more: grants and views live on
    with psycopg.connect(dashboards) as connection:
        (count,) = connection.execute("select count(*) from truynguon.task_agencies").fetchone() or (0,)
        assert count > 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("delete from truynguon.tasks")
