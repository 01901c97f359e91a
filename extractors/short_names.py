"""Names of offices that a document shortens: "Vụ TCCB" is the "Vụ Tổ chức cán bộ" that it names in full elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from extractors.tasks import Setting, TaskDraft
from normalizers.abbreviations import expand
from normalizers.agencies import resolve
from normalizers.text import bare
from schemas.block import Outline
from schemas.mention import Mention
from schemas.values import Agency

# letters alone, as many as make it unlikely that other words begin with them
_LETTERS = re.compile(r"(?<!\w)[^\W\d_]{3,}(?!\w)")
_WORD = re.compile(r"\w+")
# between two words of a name; of these no letter of the short form tells
_GAP = r"[\s,;&–-]+(?:(?:va|cua|ve)\s+)?"


def written_out(drafts: Sequence[TaskDraft], outline: Outline, setting: Setting) -> list[TaskDraft]:
    """The drafts with the offices that they name by short forms named in full, as far as the document or usage tells."""
    short = {
        mention.value.name
        for draft in drafts
        for mention in (*draft.lead, *draft.coop)
        if not mention.value.known and _is_shortened(mention.value.name)
    }
    if not short:
        return list(drafts)
    text = "\n".join(passage.text for block in outline for passage in block.passages)
    names = {name: full for name in short if (full := full_name(name, text))}
    agencies = {name: resolve(full, setting.issued_on, setting.issuer) for name, full in names.items()}
    return [replace(draft, lead=_named(draft.lead, agencies), coop=_named(draft.coop, agencies)) for draft in drafts]


def _is_shortened(name: str) -> bool:
    return any(map(str.isupper, _LETTERS.findall(name)))


def _named(mentions: Iterable[Mention], agencies: dict[str, Agency]) -> tuple[Mention, ...]:
    return tuple(replace(each, value=agencies.get(each.value.name, each.value)) for each in mentions)


def full_name(short: str, text: str) -> str | None:
    """The name of an office in full: as the text prints it, where that is plain or what everybody means; else as usual.

    >>> full_name("Vụ TCCB", "Giao Vụ Tổ chức cán bộ và Vụ Pháp chế")
    'Vụ Tổ chức cán bộ'
    >>> full_name("Ban QLDA 6", ""), full_name("Vụ XYZ", "")
    ('Ban Quản lý dự án 6', None)
    """
    words = _WORD.findall(short)
    if len(words) < 2 or words[0].isupper() or not _is_shortened(short):
        return None
    printed = re.compile(rf"(?<!\w){_GAP.join(map(_spelt, words))}(?!\w)")
    found = (text[match.start() : match.end()] for match in printed.finditer(bare(text)))
    names = [" ".join(name.split()) for name in found if _is_name(name, words)]
    usual = _expanded(short)
    as_usual = [name for name in names if usual and _letters(name) == _letters(usual)]
    if as_usual:
        return as_usual[0]
    if len(words) > 2 and names:  # of "Cục KHCN&ĐT" usage knows only the parts
        return names[0]
    return usual or (names[0] if len({_letters(name) for name in names}) == 1 else None)


def _letters(name: str) -> str:
    return "".join(_WORD.findall(bare(name)))


def _is_name(printed: str, short: Sequence[str]) -> bool:
    """Whether what begins with the letters of a short form is a name, and not the short form with words behind it."""
    begins = printed[len(short[0]) :].lstrip()[:1]
    return (
        begins.isupper() and "\n" not in printed and not {w for w in short if w.isupper()} & set(_WORD.findall(printed))
    )


def _spelt(word: str) -> str:
    """The pattern, over bare text, of what a word of a short form stands for: words with these first letters, or itself."""
    if len(word) > 1 and word.isalpha() and word.isupper():
        return _GAP.join(rf"{letter}[^\W\d_]*" for letter in bare(word))
    return re.escape(bare(word))


def _expanded(short: str) -> str | None:
    parts = [part if (long := expand(part)) == part else long[0].upper() + long[1:] for part in short.split()]
    left = [part for part in parts[1:] if len(part) > 1 and part.isalpha() and part.isupper()]
    return None if left or parts == short.split() else " ".join(parts)
