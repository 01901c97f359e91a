"""Which of many texts are worth comparing: those that share rare terms.

An inverted index from term to texts; a text is looked up by its rarest terms only,
so that adding one text to a hundred thousand costs a few look-ups.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipeline.link.wording import Corpus, Terms

# Terms by which a text is looked up, and texts that come back at most.
_RAREST, _MOST = 12, 40
# A term that more texts than this use brings too many back to be worth following.
_COMMON = 400


class Index:
    """Texts by term."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._texts: dict[str, list[int]] = {}

    def add(self, text: int, terms: Terms) -> None:
        for term in self.rarest(terms):
            self._texts.setdefault(term, []).append(text)

    def rarest(self, terms: Terms) -> Sequence[str]:
        """The terms by which a text is found, rarest first; purposes last."""
        uses = self._corpus.uses
        known = (term for term in terms if uses[term] <= _COMMON)
        return sorted(known, key=lambda term: (-terms[term] * self._corpus.weight(term), term))[:_RAREST]

    def like(self, terms: Terms) -> list[int]:
        """The texts that share most with these terms, best first."""
        found: Counter[int] = Counter()
        for term in self.rarest(terms):
            for text in self._texts.get(term, ()):
                found[text] += self._corpus.weight(term) * terms[term]  # type: ignore[assignment]
        return [text for text, _ in found.most_common(_MOST)]
