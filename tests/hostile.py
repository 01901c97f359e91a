"""Files made to harm who reads them: one function a kind, each `(path, url) -> None`.

`url` is a server that must never be asked for anything.
"""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pymupdf

Maker = Callable[[Path, str], None]
HOSTILE: dict[str, Maker] = {}
GOOD = "UBND TỈNH CÀ MAU\nSố: 12/BC-UBND\nBÁO CÁO\nĐã trồng 120 ha rừng trong năm 2025.\n"


def hostile(name: str) -> Callable[[Maker], Maker]:
    """The file name under which what the function writes arrives."""

    def keep(make: Maker) -> Maker:
        HOSTILE[name] = make
        return make

    return keep


def make_all(folder: Path, url: str) -> list[Path]:
    """All hostile files, in a new folder."""
    folder.mkdir()
    for name, make in HOSTILE.items():
        make(folder / name, url)
    return sorted(folder.iterdir())


# PDF


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(out)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
FONT = b"/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"


def page(resources: bytes = FONT, box: bytes = b"0 0 595 842", more: bytes = b"") -> bytes:
    return b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R /Resources << %s >> %s >>" % (
        box,
        resources,
        more,
    )


TEXT = stream(b"BT /F 12 Tf 72 700 Td (Bao cao 12 ha) Tj ET")
FLATE = b"/Filter /FlateDecode"


@hostile("encrypted.pdf")
def encrypted(path: Path, url: str) -> None:
    with pymupdf.open("pdf", pdf(CATALOGUE, PAGES, page(), TEXT)) as document:
        document.save(path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="a", owner_pw="b")


@hostile("truncated.pdf")
def truncated(path: Path, url: str) -> None:
    whole = pdf(CATALOGUE, PAGES, page(), TEXT)
    path.write_bytes(whole[: len(whole) // 3])


@hostile("only-a-header.pdf")
def only_a_header(path: Path, url: str) -> None:
    path.write_bytes(b"%PDF-1.7\n" + os.urandom(4096))


@hostile("page-tree-loop.pdf")
def page_tree_loop(path: Path, url: str) -> None:
    path.write_bytes(pdf(CATALOGUE, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 /Parent 2 0 R >>"))


@hostile("form-loop.pdf")
def form_loop(path: Path, url: str) -> None:
    form = stream(
        b"/X Do /X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>"
    )
    path.write_bytes(pdf(CATALOGUE, PAGES, page(b"/XObject << /X 5 0 R >>"), stream(b"/X Do"), form))


@hostile("previous-loop.pdf")
def previous_loop(path: Path, url: str) -> None:
    whole = pdf(CATALOGUE, PAGES, page(), TEXT)
    start = whole.rindex(b"startxref\n") + 10
    path.write_bytes(pdf(CATALOGUE, PAGES, page(), TEXT, trailer=b"/Prev " + whole[start:].split()[0]))


@hostile("hundred-thousand-pages.pdf")
def hundred_thousand_pages(path: Path, url: str) -> None:
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 100_003))
    one = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 100003 0 R /Resources << >> >>"
    pages = b"<< /Type /Pages /Count 100000 /Kids [%s] >>" % kids
    path.write_bytes(pdf(CATALOGUE, pages, *[one] * 100_000, TEXT))


@hostile("one-page-many-times.pdf")
def one_page_many_times(path: Path, url: str) -> None:
    kids = b"3 0 R " * 100_000
    path.write_bytes(pdf(CATALOGUE, b"<< /Type /Pages /Count 100000 /Kids [%s] >>" % kids, page(), TEXT))


@hostile("lying-count.pdf")
def lying_count(path: Path, url: str) -> None:
    path.write_bytes(pdf(CATALOGUE, b"<< /Type /Pages /Kids [3 0 R] /Count 2147483647 >>", page(), TEXT))


@hostile("deeply-nested.pdf")
def deeply_nested(path: Path, url: str) -> None:
    path.write_bytes(pdf(CATALOGUE, PAGES, page(more=b"/A " + b"[" * 200_000 + b"]" * 200_000), TEXT))


@hostile("bursting-stream.pdf")
def bursting_stream(path: Path, url: str) -> None:
    inner = zlib.compress(b" " * (1 << 28), 9)  # 256 MiB in 256 KiB, and that again in little
    twice = stream(zlib.compress(inner * 12, 9), b"/Filter [/FlateDecode /FlateDecode]")
    path.write_bytes(pdf(CATALOGUE, PAGES, page(), twice))


@hostile("operators.pdf")
def operators(path: Path, url: str) -> None:
    drawn = stream(zlib.compress(b"0 0 m 9 9 l S\n" * 6_000_000), FLATE)
    path.write_bytes(pdf(CATALOGUE, PAGES, page(), drawn))


def picture(side: int, entries: bytes = b"/ColorSpace /DeviceRGB /BitsPerComponent 8") -> bytes:
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()
    return stream(rows, b"/Type /XObject /Subtype /Image /Width %d /Height %d %s %s" % (side, side, entries, FLATE))


@hostile("huge-picture.pdf")
def huge_picture(path: Path, url: str) -> None:
    shown = stream(b"595 0 0 842 0 0 cm /X Do")
    path.write_bytes(pdf(CATALOGUE, PAGES, page(b"/XObject << /X 5 0 R >>"), shown, picture(30_000)))


@hostile("inline-picture.pdf")
def inline_picture(path: Path, url: str) -> None:
    data = b"q 595 0 0 842 0 0 cm BI /W 60000 /H 60000 /CS /RGB /BPC 8 ID " + bytes(99) + b" EI Q"
    path.write_bytes(pdf(CATALOGUE, PAGES, page(), stream(data)))


@hostile("huge-page.pdf")
def huge_page(path: Path, url: str) -> None:
    path.write_bytes(pdf(CATALOGUE, PAGES, page(box=b"0 0 1e9 1e9"), stream(b"0 0 1e9 1e9 re f")))


@hostile("actions.pdf")
def actions(path: Path, url: str) -> None:
    launch = b"/OpenAction << /S /Launch /F (/bin/true) >> /AA << /O << /S /URI /URI (%s) >> >>" % url.encode()
    script = (
        b"/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (app.launchURL\\('%s'\\)) >>] >> >>" % url.encode()
    )
    path.write_bytes(pdf(b"<< /Type /Catalog /Pages 2 0 R %s %s >>" % (launch, script), PAGES, page(), TEXT))


@hostile("remote-stream.pdf")
def remote_stream(path: Path, url: str) -> None:
    path.write_bytes(pdf(CATALOGUE, PAGES, page(), stream(b"", b"/F << /FS /URL /F (%s) >>" % url.encode())))


# pictures


def png(width: int, height: int, rows: bytes, depth: int = 1, colour: int = 0) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@hostile("huge.png")
def huge_png(path: Path, url: str) -> None:
    path.write_bytes(png(30_000, 30_000, zlib.compress(bytes(3751 * 30_000))))


@hostile("huge-in-colour.png")
def huge_colour_png(path: Path, url: str) -> None:
    path.write_bytes(png(30_000, 30_000, zlib.compress(bytes(1 << 26)), 8, 2))


@hostile("tiff-loop.tif")
def tiff_loop(path: Path, url: str) -> None:
    entries = [(256, 4, 1, 8), (257, 4, 1, 8), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8),
               (277, 3, 1, 1), (278, 4, 1, 8), (279, 4, 1, 64)]  # fmt: skip
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    path.write_bytes(b"II*\0" + struct.pack("<I", 8) + directory + struct.pack("<I", 8) + bytes(64))


@hostile("drawing.png")
def drawing(path: Path, url: str) -> None:
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}"/><image href="/etc/hosts"/></svg>')


@hostile("cut.jpg")
def cut_jpeg(path: Path, url: str) -> None:
    with pymupdf.open("pdf", pdf(CATALOGUE, PAGES, page(), TEXT)) as document:
        path.write_bytes(document[0].get_pixmap().tobytes("jpeg")[:900])


# Word

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PARAGRAPH = "<w:p><w:r><w:t>Đã trồng 120 ha rừng.</w:t></w:r></w:p>"


def docx(path: Path, body: str = PARAGRAPH, head: str = "", links: Sequence[str] = (), **parts: bytes) -> None:
    types = (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    office = f'<Relationship Id="r" Type="{LINKS}/officeDocument" Target="word/document.xml"/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{PACKAGE}/relationships">{office}</Relationships>')
        archive.writestr(
            "word/document.xml", f'{head}<w:document {WORD} xmlns:r="{LINKS}"><w:body>{body}</w:body></w:document>'
        )
        if links:
            listed = f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(links)}</Relationships>'
            archive.writestr("word/_rels/document.xml.rels", listed)
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)


def external(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="r{number}" Type="{LINKS}/{kind}" Target="{target}" TargetMode="External"/>'


@hostile("entity.docx")
def entity(path: Path, url: str) -> None:
    head = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY y SYSTEM "{url}">]>'
    docx(path, "<w:p><w:r><w:t>&x;&y;</w:t></w:r></w:p>", head)


@hostile("laughs.docx")
def laughs(path: Path, url: str) -> None:
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    docx(path, "<w:p><w:r><w:t>&a11;</w:t></w:r></w:p>", f'<!DOCTYPE a [<!ENTITY a0 "ha">{lines}]>')


@hostile("links.docx")
def links(path: Path, url: str) -> None:
    shown = (
        '<w:p><w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape style="width:90pt;height:90pt">'
        '<v:imagedata r:id="r1"/></v:shape></w:pict></w:r></w:p>'
        '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
        '<wp:extent cx="900000" cy="900000"/><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        '<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill>'
        '<a:blip r:link="r1"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>'
        f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>INCLUDEPICTURE "{url}/f.png" \\d</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
        f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>INCLUDETEXT "{url}/t.docx"</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    found = [external(1, "image", f"{url}/image.png"), external(2, "attachedTemplate", f"{url}/template.dotm"),
             external(3, "frame", f"{url}/frame.html"), external(4, "oleObject", f"{url}/object.bin")]  # fmt: skip
    docx(path, PARAGRAPH + shown, links=found)


@hostile("macros.docx")
def macros(path: Path, url: str) -> None:
    link = '<Relationship Id="r1" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/>'
    docx(path, links=[link], word__vbaProject=b"\xd0\xcf\x11\xe0" + bytes(2000))


@hostile("climbing.docx")
def climbing(path: Path, url: str) -> None:
    docx(path)
    with zipfile.ZipFile(path, "a") as archive:
        for name in ("../../../climbed.txt", "/tmp/climbed.txt", "word/../../climbed.txt"):
            archive.writestr(name, "climbed")


@hostile("bursting.docx")
def bursting(path: Path, url: str) -> None:
    docx(path, word__media=b" " * (1 << 28))


@hostile("nested-tables.docx")
def nested_tables(path: Path, url: str) -> None:
    depth = 3000
    docx(path, "<w:tbl><w:tr><w:tc>" * depth + PARAGRAPH + "</w:tc></w:tr></w:tbl>" * depth)


@hostile("hundred-nested-tables.docx")
def hundred_nested_tables(path: Path, url: str) -> None:
    docx(path, "<w:tbl><w:tr><w:tc>" * 60 + PARAGRAPH + "</w:tc></w:tr></w:tbl>" * 60)


@hostile("no-body.docx")
def no_body(path: Path, url: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "a")


@hostile("lying-size.docx")
def lying_size(path: Path, url: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (1 << 26))
    told = struct.pack("<I", 1 << 26)
    path.write_bytes(buffer.getvalue().replace(told, struct.pack("<I", 100)))


@hostile("rubbish.doc")
def rubbish(path: Path, url: str) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + os.urandom(20_000))


# text


@hostile("zeros.txt")
def zeros(path: Path, url: str) -> None:
    path.write_bytes(bytes(1 << 20))


@hostile("one-line.txt")
def one_line(path: Path, url: str) -> None:
    path.write_text("12.345, " * 30_000)


@hostile("backtracking.txt")
def backtracking(path: Path, url: str) -> None:
    pieces = ("Bộ " * 3000, "1." * 3000, "(" * 3000, " " * 20_000, "12/" * 3000, "và, " * 3000, "ngày 1 tháng " * 800)
    path.write_text(GOOD + "\n".join(pieces))


@hostile("marks.txt")
def marks(path: Path, url: str) -> None:
    path.write_text("a" + "\u0301" * 200_000 + GOOD)


@hostile("control.txt")
def control(path: Path, url: str) -> None:
    path.write_text(GOOD + "".join(map(chr, range(1, 32))) + "\u202e\u200b\ufeff\ud7ff\U0010ffff")


@hostile("nested.html")
def nested(path: Path, url: str) -> None:
    path.write_text("<div>" * 100_000 + "12 ha" + "</div>" * 100_000)


@hostile("nested-table.html")
def nested_table(path: Path, url: str) -> None:
    path.write_text("<table><tr><td>" * 3000 + "12 ha")


@hostile("remote.html")
def remote(path: Path, url: str) -> None:
    parts = (
        f'<img src="{url}"><link rel=stylesheet href="{url}"><script src="{url}"></script><iframe src="{url}"></iframe>'
    )
    path.write_text(f'<!DOCTYPE a SYSTEM "{url}"><html><base href="{url}">{parts}<p>Đã trồng 120 ha rừng.</html>')


@hostile("spans.html")
def spans(path: Path, url: str) -> None:
    path.write_text("<table><tr><td colspan=1000000 rowspan=1000000>12 ha<td>3</table>")


# names and links


@hostile("lines\nand\x1b[2J\tmore.txt")
def odd_name(path: Path, url: str) -> None:
    path.write_text(GOOD + "1 km")


@hostile("-rf --outputs ..txt")
def option(path: Path, url: str) -> None:
    path.write_text(GOOD + "2 km")


@hostile("%2e%2e%2f..%2fetc%2fpasswd.txt")
def climbing_name(path: Path, url: str) -> None:
    path.write_text(GOOD + "3 km")


@hostile(os.fsdecode(b"\xff\xfe b\xe1o c\xe1o.txt"))
def no_utf8(path: Path, url: str) -> None:
    path.write_text(GOOD + "4 km")


@hostile("n" * 251 + ".txt")
def long_name(path: Path, url: str) -> None:
    path.write_text(GOOD + "5 km")


@hostile("link-out.txt")
def link_out(path: Path, url: str) -> None:
    path.symlink_to("/etc/hostname")


@hostile("link-loop.txt")
def link_loop(path: Path, url: str) -> None:
    path.symlink_to(path.name)


@hostile("link-nowhere.pdf")
def link_nowhere(path: Path, url: str) -> None:
    path.symlink_to("nowhere")


@hostile("pipe.pdf")
def pipe(path: Path, url: str) -> None:
    os.mkfifo(path)


@hostile("folder-loop")
def folder_loop(path: Path, url: str) -> None:
    path.mkdir()
    (path / "again").symlink_to("..")
