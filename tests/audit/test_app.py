"""The application as a server: what is asked for, who may ask, and what no request can do."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from audit.across import PAGES
from audit.app import create_app
from audit.library import Library
from audit.spot import _around
from cli import main
from pipeline.store import Store
from schemas.datasets import DATASETS
from tests.audit.across import plant, write_across
from tests.audit.conftest import HOSTILE, UNEXPLAINED, document

HOME = "http://127.0.0.1:8765"
Captured = pytest.CaptureFixture[str]


def browser(outputs: Path, token: str | None = None, base: str = HOME) -> TestClient:
    return TestClient(create_app(outputs, token), base_url=base, follow_redirects=False)


@pytest.fixture
def client(read_once: Path) -> TestClient:
    return browser(read_once)


def write_token(client: TestClient) -> dict[str, str]:
    found = re.search(r'name="write-token" content="([^"]+)"', client.get("/").text)
    assert found
    return {"X-Write-Token": found[1]}


def metric(outputs: Path, name: str = "04") -> dict[str, Any]:
    of_it = Library(outputs).document(document(outputs, name)["document_id"])
    return next(row for row in of_it.rows["metrics"] if row["page"])


# pages


def test_all_documents_are_listed_and_quarantined_ones_tell_why(client: TestClient, read_once: Path) -> None:
    text = client.get("/").text
    for row in Library(read_once).documents():
        assert html.escape(row["file_name"]) in text
    assert html.escape(document(read_once, "empty")["reason"]) in text


FILTERS = [
    ("q=phong chay rung", ["04"]),
    ("q=4127/BC", ["01"]),
    ("status=quarantined", ["empty"]),
    ("issuer=Bộ Nông nghiệp và Môi trường", ["01"]),
    ("type=Báo cáo&from=2026-01-01", ["08"]),
    ("from=2025-10-01&to=2025-10-31&type=Báo cáo", ["01"]),
    ("q=khongcogiday", []),
]


@pytest.mark.parametrize(("query", "names"), FILTERS)
def test_documents_are_filtered(client: TestClient, query: str, names: list[str]) -> None:
    text = client.get(f"/?{query}").text
    rows = text.partition("<tbody>")[2]
    assert rows.count("<tr") == len(names)
    assert all(name in rows for name in names)


def test_filters_of_issues(client: TestClient, read_once: Path) -> None:
    tallies = Library(read_once).tallies()
    for asked, key in (("unexplained", "numbers.unexplained"), ("issues", "issues.warning")):
        rows = client.get(f"/?issues={asked}").text.partition("<tbody>")[2]
        assert rows.count("<tr") == sum(
            bool(tally[key] + (tally["issues.error"] if asked == "issues" else 0)) for tally in tallies.values()
        )


def test_every_record_of_a_page_has_its_card_and_its_frames(client: TestClient, read_once: Path) -> None:
    of_it = Library(read_once).document(document(read_once, "01")["document_id"])
    for number, sheet in of_it.sheets.items():
        text = client.get(f"/d/{of_it.id}/p/{number}").text
        for name, rows in sheet.rows.items():
            for row in rows:
                assert text.count(f'class="card {name}') >= len(rows)
                assert f'data-r="{row["id"]}" data-dataset="{name}"' in text
                drawn = re.search(rf'<g class="f {name}[^>]*data-r="{row["id"]}">(.*?)</g>', text)
                assert (len(re.findall("<rect", drawn[1])) if drawn else 0) == len(of_it.boxes_on(row, number))


def test_stops_are_all_records_and_issues(client: TestClient, read_once: Path) -> None:
    of_it = Library(read_once).document(document(read_once, UNEXPLAINED)["document_id"])
    found = re.search(r'id="marks">(.*?)</script>', client.get(f"/d/{of_it.id}").text)
    assert found
    marks = json.loads(found[1])
    assert {mark[1] for mark in marks} == set(of_it.by_id)
    assert sum("u" in mark[3] for mark in marks) == of_it.ledger["unexplained"] > 0
    assert sum("i" in mark[3] for mark in marks) == len(of_it.rows["issues"]) > 0


def test_pictures_of_pages(client: TestClient, read_once: Path) -> None:
    key = document(read_once, "04")["document_id"]
    for number, status in ((1, 200), (2, 200), (3, 404), (0, 404)):
        assert client.get(f"/d/{key}/p/{number}.webp").status_code == status
    small, large = (client.get(f"/d/{key}/p/1.webp?x={x}").content for x in "12")
    assert small[:4] == b"RIFF"
    assert small[8:12] == b"WEBP"
    assert len(large) > len(small)
    assert client.get(f"/d/{key}/p/1.webp?x=9999").content == small


def test_a_record_tells_all_that_is_known_of_it(client: TestClient, read_once: Path) -> None:
    row = metric(read_once)
    text = client.get(f"/r/{row['metric_id']}").text
    for said in (
        row["quote"],
        row["rule"],
        row["metric_id"],
        row["indicator"],
        Library(read_once).documents()[0]["extractor_version"],
    ):
        assert html.escape(said) in text


SEARCHES = [
    ("nuoc sach nong thon", "Nước sạch"),
    ("nước sạch nông thôn", "Nước sạch"),
    ("NƯỚC SẠCH", "Nước sạch"),
    ("1.255", "1.255"),
]


@pytest.mark.parametrize(("query", "text"), SEARCHES)
def test_search_with_and_without_diacritics(client: TestClient, read_once: Path, query: str, text: str) -> None:
    found = client.get("/search", params={"q": query}).text
    assert f"/d/{document(read_once, '01')['document_id']}?page=" in found
    assert text.casefold() in re.sub("</?mark>", "", found).casefold()


def test_search_with_other_diacritics_finds_nothing(client: TestClient) -> None:
    assert "<mark>" not in client.get("/search", params={"q": "nước sảch nông thôn"}).text
    assert "<mark>" in client.get("/search", params={"q": "nuoc sach nong thon"}).text


def test_the_language_is_switched_and_kept(client: TestClient) -> None:
    assert 'lang="vi"' in client.get("/").text
    answer = client.get("/language/en?back=/search%3Fq%3Da")
    assert (answer.status_code, answer.headers["location"]) == (303, "/search?q=a")
    assert 'lang="en"' in client.get("/").text


@pytest.mark.parametrize("back", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "x"])
def test_the_language_switch_leads_nowhere_else(client: TestClient, back: str) -> None:
    assert client.get("/language/en", params={"back": back}).headers["location"] == "/"


def test_without_datasets_it_says_what_to_do(tmp_path: Path, capsys: Captured) -> None:
    assert "truynguon ingest" in browser(tmp_path).get("/").text
    assert main(["audit", "--outputs", str(tmp_path), "--port", "0"]) == 1
    assert "truynguon ingest" in capsys.readouterr().err


@pytest.mark.parametrize(("page", "name"), PAGES.items())
def test_all_that_was_linked_is_shown_page_by_page(client: TestClient, read_once: Path, page: str, name: str) -> None:
    ids = [row[str(DATASETS[name].id_column)] for row in Library(read_once).across(name)]
    assert (f'href="/{page}"' in client.get("/").text) == bool(ids)
    first = client.get(f"/{page}?show=all" if page in ("series", "lines") else f"/{page}").text
    last = re.search(r"/ (\d+)</span>\n<a[^>]*next", first)
    found = [first]
    while 'rel="next"' in found[-1]:
        address = html.unescape(re.findall(r'rel="next" href="([^"]+)"', found[-1])[0])
        found.append(client.get(f"/{page}{address}").text)
    assert len(found) == (int(last[1]) if last else 1)
    assert sorted(re.findall(r'<(?:section class="series"|tr) id="(\w+)"', "".join(found))) == sorted(ids)


def shown(client: TestClient, address: str) -> list[str]:
    return re.findall(r'<(?:section class="series"|tr) id="(\w+)"', client.get(address).text)


ASKED = [
    ("/series", True), ("/series?show=conflict", True), ("/series?show=rounding", False), ("/series?q=ho nuoc sach", True),
    ("/series?q=hộ xyz", False), ("/series?page=2&show=conflict", False),
    ("/lines", True), ("/lines?show=moved", True), ("/lines?show=overdue&as_of=2025-07-01", True),
    ("/lines?show=overdue&as_of=2025-07-06", False), ("/lines?show=overdue&as_of=2025-09-30", False),
    ("/lines?show=overdue&as_of=2025-10-01", True), ("/lines?as_of=x&page=x", True),
    ("/checks", True), ("/checks?show=conflicts&kind=ratio", True), ("/checks?show=holds", False), ("/checks?kind=sum", False),
]  # fmt: skip


@pytest.fixture(scope="module")
def planted(read_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    outputs = Path(shutil.copytree(read_once, tmp_path_factory.mktemp("planted") / "outputs"))
    write_across(outputs, Library(outputs).document(document(outputs, "04")["document_id"]))
    return outputs


@pytest.mark.parametrize(("address", "there"), ASKED)
def test_what_is_over_all_documents_is_filtered_and_the_worst_comes_first(
    planted: Path, address: str, there: bool
) -> None:
    found = shown(browser(planted), address)
    assert (found[:1] == [{"s": "i1", "l": "l1", "c": "c1"}[address[1]]]) == there


def test_series_task_lines_and_checks_lead_to_their_records(outputs: Path) -> None:
    client = browser(outputs)
    made = write_across(outputs, Library(outputs).document(document(outputs, "04")["document_id"]))
    series, lines, checks = (
        client.get(f"/{page}").text.partition(f'id="{key}"')[2].partition("</section>")[0]
        for page, key in (("series", "i1"), ("lines", "l1"), ("checks", "c1"))
    )
    points = made["indicators"]["points"]
    assert series.count("<circle") == len(points)
    assert all(series.count(f'href="/r/{point["metric_id"]}"') == 2 for point in points)
    assert re.findall(r'<tr class="v-(\w+)"', series) == ["conflict", "conflict", "rounding"]
    assert all(f'href="/r/{key}"' in lines for key in made["task_lines"]["task_ids"])
    assert re.sub(r"<[^>]+>", "", lines).count("30/06/2025 → 30/09/2025") == 1
    assert all(day in lines for day in ("05/01/2025", "05/07/2025"))
    assert "#r=" + "+".join(made["checks"]["record_ids"]) in checks
    record = client.get(f"/r/{points[0]['metric_id']}").text
    assert '#i1">' in record
    assert '#c1">' in record
    assert '#l1">' in client.get(f"/r/{made['task_lines']['task_ids'][0]}").text
    assert html.escape(made["indicators"]["name"]) in record
    assert "<b>hộ" not in series + record


def test_a_citation_of_a_document_that_came_in_leads_to_it(outputs: Path) -> None:
    here, there = document(outputs, "01"), document(outputs, "04")
    row = Library(outputs).document(here["document_id"]).rows["references"][0]
    cited = {"citation_id": "k1", "type": "Công văn", "number": "1/CV", "issued_on": None, "times": 9, "cited_by":
             [here["document_id"]], "reference_ids": [row["reference_id"]], "document_id": there["document_id"]}  # fmt: skip
    plant(outputs, "citations", cited)
    client = browser(outputs)
    assert f'href="/d/{there["document_id"]}"' in client.get(f"/r/{row['reference_id']}").text
    assert shown(client, "/citations?show=in") == ["k1"]
    assert "k1" not in shown(client, "/citations?show=missing")


FIRST_PAGE = """
import sys
from pathlib import Path
import audit.server
from audit.library import Library
from audit.pages import Pages
library = Library(Path(sys.argv[1]))
pages = Pages(library)
told = pages.document(library.document(sys.argv[2]), None)
assert "<svg" in pages.render("document.html", "vi", write_token="", here="/", server=True, **told)
assert "<table" in pages.render("documents.html", "vi", write_token="", here="/", server=True, **pages.documents({}))
print(*sorted({"pandas", "pyarrow.dataset", "pymupdf", "duckdb", "cv2"} & sys.modules.keys()))
"""


def test_the_first_page_waits_for_no_large_library(read_once: Path) -> None:
    key = document(read_once, "01")["document_id"]
    done = subprocess.run(
        [sys.executable, "-c", FIRST_PAGE, read_once, key], capture_output=True, text=True, check=True
    )
    assert done.stdout == "\n"


# safety

ADDRESSES = [
    "/d/../../etc/passwd",
    "/d/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/d/..%2f..%2f_lake",
    "/static/../app.py",
    "/static/%2e%2e/app.py",
    "/static/..%2fwordings.tsv",
    "/r/..%2f..%2fetc",
    "/d/x/p/1.webp",
    "/d/x/p/-1",
    "/d/*",
    "/r/x' or '1'='1",
    "/language/../../etc",
    "/_lake",
    "/_sources",
    "/openapi.json",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_reaches_the_file_system(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert "root:" not in answer.text
    assert "Starlette" not in answer.text


def everything(client: TestClient, outputs: Path) -> list[str]:
    pages = ["/", "/search?q=script", f"/search?q={HOSTILE}", *(f"/{page}?show=all" for page in PAGES)]
    for row in Library(outputs).documents():
        of_it = Library(outputs).document(row["document_id"])
        pages += [f"/d/{of_it.id}", *(f"/d/{of_it.id}/p/{number}" for number in of_it.sheets)]
        pages += [f"/r/{key}" for key, (name, _) in list(of_it.by_id.items())[:3] if name != "issues"]
    return pages


def test_text_of_documents_is_never_markup(client: TestClient, read_once: Path) -> None:
    for page in everything(client, read_once):
        text = client.get(page).text
        assert "<script>document" not in text
        assert "<img src=x" not in text
        assert "<b>tệp" not in text
        scripts = re.findall(r"<script[^>]*>", text)
        assert set(scripts) <= {'<script src="/static/audit.js" defer>', '<script type="application/json" id="marks">'}


def test_every_answer_carries_the_policy(client: TestClient, read_once: Path) -> None:
    for page in ("/", "/nowhere", "/static/audit.js", f"/d/{document(read_once, '04')['document_id']}/p/1.webp"):
        headers = client.get(page).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("host", ["http://evil.example", "http://127.0.0.1.evil.example", "http://10.0.0.7:8765"])
def test_another_host_name_is_not_answered(read_once: Path, host: str) -> None:
    assert browser(read_once, base=host).get("/").status_code == 403


def test_with_a_token_only_who_brings_it_is_answered(read_once: Path) -> None:
    client = browser(read_once, token="bí mật", base="http://10.0.0.7:8765")
    for page in ("/", "/d/x", "/?token=wrong"):
        answer = client.get(page)
        assert answer.status_code == 401
        assert "01-bao-cao" not in answer.text
        assert "write-token" not in answer.text
        assert 'name="token"' in answer.text
    assert client.get("/static/audit.css").status_code == 200
    answer = client.get("/", params={"token": "bí mật"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert client.get("/").status_code == 200


def test_an_address_with_the_token_leads_to_its_own_page_and_links_from_elsewhere_are_known(read_once: Path) -> None:
    client = browser(read_once, token="bí mật", base="http://10.0.0.7:8765")
    answer = client.get("/d/abc", params={"page": "2", "token": "bí mật"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/d/abc?page=2")
    # a link in a mail is followed from elsewhere; what writes has a token of its own
    assert "SameSite=lax" in answer.headers["set-cookie"]
    assert client.get("//evil.example/x?token=b%C3%AD%20m%E1%BA%ADt").headers.get("location", "/") == "/"


@pytest.mark.parametrize("host", ["[::1", '"', "", "localhost.evil.example", "127.0.0.1:x", "127.0.0.1:8765/"])
def test_a_host_that_is_no_loopback_name_is_refused_and_told_nothing(read_once: Path, host: str) -> None:
    answer = browser(read_once).get("/", headers={"Host": host})
    assert answer.status_code == 403
    assert "write-token" not in answer.text
    assert "/search" not in answer.text


def test_a_fault_is_told_under_the_policy(read_once: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Library, "documents", lambda _: 1 // 0)
    answer = browser(read_once).get("/")
    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "ZeroDivision" not in answer.text


@pytest.mark.parametrize(
    "address", ["p/" + "9" * 5000, "p/99/words?x0=0&y0=0&x1=9&y1=9", "p/0/words?x0=0&y0=0&x1=600&y1=800"]
)
def test_pages_that_are_not_there_have_no_words(client: TestClient, read_once: Path, address: str) -> None:
    answer = client.get(f"/d/{document(read_once, '01')['document_id']}/{address}")
    assert answer.status_code == 404 or answer.json()["quote"] == ""


def test_a_handout_that_cannot_be_written_says_so(read_once: Path, capsys: Captured) -> None:
    assert main(["audit", "--html", "/nowhere/x.html", "04-", "--outputs", str(read_once)]) == 1
    assert "/nowhere/x.html" in capsys.readouterr().err


def test_another_address_needs_a_token(tmp_path: Path, capsys: Captured) -> None:
    assert main(["audit", "--host", "0.0.0.0", "--outputs", str(tmp_path)]) == 2
    assert "--token" in capsys.readouterr().err


FORM = {"action": "confirm", "reviewer": "Lan"}


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-Write-Token": "wrong"}, {"Origin": "http://evil.example"}, {"Origin": "null"}],
)
def test_writes_need_the_token_and_the_same_origin(outputs: Path, headers: dict[str, str]) -> None:
    client = browser(outputs)
    if "Origin" in headers:
        headers = {**write_token(client), **headers}
    answer = client.post(f"/r/{metric(outputs)['metric_id']}/review", data=FORM, headers=headers)
    assert answer.status_code == 403
    assert Store(outputs).reviews([metric(outputs)["document_id"]]).num_rows == 0


# reviews


def seen(client: TestClient, key: str) -> str:
    """The version of a record as its page shows it."""
    found = re.search(r'data-version="(\w+)"', client.get(f"/r/{key}").text)
    assert found
    return found[1]


def post(outputs: Path, form: dict[str, str], record: str | None = None) -> Any:
    client = browser(outputs)
    key = record or metric(outputs)["metric_id"]
    form = {"version": seen(client, key), **form}
    return client.post(f"/r/{key}/review", data=form, headers={**write_token(client), "Origin": HOME})


def published(outputs: Path, key: str) -> dict[str, Any]:
    return next(row for row in pq.read_table(outputs / "metrics").to_pylist() if row["metric_id"] == key)


def test_a_record_is_corrected(outputs: Path) -> None:
    row = metric(outputs)
    form = {"action": "correct", "reviewer": "Lan", "reason": "in khác", "value": "1234,5", "period_end": "31/12/2025"}
    answer = post(outputs, form)
    assert answer.status_code == 200, answer.text
    now = published(outputs, row["metric_id"])
    assert (now["value"], str(now["period_end"]), now["review_status"]) == (1234.5, "2025-12-31", "corrected")
    unchanged = {"value", "period_end", "review_status", "corrected_by"}
    assert {k: v for k, v in now.items() if k not in unchanged} == {
        k: v for k, v in row.items() if k not in {*unchanged, "id"}
    }
    log = browser(outputs).get(f"/r/{row['metric_id']}").text
    assert all(said in log for said in ("Lan", "in khác", "1.234,5"))


REFUSED = [
    ({"action": "confirm"}, "tên người soát xét"),
    ({"action": "reject", "reviewer": "Lan"}, "lý do"),
    ({"action": "destroy", "reviewer": "Lan"}, "destroy"),
    ({"action": "correct", "reviewer": "Lan", "reason": "x"}, "Chưa sửa"),
    ({"action": "correct", "reviewer": "Lan", "reason": "x", "value": "mười hai"}, "mười hai"),
    ({"action": "correct", "reviewer": "Lan", "reason": "x", "value": "1.234"}, "1.234"),
    ({"action": "correct", "reviewer": "Lan", "reason": "x", "value": ""}, "trống"),
    ({"action": "correct", "reviewer": "Lan", "reason": "x", "role": "king"}, "actual, target"),
    ({"action": "correct", "reviewer": "Lan", "reason": "x", "period_end": "31/2/2025"}, "31/2/2025"),
    ({"action": "confirm", "reviewer": "L" * 101}, "100 ký tự"),
]


@pytest.mark.parametrize(("form", "said"), REFUSED)
def test_what_is_not_understood_is_refused_and_not_stored(outputs: Path, form: dict[str, str], said: str) -> None:
    answer = post(outputs, form)
    assert answer.status_code == 422
    assert said in answer.json()["error"]
    assert Store(outputs).reviews([metric(outputs)["document_id"]]).num_rows == 0


@pytest.mark.parametrize(
    "form",
    [
        {"action": "correct", "unit": "hộ", "reason": "đơn vị khác"},
        {"action": "confirm"},
        {"action": "reject", "reason": "sai"},
        {"action": "confirm", "version": ""},
    ],
)
def test_a_stale_form_undoes_nothing(outputs: Path, form: dict[str, str]) -> None:
    key = metric(outputs)["metric_id"]
    stale = seen(browser(outputs), key)
    assert (
        post(outputs, {"action": "correct", "reviewer": "Lan", "reason": "in khác", "value": "777"}).status_code == 200
    )
    answer = post(outputs, {"version": stale, "reviewer": "Bình", "value": "46", **form})
    assert answer.status_code == 409
    assert "Lan vừa soát xét" in answer.json()["error"]
    assert (published(outputs, key)["value"], published(outputs, key)["corrected_by"]) == (777.0, "Lan")


def test_what_is_there_cannot_be_added(outputs: Path) -> None:
    answer = post(outputs, {"action": "add", "reviewer": "Lan", "reason": "x"})
    assert (answer.status_code, Store(outputs).reviews_shown) == (422, -1)


def test_a_review_during_a_run_is_shown_here_at_once(outputs: Path) -> None:
    key = metric(outputs)["metric_id"]
    with Store(outputs).writing():
        answer = post(outputs, {"action": "reject", "reviewer": "Lan", "reason": "sai"})
        assert "lượt ghi" in answer.json()["message"]
        assert Library(outputs).record(key)[2]["review_status"] == "rejected"
        assert published(outputs, key)["review_status"] is None
    assert published(outputs, key)["review_status"] == "rejected"


def missed(client: TestClient, outputs: Path, **values: str) -> tuple[dict[str, Any], Any]:
    """An unexplained number, and the answer when a metric is added in its frame."""
    of_it = Library(outputs).document(document(outputs, UNEXPLAINED)["document_id"])
    number = next(row for row in of_it.rows["numbers"] if row["kind"] == "unexplained")
    box = number["boxes"][0]
    frame = {side: box[side] + (-2 if side in ("x0", "y0") else 2) for side in ("x0", "y0", "x1", "y1")}
    words = client.get(f"/d/{of_it.id}/p/{number['page']}/words", params=frame).json()
    assert words["quote"] == number["quote"]
    assert words["boxes"] == [pytest.approx(box, abs=0.01)]
    assert not words["recognised"]
    form = {"reviewer": "Lan", "reason": "bị sót", "quote": words["quote"], "boxes": json.dumps(words["boxes"])}
    form |= {"indicator": "thời gian khắc phục", "unit": "giờ", "value": "12", **values}
    answer = client.post(f"/d/{of_it.id}/records/metrics", data=form, headers=write_token(client))
    return number, answer


def in_ledger(outputs: Path, number: dict[str, Any]) -> tuple[str, str | None, str | None]:
    row = next(row for row in pq.read_table(outputs / "numbers").to_pylist() if row["number_id"] == number["number_id"])
    return row["kind"], row["record_id"], row["review_status"]


def test_a_missed_record_is_added_and_explains_the_number_in_its_frame(outputs: Path) -> None:
    number, answer = missed(browser(outputs), outputs)
    assert answer.status_code == 200, answer.text
    now = published(outputs, answer.json()["record"])
    assert (now["value"], now["unit"], now["quote"], now["rule"]) == (12.0, "giờ", number["quote"], "review")
    assert (now["review_status"], now["corrected_by"]) == ("added", "Lan")
    assert in_ledger(outputs, number) == ("metric", now["metric_id"], "corrected")


def test_an_added_count_needs_no_unit(outputs: Path) -> None:
    _, answer = missed(browser(outputs), outputs, unit="")
    assert published(outputs, answer.json()["record"])["unit"] == ""


@pytest.mark.parametrize("action", ["reject", "withdraw"])
def test_a_number_is_unexplained_again_when_its_added_record_is_taken_back(outputs: Path, action: str) -> None:
    client = browser(outputs)
    number, answer = missed(client, outputs)
    key = answer.json()["record"]
    back = {"action": action, "reviewer": "Bình", "reason": "nhầm"}
    assert post(outputs, back, key).status_code == 200
    assert in_ledger(outputs, number) == ("unexplained", None, None)
    there = {row["metric_id"]: row for row in pq.read_table(outputs / "metrics").to_pylist()}
    assert (there[key]["review_status"] if key in there else "") == {"reject": "rejected", "withdraw": ""}[action]
    page = client.get(f"/r/{key}")
    assert page.status_code == 200
    assert all(said in page.text for said in ("bị sót", "nhầm", "Bình"))
    assert ("không còn trong bộ dữ liệu" in page.text) == (action == "withdraw")
    assert main(["verify", "--document", "01-", "--outputs", str(outputs)]) == 0
    assert post(outputs, {"action": "confirm", "reviewer": "Lan"}, key).status_code == 200
    assert published(outputs, key)["review_status"] == "added"
    assert in_ledger(outputs, number) == ("metric", key, "corrected")


def test_a_record_added_during_a_run_has_its_page_and_its_form(outputs: Path) -> None:
    client = browser(outputs)
    with Store(outputs).writing():
        _, answer = missed(client, outputs)
        key = answer.json()["record"]
        assert client.get(f"/r/{key}").status_code == 200
        assert client.get(f"/r/{key}/form").status_code == 200
        assert post(outputs, {"action": "withdraw", "reviewer": "Lan", "reason": "nhầm"}, key).status_code == 200
        assert "Bản ghi này không còn" in client.get(f"/r/{key}").text


@pytest.mark.parametrize(
    ("quote", "boxes"),
    [("999 tỷ đồng bịa", ""), ("12", '[{"page": 1, "x0": 10, "y0": 10, "x1": 20, "y1": 20}]'),
     ("12", '[{"page": 1, "x0": -1e9, "y0": -1e9, "x1": 1e9, "y1": 1e9}]')],
)  # fmt: skip
def test_an_added_record_says_what_is_printed_in_its_frame(outputs: Path, quote: str, boxes: str) -> None:
    _, answer = missed(browser(outputs), outputs, quote=quote, **({"boxes": boxes} if boxes else {}))
    assert answer.status_code == 422
    assert "đúng như chữ in trong khung" in answer.json()["error"]
    assert Store(outputs).reviews_shown == -1


def test_a_record_and_a_document_are_found_by_the_beginning_of_their_ids(client: TestClient, read_once: Path) -> None:
    key = metric(read_once)["metric_id"]
    assert key in client.get(f"/r/{key[:12]}").text
    ids = [row["metric_id"] for row in pq.read_table(read_once / "metrics").to_pylist()]
    begun = next(each[0] for each in ids if sum(other[0] == each[0] for other in ids) > 1)
    several = client.get(f"/r/{begun}")
    assert several.status_code == 404
    assert f"Có nhiều mã bắt đầu bằng “{begun}”" in several.text


@pytest.mark.parametrize("boxes", ["", "x", "[]", '[{"page": 99, "x0": 1, "y0": 1, "x1": 2, "y1": 2}]'])
def test_an_added_record_needs_a_place(outputs: Path, boxes: str) -> None:
    client = browser(outputs)
    key = document(outputs, "01")["document_id"]
    form = {"reviewer": "Lan", "reason": "bị sót", "quote": "12", "boxes": boxes, "indicator": "a", "unit": "b"}
    answer = client.post(f"/d/{key}/records/metrics", data=form, headers=write_token(client))
    assert answer.status_code == 422


# one file


def test_the_handout_is_one_file_that_fetches_nothing(read_once: Path, tmp_path: Path) -> None:
    file = tmp_path / "view.html"
    assert main(["audit", "--html", str(file), "01-bao", "--outputs", str(read_once)]) == 0
    text = file.read_text("utf-8")
    assert not re.search(r'(?:src|href|action)="(?!data:|#)', text)
    of_it = Library(read_once).document(document(read_once, "01")["document_id"])
    assert all(f'data-r="{key}"' in text for key in of_it.by_id)
    assert text.count('src="data:image/webp;base64,') == len(of_it.sheets) + 1
    assert len(text) < len(of_it.sheets) * 10_000_000 / 30


@pytest.mark.parametrize("arguments", [["--html", "x.html"], ["04"]])
def test_html_and_document_go_together(arguments: list[str], capsys: Captured) -> None:
    assert main(["audit", *arguments]) == 2
    assert "DOCUMENT" in capsys.readouterr().err


# a sample of records


def spots(client: TestClient, address: str) -> list[str]:
    return re.findall(r'<li class="card spot[^>]* data-r="(\w+)"', client.get(address).text)


def test_a_sample_is_the_same_when_it_is_asked_for_again(client: TestClient, read_once: Path) -> None:
    ids = {row["metric_id"] for row in pq.read_table(read_once / "metrics").to_pylist()}
    first, other = (spots(client, f"/spot?sample={number}") for number in (7, 8))
    assert len(first) == len(set(first)) == 20
    assert set(first) <= ids
    assert first == spots(client, "/spot?sample=7") != other
    assert len(spots(client, "/spot")) == 20


def test_a_sample_of_one_document_or_of_another_kind(client: TestClient, read_once: Path) -> None:
    of_it = Library(read_once).document(document(read_once, "04")["document_id"])
    assert set(spots(client, f"/spot?document={of_it.id}")) == {row["id"] for row in of_it.rows["metrics"]}
    assert set(spots(client, f"/spot?kind=tasks&document={of_it.id}")) == {row["id"] for row in of_it.rows["tasks"]}
    for nonsense in ("kind=numbers&sample=x", "kind=../../etc&sample=-1", "sample=99999999999"):
        assert len(spots(client, f"/spot?{nonsense}")) == 20
    assert "Chưa có bản ghi nào để kiểm." in client.get("/spot?document=nope").text


def test_a_sample_counts_what_was_said_of_it(outputs: Path) -> None:
    client = browser(outputs)
    first, second, *_ = spots(client, "/spot?sample=7")
    post(outputs, {"action": "confirm", "reviewer": "Lan"}, first)
    post(outputs, {"action": "reject", "reviewer": "Lan", "reason": "sai"}, second)
    page = client.get("/spot?sample=7").text
    assert "Đã kiểm 2/20: đúng 1, sửa 0, bác bỏ 1." in page
    assert spots(client, "/spot?sample=7")[:2] == [first, second]


@pytest.mark.parametrize(
    ("quote", "text", "around"),
    [
        ("12 hộ", "Đã cấp 12\nhộ trong năm", ("Đã cấp", "trong năm")),
        ("12", "Đã cấp 12 hộ, 12 xã", ("", "")),
        ("12", "Đã cấp 112 hộ", ("", "")),
        ("", "Đã cấp", ("", "")),
    ],
)
def test_a_quote_without_a_page_stands_in_its_text(quote: str, text: str, around: tuple[str, str]) -> None:
    assert _around(quote, text) == around


def test_a_sample_of_a_text_shows_what_stands_around(client: TestClient, read_once: Path) -> None:
    page = client.get(f"/spot?document={document(read_once, '08')['document_id']}").text
    assert "Tổng đài hỗ trợ đã tiếp nhận <mark>12.740 cuộc gọi</mark>" in page
