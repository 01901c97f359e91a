"""DOCX features, each shown by a small file made here."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx as python_docx
import pytest

from pipeline.read import docx, office
from pipeline.read.errors import ReadError
from schemas.document import Document, Grid, Line, Piece

SHARED = Path(__file__).parents[3] / "shared" / "documents"

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
WPS = 'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


@pytest.fixture
def no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "program", lambda: None)


def write_docx(path: Path, body: str, **parts: str) -> Path:
    """A DOCX file with this body and these further parts (styles, numbering, footnotes …)."""
    kinds = "".join(
        f'<Relationship Id="r{i}" Type="{RELATIONS}/{name}" Target="{name}.xml"/>' for i, name in enumerate(parts)
    )
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        f'wordprocessingml.{name}+xml"/>'
        for name in parts
    )
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{RELATIONS}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{kinds}</Relationships>',
        "word/document.xml": f"<w:document {W} {MC} {M} {WPS}><w:body>{body}<w:sectPr/></w:body></w:document>",
    }
    files |= {f"word/{name}.xml": content for name, content in parts.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def p(text: str, properties: str = "") -> str:
    return f"<w:p>{properties and f'<w:pPr>{properties}</w:pPr>'}{r(text)}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def cell(content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def table(*rows: str, properties: str = "") -> str:
    ruled = '<w:tblBorders><w:top w:val="single"/></w:tblBorders>'
    return f"<w:tbl><w:tblPr>{properties or ruled}</w:tblPr>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def read(path: Path) -> Document:
    return docx.read(path, "x")


def lines_of(document: Document) -> list[Line]:
    return [line for piece in document.pieces for line in lines_of_piece(piece)]


def lines_of_piece(piece: Piece) -> list[Line]:
    if piece.paragraph:
        return [piece.paragraph]
    return [line for grid_cell in (piece.grid.cells if piece.grid else ()) for line in grid_cell.lines]


def texts(document: Document) -> list[str]:
    return [line.passage.text for line in lines_of(document)]


def grid_of(document: Document) -> Grid:
    return next(piece.grid for piece in document.pieces if piece.grid)


def cells_of(grid: Grid) -> dict[tuple[int, int, int, int], str]:
    return {
        (c.row, c.column, c.row_span, c.column_span): "/".join(line.passage.text for line in c.lines)
        for c in grid.cells
    }


SUPERSCRIPT = '<w:vertAlign w:val="superscript"/>'

# Body of a paragraph -> what is read of it.
RUNS = [
    ("tab and break", r("Số") + "<w:r><w:tab/><w:t>05</w:t><w:br/><w:t>và</w:t></w:r>", ["Số 05 và"]),
    ("hidden text", r("Hiện") + r(" ẩn 99", "<w:vanish/>"), ["Hiện"]),
    ("shown after all", r("Hiện") + r(" rõ", '<w:vanish w:val="0"/>'), ["Hiện rõ"]),
    ("soft hyphen", "<w:r><w:t>nghị</w:t><w:softHyphen/><w:t>quyết</w:t></w:r>", ["nghịquyết"]),
    ("hyphen that holds", "<w:r><w:t>57</w:t><w:noBreakHyphen/><w:t>NQ/TW</w:t></w:r>", ["57-NQ/TW"]),
    ("no-break space", r("1 000"), ["1 000"]),
    ("symbol", f'{r("Đạt ")}<w:r><w:sym w:font="Symbol" w:char="F0B3"/><w:t>30%</w:t></w:r>', ["Đạt ≥30%"]),
    ("hyperlink", f'{r("Xem ")}<w:hyperlink w:anchor="a">{r("Phụ lục I")}</w:hyperlink>', ["Xem Phụ lục I"]),
    ("smart tag", f'<w:smartTag w:element="date">{r("ngày 01/4")}</w:smartTag>{r("/2025")}', ["ngày 01/4/2025"]),
    ("content control", f"<w:sdt><w:sdtContent>{r('Bộ Nội vụ')}</w:sdtContent></w:sdt>", ["Bộ Nội vụ"]),
    ("placeholder", f"{r('Tên')}<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{r(' nhập')}"
     "</w:sdtContent></w:sdt>", ["Tên"]),
    ("decomposed letters over two runs", r("Quo") + r("\u0302\u0301c hội"), ["Quốc hội"]),
    ("capitals", r("quyết định", "<w:caps/>") + r(" số 5"), ["QUYẾT ĐỊNH số 5"]),
    ("formula", "<m:oMath><m:f><m:num><m:r><m:t>3</m:t></m:r></m:num><m:den><m:r><m:t>4</m:t></m:r></m:den></m:f>"
     "</m:oMath>", ["3/4"]),
    ("deleted and inserted", f'{r("Đạt ")}<w:del w:id="1"><w:r><w:delText>10</w:delText></w:r></w:del>'
     f'<w:ins w:id="2">{r("12")}</w:ins>{r("%")}', ["Đạt 12%"]),
    ("moved", f"{r('a')}<w:moveFrom w:id='1'>{r('cũ')}</w:moveFrom><w:moveTo w:id='2'>{r('mới')}</w:moveTo>", ["amới"]),
    ("field", '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE \\@ "d"</w:instrText></w:r>'
     f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{r("17/5/2025")}<w:r><w:fldChar w:fldCharType="end"/></w:r>',
     ["17/5/2025"]),
    ("field inside a field's code", '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
     f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>{r("mã")}'
     '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
     f'{r("kết quả")}<w:r><w:fldChar w:fldCharType="end"/></w:r>', ["kết quả"]),
    ("simple field", f'<w:fldSimple w:instr="REF x">{r("Điều 5")}</w:fldSimple>', ["Điều 5"]),
    ("power of a unit", r("rộng 120 m") + r("2", SUPERSCRIPT), ["rộng 120 m²"]),
    ("power of ten", r("gấp 10") + r("6", SUPERSCRIPT) + r(" lần"), ["gấp 10⁶ lần"]),
    ("list typed with line breaks", "<w:r><w:t>Nơi nhận:</w:t><w:br/><w:t>- Như trên;</w:t><w:br/><w:t>- Lưu: VT.</w:t>"
     "</w:r>", ["Nơi nhận:", "- Như trên;", "- Lưu: VT."]),
]  # fmt: skip


@pytest.mark.usefixtures("no_office")
@pytest.mark.parametrize(("body", "expected"), [case[1:] for case in RUNS], ids=[case[0] for case in RUNS])
def test_runs(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert texts(read(write_docx(tmp_path / "a.docx", f"<w:p>{body}</w:p>"))) == expected


@pytest.mark.usefixtures("no_office")
def test_a_figure_raised_after_a_word_is_a_mark(tmp_path: Path) -> None:
    body = (
        f"<w:p>{r('  Năm 2025')}{r('1', SUPERSCRIPT)}{r('2', SUPERSCRIPT)}{r(' đạt 5 km')}{r('2', SUPERSCRIPT)}</w:p>"
    )
    (line,) = lines_of(read(write_docx(tmp_path / "a.docx", body)))
    assert line.passage.text == "Năm 2025 đạt 5 km²"
    assert [(offset, mark.text) for offset, mark in line.marks] == [(8, "12")]


@pytest.mark.usefixtures("no_office")
def test_deleted_paragraph_mark_joins_paragraphs(tmp_path: Path) -> None:
    deleted = '<w:rPr><w:del w:id="1" w:author="a"/></w:rPr>'
    document = read(write_docx(tmp_path / "a.docx", p("Giao Bộ Y tế ", deleted) + p("chủ trì.") + p("Hết.")))
    assert texts(document) == ["Giao Bộ Y tế chủ trì.", "Hết."]


@pytest.mark.usefixtures("no_office")
def test_deleted_row_is_not_read(tmp_path: Path) -> None:
    gone = '<w:trPr><w:del w:id="1" w:author="a"/></w:trPr>'
    body = table(cell(p("A")) + cell(p("B")), gone + cell(p("cũ")) + cell(p("9")))
    assert cells_of(grid_of(read(write_docx(tmp_path / "a.docx", body)))) == {(0, 0, 1, 1): "A", (0, 1, 1, 1): "B"}


@pytest.mark.usefixtures("no_office")
def test_merged_cells_and_head(tmp_path: Path) -> None:
    span, start, more = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = table(
        "<w:trPr><w:tblHeader/></w:trPr>" + cell(p("TT"), start) + cell(p("Kết quả"), span),
        "<w:trPr><w:tblHeader/></w:trPr>" + cell(p(""), more) + cell(p("Năm")) + cell(p("Số")),
        cell(p("1")) + cell(p("2025")) + cell(p("5") + p("6")),
        '<w:trPr><w:gridBefore w:val="1"/></w:trPr>' + cell(p("2026")) + cell(p("7")),
    )
    grid = grid_of(read(write_docx(tmp_path / "a.docx", body)))
    assert (grid.rows, grid.columns, grid.header_rows) == (4, 3, 2)
    assert cells_of(grid) == {
        (0, 0, 2, 1): "TT",
        (0, 1, 1, 2): "Kết quả",
        (1, 1, 1, 1): "Năm",
        (1, 2, 1, 1): "Số",
        (2, 0, 1, 1): "1",
        (2, 1, 1, 1): "2025",
        (2, 2, 1, 1): "5/6",
        (3, 1, 1, 1): "2026",
        (3, 2, 1, 1): "7",
    }


@pytest.mark.usefixtures("no_office")
def test_nested_table_is_read_in_its_cell(tmp_path: Path) -> None:
    inner = table(cell(p("a")) + cell(p("b")))
    grid = grid_of(read(write_docx(tmp_path / "a.docx", table(cell(p("trước") + inner + p("sau")) + cell(p("c"))))))
    assert cells_of(grid) == {(0, 0, 1, 1): "trước/a/b/sau", (0, 1, 1, 1): "c"}


@pytest.mark.usefixtures("no_office")
def test_small_table_without_rulings_is_no_table(tmp_path: Path) -> None:
    none = '<w:tblBorders><w:top w:val="nil"/></w:tblBorders>'
    body = table(cell(p("BỘ Y TẾ") + p("Số: 5/BC-BYT")) + cell(p("CỘNG HÒA")), properties=none)
    document = read(write_docx(tmp_path / "a.docx", body))
    assert [piece.grid for piece in document.pieces] == [None] * 3
    assert texts(document) == ["BỘ Y TẾ", "Số: 5/BC-BYT", "CỘNG HÒA"]


@pytest.mark.usefixtures("no_office")
def test_text_box_is_read_once_after_its_paragraph(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{p('Trong khung 7')}</w:txbxContent>"
    drawing = (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><wps:txbx>{box}</wps:txbx></mc:Choice>'
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    document = read(write_docx(tmp_path / "a.docx", f"<w:p>{r('Trước')}{drawing}{r(' và')}</w:p>{p('Sau')}"))
    assert texts(document) == ["Trước và", "Trong khung 7", "Sau"]


def numbering(*levels: tuple[str, str], overrides: str = "") -> str:
    written = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for i, (form, text) in enumerate(levels)
    )
    return (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="0">{written}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        f'<w:num w:numId="2"><w:abstractNumId w:val="0"/>{overrides}</w:num></w:numbering>'
    )


def item(level: int, number: int = 1, text: str = "việc") -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def labels(document: Document) -> list[str]:
    return [piece.numbering.text if piece.numbering else "" for piece in document.pieces]


@pytest.mark.usefixtures("no_office")
def test_labels_count_levels_and_start_again(tmp_path: Path) -> None:
    levels = numbering(("upperRoman", "%1."), ("decimal", "%1.%2"), ("lowerLetter", "%3)"), ("bullet", "\uf0b7"))
    order = [0, 1, 1, 2, 2, 1, 2, 0, 1, 3]
    document = read(write_docx(tmp_path / "a.docx", "".join(map(item, order)) + p("không"), numbering=levels))
    expected = ["I.", "I.1", "I.2", "a)", "b)", "I.3", "a)", "II.", "II.1", "•", ""]
    assert labels(document) == expected


@pytest.mark.usefixtures("no_office")
def test_lists_of_one_definition_count_on_unless_told_to_start(tmp_path: Path) -> None:
    start = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    body = item(0, 1) + item(0, 1) + item(0, 2) + item(0, 2)
    on = read(write_docx(tmp_path / "a.docx", body, numbering=numbering(("decimal", "%1."))))
    assert labels(on) == ["1.", "2.", "3.", "4."]
    again = read(write_docx(tmp_path / "b.docx", body, numbering=numbering(("decimal", "%1."), overrides=start)))
    assert labels(again) == ["1.", "2.", "5.", "6."]


@pytest.mark.usefixtures("no_office")
def test_label_comes_through_a_style_and_can_be_taken_away(tmp_path: Path) -> None:
    styles = (
        f'<w:styles {W}><w:style w:type="paragraph" w:styleId="Muc"><w:name w:val="Mục"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>'
    )
    style = '<w:pStyle w:val="Muc"/>'
    body = p("một", style) + p("hai", f'{style}<w:numPr><w:numId w:val="0"/></w:numPr>') + p("ba", style)
    parts = {"numbering": numbering(("decimal", "%1.")), "styles": styles}
    assert labels(read(write_docx(tmp_path / "a.docx", body, **parts))) == ["1.", "", "2."]


@pytest.mark.usefixtures("no_office")
def test_label_in_a_cell_stands_before_its_text(tmp_path: Path) -> None:
    body = table(cell(item(0, 1, "")) + cell(item(0, 1, "Giao Bộ Y tế")))
    grid = grid_of(read(write_docx(tmp_path / "a.docx", body, numbering=numbering(("decimal", "%1.")))))
    assert cells_of(grid) == {(0, 0, 1, 1): "1.", (0, 1, 1, 1): "2. Giao Bộ Y tế"}


@pytest.mark.usefixtures("no_office")
def test_notes_and_their_marks(tmp_path: Path) -> None:
    reference = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    body = f"<w:p>{r('Một')}{reference.format(7)}{r(' hai')}{reference.format(3)}"
    body += '<w:r><w:endnoteReference w:id="2"/></w:r></w:p>'
    note = f'<w:footnote w:id="{{}}"><w:p><w:r><w:footnoteRef/></w:r>{r(" {}")}</w:p></w:footnote>'
    footnotes = f"<w:footnotes {W}>{note.format(3, 'Nguồn B')}{note.format(7, 'Nguồn A')}</w:footnotes>"
    endnotes = f'<w:endnotes {W}><w:endnote w:id="2">{p("Cuối")}</w:endnote></w:endnotes>'
    comments = (
        f'<w:comments {W}><w:comment w:id="0" w:author="An">{p("Xem lại số 9")}</w:comment>'
        f'<w:comment w:id="1" w:author="Bình">{p("Đã xem")}</w:comment></w:comments>'
    )
    parts = {"footnotes": footnotes, "endnotes": endnotes, "comments": comments}
    document = read(write_docx(tmp_path / "a.docx", body, **parts))
    assert texts(document) == ["Một hai"]
    assert [(o, m.text) for o, m in lines_of(document)[0].marks] == [(3, "1"), (7, "2"), (7, "i")]
    assert [(n.kind, n.mark, n.passage.text, n.author) for n in document.notes] == [
        ("footnote", "1", "Nguồn A", None),
        ("footnote", "2", "Nguồn B", None),
        ("endnote", "i", "Cuối", None),
        ("comment", "", "Xem lại số 9", "An"),
        ("comment", "", "Đã xem", "Bình"),
    ]


@pytest.mark.usefixtures("no_office")
def test_look_and_heading_come_from_styles(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    made = python_docx.Document()
    made.add_heading("Tình hình", level=2)
    paragraph = made.add_paragraph("Chữ ")
    paragraph.add_run("rất đậm và nghiêng").bold = True
    paragraph.runs[1].italic = True
    made.sections[0].header.paragraphs[0].text = "Đầu trang 5"
    made.save(path)
    document = read(path)
    assert [piece.heading_level for piece in document.pieces] == [2, None]
    heading, line = lines_of(document)
    assert (heading.bold, heading.size, line.bold, line.italic, line.size) == (True, 13.0, True, True, 11.0)
    assert "Đầu trang" not in " ".join(texts(document))


@pytest.mark.usefixtures("no_office")
def test_without_libreoffice_the_text_stands_nowhere_and_says_so(tmp_path: Path) -> None:
    document = read(write_docx(tmp_path / "a.docx", p("Đạt 5 triệu.")))
    assert [(issue.kind, issue.severity) for issue in document.issues] == [("not_rendered", "warning")]
    assert document.pages == ()
    assert set(lines_of(document)[0].passage.glyphs) == {None}


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 30_000_000)
    return buffer.getvalue()


def with_main(xml: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", xml)
    return buffer.getvalue()


ENTITY = '<!DOCTYPE d [<!ENTITY a "aaaa">]>'
BROKEN = [
    (b"", "rỗng"),
    (b"PK\x03\x04 no zip", "hỏng"),
    (bomb(), "phình"),
    (with_main("<w:document"), "XML"),
    (with_main(f"{ENTITY}<w:document {W}><w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body></w:document>"), "DTD"),
    (with_main(f"<w:document {W}/>"), "thân"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "LibreOffice"),
]


@pytest.mark.usefixtures("no_office")
@pytest.mark.parametrize(("data", "reason"), BROKEN, ids=[reason for _, reason in BROKEN])
def test_broken_files_say_what_is_wrong(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(data)
    with pytest.raises(ReadError, match=reason):
        read(path)


def test_settled_file_reaches_for_nothing_outside(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", p("a"))
    parts = docx.open_package(path.read_bytes())
    outside = f'<Relationship Id="o" Type="{RELATIONS}/image" Target="http://x.vn/a.png" TargetMode="External"/>'
    rels = parts["word/_rels/document.xml.rels"].replace(b"</Relationships>", f"{outside}</Relationships>".encode())
    source = docx.Source({**parts, "word/_rels/document.xml.rels": rels})
    assert b"http://x.vn" in rels
    assert b"http://x.vn" not in docx.open_package(source.package())["word/_rels/document.xml.rels"]


def test_tables_of_the_shared_report() -> None:
    found = sorted(SHARED.glob("001-*.docx"))
    if not found:
        pytest.skip(f"{SHARED} is not here: no shared DOCX to read")
    document = read(found[0])
    shapes = [(piece.grid.rows, piece.grid.columns) for piece in document.pieces if piece.grid]
    assert shapes == [(53, 3), (184, 3)]
    comments = [note.passage.text for note in document.notes if note.kind == "comment"]
    assert len(comments) == 5
    assert not set(comments) & set(texts(document))
