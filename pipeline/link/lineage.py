"""Agencies over time: a ministry, the ministries it was merged into and its party committee count as one lead."""

from __future__ import annotations

from functools import cache

from normalizers.agencies import registry

# Leads that any agency may belong to: a task of "các bộ, ngành" may be reported by one of them.
_GENERAL = ("chinh-phu", "thu-tuong-chinh-phu")
_COMMITTEES = ("dang-uy.", "dang-uy-", "dang-doan.", "ban-can-su-dang.")
# A province acts through its people's committee and is led by its party committee.
_OF_PROVINCE = ("ubnd.", "tinh-uy.", "thanh-uy.")


@cache
def _successors() -> dict[str, tuple[str, ...]]:
    return {entry.agency_id: entry.successors for entry in registry()}


@cache
def lineage(agency_id: str) -> frozenset[str]:
    """The agencies that carry on an agency's work today.

    >>> sorted(lineage("dang-uy.bo-giao-thong-van-tai") | lineage("ubnd.tinh-ha-giang"))
    ['bo-xay-dung', 'tinh-tuyen-quang']
    """
    plain = _secular(agency_id)
    following = _successors().get(plain, ())
    if not following:
        return frozenset({plain})
    return frozenset().union(*(lineage(successor) for successor in following))


def _secular(agency_id: str) -> str:
    """The agency of a party committee: "dang-uy.bo-y-te" is "bo-y-te"; the army's and the police's have names of their own."""
    own = {"dang-uy-cong-an-trung-uong": "bo-cong-an", "quan-uy-trung-uong": "bo-quoc-phong"}
    if agency_id in own:
        return own[agency_id]
    for prefix in (*_COMMITTEES, *_OF_PROVINCE):
        rest = agency_id.removeprefix(prefix)
        if rest != agency_id and rest in _successors():
            return rest
    return agency_id


@cache
def is_general(agency_id: str) -> bool:
    """Whether a lead is a whole class of agencies or the Government itself, of which any agency may do the work."""
    plain = _secular(agency_id)
    return plain in _GENERAL or (plain not in _successors() and not plain.startswith("x-") and "." not in plain)
