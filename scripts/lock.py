"""Writes requirements*.txt: the versions installed here of what requirements*.in name and of all that these need.

.venv/bin/python scripts/lock.py
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent


def named(file: Path) -> list[Requirement]:
    lines = (line.partition("#")[0].strip() for line in file.read_text("utf-8").splitlines())
    return [Requirement(line) for line in lines if line]


def needed(wanted: Iterable[Requirement]) -> dict[str, str]:
    """Name -> installed version of the wanted and of all that they need, extras included."""
    waiting, seen, pins = list(wanted), set(), {}
    while waiting:
        requirement = waiting.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        installed = distribution(name)
        if installed.version not in requirement.specifier:
            raise SystemExit(f"{name} {installed.version} is installed, {requirement} is wanted")
        pins[name] = installed.version
        waiting += [below for below in map(Requirement, installed.requires or ()) if applies(below, extras)]
    return pins


def applies(requirement: Requirement, extras: frozenset[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""})


def write(file: Path, head: str, pins: dict[str, str]) -> None:
    lines = [head, *(f"{name}=={version}" for name, version in sorted(pins.items()))]
    file.write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    run = needed(named(ROOT / "requirements.in"))
    develop = needed(named(ROOT / "requirements-dev.in"))
    write(ROOT / "requirements.txt", "# written by `make lock` from requirements.in", run)
    head = "# written by `make lock` from requirements-dev.in\n-r requirements.txt"
    write(ROOT / "requirements-dev.txt", head, {name: develop[name] for name in develop.keys() - run.keys()})


if __name__ == "__main__":
    main()
