"""The picture of the middle results: each layer shows what it is for, where it stands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pymupdf
import pytest

from cli import main
from pipeline.inspect import _BLOCKS, LAYERS, inspect
from pipeline.read import read
from pipeline.read.errors import ReadError
from pipeline.read.office import program
from pipeline.trace import TraceError
from schemas.block import BlockKind
from tests.conftest import SAMPLES, sample

DPI = 72
LEFT = 96
Pixels = npt.NDArray[np.int16]
Captured = pytest.CaptureFixture[str]


def drawn(path: Path, folder: Path, *layers: str, page: int = 1, dpi: int = DPI) -> Pixels:
    inspect(path, page, folder / "a.png", layers, dpi)
    picture = pymupdf.Pixmap(str(folder / "a.png"))
    pixels = np.frombuffer(picture.samples, np.uint8).reshape(picture.height, picture.width, picture.n)
    return pixels[:, :, :3].astype(np.int16)


def changed(a: Pixels, b: Pixels) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = np.abs(a - b).max(axis=2) > 20
    return found


def on_page(path: Path, marks: npt.NDArray[np.bool_], page: int = 1) -> npt.NDArray[np.bool_]:
    with pymupdf.open(path) as pdf:
        rect = pdf[page - 1].rect
    return marks[: int(rect.height), LEFT : LEFT + int(rect.width)]


def test_the_page_stands_in_the_picture_as_it_is(tmp_path: Path) -> None:
    pixels = drawn(sample("04"), tmp_path)
    with pymupdf.open(sample("04")) as pdf:
        plain = pdf[0].get_pixmap(dpi=DPI)
    page = np.frombuffer(plain.samples, np.uint8).reshape(plain.height, plain.width, 3).astype(np.int16)
    assert np.abs(pixels[: plain.height, LEFT : LEFT + plain.width] - page).mean() < 2


@pytest.mark.parametrize(("layer", "number"), [(layer, "03") for layer in LAYERS])
def test_each_layer_draws_on_the_page(layer: str, number: str, tmp_path: Path) -> None:
    plain = drawn(sample(number), tmp_path, page=2)
    with_layer = drawn(sample(number), tmp_path, layer, page=2)
    assert on_page(sample(number), changed(plain, with_layer), 2).mean() > 0.001


def test_each_layer_draws_something_of_its_own(tmp_path: Path) -> None:
    pictures = [drawn(sample("03"), tmp_path, layer, page=2) for layer in LAYERS]
    assert len({picture.tobytes() for picture in pictures}) == len(LAYERS)


def test_words_are_framed_where_they_stand(tmp_path: Path) -> None:
    """A frame in grey goes round every word: its sides change where the page was white."""
    dpi = 216
    plain, framed = (drawn(sample("04"), tmp_path, *layers, dpi=dpi) for layers in ((), ("words",)))
    line = read(sample("04"), "x").pages[0].lines[0]
    first = line.passage[: line.passage.text.index(" ")]
    (box,) = first.boxes
    x0, y0, x1, y1 = (round(value * dpi / 72) for value in (box.x0 + LEFT, box.y0, box.x1 + LEFT, box.y1))
    marks = np.abs(plain - framed).max(axis=2) > 4
    assert marks[y0 - 2 : y0 + 3, (x0 + x1) // 2].any()
    assert marks[(y0 + y1) // 2, x0 - 2 : x0 + 3].any()
    assert not marks[: y0 - 4].any()


def test_cells_are_framed_and_tables_without_rulings_are_not(tmp_path: Path) -> None:
    def marked(number: str) -> float:
        plain, ruled = drawn(sample(number), tmp_path), drawn(sample(number), tmp_path, "tables")
        return float(on_page(sample(number), changed(plain, ruled)).mean())

    assert marked("03") > 0.001
    assert marked("02") == 0


def test_metrics_are_green(tmp_path: Path) -> None:
    plain, shown = drawn(sample("04"), tmp_path), drawn(sample("04"), tmp_path, "mentions")
    green = (shown[:, :, 1] - shown[:, :, 0] > 25) & (shown[:, :, 1] - shown[:, :, 2] > 25)
    assert on_page(sample("04"), green).sum() > 200
    assert not ((plain[:, :, 1] - plain[:, :, 0] > 25) & (plain[:, :, 1] - plain[:, :, 2] > 25)).any()


def test_every_kind_of_block_has_a_name_and_a_colour_of_its_own() -> None:
    assert set(_BLOCKS) == set(BlockKind)
    assert len(set(_BLOCKS.values())) == len(BlockKind)


def test_names_of_blocks_and_records_stand_in_the_margins(tmp_path: Path) -> None:
    plain = drawn(sample("04"), tmp_path)
    blocks, records = drawn(sample("04"), tmp_path, "blocks"), drawn(sample("04"), tmp_path, "mentions")
    right = plain.shape[1] - 180
    assert changed(plain, blocks)[:800, : LEFT - 5].any()
    assert not changed(plain, blocks)[:800, right:].any()
    assert changed(plain, records)[:800, right:].any()
    assert not changed(plain, records)[:800, : LEFT - 5].any()


@pytest.mark.slow
@pytest.mark.skipif(program() is None, reason="LibreOffice is not installed")
def test_word_files_are_drawn_on_their_rendering(tmp_path: Path) -> None:
    plain, shown = drawn(sample("05"), tmp_path), drawn(sample("05"), tmp_path, "mentions")
    assert changed(plain, shown).mean() > 0.002


@pytest.mark.slow
def test_scans_are_drawn(tmp_path: Path) -> None:
    plain, shown = drawn(sample("06"), tmp_path), drawn(sample("06"), tmp_path, "blocks", "mentions")
    assert on_page(sample("06"), changed(plain, shown)).mean() > 0.005


@pytest.mark.parametrize("page", [0, 3, 99])
def test_a_page_that_is_not_there(page: int, tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=f"không có trang {page}: tệp có các trang 1–2"):
        drawn(sample("04"), tmp_path, page=page)


def test_what_has_no_pages_or_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="không có trang để vẽ"):
        drawn(sample("08"), tmp_path)
    with pytest.raises(ReadError, match="mật khẩu"):
        drawn(SAMPLES / "bad" / "encrypted.pdf", tmp_path)


# the command


def test_the_command(tmp_path: Path, capsys: Captured) -> None:
    png = tmp_path / "a.png"
    assert main(["inspect", str(sample("04")), "--page", "2", "--png", str(png), "--layer", "blocks"]) == 0
    assert png.read_bytes().startswith(b"\x89PNG")
    assert str(png) in capsys.readouterr().out


def test_the_command_refuses_pages_that_are_not_there(tmp_path: Path, capsys: Captured) -> None:
    arguments = ["inspect", str(sample("04")), "--png", str(tmp_path / "a.png"), "--page"]
    assert main([*arguments, "9"]) == 1
    assert "trang 9" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main([*arguments, "0"])
    assert not (tmp_path / "a.png").exists()


def test_the_command_knows_all_layers_and_no_other(tmp_path: Path, capsys: Captured) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["inspect", "--help"])
    shown = capsys.readouterr().out
    assert [layer for layer in LAYERS if layer not in shown] == []
    with pytest.raises(SystemExit, match="2"):
        main(["inspect", str(sample("04")), "--png", str(tmp_path / "a.png"), "--layer", "glyphs"])
    refused = capsys.readouterr().err
    assert [layer for layer in LAYERS if layer not in refused] == []


def test_the_command_names_a_file_that_is_not_there(tmp_path: Path, capsys: Captured) -> None:
    assert main(["inspect", str(tmp_path / "no.pdf"), "--png", str(tmp_path / "a.png")]) == 2
    assert "no.pdf" in capsys.readouterr().err
