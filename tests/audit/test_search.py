"""Search: the words that were meant are marked, in pages, indicators and files without pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.library import Library
from audit.pages import Pages
from audit.search import hit, places
from normalizers.text import fold
from tests.audit.conftest import document

MARKED = [
    ("hóa", "hoà nhạc, xã hội hoá, hàng hóa", ["hoá", "hóa"]),
    ("hoa", "hoà nhạc, xã hội hoá", ["hoà", "hoá"]),
    ("khoa hoc cong nghe", "Bộ khoa học, công nghệ", ["khoa", "học", "công", "nghệ"]),
    ("khoa học công nghệ", "Bộ Khoa học – Công nghệ", ["Khoa", "học", "Công", "nghệ"]),
    ("hóa don", "hoá đơn điện tử", ["hoá", "đơn"]),
    ("1.255", "có 1.255 hộ và 1 255 người", ["1.255", "1 255"]),
    ("giay", "giấy phép; ngày", ["giấy"]),
    ("xa hoi", "xã này " + "x" * 300 + " kinh tế xã hội", ["xã", "hội"]),
]


@pytest.mark.parametrize(("query", "text", "marked"), MARKED)
def test_the_words_that_were_meant_are_marked(query: str, text: str, marked: list[str]) -> None:
    found = hit(("d", 1, None, text), fold(query).split())
    assert [found.text[start:end] for start, end in found.marks] == marked


def test_only_what_is_left_out_is_told_to_be(read_once: Path) -> None:
    assert hit(("d", 1, None, "ngắn"), ["ngan"]).cut == (False, False)
    assert hit(("d", 1, None, "x " * 200 + "ngắn"), ["ngan"]).cut == (True, False)


@pytest.mark.parametrize("query", ["Tổng đài hỗ trợ", "12.740", "tong dai ho tro"])
def test_files_without_pages_are_searched_too(read_once: Path, query: str) -> None:
    found = Pages(Library(read_once)).search(query)["pages"]
    assert document(read_once, "08")["document_id"] in {each.document_id for each in found}


@pytest.mark.parametrize("query", ["", "  ", "….,", "'; drop table pages; --", "%", "\\"])
def test_nothing_is_no_query(read_once: Path, query: str) -> None:
    assert Pages(Library(read_once)).search(query)["pages"] == []


def test_an_indicator_is_found_with_its_value(read_once: Path) -> None:
    pages = Pages(Library(read_once))
    found = pages.search("nuoc sach")
    assert {hit.figure["unit"] for hit in found["indicators"] if hit.figure} == {"%", "điểm phần trăm"}
    page = pages.render("search.html", "vi", write_token="", here="/", server=True, **found)
    assert "<b>≥ 70 %</b>" in page


PLACES = [
    ("nuoc sach", "Cấp nước sạch, nước thải và nước (sạch).", [1, 2, 3, 6, 7]),
    ("sạch nuoc", "nước thải ở xã ta cũng rất tốt mà sạch", [0, 9]),
    ("nước", "Nước nuôc nuoc", [0]),
    ("1.255", "có 1.255 hộ và 1255 người", [1]),
    ("", "có gì", []),
]


@pytest.mark.parametrize(("query", "text", "found"), PLACES)
def test_the_words_of_a_query_on_a_page(query: str, text: str, found: list[int]) -> None:
    assert places(text.split(), query) == found


def test_what_was_made_ready_ahead_is_not_made_again(read_once: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = Pages(Library(read_once))
    pages.prepare()
    monkeypatch.setattr("pipeline.trace.texts", lambda *_: pytest.fail("read again"))
    assert pages.search("12.740")["pages"]
    pages._search._state = None  # as if something had been published meanwhile
    assert pages.search("12.740")["pages"]


def test_an_empty_folder_is_made_ready_for_nothing(tmp_path: Path) -> None:
    Pages(Library(tmp_path)).prepare()
