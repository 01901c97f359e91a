"""Which of many texts are alike: those that share rare terms, weighed.

An inverted index in the database: a text is a row, each of its terms is one. A text is looked up by its rarest terms
only, so that a hundred thousand are compared in a minute and one is found among them in a few look-ups. Weights are
whole numbers: their sums are the same in whatever order they are added.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.link.wording import Terms

# Terms by which a text is looked up, and texts that come back at most; those that share less of the weight of these
# terms are not looked at. (Of 16 000 pairs of alike texts in 136 000 one or two shared less.)
_RAREST, _MOST, _LEAST_SHARED = 12, 40, 0.08
# A term that more texts than this use brings too many back to be worth following.
_COMMON = 400
# Texts that are looked up at a time.
_TOGETHER = 8_000
# Steps of a weight of one.
_STEPS = 1_000

# Only texts of one `kind` are compared; texts of one `plain` are the same word for word.
TABLES = """
create table if not exists {0}_texts (number integer, key varchar, kind bigint, plain bigint, size integer);
create table if not exists {0}_terms (number integer, term bigint, factor float);
create table if not exists {0}_uses (term bigint, uses integer);
"""
# How many texts use a term, counted on with those that come and go.
_COUNT = """
merge into {0}_uses using (select term, count(*) as more from ({1}) group by term) as counted
on {0}_uses.term = counted.term when matched then update set uses = uses {2} more when not matched then insert values (counted.term, more)
"""
# What a term of a text counts; `texts` have terms.
_WEIGHT = "cast(round(factor * ln(({texts} + 1) / (uses + 0.5)) * {steps}) as bigint) as weight"
# Texts that are the same word for word hang together through the first of them: where that one goes, through the next.
_PARTED = """
create or replace temp table {0}_parted as
select distinct plain from {0}_texts where plain <> 0 and number in (from going)
"""
_JOINED = """
with first as (select plain, arg_min(key, number) as key, min(number) as number from {0}_texts group by plain)
select first.key, {0}_texts.key from first join {0}_texts using (plain)
where plain in (from {0}_parted) and {0}_texts.number > first.number and {0}_texts.number < {1} order by {0}_texts.number
"""
# One after the other: as one query the database joins the tables in an order that takes long.
_MINE = """
create or replace temp table {0}_mine as
select number, term, uses, {weight}
from {0}_terms join {0}_uses using (term) where number >= {start} and number < {end}
"""
_FOUND = """
create or replace temp table {0}_found as
with rare as (
    select number, term, weight from {0}_mine where uses > 1 and uses <= {common}
    qualify row_number() over (partition by number order by weight desc, term) <= {rarest}
), least as (
    select number, sum(weight) * {least_shared} as least from rare group by number
), sharing as (
    select rare.number, other.number as other, cast(sum(weight) as bigint) as score
    from rare join least using (number) join {0}_terms other on other.term = rare.term
    where other.number <> rare.number group by all having score >= any_value(least)
)
select s.number, unnest(max_by(s.other, s.score * {end_of_all} - s.other, {most})) as other
from sharing s join {0}_texts a on a.number = s.number join {0}_texts b on b.number = s.other and b.kind = a.kind
group by s.number
union
select a.number, min(b.number) as first from {0}_texts a join {0}_texts b using (plain)
where a.number >= {start} and a.number < {end} and plain <> 0 group by a.number having first < a.number
"""
_THEIRS = """
create or replace temp table {0}_theirs as
select number as other, term, {weight}
from {0}_terms join {0}_uses using (term) where number in (select other from {0}_found)
"""
_BESIDE = """
create or replace temp table {0}_beside as
select number, other, term, weight from {0}_found join {0}_theirs using (other)
"""
_ALIKE = """
with common as (
    select number, other, cast(sum(least(mine.weight, beside.weight)) as bigint) as common
    from {0}_beside beside join {0}_mine mine using (number, term) group by all
), ours as (
    select number, cast(sum(weight) as bigint) as ours from {0}_mine group by number
), theirs as (
    select other, cast(sum(weight) as bigint) as theirs from {0}_theirs group by other
), likeness as (
    select number, other, coalesce(common, 0) / greatest(ours + theirs - coalesce(common, 0), 1) as shared,
           coalesce(common, 0) / greatest(least(ours, theirs), 1) as contained
    from {0}_found left join common using (number, other) left join ours using (number) left join theirs using (other)
)
select a.number as "left", b.number as "right", a.key, b.key, shared, contained, a.plain = b.plain and a.plain <> 0 as alike
from likeness join {0}_texts a using (number) join {0}_texts b on b.number = other
where (shared + contained) / 2 >= {least} or alike order by a.number, b.number
"""


@dataclass(frozen=True, slots=True)
class Text:
    key: str
    terms: Terms
    kind: str = ""
    plain: str = ""


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
    """The texts of one kind of record, by term; rare terms tell more."""

    def __init__(self, database: duckdb.DuckDBPyConnection, name: str) -> None:
        self._database, self._name = database, name
        self._ask(TABLES)
        self._ask("create or replace temp table {0}_parted (plain bigint)")
        self._new = self._next()

    def add(self, texts: Iterable[Text]) -> None:
        texts, first = iter(texts), self._next()
        while some := list(islice(texts, _TOGETHER)):
            self._database.register("given", _rows(some, self._next()))
            self._ask("insert into {0}_texts select number, key, kind, plain, len(terms) from given")
            self._ask("insert into {0}_terms select number, unnest(terms), unnest(factors) from given")
            self._database.unregister("given")
        # of all at once: each time the table of counts is gone through
        self._ask(_COUNT, f"select term from {self._name}_terms where number >= {first}", "+")

    def remove(self, keys: str) -> None:
        """Forget the texts whose keys a query gives."""
        self._ask("create or replace temp table going as select number from {0}_texts where key in ({1})", keys)
        self._ask(_COUNT, f"select term from {self._name}_terms where number in (from going)", "-")
        self._ask(_PARTED)
        self._ask("delete from {0}_terms where number in (from going)")
        self._ask("delete from {0}_texts where number in (from going)")
        self._new = self._next()  # what is added now may have the numbers of those that are gone

    def _ask(self, query: str, *given: str) -> duckdb.DuckDBPyConnection:
        return self._database.execute(query.format(self._name, *given))

    def pairs(self, least: float) -> Iterator[list[Pair]]:
        """Each text added through this index with those like it, a pair once, if their likeness scores `least` or more
        or they are alike; and the others that were alike through one that was removed."""
        parted = self._ask(_JOINED, str(self._new)).fetchall()
        yield [Pair(left, right, Likeness(1.0, 1.0), True) for left, right in parted]
        seen: dict[int, list[int]] = defaultdict(list)  # of texts that are still to be looked up
        for start in range(self._new, self._next(), _TOGETHER):
            pairs = []
            for left, right, key, other, shared, contained, alike in self._alike(start, least):
                if right not in seen.get(left, ()):
                    pairs.append(Pair(key, other, Likeness(shared, contained), alike))
                    if right > left:
                        seen[right].append(left)
            for done in [left for left in seen if left < start + _TOGETHER]:
                del seen[done]
            yield pairs

    def _alike(self, start: int, least: float) -> list[tuple[Any, ...]]:
        """Some of the texts with those like them, by their numbers and keys."""
        texts = self._ask("select count(*) from {0}_texts where size > 0").fetchall()[0][0]
        given: dict[str, Any] = {"start": start, "end": start + _TOGETHER, "end_of_all": self._next(), "least": least}
        given |= {"common": _COMMON, "rarest": _RAREST, "most": _MOST, "least_shared": _LEAST_SHARED}
        given |= {"weight": _WEIGHT.format(texts=texts, steps=_STEPS)}
        for step in (_MINE, _FOUND, _THEIRS, _BESIDE):
            self._database.execute(step.format(self._name, **given))
        found = self._database.execute(_ALIKE.format(self._name, **given)).fetchall()
        for table in ("mine", "found", "theirs", "beside"):
            self._ask("drop table {0}_{1}", table)
        return found

    def _next(self) -> int:
        """The number of the text that is added next."""
        return int(self._ask("select coalesce(max(number) + 1, 0) from {0}_texts").fetchall()[0][0])


def _rows(texts: Sequence[Text], first: int) -> pa.Table:
    """Texts as rows, numbered from the first on."""
    ends = [0, *accumulate(len(text.terms) for text in texts)]
    terms = pa.array([number(term) for text in texts for term in text.terms], pa.int64())
    factors = pa.array([factor for text in texts for factor in text.terms.values()], pa.float32())
    columns = {
        "number": pa.array(range(first, first + len(texts)), pa.int32()),
        "key": pa.array([text.key for text in texts], pa.string()),
        "kind": pa.array([number(text.kind) for text in texts], pa.int64()),
        "plain": pa.array([number(text.plain) if text.plain else 0 for text in texts], pa.int64()),
        "terms": pa.ListArray.from_arrays(ends, terms),
        "factors": pa.ListArray.from_arrays(ends, factors),
    }
    return pa.table(columns)


@lru_cache(1 << 16)
def number(term: str) -> int:
    """A term as the same number in every run."""
    return int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "big", signed=True)
