"""The fingerprint of a text: a minhash over its runs of words, by which two renditions of one document are known."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from normalizers.text import bare
from schemas.block import BlockKind, Outline

# Words of a run: long enough to be a document's own, short enough for most to survive slips of recognition.
_RUN = 4
# With fewer runs a text has too little of its own.
_FEWEST = 20
PLACES = 64
# One hash function a place: the salt of the place, stirred by the multipliers of MurmurHash3.
_SALTS = np.random.default_rng(20250301).integers(0, 1 << 63, PLACES, dtype=np.uint64)
_STIR = (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53))
_HALF = np.uint64(33)
_LEFT_OUT = (BlockKind.FURNITURE, BlockKind.STAMP, BlockKind.NOISE)


def fingerprint(outline: Outline) -> tuple[int, ...]:
    """The fingerprint of a document; empty if it says too little."""
    # passage by passage: the extractors have folded each one already
    passages = (bare(passage.text) for block in outline if block.kind not in _LEFT_OUT for passage in block.passages)
    return _minhash(" ".join(passages))


def minhash(text: str) -> tuple[int, ...]:
    """`PLACES` numbers; two texts share as many of them as they share runs of words.

    Spelling of diacritics does not count: recognition slips there most often.
    """
    return _minhash(bare(text))


def _minhash(text: str) -> tuple[int, ...]:
    words = [word.encode() for word in re.findall(r"\w+", text)]
    ends = list(accumulate(len(word) + 1 for word in words))  # of a word and the blank behind it
    text_of_words = b" ".join(words)
    runs = {
        zlib.crc32(text_of_words[start : end - 1]) for start, end in zip([0, *ends], ends[_RUN - 1 :], strict=False)
    }
    if len(runs) < _FEWEST:
        return ()
    hashes = np.fromiter(runs, np.uint64, len(runs))
    mixed = hashes[:, None] ^ _SALTS
    for factor in _STIR:
        mixed = (mixed ^ (mixed >> _HALF)) * factor
    least = (mixed ^ (mixed >> _HALF)).min(axis=0) >> np.uint64(1)  # to fit a signed number
    return tuple(int(place) for place in least)


def likeness(left: Sequence[int], right: Sequence[int]) -> float:
    """The share of common runs of words, 0-1; 0 if one of them says too little.

    >>> text = " ".join(map(str, range(100)))
    >>> likeness(minhash(text), minhash(text)), likeness(minhash(text), ())
    (1.0, 0.0)
    """
    if not left or not right:
        return 0.0
    return sum(a == b for a, b in zip(left, right, strict=True)) / PLACES
