"""Two tasks -> are they the same work? Objects are compared, not the phrases around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from normalizers.text import fold
from pipeline.link.decisions import Decision
from pipeline.link.index import Likeness
from pipeline.link.lineage import is_general, lineage
from pipeline.link.wording import Wording, replaced, wording

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """A task as far as it matters to whether two are the same work.

    `plain` is the text as it is compared for being word for word the same; `object` and `products` are of its wording.
    """

    task_id: str
    document_id: str
    section: str
    lead_ids: tuple[str, ...]
    deadline: date | None
    plain: str
    object: Sequence[str]
    products: frozenset[str]

    @classmethod
    def of(cls, row: Row) -> Work:
        """From a row of the columns of these names."""
        return cls(
            row["task_id"], row["document_id"], row["section"] or "", tuple(row["lead_ids"] or ()), row["deadline"],
            row["plain"], row["object"], frozenset(row["products"]),
        )  # fmt: skip

    @property
    def leads(self) -> frozenset[str]:
        """The agencies that lead it, as they are today; general ones ("các bộ, ngành") left out."""
        specific = (lineage(agency) for agency in self.lead_ids if not is_general(agency))
        return frozenset().union(*specific)


def worded(row: Row) -> Wording:
    """The wording of a task, without the agencies and persons that are told of beside it."""
    return wording(row["text"], (*(row["lead"] or ()), *(row["coop"] or ()), *(row["supervisors"] or ())))


def plain(text: str) -> str:
    return fold(text).strip(" .;,…")


@dataclass(frozen=True, slots=True)
class Verdict:
    decision: Decision
    score: float
    reason: str


# Judged by hand: above SAME_FROM hardly a pair of different works is left that the evidence
# below does not catch; between the two a person has to look.
SAME_FROM, UNDECIDED_FROM = 0.67, 0.55
# With less in common, the shorter text is one of several works of the longer.
_PART_BELOW = 0.35
# With fewer syllables beside phrases and purposes a text says too little of its object ("sửa đổi các luật để …"),
# unless the other says all of the same.
_TOLD, _TOLD_ALIKE = 3, 0.85
_OTHER_PRODUCT, _OTHER_OBJECT, _OTHER_LEAD, _SAME_LEAD, _SAME_DEADLINE = -0.2, -0.15, -0.08, 0.05, 0.05
# Pairs that score less by their words alone are never linked.
LEAST = UNDECIDED_FROM - _SAME_LEAD - _SAME_DEADLINE
# From this share on, other words in the same place are another object: "công nghệ | công nghiệp chiến lược".
_REPLACED_FROM = 0.1


def compare(left: Work, right: Work, likeness: Likeness) -> Verdict | None:
    """What the rules say of a pair; None if it is not even alike."""
    if left.plain == right.plain and not _other_leads(left, right):
        return Verdict(Decision.SAME, 1.0, "cùng nội dung từng chữ")
    if left.document_id == right.document_id and left.section == right.section:
        alike = likeness.score >= UNDECIDED_FROM
        return Verdict(Decision.NOT_SAME, likeness.score, "hai mục của cùng một danh sách") if alike else None
    score, reasons = likeness.score, [f"chung {likeness.shared:.0%}, bao hàm {likeness.contained:.0%}"]
    for change, reason in _evidence(left, right):
        score += change
        reasons.append(reason)
    score = max(0.0, min(score, 0.99))
    if score < UNDECIDED_FROM:
        return None
    told = min(len(left.object), len(right.object)) >= _TOLD
    same = score >= SAME_FROM and likeness.shared >= _PART_BELOW and (told or likeness.shared >= _TOLD_ALIKE)
    decision = Decision.SAME if same else Decision.UNDECIDED
    return Verdict(decision, score, "; ".join(reasons))


def _evidence(left: Work, right: Work) -> list[tuple[float, str]]:
    """What speaks for and against a pair beside its words."""
    found = []
    ours, theirs = left.products, right.products
    if ours and theirs and ours.isdisjoint(theirs):
        found.append((_OTHER_PRODUCT, "sản phẩm khác nhau"))
    if replaced(left.object, right.object) >= _REPLACED_FROM:
        found.append((_OTHER_OBJECT, "đối tượng khác nhau trong cùng một câu"))
    if _other_leads(left, right):
        found.append((_OTHER_LEAD, "cơ quan chủ trì khác nhau"))
    elif left.leads & right.leads:
        found.append((_SAME_LEAD, "cùng cơ quan chủ trì"))
    if left.deadline and left.deadline == right.deadline:
        found.append((_SAME_DEADLINE, "cùng thời hạn"))
    return found


def _other_leads(left: Work, right: Work) -> bool:
    return bool(left.leads and right.leads) and left.leads.isdisjoint(right.leads)
