"""No dependency may forbid what this program's licence promises."""

from __future__ import annotations

import pytest

from scripts.licences import faults, is_allowed


def test_every_installed_package_may_be_combined_with_this_program() -> None:
    assert list(faults()) == []


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("MIT OR Apache-2.0", True),
        ("Proprietary OR MIT", True),
        ("MPL-2.0 AND (Apache-2.0 OR Proprietary)", True),
        ("Apache-2.0 AND CNRI-Python", True),
        ("MIT AND Proprietary", False),
        ("MPL-2.0 AND (Proprietary OR SSPL-1.0)", False),
        ("GPL-2.0-only", False),
        ("", False),
    ],
)
def test_expressions(expression: str, allowed: bool) -> None:
    assert is_allowed(expression) == allowed
