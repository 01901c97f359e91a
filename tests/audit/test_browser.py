"""The application in Chromium: what an auditor sees and does, with mouse and keys."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pymupdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from audit.across import PAGES
from audit.handout import write
from audit.library import Document, Library
from cli import main
from pipeline.store import Store
from schemas.review import Action
from tests.audit.across import write_across
from tests.audit.conftest import SANDBOX, UNEXPLAINED, Served, document
from tests.conftest import sample
from tests.test_review import read_by_version, tell, with_value

CHROMIUM = shutil.which("chromium")
# kept beside the checkout's other build products, for who wants to see what the tests saw
PICTURES = Path(__file__).parent.parent.parent / "build" / "screenshots"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (Debian: apt-get install chromium)"),
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SANDBOX)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of 1280 × 800; errors of scripts and breaches of the policy fail the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="vi-VN")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / (re.sub(r"\W+", "-", request.node.name).strip("-") + ".png"))
    context.close()
    assert faults == []


def opened(page: Page, served: Served, name: str) -> Document:
    of_it = Library(served.outputs).document(document(served.outputs, name)["document_id"])
    page.goto(f"{served.url}/d/{of_it.id}")
    return of_it


def source_of(of_it: Document, outputs: Path) -> Path:
    found = Library(outputs).source(of_it)
    assert found
    return found


def chosen(page: Page) -> str:
    """The id of the one record whose card is open."""
    expect(page.locator(".card.on")).to_have_count(1)
    return str(page.locator(".card.on").get_attribute("data-r"))


def drawn(page: Page, key: str) -> list[dict[str, float]]:
    """The frames of a record as they stand on the screen, in points of the page's picture."""
    return list(
        page.evaluate(
            """key => {
              const around = document.querySelector(".sheet img").getBoundingClientRect();
              const size = document.querySelector(".sheet svg").viewBox.baseVal;
              return [...document.querySelectorAll(`g[data-r="${key}"] rect`)].map(rect => {
                const box = rect.getBoundingClientRect(), x = size.width / around.width, y = size.height / around.height;
                return { x0: (box.left - around.left) * x, x1: (box.right - around.left) * x,
                         y0: (box.top - around.top) * y, y1: (box.bottom - around.top) * y };
              });
            }""",
            key,
        )
    )


def printed(source: Path, number: int, frames: list[dict[str, float]]) -> str:
    """The words whose middles lie in the frames, as PyMuPDF finds them."""
    with pymupdf.open(source) as pages:
        characters = [
            (char["c"], (char["bbox"][0] + char["bbox"][2]) / 2, (char["bbox"][1] + char["bbox"][3]) / 2)
            for block in pages[number - 1].get_text("rawdict")["blocks"]
            for line in block.get("lines", ())
            for span in line["spans"]
            for char in span["chars"]
        ]
    inside = (c for f in frames for c, x, y in characters if f["x0"] <= x <= f["x1"] and f["y0"] <= y <= f["y1"])
    return "".join("".join(inside).split())


# reading


@pytest.mark.parametrize("zoom", [0, 2])
def test_a_click_on_a_metric_frames_its_words(page: Page, served: Served, zoom: int) -> None:
    of_it = opened(page, served, "01")
    for _ in range(zoom):
        page.keyboard.press("+")
    page.locator("[data-tab=metrics]").click()
    for row in [row for row in of_it.rows["metrics"] if row["page"] == 1][:6]:
        page.locator(f".card.metrics[data-r='{row['metric_id']}'] .head").click()
        frames = drawn(page, row["metric_id"])
        assert len(frames) == len(row["boxes"])
        assert printed(sample("01"), 1, frames) == "".join(row["quote"].split())
        expect(page.locator(f"g.on[data-r='{row['metric_id']}']")).to_be_visible()
        expect(page).to_have_url(re.compile(f"#p1&r={row['metric_id']}$"))


def test_a_click_on_a_frame_opens_its_record(page: Page, served: Served) -> None:
    of_it = opened(page, served, "01")
    page.keyboard.press("2")
    row = next(row for row in of_it.rows["metrics"] if row["page"] == 1)
    page.locator(f"g[data-r='{row['metric_id']}'] rect").first.click()
    assert chosen(page) == row["metric_id"]
    expect(page.locator(".card.on")).to_be_in_viewport()
    expect(page.locator(".card.on blockquote")).to_have_text(row["quote"])
    page.keyboard.press("Escape")
    expect(page.locator(".on")).to_have_count(0)


def test_every_number_is_coloured_by_what_became_of_it(page: Page, served: Served) -> None:
    of_it = opened(page, served, "01")
    colours: dict[str, set[str]] = {}
    for kind in {row["kind"] for row in of_it.sheets[1].rows["numbers"]}:
        frames = page.locator(f"g.numbers.k-{kind} rect")
        assert frames.count() == sum(
            len(row["boxes"]) for row in of_it.sheets[1].rows["numbers"] if row["kind"] == kind
        )
        colours[kind] = set(frames.evaluate_all("all => all.map(each => getComputedStyle(each).fill)"))
    assert all(len(each) == 1 for each in colours.values())
    assert len({min(each) for each in colours.values()}) == len(colours)


def test_unexplained_numbers_are_walked_by_key_over_pages_and_are_red(page: Page, served: Served) -> None:
    of_it = opened(page, served, UNEXPLAINED)
    stops = [mark.id for mark in of_it.marks if mark.unexplained]
    assert len(stops) > 1
    assert len({of_it.by_id[stop][1]["page"] for stop in stops}) > 1
    for stop in stops:
        page.keyboard.press("n")
        expect(page.locator(f".card.on[data-r='{stop}']")).to_be_visible()
        assert page.locator(".view").get_attribute("data-page") == str(of_it.by_id[stop][1]["page"])
        page.keyboard.press("Escape")
        fill = page.locator(f"g[data-r='{stop}'] rect").first.evaluate("each => getComputedStyle(each).fill")
        red, green, blue = map(int, re.findall(r"\d+", fill)[:3])
        assert red > 150
        assert max(green, blue) < 60
        page.locator(f".card[data-r='{stop}'] .head").click()
    page.keyboard.press("n")
    expect(page.locator("#told")).to_have_text("Không còn nữa trong văn bản này.")
    for stop in stops[-2::-1]:
        page.keyboard.press("Shift+N")
        expect(page.locator(f".card.on[data-r='{stop}']")).to_be_visible()


def test_issues_and_unreviewed_records_are_walked_too(page: Page, served: Served) -> None:
    of_it = opened(page, served, UNEXPLAINED)
    for key, wanted in (
        ("i", [m.id for m in of_it.marks if m.dataset == "issues"]),
        ("u", [m.id for m in of_it.marks if m.unreviewed]),
    ):
        assert of_it.by_id[wanted[0]][1]["page"] is None or key == "u"  # the general ones are not passed over
        page.goto(f"{served.url}/d/{of_it.id}")
        for stop in wanted[:3]:
            page.keyboard.press(key)
            expect(page.locator(f".card.on[data-r='{stop}']")).to_be_visible()


def test_a_deep_link_opens_page_and_record(page: Page, served: Served) -> None:
    of_it = Library(served.outputs).document(document(served.outputs, "01")["document_id"])
    row = [row for row in of_it.rows["metrics"] if row["page"] == 3][-1]
    page.goto(f"{served.url}/d/{of_it.id}#p3&r={row['metric_id']}")
    expect(page.locator(f".card.on[data-r='{row['metric_id']}']")).to_be_visible()
    expect(page.locator(f"g.on[data-r='{row['metric_id']}']")).to_be_in_viewport()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".view")).to_have_attribute("data-page", "2")
    expect(page.locator(".pages [aria-current]")).to_have_attribute("data-page", "2")


def test_what_was_searched_is_framed_on_its_page(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/search?q=vuon uom")
    page.locator(".hits a").first.click()
    expect(page.locator("rect.found")).to_have_count(2)
    frames = page.evaluate(
        "() => [...document.querySelectorAll('rect.found')].map(({ x, y, width, height }) => ({ x0: x.baseVal.value,"
        " y0: y.baseVal.value, x1: x.baseVal.value + width.baseVal.value, y1: y.baseVal.value + height.baseVal.value }))"
    )
    number = int(str(page.locator(".view").get_attribute("data-page")))
    assert printed(sample("01"), number, frames) == "vườnươm"
    expect(page.locator("rect.found").first).to_be_in_viewport()


def test_a_page_that_is_still_drawn_says_so(page: Page, served: Served) -> None:
    page.route("**/p/1.webp*", lambda route: (page.wait_for_timeout(600), route.continue_()))
    opened(page, served, "01")
    expect(page.get_by_text("Đang dựng ảnh trang…")).to_be_in_viewport()
    page.wait_for_function("() => document.querySelector('.sheet img').naturalWidth > 0")
    at = page.locator(".waiting").bounding_box()
    assert at
    covered = "([x, y]) => document.elementsFromPoint(x, y).findIndex(each => each.matches('img')) >= 0"
    assert page.evaluate(covered, [at["x"] + at["width"] / 2, at["y"] + at["height"] / 2])


def test_a_page_that_cannot_be_drawn_says_so(page: Page, served: Served) -> None:
    page.route("**/p/1.webp*", lambda route: route.abort())
    opened(page, served, "01")
    expect(page.get_by_text("Không dựng được ảnh trang này")).to_be_visible()
    expect(page.get_by_text("Đang dựng ảnh trang…")).to_be_hidden()


def test_a_check_frames_all_its_parts(page: Page, served: Served) -> None:
    of_it = Library(served.outputs).document(document(served.outputs, "04")["document_id"])
    parts = write_across(served.outputs, of_it)["checks"]["record_ids"]
    page.goto(f"{served.url}/checks")
    page.locator("#c1 a").first.click()
    here = [part for part in parts if of_it.by_id[part][1]["page"] == of_it.by_id[parts[0]][1]["page"]]
    expect(page.locator("g.metrics.on")).to_have_count(len(here))


def test_a_point_of_a_series_opens_its_record(page: Page, served: Served) -> None:
    of_it = Library(served.outputs).document(document(served.outputs, "04")["document_id"])
    points = write_across(served.outputs, of_it)["indicators"]["points"]
    page.goto(f"{served.url}/series")
    page.locator(".chart a").nth(1).click()
    expect(page).to_have_url(f"{served.url}/r/{points[1]['metric_id']}")


def test_a_file_without_pages_shows_its_text_with_the_quote(page: Page, served: Served) -> None:
    of_it = opened(page, served, "08")
    page.keyboard.press("j")
    row = of_it.by_id[chosen(page)][1]
    assert " ".join(page.locator("pre.text mark").inner_text().split()) == row["quote"]


def test_keys_are_shown_on_demand(page: Page, served: Served) -> None:
    opened(page, served, "01")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("nuoc sach")
    page.keyboard.press("Enter")
    marks = page.locator(".hits").first.locator("mark")
    expect(marks.nth(0)).to_have_text(re.compile("^nước$", re.IGNORECASE))
    expect(marks.nth(1)).to_have_text(re.compile("^sạch$", re.IGNORECASE))


def test_english_by_a_switch(page: Page, served: Served) -> None:
    opened(page, served, UNEXPLAINED)
    page.keyboard.press("n")
    key = chosen(page)
    page.locator("[data-language]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert chosen(page) == key


# reviewing


def correct(page: Page, column: str, value: str) -> None:
    page.keyboard.press("e")
    page.locator(f"#form [name={column}]").fill(value)
    page.locator("#form [name=reviewer]").fill("Lê Thị Lan")
    page.locator("#form [name=reason]").fill("bản in ghi khác")
    page.locator("#form [type=submit]").click()
    expect(page.locator("#told")).to_have_text("Đã lưu.")


def test_a_corrected_value_survives_another_extraction_and_comes_back_when_it_changed(
    page: Page, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_it = opened(page, served, "04")
    page.keyboard.press("2")
    page.keyboard.press("j")
    key = chosen(page)
    extracted = of_it.by_id[key][1]["value"]
    correct(page, "value", "99,5")
    card = page.locator(f".card[data-r='{key}']")
    expect(card.locator(".badge")).to_have_text("đã sửa")
    expect(card.locator(".head b").first).to_contain_text("99,5")
    read_by_version("2", served.outputs, monkeypatch)
    page.reload()
    expect(card.locator(".badge")).to_have_text("đã sửa")
    expect(card.locator(".head b").first).to_contain_text("99,5")
    read_by_version("3", served.outputs, monkeypatch, with_value(key, extracted + 1))
    page.reload()
    expect(card.locator(".badge")).to_have_text("cần soát xét lại")
    page.keyboard.press("d")
    expect(page.locator(".history tbody tr")).to_have_count(3)
    expect(page.locator(".history")).to_contain_text("không đổi")
    expect(page.locator(".log")).to_contain_text("Lê Thị Lan")
    rows = {row["metric_id"]: row for row in pq.read_table(served.outputs / "metrics").to_pylist()}
    assert (rows[key]["value"], rows[key]["review_status"]) == (99.5, "to_review")


def test_confirm_and_reject_by_key(page: Page, served: Served) -> None:
    opened(page, served, "04")
    page.keyboard.press("2")
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.locator("#form [name=reviewer]").fill("Lan")
    page.keyboard.press("Enter")
    expect(page.locator(".card.on .badge")).to_have_text("đã xác nhận")
    first = chosen(page)
    left = int(page.locator("[data-count=r]").inner_text())
    page.keyboard.press("u")
    second = chosen(page)
    assert second != first
    page.keyboard.press("c")  # the name is known now
    expect(page.locator(".card.on .badge")).to_have_text("đã xác nhận")
    assert int(page.locator("[data-count=r]").inner_text()) == left - 1
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.locator("#form [type=submit]").click()
    expect(page.locator("#form .error")).to_have_text("Cần ghi lý do.")
    page.locator("#form [name=reason]").fill("không phải số liệu")
    page.locator("#form [type=submit]").click()
    expect(page.locator(".card.on .badge")).to_have_text("đã bác bỏ")
    page.reload()
    expect(page.locator("[data-count=r]")).to_have_text(str(left - 2))
    said = Store(served.outputs).reviews([document(served.outputs, "04")["document_id"]])
    assert sorted(said["action"].to_pylist()) == ["confirm", "confirm", "reject"]


def test_confirm_and_go_on_to_the_next_of_its_kind(page: Page, served: Served) -> None:
    of_it = opened(page, served, "01")
    page.evaluate("localStorage.setItem('reviewer', 'Lan')")
    metrics = [mark.id for mark in of_it.marks if mark.dataset == "metrics"]
    page.keyboard.press("2")
    page.keyboard.press("v")  # nothing is chosen: the first
    for place in range(3):
        expect(page.locator(f".card.on[data-r='{metrics[place]}']")).to_have_count(1)
        page.keyboard.press("v")
    expect(page.locator(f".card.on[data-r='{metrics[3]}']")).to_have_count(1)
    said = Store(served.outputs).reviews([of_it.id])
    assert sorted(said["record_id"].to_pylist()) == sorted(metrics[:3])


def test_a_sample_is_judged_key_by_key(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/spot?sample=7")
    page.evaluate("localStorage.setItem('reviewer', 'Lan')")
    cards = [str(card.get_attribute("data-r")) for card in page.locator(".spot").all()]
    assert len(cards) == 20
    assert chosen(page) == cards[0]
    page.keyboard.press("c")
    expect(page.locator("#progress")).to_contain_text("Đã kiểm 1/20: đúng 1")
    assert chosen(page) == cards[1]
    page.keyboard.press("x")
    page.locator("#form [name=reason]").fill("sai cột")
    page.locator("#form [type=submit]").click()
    expect(page.locator("#progress")).to_contain_text("Đã kiểm 2/20: đúng 1, sửa 0, bác bỏ 1")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert chosen(page) == cards[2]
    page.keyboard.press("e")
    page.locator("#form [name=value]").fill("1.259.499")
    page.locator("#form [name=reason]").fill("in khác")
    page.locator("#form [type=submit]").click()
    expect(page.locator(f".spot[data-r='{cards[2]}'] .badge")).to_have_text("đã sửa")
    expect(page.locator(f".spot[data-r='{cards[2]}'] .head b")).to_contain_text("1.259.499")
    assert chosen(page) == cards[3]
    page.locator(".spot").nth(5).locator("[data-act=confirm]").click()
    expect(page.locator("#progress")).to_contain_text("Đã kiểm 4/20")
    assert chosen(page) == cards[6]


def test_a_missed_record_is_added_by_drawing_its_frame(page: Page, served: Served) -> None:
    of_it = opened(page, served, UNEXPLAINED)
    page.keyboard.press("n")
    number = of_it.by_id[chosen(page)][1]
    assert number["kind"] == "unexplained"
    left = int(page.locator("[data-count=u]").inner_text())
    around = page.locator(f"g[data-r='{number['id']}'] rect").first.bounding_box()
    assert around
    page.keyboard.press("a")
    page.mouse.move(around["x"] - 3, around["y"] - 3)
    page.mouse.down()
    page.mouse.move(around["x"] + around["width"] + 3, around["y"] + around["height"] + 3, steps=4)
    page.mouse.up()
    expect(page.locator("#form [name=quote]")).to_have_value(number["quote"])
    expect(page.locator("#form [name=value]")).to_have_value(number["raw"])
    for name, text in (
        ("indicator", "thời gian khắc phục"),
        ("unit", "giờ"),
        ("reviewer", "Lan"),
        ("reason", "bị sót"),
    ):
        page.locator(f"#form [name={name}]").fill(text)
    page.locator("#form [type=submit]").click()
    expect(page.locator(".card.on .badge")).to_have_text("bổ sung")
    frames = drawn(page, chosen(page))
    assert printed(source_of(of_it, served.outputs), number["page"], frames) == "".join(number["quote"].split())
    expect(page.locator("[data-count=u]")).to_have_text(str(left - 1))
    expect(page.locator("#ledger .k-unexplained + b, #ledger li:has(.k-unexplained) b")).to_have_text(str(left - 1))
    page.keyboard.press("Shift+N")
    expect(page.locator(f".card.on[data-r='{number['id']}']")).to_have_count(0)
    page.reload()
    expect(page.locator("[data-count=u]")).to_have_text(str(left - 1))
    assert main(["verify", "--document", of_it.id, "--outputs", str(served.outputs)]) == 0


def test_what_is_chosen_stays_chosen_when_the_answer_comes(page: Page, served: Served) -> None:
    of_it = opened(page, served, "01")
    page.evaluate("localStorage.setItem('reviewer', 'Lan')")
    page.route("**/review", lambda route: (page.wait_for_timeout(400), route.continue_()))
    page.keyboard.press("2")
    page.keyboard.press("j")
    first = chosen(page)
    page.keyboard.press("c")
    page.keyboard.press("j")
    second = chosen(page)
    assert second != first
    expect(page.locator(f".card[data-r='{first}'] .badge")).to_have_text("đã xác nhận")
    assert chosen(page) == second
    page.keyboard.press("c")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".view")).to_have_attribute("data-page", "2")
    expect(page.locator("#told")).to_have_text("Đã lưu.")
    page.wait_for_timeout(500)
    expect(page.locator(".view")).to_have_attribute("data-page", "2")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(f".card[data-r='{second}'] .badge")).to_have_text("đã xác nhận")
    said = Store(served.outputs).reviews([of_it.id])
    assert sorted(said["record_id"].to_pylist()) == sorted([first, second])


def test_a_form_that_another_reviewer_overtook_shows_their_values_and_keeps_what_was_typed(
    page: Page, served: Served
) -> None:
    of_it = opened(page, served, "04")
    page.keyboard.press("2")
    page.keyboard.press("j")
    row = of_it.by_id[chosen(page)][1]
    page.keyboard.press("e")
    page.locator("#form [name=unit]").fill("hộ dân")
    tell(served.outputs, row, Action.CORRECT, {"value": 777.0})
    page.locator("#form [name=reviewer]").fill("Bình")
    page.locator("#form [name=reason]").fill("đơn vị khác")
    page.locator("#form [type=submit]").click()
    expect(page.locator("#form .error")).to_contain_text("Lê Thị Lan vừa soát xét")
    expect(page.locator("#form [name=value]")).to_have_value("777")
    expect(page.locator("#form [name=unit]")).to_have_value("hộ dân")
    page.locator("#form [type=submit]").click()
    expect(page.locator("#told")).to_have_text("Đã lưu.")
    rows = {each["metric_id"]: each for each in pq.read_table(served.outputs / "metrics").to_pylist()}
    assert (rows[row["id"]]["value"], rows[row["id"]]["unit"]) == (777.0, "hộ dân")


def test_a_missed_record_is_added_by_keys_alone(page: Page, served: Served) -> None:
    of_it = opened(page, served, UNEXPLAINED)
    page.keyboard.press("n")
    number = of_it.by_id[chosen(page)][1]
    page.keyboard.press("a")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    quote = page.locator("#form [name=quote]")
    expect(quote).to_have_value(number["quote"])
    expect(quote).to_have_js_property("readOnly", True)


def test_a_turned_page_ends_drawing(page: Page, served: Served) -> None:
    opened(page, served, "01")
    page.keyboard.press("a")
    page.locator(".pages [data-page='2']").click()
    expect(page.locator(".view")).to_have_attribute("data-page", "2")
    expect(page.locator(".leaf.drawing")).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".view")).to_have_attribute("data-page", "1")


def test_keys_turn_and_scroll_pages_whatever_list_was_opened(page: Page, served: Served) -> None:
    opened(page, served, "01")
    for key in ("c", "d"):
        page.keyboard.press(key)
        expect(page.locator("#told")).to_have_text("Chưa chọn bản ghi nào.")
    page.keyboard.press("+")
    for key, down in (("PageDown", True), ("PageUp", False), ("ArrowDown", True), ("ArrowUp", False), (" ", True)):
        page.keyboard.press(key)
        assert (page.locator(".view").evaluate("each => each.scrollTop") > 20) == down
    page.keyboard.press("2")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".view")).to_have_attribute("data-page", "2")


def test_a_list_is_walked_by_key(page: Page, served: Served) -> None:
    page.goto(served.url)
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("table.documents tbody td:first-child a").nth(1)
    expect(second).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/d/"))


def test_escape_ends_drawing(page: Page, served: Served) -> None:
    opened(page, served, "01")
    page.keyboard.press("a")
    expect(page.locator(".leaf.drawing")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".leaf.drawing")).to_have_count(0)


# safety and access


@pytest.mark.parametrize("name", ["<b>", "hostile"])
def test_markup_in_a_document_stays_text(page: Page, served: Served, name: str) -> None:
    of_it = opened(page, served, name)
    text = " ".join(row["text"] for row in of_it.rows["pages"])
    assert name == "hostile" or "<script>" in text
    for number in of_it.sheets:
        page.goto(f"{served.url}/d/{of_it.id}?page={number}")
        for tab in "123456":
            page.keyboard.press(tab)
            page.keyboard.press("j")
    for address in ("/", "/search?q=script", f"/d/{of_it.id}"):
        page.goto(served.url + address)
        expect(page).not_to_have_title("stolen")
        assert page.locator("main script, main img[src=x]").count() == 0
    if name == "hostile":
        expect(page.locator("pre.text")).to_contain_text("<script>")


def test_a_handout_opens_from_disk_and_works_alone(page: Page, read_once: Path, tmp_path: Path) -> None:
    of_it = Library(read_once).document(document(read_once, UNEXPLAINED)["document_id"])
    file = tmp_path / "view.html"
    write(read_once, of_it.id, file)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    stop = next(mark for mark in of_it.marks if mark.unexplained)
    page.keyboard.press("n")
    assert chosen(page) == stop.id
    row = of_it.by_id[stop.id][1]
    assert printed(source_of(of_it, read_once), row["page"], drawn(page, stop.id)) == row["quote"]
    assert page.locator(".sheet img").evaluate("each => each.naturalWidth") > 500
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    page.keyboard.press("e")
    assert page.locator("#form[open]").count() == 0


def test_a_handout_of_markup_stays_text(page: Page, read_once: Path, tmp_path: Path) -> None:
    write(read_once, "<b>", tmp_path / "view.html")
    page.goto((tmp_path / "view.html").as_uri())
    page.keyboard.press("j")
    expect(page.locator(".card.on")).to_have_count(1)
    expect(page).not_to_have_title("stolen")


def prepared(page: Page, served: Served, name: str) -> None:
    """Go to one of the application's pages, as one uses it."""
    of_it = Library(served.outputs).document(document(served.outputs, "01")["document_id"])
    if name == "list":
        page.goto(served.url)
    elif name == "search":
        page.goto(f"{served.url}/search?q=nuoc sach")
    elif name == "spot":
        page.goto(f"{served.url}/spot")
    elif name == "quarantined":
        opened(page, served, "empty")
    elif name == "record":
        page.goto(f"{served.url}/r/{of_it.rows['metrics'][0]['id']}")
    elif name in PAGES:
        write_across(served.outputs, Library(served.outputs).document(document(served.outputs, "04")["document_id"]))
        page.goto(f"{served.url}/{name}")
    elif name == "text":
        opened(page, served, "08")
    else:
        opened(page, served, "01")
        page.keyboard.press(name if name in "123456" else "2")
        page.keyboard.press("j")
        if name in ("form", "help"):
            page.keyboard.press("e" if name == "form" else "?")
            expect(page.locator("dialog[open]")).to_be_visible()


@pytest.mark.parametrize(
    "name",
    ["list", "search", "spot", "record", "text", "quarantined", "series", "lines", "checks", "citations", "1", "2", "5",
     "6", "form", "help"],
)  # fmt: skip
def test_axe_finds_no_serious_fault(page: Page, served: Served, name: str) -> None:
    prepared(page, served, name)
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    serious = [fault for fault in found if fault["impact"] in ("serious", "critical")]
    assert [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in serious] == []


# What is wider than the window, or than what it stands in.
OUTSIDE = """() => {
  const wide = document.documentElement.scrollWidth > innerWidth ? ["the page"] : [];
  const seen = [...document.querySelectorAll("h1, nav a, button, input, select, td, th, .card b, .tabs, .badge, svg text")];
  return wide.concat(seen.filter(each => {
    const box = each.getBoundingClientRect();
    const around = (each.closest("svg, .panel, table, dialog, main, header") || document.body).getBoundingClientRect();
    return box.width && (box.right > around.right + 1.5 || box.left < around.left - 1.5);
  }).map(each => each.outerHTML.slice(0, 120)));
}"""


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("width", [640, 1000, 1600])
def test_nothing_is_cut_in_a_window_of_any_width(page: Page, served: Served, width: int, language: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.context.add_cookies([{"name": "language", "value": language, "url": served.url}])
    for name in ("list", "search", "spot", "record", "text", "quarantined", *PAGES, "2", "6", "form"):
        prepared(page, served, name)
        assert (name, page.evaluate(OUTSIDE)) == (name, [])
        page.evaluate("document.documentElement.style.setProperty('--sans', 'var(--mono)')")  # as broad as a font gets
        assert (name, page.evaluate(OUTSIDE)) == (name, [])
