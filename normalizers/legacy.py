"""Text in the fonts that came before Unicode (TCVN3, VNI, VPS, VISCII) -> Unicode.

These fonts draw Vietnamese letters at the codes of Western European ones, so that
"Quèc héi" in .VnTime is printed as "Quốc hội". Which encoding a text is in is told
by the name of its font, and by whether its syllables are Vietnamese when decoded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources

TCVN3, VNI, VPS, VISCII = "TCVN3", "VNI", "VPS", "VISCII"
ENCODINGS = (TCVN3, VNI, VPS, VISCII)

Source = tuple[int, int]

_FONT_NAMES = (
    (TCVN3, re.compile(r"\.Vn", re.IGNORECASE)),
    (VNI, re.compile(r"VNI\b|VNI[-_ ]", re.IGNORECASE)),
    (VPS, re.compile(r"VPS\b|VPS[-_ ]", re.IGNORECASE)),
    (VISCII, re.compile(r"VISCII\b|VI[-_ ](?:Times|Arial|Helv|Cour)", re.IGNORECASE)),
)

# VNI writes a letter, then its accents as one character of a font in which that character is drawn over the letter.
_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT, _CIRCUMFLEX, _BREVE = "\u0300\u0301\u0309\u0303\u0323\u0302\u0306"
_VNI_TONES = {"ø": _GRAVE, "ù": _ACUTE, "û": _HOOK, "õ": _TILDE, "ï": _DOT}
_VNI_CIRCUMFLEX = {"â": "", "à": _GRAVE, "á": _ACUTE, "å": _HOOK, "ã": _TILDE, "ä": _DOT}
_VNI_BREVE = {"ê": "", "è": _GRAVE, "é": _ACUTE, "ú": _HOOK, "ü": _TILDE, "ë": _DOT}
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}

# cp1252 leaves these bytes free; programs hand them over as the control characters of the same number.
_WINDOWS = {byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0xA0)}

_ASCII_BREAK = re.compile(r"[\x00\s!-@\[-`{-~–—…“”‘’]+")
_ONLY_VIETNAMESE = re.compile("[ĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9\u0300\u0301\u0303\u0309\u0323]")
_ONSET = re.compile("(?:ngh|ng|nh|th|tr|ch|gh|gi|kh|ph|qu|[bcdđghklmnpqrstvx])?")
_ABBREVIATION = re.compile("[A-ZĂÂĐÊÔƠƯ]{1,9}")
_TONES = _GRAVE + _ACUTE + _HOOK + _TILDE + _DOT

# A font's name is believed if a third of the marked words come out Vietnamese: names, typing errors and
# abbreviations do not. Without such a name three in five must, and more than in any other reading.
_NAMED_SHARE, _UNNAMED_SHARE = 0.34, 0.6
# Fewer marked words than this prove nothing against or, without a font's name, for an encoding.
_FEW = 3


@lru_cache(maxsize=1024)
def encoding_named_by(font_name: str) -> str | None:
    """The legacy encoding that a font's name stands for.

    >>> encoding_named_by(".VnTimeH"), encoding_named_by("VNI-Times"), encoding_named_by("Times New Roman")
    ('TCVN3', 'VNI', None)
    """
    name = font_name.strip().split("+")[-1]
    return next((encoding for encoding, pattern in _FONT_NAMES if pattern.match(name)), None)


def encoding_of(font_name: str, text: str) -> str | None:
    """The legacy encoding that a text is in; None for Unicode, for plain ASCII and for other languages.

    >>> encoding_of(".VnTime", "Quèc héi"), encoding_of("Arial", "Quy ñònh veà chöùc naêng nhieäm vuï")
    ('TCVN3', 'VNI')
    >>> encoding_of(".VnTime", "Quốc hội"), encoding_of("Arial", "à côté de l'été où il a été né")
    (None, None)
    """
    words = _marked_words(text)
    if not words:
        return None
    if _ONLY_VIETNAMESE.search(text) and any(map(is_vietnamese, words)):
        return None
    as_it_is = sum(map(is_vietnamese, words))
    named = encoding_named_by(font_name)
    if named:
        return named if _believed(named, words, as_it_is) else None
    return _by_statistics(words, as_it_is)


def encoding_of_part(font_name: str, text: str, whole: str | None) -> str | None:
    """The encoding of a stretch of a document in which the text of this font as a whole is in `whole`.

    What is too short to tell by itself follows the rest, unless it reads better as it is.
    """
    found = encoding_of(font_name, text)
    words = _marked_words(text)
    if found or whole is None or not words or len(words) >= _FEW or _ONLY_VIETNAMESE.search(text):
        return found
    return whole if _decoded_well(whole, words) >= sum(map(is_vietnamese, words)) else None


def _believed(encoding: str, words: list[str], as_it_is: int) -> bool:
    decoded = _decoded_well(encoding, words)
    if len(words) < _FEW:
        return decoded > 0 and decoded >= as_it_is
    return decoded >= max(_NAMED_SHARE * len(words), as_it_is)


def _by_statistics(words: list[str], as_it_is: int) -> str | None:
    if len(words) < _FEW:
        return None
    best = max(ENCODINGS, key=lambda encoding: _decoded_well(encoding, words))
    decoded = _decoded_well(best, words)
    return best if decoded >= _UNNAMED_SHARE * len(words) and decoded > as_it_is else None


def _decoded_well(encoding: str, words: list[str]) -> int:
    """How many of the words decode to something else that is Vietnamese."""
    decoded = ((word, to_unicode(word, encoding)[0]) for word in words)
    return sum(is_vietnamese(after) for before, after in decoded if after != before)


def _marked_words(text: str) -> list[str]:
    """The words with a character outside ASCII, as the old encodings need one for each accent."""
    return [word for word in _ASCII_BREAK.split(text) if word and not word.isascii()]


@lru_cache(maxsize=65_536)
def is_vietnamese(word: str) -> bool:
    """Whether a word with accents is a Vietnamese syllable or a Vietnamese abbreviation in capitals.

    >>> [is_vietnamese(word) for word in ("Quốc", "được", "HĐND", "Quèc", "été")]
    [True, True, True, False, False]
    """
    if _ABBREVIATION.fullmatch(word):
        return True
    parts = unicodedata.normalize("NFD", word.lower())
    tones = {c for c in parts if c in _TONES}
    syllable = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES))
    if syllable.endswith(("c", "ch", "p", "t")) and not tones & {_ACUTE, _DOT}:
        return False  # a syllable that ends in a stop takes no other tone
    onset = _ONSET.match(syllable)
    assert onset is not None  # it matches the empty string
    # The u of "qu" and the i of "gi" may belong to the rhyme: "quốc", "giếng".
    starts = {onset.group(), onset.group().removesuffix("u").removesuffix("i"), ""}
    return any(syllable.startswith(start) and syllable[len(start) :] in _rhymes() for start in starts)


@lru_cache(maxsize=1)
def _rhymes() -> frozenset[str]:
    lines = _data("vietnamese_rhymes.txt")
    return frozenset(rhyme for line in lines for rhyme in line.split())


def _data(name: str) -> list[str]:
    text = resources.files("normalizers.data").joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def to_unicode(text: str, encoding: str) -> tuple[str, tuple[Source, ...]]:
    """The text in Unicode NFC, and for each of its characters where it came from (start and end in `text`).

    >>> to_unicode("n­íc", "TCVN3")
    ('nước', ((0, 1), (1, 2), (2, 3), (3, 4)))
    >>> to_unicode("nöôùc", "VNI")
    ('nước', ((0, 1), (1, 2), (2, 4), (4, 5)))
    """
    letters = _vni(text) if encoding == VNI else _single(text, encoding)
    return _composed(letters)


def composed(text: str) -> tuple[str, tuple[Source, ...]]:
    """The text in NFC, and for each of its characters where it came from."""
    return _composed((character, (i, i + 1)) for i, character in enumerate(text))


def _single(text: str, encoding: str) -> Iterator[tuple[str, Source]]:
    table = _tables()[encoding]
    for index, character in enumerate(text):
        yield table.get(character, character), (index, index + 1)


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = {encoding: {} for encoding in ENCODINGS}
    for line in _data("legacy_bytes.tsv")[1:]:
        encoding, code, letter = line.split("\t")
        byte = int(code, 16)
        tables[encoding][chr(byte)] = letter
        if byte in _WINDOWS and _WINDOWS[byte] != "\ufffd":
            tables[encoding][_WINDOWS[byte]] = letter
    # Normalised copies of a TCVN3 text carry the Greek letter for the micro sign.
    tables[TCVN3]["\u03bc"] = tables[TCVN3]["\u00b5"]
    return tables


def _vni(text: str) -> Iterator[tuple[str, Source]]:
    index = 0
    while index < len(text):
        letter = _vni_letter(text[index])
        accents = _vni_accents(letter, text[index + 1]) if index + 1 < len(text) else None
        length = 1 if accents is None else 2
        yield letter + (accents or ""), (index, index + length)
        index += length


def _vni_letter(character: str) -> str:
    letter = _VNI_LETTERS.get(character.lower())
    if letter is None:
        return character
    return letter.upper() if character.isupper() else letter


def _vni_accents(letter: str, mark: str) -> str | None:
    """What the second character of a pair adds to a letter, None if it adds nothing to it."""
    base, mark = letter.lower(), mark.lower()
    if base in "aeo" and mark in _VNI_CIRCUMFLEX:
        return _CIRCUMFLEX + _VNI_CIRCUMFLEX[mark]
    if base == "a" and mark in _VNI_BREVE:
        return _BREVE + _VNI_BREVE[mark]
    return _VNI_TONES.get(mark) if base in "aeioôơuưy" else None


def _composed(letters: Iterator[tuple[str, Source]]) -> tuple[str, tuple[Source, ...]]:
    characters: list[str] = []
    sources: list[Source] = []
    for letter, (start, end) in letters:
        joined = unicodedata.normalize("NFC", characters[-1] + letter) if characters else letter
        if characters and unicodedata.combining(letter[0]) and len(joined) == 1:
            characters[-1], sources[-1] = joined, (sources[-1][0], end)
            continue
        single = unicodedata.normalize("NFC", letter)
        characters.extend(single)
        sources.extend([(start, end)] * len(single))
    return "".join(characters), tuple(sources)
