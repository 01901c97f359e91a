"""docs/benchmarks.md: sections that different measurements renew, each its own; and the plot in it."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from importlib.metadata import version
from math import log10
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE, PLOT = DOCS / "benchmarks.md", DOCS / "images" / "benchmarks.svg"
_HEAD = "# Benchmarks\n\nWritten by `make bench` and `make bench-scale`; every figure is measured, none is typed in.\n"


@dataclass(frozen=True, slots=True)
class Told:
    """What was aimed at, what was measured, whether it is met; `met` is None where nothing was aimed at."""

    what: str
    aim: str
    measured: str
    met: bool | None
    why: str = ""  # it is not met, if it is not

    def cells(self) -> tuple[str, ...]:
        missed = f"**no**: {self.why}" if self.why else "**no**"
        return self.what, self.aim, self.measured, {True: "yes", False: missed, None: ""}[self.met]


def table(rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """A table in Markdown, the first row its head; the columns after the first `left` are figures."""
    head, *body = rows
    rule = ["---" if place < left else "---:" for place in range(len(head))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *body))


def renew(section: str, text: str, page: Path = PAGE) -> None:
    """Put a section in the place of its last version, or at the end; the others stand as they are."""
    begin, end = f"<!-- {section} -->", f"<!-- end of {section} -->"
    before = page.read_text("utf-8") if page.exists() else _HEAD
    there, found, rest = before.partition(begin)
    after = rest.partition(end)[2] if found else ""
    page.write_text(f"{there.rstrip()}\n\n{begin}\n\n{text.strip()}\n\n{end}\n{after.lstrip()}", "utf-8")


def machine() -> str:
    """What was measured on: cores, memory, versions."""
    names = ("pymupdf", "pyarrow", "deltalake", "duckdb", "tesserocr")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}; {versions}"
    )


# One chart: (title, bars), a bar: (name, pages a second, whether it is ours).
Bar = tuple[str, float, bool]
Chart = tuple[str, Sequence[Bar]]
_WIDTH, _NAMES, _LINE, _OURS, _OTHERS = 760, 210, 24, "#c8102e", "#8a97a6"


def plot(charts: Sequence[Chart]) -> str:
    """Pages a second as bars, on a scale of powers of ten, as SVG."""
    rates = [rate for _, bars in charts for _, rate, _ in bars]
    low, high = log10(min(rates)) - 0.3, log10(max(rates))
    parts = list(_charts(charts, low, (_WIDTH - _NAMES - 90) / (high - low)))
    height = sum(len(bars) + 2 for _, bars in charts) * _LINE
    style = "font-family='sans-serif' font-size='13'"
    head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDTH} {height}' width='{_WIDTH}' {style}>"
    return "\n".join([head, "<rect width='100%' height='100%' fill='white'/>", *parts, "</svg>\n"])


def _charts(charts: Sequence[Chart], low: float, scale: float) -> Iterator[str]:
    y = 0
    for title, bars in charts:
        y += _LINE
        yield f"<text x='8' y='{y}' font-weight='bold'>{escape(title)}, pages a second (powers of ten)</text>"
        for name, rate, ours in bars:
            y += _LINE
            long, colour = (log10(rate) - low) * scale, _OURS if ours else _OTHERS
            yield f"<text x='{_NAMES - 8}' y='{y}' text-anchor='end'>{escape(name)}</text>"
            yield f"<rect x='{_NAMES}' y='{y - 13}' width='{long:.0f}' height='16' fill='{colour}'/>"
            yield f"<text x='{_NAMES + long + 6:.0f}' y='{y}'>{rate:.3g}</text>"
        y += _LINE
