"""What a person said of a record. Reviews are appended and never changed; a later one stands before an earlier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schemas.records import column


class Action(StrEnum):
    CONFIRM = "confirm"
    CORRECT = "correct"
    REJECT = "reject"
    ADD = "add"
    # takes back what was said of the record before
    WITHDRAW = "withdraw"


class Status(StrEnum):
    """What the published datasets say of a reviewed record."""

    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    REJECTED = "rejected"
    ADDED = "added"
    # what was extracted is no longer what the reviewer saw
    TO_REVIEW = "to_review"


@dataclass(frozen=True, slots=True)
class Review:
    review_id: str = column("id", "mã")
    document_id: str = column("document", "văn bản")
    dataset: str = column("dataset of the record", "bộ dữ liệu của bản ghi")
    record_id: str = column("record", "bản ghi")
    action: str = column("confirm | correct | reject | add | withdraw", "việc soát xét")
    reviewer: str = column("name of the reviewer", "người soát xét")
    reviewed_at: datetime = column("when (UTC)", "thời điểm (UTC)")
    reason: str = column("why", "lý do")
    changes: str = column("corrected columns and their values, JSON", "các cột được sửa và giá trị, JSON")
    seen: str = column("the record as extracted when it was reviewed, JSON", "bản ghi lúc soát xét, JSON")
    extractor_version: str = column("version that had extracted it", "phiên bản đã trích xuất")
