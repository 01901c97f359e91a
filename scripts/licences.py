"""Fails unless the licence of every installed package goes with AGPL-3.0-or-later: python scripts/licences.py"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions

# What may be combined with this program and passed on under its licence.
ALLOWED = frozenset(
    ("MIT", "MIT-0", "MIT-CMU", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "ISC", "Apache-2.0", "PSF-2.0", "CNRI-Python",
     "Zlib", "CC0-1.0", "MPL-2.0", "LGPL-3.0-only", "AGPL-3.0-or-later")
)  # fmt: skip
# Packages whose metadata don't say it, or not in these words.
EXCEPTIONS = {
    "axe-playwright-python": "MIT by its LICENSE file; tests only",
    "pymupdf": "AGPL-3.0 or commercial: taken under AGPL-3.0, which is why this program is",
    "pymupdf4llm": "an empty package that pymupdf 2 asks for",
    "pymupdf-layout": "an empty package that pymupdf 2 asks for",
    "text-unidecode": "Artistic or GPL-2.0-or-later: taken under GPL-3.0, which goes with AGPL-3.0",
    "unidecode": "GPL-2.0-or-later: taken under GPL-3.0, which goes with AGPL-3.0; tests only",
}
# What older metadata call them.
_SAME = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "BSD": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
_CLASSIFIER = "License :: OSI Approved :: "


def licence(package: Distribution) -> str:
    """What a package's metadata say, "" if nothing: an SPDX expression where they can be read as one."""
    said = package.metadata
    classifiers = [line.removeprefix(_CLASSIFIER) for line in said.get_all("Classifier") or () if _CLASSIFIER in line]
    found = said.get("License-Expression") or " AND ".join(_SAME.get(name, name) for name in classifiers)
    found = found or (said.get("License") or "").strip()
    return _SAME.get(found, found)


def is_allowed(expression: str) -> bool:
    """Whether every part of an SPDX expression, or one of each choice, is allowed."""
    choices = re.split(r"\s+AND\s+(?![^(]*\))", expression)
    return all(any(part.strip(" ()") in ALLOWED for part in re.split(r"\s+OR\s+", choice)) for choice in choices)


def faults() -> Iterator[str]:
    """A line for each package that must not be here, and for each exception that none needs."""
    named = {re.sub(r"[-_.]+", "-", package.metadata["Name"]).lower(): package for package in distributions()}
    for name, package in sorted(named.items()):
        if name not in EXCEPTIONS and not is_allowed(licence(package)):
            yield f"{name}: {licence(package) or 'no licence named'}"
        if name in EXCEPTIONS and is_allowed(licence(package)):
            yield f"{name}: needs no exception any more"


if __name__ == "__main__":
    found = list(faults())
    print("\n".join(found) or "licences: every installed package may be combined with AGPL-3.0-or-later")
    sys.exit(bool(found))
