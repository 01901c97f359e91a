"""Plain text, Markdown and HTML."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.read import text
from pipeline.read.errors import ReadError
from schemas.document import Document, Grid
from tests.normalizers.test_legacy import SENTENCE, TCVN3_SENTENCE, VNI_SENTENCE


def read(tmp_path: Path, name: str, content: str | bytes) -> Document:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return text.read(path, "x")


def texts(document: Document) -> list[str]:
    return [piece.paragraph.passage.text for piece in document.pieces if piece.paragraph]


def cells(grid: Grid | None) -> dict[tuple[int, int, int, int], str]:
    assert grid
    return {
        (c.row, c.column, c.row_span, c.column_span): "/".join(line.passage.text for line in c.lines)
        for c in grid.cells
    }


BYTES = [
    ("UTF-8", SENTENCE.encode(), None),
    ("UTF-8 with mark", SENTENCE.encode("utf-8-sig"), None),
    ("UTF-16", SENTENCE.encode("utf-16"), None),
    ("UTF-16 without mark", SENTENCE.encode("utf-16-le"), None),
    ("UTF-16 the other way round", SENTENCE.encode("utf-16-be"), None),
    ("TCVN3", TCVN3_SENTENCE.encode("latin-1"), "TCVN3"),
    ("VNI", VNI_SENTENCE.encode("latin-1"), "VNI"),
    ("VNI in UTF-8", VNI_SENTENCE.encode(), "VNI"),
    ("Windows", SENTENCE.replace("ă", "\u0103").encode("utf-8").decode().encode("utf-16-le"), None),
]


@pytest.mark.parametrize(("data", "encoding"), [case[1:] for case in BYTES], ids=[case[0] for case in BYTES])
def test_bytes(tmp_path: Path, data: bytes, encoding: str | None) -> None:
    document = read(tmp_path, "a.txt", data)
    assert texts(document) == [SENTENCE]
    assert document.pages == ()
    assert [issue.message for issue in document.issues] == ([f"{encoding} -> Unicode"] if encoding else [])


def test_windows_code_page(tmp_path: Path) -> None:
    data = "Qu\u00f4\u0301c h\u00f4\u0323i n\u01b0\u01a1\u0301c".encode("cp1258")
    assert texts(read(tmp_path, "a.txt", data)) == ["Quốc hội nước"]


def test_western_text_stays_western(tmp_path: Path) -> None:
    assert texts(read(tmp_path, "a.txt", "un café à Paris, déjà “bu”".encode("cp1252"))) == [
        "un café à Paris, déjà “bu”"
    ]


@pytest.mark.parametrize("data", [b"", b" \n", b"\x89PNG\xff\x00\x01\x02"], ids=["empty", "blank", "picture"])
def test_no_text_is_an_error(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ReadError, match="tệp"):
        read(tmp_path, "a.txt", data)


def test_lines_longer_than_a_page_is_broad_are_paragraphs(tmp_path: Path) -> None:
    lines = [f"Sở thứ {number} báo cáo " + "kết quả thực hiện nhiệm vụ được giao trong quý " * 4 for number in range(3)]
    assert texts(read(tmp_path, "a.txt", "\n".join(line.strip() for line in lines).encode())) == [
        line.strip() for line in lines
    ]


def test_lines_broken_in_mid_sentence_are_joined(tmp_path: Path) -> None:
    lines = [
        "Giao Bộ Y tế chủ trì, phối hợp với các bộ, ngành liên quan rà soát",
        "và báo cáo Thủ tướng Chính phủ.",
        "Các bộ:",
        "a) Bộ Tài chính cân đối nguồn ngân sách cho các nhiệm vụ nói trên của ngành",
        "b) Bộ Nội vụ hướng dẫn các địa phương sắp xếp biên chế của ngành mình;",
        "báo cáo trước ngày 20 hằng tháng.",
        "",
        "tiếp",
    ]
    joined = [f"{lines[0]} {lines[1]}", *lines[2:4], f"{lines[4]} {lines[5]}", "tiếp"]
    assert texts(read(tmp_path, "a.txt", "\r\n".join(lines))) == joined


MARKDOWN = """\
# Báo cáo **quý III**

Tổng thu đạt 11.591 tỷ đồng,
tăng *10,3%*[^1] so với 3*4*5 và bao_cao_2 &lt; 5%

Kết quả
-------
* Bộ A
- Bộ B
  tiếp theo
1. Một
   - trong một

> trích [Nghị định 5](http://x.vn/a_b)

| STT | Nội dung | Số |
|---|:--|--:|
| 1 | a \\| b<br>dòng hai | **5** |
| 2 | c | 7

```
# mã 12
```
[^1]: Theo số liệu 2024.
"""


def test_markdown(tmp_path: Path) -> None:
    document = read(tmp_path, "a.md", MARKDOWN)
    assert texts(document) == [
        "Báo cáo quý III",
        "Tổng thu đạt 11.591 tỷ đồng, tăng 10,3% so với 3*4*5 và bao_cao_2 < 5%",
        "Kết quả",
        "- Bộ A",
        "- Bộ B tiếp theo",
        "1. Một",
        "- trong một",
        "trích Nghị định 5",
        "# mã 12",
    ]
    assert [piece.heading_level for piece in document.pieces][:3] == [1, None, 2]
    assert [(note.kind, note.mark, note.passage.text) for note in document.notes] == [
        ("footnote", "1", "Theo số liệu 2024.")
    ]
    marked = document.pieces[1].paragraph
    assert marked
    assert [(offset, mark.text) for offset, mark in marked.marks] == [
        (len("Tổng thu đạt 11.591 tỷ đồng, tăng 10,3%"), "1")
    ]


def test_markdown_table(tmp_path: Path) -> None:
    (grid,) = [piece.grid for piece in read(tmp_path, "a.md", MARKDOWN).pieces if piece.grid]
    assert (grid.rows, grid.columns, grid.header_rows) == (3, 3, 1)
    assert cells(grid) == {
        (0, 0, 1, 1): "STT",
        (0, 1, 1, 1): "Nội dung",
        (0, 2, 1, 1): "Số",
        (1, 0, 1, 1): "1",
        (1, 1, 1, 1): "a | b/dòng hai",
        (1, 2, 1, 1): "5",
        (2, 0, 1, 1): "2",
        (2, 1, 1, 1): "c",
        (2, 2, 1, 1): "7",
    }
    assert [cell.lines[0].bold for cell in grid.cells if cell.row == 1] == [False, False, True]


HTML = """\
<!DOCTYPE html><html><head><title>Tựa 1</title><style>p{top:2}</style></head><body><script>var a=3</script>
<h2>I. Tình   hình</h2>
<p>Đạt <b>5</b> triệu<sup>1</sup>, 20 m<sup>2</sup><br>Dòng hai <span style="display: none">4</span>&ge; 6</p>
<p hidden>7</p><!-- 8 --><iframe src="http://x.vn">9</iframe>
<ul><li>Một</li></ul><ol type="a" start="3"><li>ba</li><li><p>bốn</p></li></ol>
<table><thead><tr><th rowspan="2">STT</th><th colspan="2">Số</th></tr><tr><th>a</th><th>b</th></tr></thead>
<tr><td>1<td>x<p>y</p><table><tr><td>trong</td><td>nữa</td></tr></table><td rowspan=2>z</tr><tr><td>2<td>w</tr></table>
<pre>dòng 1
dòng 2</pre><p><font face=".VnTime">Quèc héi</font> <b><i>đậm nghiêng cả dòng</i></b></p></body></html>
"""


def test_html(tmp_path: Path) -> None:
    document = read(tmp_path, "a.html", HTML)
    assert texts(document) == [
        "I. Tình hình",
        "Đạt 5 triệu, 20 m²",
        "Dòng hai ≥ 6",
        "Một",
        "ba",
        "bốn",
        "dòng 1",
        "dòng 2",
        "Quốc hội đậm nghiêng cả dòng",
    ]
    labels = [piece.numbering.text for piece in document.pieces if piece.numbering]
    assert labels == ["-", "c.", "d."]
    assert [piece.heading_level for piece in document.pieces][:2] == [2, None]
    lines = [piece.paragraph for piece in document.pieces if piece.paragraph]
    assert [(o, m.text) for o, m in lines[1].marks] == [(len("Đạt 5 triệu"), "1")]
    assert [(line.bold, line.italic) for line in (lines[0], lines[1], lines[-1])] == [
        (True, False),
        (False, False),
        (True, True),
    ]
    assert [issue.kind for issue in document.issues] == ["legacy_encoding"]


def test_html_table_with_spans(tmp_path: Path) -> None:
    (grid,) = [piece.grid for piece in read(tmp_path, "a.html", HTML).pieces if piece.grid]
    assert (grid.rows, grid.columns, grid.header_rows) == (4, 3, 2)
    assert cells(grid) == {
        (0, 0, 2, 1): "STT",
        (0, 1, 1, 2): "Số",
        (1, 1, 1, 1): "a",
        (1, 2, 1, 1): "b",
        (2, 0, 1, 1): "1",
        (2, 1, 1, 1): "x/y/trong/nữa",
        (2, 2, 2, 1): "z",
        (3, 0, 1, 1): "2",
        (3, 1, 1, 1): "w",
    }


def test_html_of_an_old_font_without_its_name(tmp_path: Path) -> None:
    document = read(tmp_path, "a.htm", f"<p>{TCVN3_SENTENCE}</p>".encode("latin-1"))
    assert texts(document) == [SENTENCE]


LETTERHEAD_TABLE = """<table width="100%"{border}><tr><td>TỈNH ỦY MUỐI BIỂN<br>*<br>Số 9-CTr/TU</td>
<td>ĐẢNG CỘNG SẢN VIỆT NAM<br>Bến Muối, ngày 3 tháng 9 năm 2031</td></tr></table><p>Một hai ba.</p>"""


def test_a_letterhead_set_as_a_table_is_text(tmp_path: Path) -> None:
    document = read(tmp_path, "a.html", LETTERHEAD_TABLE.replace("{border}", ""))
    assert texts(document) == [
        "TỈNH ỦY MUỐI BIỂN",
        "*",
        "Số 9-CTr/TU",
        "ĐẢNG CỘNG SẢN VIỆT NAM",
        "Bến Muối, ngày 3 tháng 9 năm 2031",
        "Một hai ba.",
    ]


def test_a_ruled_table_stays_a_table(tmp_path: Path) -> None:
    document = read(tmp_path, "a.html", LETTERHEAD_TABLE.replace("{border}", ' border="1"'))
    assert len([piece for piece in document.pieces if piece.grid]) == 1
