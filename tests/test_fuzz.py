"""Readers and normalisers on what nobody thought of: bounded here, longer by `make fuzz`."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from normalizers.agencies import find, read_actors
from normalizers.dates import find_dates
from normalizers.deadlines import find_deadlines, read_cell
from normalizers.document_numbers import find_numbers, normalise_number
from normalizers.document_types import document_type
from normalizers.legacy import composed, encoding_of, to_unicode
from normalizers.numbers import read_number
from normalizers.places import read_place
from normalizers.quantities import find_quantities
from normalizers.text import fold
from pipeline.limits import Limits
from pipeline.process import Arrival, Processed, process
from pipeline.read import office
from pipeline.workers import Died, Workers
from tests.conftest import SAMPLES, sample
from tests.hostile import CATALOGUE, FONT, PAGES, page, pdf, stream

pytestmark = pytest.mark.slow


def bounded(share: int = 1) -> settings:
    """So many examples as the profile says, or a share of them where one takes long."""
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(deadline=None, suppress_health_check=checks, max_examples=settings().max_examples // share)


# The words of which grammars are made, in any order, with anything between.
WORDS = [
    "ngày",
    "tháng",
    "năm",
    "quý",
    "2025",
    "31",
    "30/4",
    "2/9/2025",
    "09",
    "đến",
    "từ",
    "trước",
    "sau",
    "hết",
    "cuối",
    "đầu",
    "kỳ",
    "12",
    "1.234,5",
    "0,5",
    "%",
    "tỷ",
    "triệu",
    "nghìn",
    "đồng",
    "ha",
    "km²",
    "hơn",
    "khoảng",
    "trên",
    "≥",
    "–",
    "-",
    ".",
    ",",
    ";",
    ":",
    "(",
    ")",
    "/",
    "Bộ",
    "Sở",
    "UBND",
    "tỉnh",
    "xã",
    "thành",
    "phố",
    "Hà",
    "Nội",
    "Cà",
    "Mau",
    "và",
    "các",
    "Y",
    "tế",
    "chủ",
    "trì",
    "phối",
    "hợp",
    "Giao",
    "Số",
    "12/BC-UBND",
    "NĐ-CP",
    "Nghị",
    "định",
    "Quyết",
    "định",
    "II",
    ">",
    "1)",
    "a)",
    "½",
    "²",
    "³",
    "Ⅳ",
    "٣",
    "３",
    "đạt",
    "tăng",
    "giảm",
    "lần",
    "hàng",
    "thường",
    "xuyên",
    "trong",
    "vòng",
    "kể",
]
TEXT = st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=25).map(" ".join) | st.text(max_size=80)
DAY = date(2025, 7, 1)

NORMALISERS: dict[str, Callable[[str], Any]] = {
    "read_number": read_number,
    "find_quantities": lambda text: find_quantities(fold(text)),
    "find_dates": lambda text: find_dates(text, DAY),
    "find_deadlines": lambda text: find_deadlines(text, DAY),
    "read_cell": lambda text: read_cell(text, None),
    "find_numbers": find_numbers,
    "normalise_number": normalise_number,
    "document_type": document_type,
    "find_agencies": find,
    "read_actors": lambda text: read_actors(text, DAY),
    "read_place": lambda text: read_place(text, fold(text), 0),
    "encoding_of": lambda text: encoding_of(".VnTime", text),
    "to_unicode": lambda text: to_unicode(text, "TCVN3"),
    "composed": composed,
}


@pytest.mark.parametrize("name", NORMALISERS)
@bounded()
@given(text=TEXT)
def test_normalisers_read_or_leave_whatever_comes(name: str, text: str) -> None:
    NORMALISERS[name](text)


@bounded()
@given(text=TEXT)
def test_found_spans_lie_in_the_text(text: str) -> None:
    for start, end in find(text):
        assert 0 <= start < end <= len(text)


# readers


def arrival(path: Path) -> Arrival:
    return Arrival(path, "0" * 64, datetime(2025, 7, 1, tzinfo=UTC), "b")


def assert_recorded(processed: Processed) -> None:
    """Extracted, or quarantined for a reason of the file's; a fault of the program is none."""
    row = processed.document
    assert row.status == "extracted" or (row.reason and "lỗi của chương trình" not in row.reason)


def damaged(content: bytes, seed: int) -> bytes:
    """The content with a few bytes changed, cut out, doubled or moved."""
    chance, made = random.Random(seed), bytearray(content)
    for _ in range(chance.randint(1, 8)):
        at, length = chance.randrange(len(made)), chance.choice((1, 1, 4, 64, 1024))
        piece = bytes(made[at : at + length])
        to = chance.randrange(len(made))
        match chance.randrange(4):
            case 0:
                made[at] = chance.randrange(256)
            case 1 if len(made) > 2 * length:
                del made[at : at + length]
            case 2:
                made[to:to] = piece
            case _:
                made[to : to + length] = piece
    return bytes(made)


SEEDS = st.integers(0, 2**32)


@bounded()
@given(text=TEXT, suffix=st.sampled_from((".txt", ".md", ".html")), tags=st.lists(st.sampled_from(
    ("<p>", "<table>", "<tr>", "<td rowspan=3>", "</td>", "</table>", "<h1>", "<ol>", "<li>", "<b>", "|", "#", "\n", "- ", "[^1]")
), max_size=25))  # fmt: skip
def test_text_of_any_kind(tmp_path: Path, text: str, suffix: str, tags: list[str]) -> None:
    file = tmp_path / f"a{suffix}"
    words = text.split(" ")
    file.write_text("".join(f"{tag}{words[i % len(words)]}" for i, tag in enumerate(tags)) or text or "x", "utf-8")
    assert_recorded(process(arrival(file)))


@bounded()
@given(content=st.binary(max_size=400), suffix=st.sampled_from((".txt", ".html", ".docx", ".png")))
def test_bytes_of_any_kind(tmp_path: Path, content: bytes, suffix: str) -> None:
    file = tmp_path / f"a{suffix}"
    file.write_bytes(content)
    assert_recorded(process(arrival(file)))


def damaged_docx(seed: int) -> bytes:
    """A DOCX file whose container is whole and whose parts are damaged, or the other way round."""
    whole = sample("05").read_bytes()
    if seed % 5 == 0:
        return damaged(whole, seed)
    made, chance = BytesIO(), random.Random(seed)
    with zipfile.ZipFile(BytesIO(whole)) as parts, zipfile.ZipFile(made, "w") as target:
        chosen = chance.choice(parts.namelist())
        for name in parts.namelist():
            content = parts.read(name)
            target.writestr(name, shuffled(content, seed) if name == chosen else content)
    return made.getvalue()


def shuffled(content: bytes, seed: int) -> bytes:
    """XML that is still well-formed: elements put into each other and taken away; damaged bytes if it is none."""
    from lxml import etree

    chance = random.Random(seed)
    try:
        root = etree.fromstring(content)
    except etree.XMLSyntaxError:
        return damaged(content, seed)
    for _ in range(chance.randint(1, 12)):
        elements = [element for element in root.iter() if element is not root]
        if not elements:
            break
        moved, target = chance.choice(elements), chance.choice(elements)
        if moved is not target and moved not in target.iterancestors():
            target.append(moved) if chance.random() < 0.7 else moved.getparent().remove(moved)
    return bytes(etree.tostring(root))


@bounded(4)
@given(seed=SEEDS)
def test_damaged_word_files(tmp_path: Path, seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(office, "program", lambda: None)  # reading alone: rendering takes a second a file
        file = tmp_path / "a.docx"
        file.write_bytes(damaged_docx(seed))
        assert_recorded(process(arrival(file)))


OPERATORS = ("q", "Q", "BT", "ET", "72 700 Td", "/F 12 Tf", "(12 ha) Tj", "[(a) -900 (b)] TJ", "0 0 m", "99 99 l", "S", "re",
             "10 10 200 100 re", "f", "1e30 0 0 1e30 0 0 cm", "0 0 0 0 0 0 cm", "-1 Tr", "3 Tr", "/X Do", "BI", "EI", "<FEFF> Tj")  # fmt: skip


def made_pdf(seed: int) -> bytes:
    """Pages of any operators in any order, of any size and rotation; or a sample, damaged."""
    chance = random.Random(seed)
    if seed % 3 == 0:
        return damaged((SAMPLES / "documents" / sample("04").name).read_bytes(), seed)
    drawn = "\n".join(chance.choices(OPERATORS, k=chance.randint(1, 60))).encode()
    box = b"%d %d %d %d" % tuple(chance.choice((-100, 0, 1, 595, 842, 10**6)) for _ in range(4))
    turned = b"/Rotate %d" % chance.choice((0, 90, 180, 270, 45, -90))
    return pdf(CATALOGUE, PAGES, page(FONT, box, turned), stream(drawn))


@pytest.fixture(scope="module")
def processes() -> Iterator[Workers]:
    with Workers(1, Limits(step_seconds=20)) as workers:
        yield workers


@bounded(2)
@given(seed=SEEDS)
def test_pdf_files(processes: Workers, tmp_path: Path, seed: int) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(made_pdf(seed))
    (found,) = processes.map(process, [arrival(file)])
    if not isinstance(found, Died):  # a library that fails takes its process with it, and no more
        assert_recorded(found.result)
