"""Which of many texts are alike: those that share rare terms, weighed.

An inverted index over arrays: terms are numbers, a text is a stretch of them. A text is looked up by its rarest
terms only, so that a hundred thousand are compared in a minute and one is found among them in a few look-ups.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.link.wording import Terms

Integers = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float32]

# Terms by which a text is looked up, and texts that come back at most.
_RAREST, _MOST = 12, 40
# A term that more texts than this use brings too many back to be worth following.
_COMMON = 400

# A text as it is kept: its key, its terms and how much each counts, and two marks. Only texts of one `kind` are
# compared; texts of one `plain` are the same word for word.
TEXTS = pa.schema(
    {
        "key": pa.string(),
        "terms": pa.list_(pa.int64()),
        "factors": pa.list_(pa.float32()),
        "kind": pa.int64(),
        "plain": pa.int64(),
    }
)


@dataclass(frozen=True, slots=True)
class Text:
    key: str
    terms: Terms
    kind: str = ""
    plain: str = ""


def texts(found: Iterator[Text]) -> pa.Table:
    """Texts as a table, made in chunks: as Python objects a million terms are large."""
    chunks = [TEXTS.empty_table()]
    while chunk := [_row(text) for text in islice(found, _CHUNK)]:
        chunks.append(pa.Table.from_pylist(chunk, TEXTS))
    return pa.concat_tables(chunks)


_CHUNK = 5_000


def _row(text: Text) -> dict[str, Any]:
    return {
        "key": text.key,
        "terms": [number(term) for term in text.terms],
        "factors": list(text.terms.values()),
        "kind": number(text.kind),
        "plain": number(text.plain) if text.plain else 0,
    }


@cache
def number(term: str) -> int:
    """A term as the same number in every run."""
    return int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "big", signed=True)


@dataclass(frozen=True, slots=True)
class Likeness:
    """`shared` is the weight of common terms over all terms, `contained` over those of the shorter text; both 0-1."""

    shared: float
    contained: float

    @property
    def score(self) -> float:
        return (self.shared + self.contained) / 2


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts by their keys; `alike` if they bear one mark."""

    left: str
    right: str
    likeness: Likeness
    alike: bool


class Index:
    """Texts by term; rare terms tell more."""

    def __init__(self, table: pa.Table) -> None:
        table = table.combine_chunks()
        self.keys: list[str] = table["key"].to_pylist()
        self._kind: Integers = table["kind"].to_numpy()
        lengths: Integers = pc.list_value_length(table["terms"]).to_numpy().astype(np.int64)
        self._start = _starts(lengths)
        vocabulary, self._terms = np.unique(_flat(table["terms"], np.int64), return_inverse=True)
        self._uses: Integers = np.bincount(self._terms, minlength=len(vocabulary))
        rarity = np.log((np.count_nonzero(lengths) + 1) / (self._uses + 0.5)).astype(np.float32)
        self._weights: Weights = _flat(table["factors"], np.float32) * rarity[self._terms]
        self._totals = np.diff(np.concatenate([[0.0], np.cumsum(self._weights, dtype=np.float64)])[self._start])
        by_term = np.argsort(self._terms, kind="stable")
        self._texts: Integers = np.repeat(np.arange(len(lengths)), lengths)[by_term]
        self._home = _starts(self._uses)
        self._mine: Weights = np.zeros(len(vocabulary), np.float32)
        self._first_alike = _first_alike(table["plain"].to_numpy())

    def pairs(self, wanted: set[str], least: float) -> Iterator[Pair]:
        """Each wanted text with those like it, a pair once, if their likeness scores `least` or more or they are alike."""
        seen: set[tuple[int, int]] = set()
        for place in [place for place, key in enumerate(self.keys) if key in wanted]:
            others = self._candidates(place)
            shared, contained = self._likeness(place, others)
            alike = self._first_alike[others] == self._first_alike[place]
            for chosen in np.flatnonzero(((shared + contained) / 2 >= least) | alike):
                other = int(others[chosen])
                pair = (min(place, other), max(place, other))
                if pair not in seen:
                    seen.add(pair)
                    likeness = Likeness(float(shared[chosen]), float(contained[chosen]))
                    yield Pair(self.keys[place], self.keys[other], likeness, bool(alike[chosen]))

    def _candidates(self, place: int) -> Integers:
        """The texts that share most rare terms with one, best first, and the first that is the same word for word."""
        own = slice(self._start[place], self._start[place + 1])
        terms, weights = self._terms[own], self._weights[own]
        rare = np.flatnonzero((self._uses[terms] <= _COMMON) & (self._uses[terms] > 1))
        rare = rare[np.argsort(-weights[rare], kind="stable")[:_RAREST]]
        found = [self._texts[self._home[term] : self._home[term + 1]] for term in terms[rare]]
        texts, where = np.unique(np.concatenate([*found, np.empty(0, np.int64)]), return_inverse=True)
        scores = np.bincount(where, np.repeat(weights[rare], self._uses[terms[rare]]), len(texts))
        scores[(texts == place) | (self._kind[texts] != self._kind[place])] = 0.0
        best = np.argsort(-scores, kind="stable")[:_MOST]
        chosen = texts[best[scores[best] > 0]]
        alike = self._first_alike[place]
        return chosen if alike in (place, *chosen) else np.append(chosen, alike)

    def _likeness(self, place: int, others: Integers) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """`shared` and `contained` of one text and each of others."""
        own = slice(self._start[place], self._start[place + 1])
        self._mine[self._terms[own]] = self._weights[own]
        lengths = self._start[others + 1] - self._start[others]
        theirs = np.repeat(self._start[others] - _starts(lengths)[:-1], lengths) + np.arange(lengths.sum())
        both = np.minimum(self._mine[self._terms[theirs]], self._weights[theirs])
        common = np.bincount(np.repeat(np.arange(len(others)), lengths), both, len(others))
        self._mine[self._terms[own]] = 0.0
        ours, total = self._totals[place], self._totals[others]
        smaller = np.maximum(np.minimum(ours, total), _HAIR)
        return common / np.maximum(ours + total - common, _HAIR), common / smaller


# Keeps a text without terms from being divided by.
_HAIR = 1e-9


def _starts(lengths: Integers) -> Integers:
    starts: Integers = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    return starts


def _flat(lists: pa.ChunkedArray, kind: type) -> npt.NDArray[Any]:
    flat: npt.NDArray[Any] = lists.combine_chunks().flatten().to_numpy(zero_copy_only=False).astype(kind, copy=False)
    return flat


def _first_alike(plain: Integers) -> Integers:
    """For each text the first that is the same word for word; itself where it has no such mark."""
    _, first, group = np.unique(plain, return_index=True, return_inverse=True)
    alike: Integers = np.where(plain == 0, np.arange(len(plain)), first[group])
    return alike
