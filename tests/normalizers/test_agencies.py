"""The registry is consistent, names resolve to the right agency or to none, lists are read in full."""

import doctest
import itertools
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest
from vietnamadminunits.converter.converter_2025 import DICT_PROVINCE  # type: ignore[import-untyped]
from vietnamadminunits.database import query  # type: ignore[import-untyped]

from normalizers import agencies, places
from normalizers.agencies import Entry, find, read_actors, registry, resolve
from normalizers.places import province, province_of, provinces
from schemas.values import Agency

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)
DAY = date(2025, 6, 9)
NAMES = [line.split("\t") for line in (Path(__file__).parent / "agency_names.tsv").read_text("utf-8").splitlines()[1:]]


@pytest.mark.parametrize("module", [agencies, places])
def test_the_examples_in_the_docstrings_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


# --- the registry ---------------------------------------------------------------------------------------------


def _overlap(one: Entry, other: Entry) -> bool:
    return max(one.valid_from or date.min, other.valid_from or date.min) <= min(
        one.valid_to or date.max, other.valid_to or date.max
    )


def test_ids_are_unique_and_ascii() -> None:
    ids = [entry.agency_id for entry in registry()]
    assert len(ids) == len(set(ids))
    assert all(key.isascii() and key == key.lower() and not key.startswith("x-") for key in ids)


def test_no_name_has_two_bearers_on_one_day() -> None:
    bearers: dict[str, list[Entry]] = defaultdict(list)
    for entry in registry():
        for name in {places.fold(name) for name in (entry.name, *entry.aliases)}:
            bearers[name].append(entry)
    clashes = [
        (name, one.agency_id, other.agency_id)
        for name, entries in bearers.items()
        for one, other in itertools.combinations(entries, 2)
        if _overlap(one, other)
    ]
    assert clashes == []


def test_parents_and_successors_exist_and_do_not_end_earlier() -> None:
    known = {entry.agency_id: entry for entry in registry()}
    for entry in registry():
        assert not entry.parent or entry.parent in known, entry
        for successor in entry.successors:
            assert successor in known, entry
            assert successor != entry.agency_id
            if entry.valid_to:
                assert known[successor].valid(entry.valid_to + timedelta(days=1)), entry


def test_validity_runs_forward_and_an_end_has_an_heir() -> None:
    for entry in registry():
        assert (entry.valid_from or date.min) <= (entry.valid_to or date.max), entry
        assert not entry.valid_to or entry.successors, entry


def test_codes_are_unique_on_a_day() -> None:
    coded = [entry for entry in registry() if entry.code]
    clashes = [
        (a.code, a.name, b.name) for a, b in itertools.combinations(coded, 2) if a.code == b.code and _overlap(a, b)
    ]
    assert clashes == []
    assert len([e for e in coded if e.kind == "province" and e.valid(BEFORE)]) == 63


def test_the_government_has_22_then_17_ministries() -> None:
    def count(on: date) -> int:
        return sum(entry.kind in ("ministry", "ministry-level") and entry.valid(on) for entry in registry())

    assert count(date(2025, 2, 28)) == 22  # NQ 08/2021/QH15: 18 ministries, 4 of their level
    assert count(date(2025, 3, 1)) == 17  # NQ 176/2025/QH15: 14 and 3


def test_63_provinces_become_34() -> None:
    old = [p for p in provinces() if p.valid(BEFORE)]
    new = [p for p in provinces() if p.valid(AFTER)]
    assert (len(old), len(new)) == (63, 34)
    merged = [p for p in old if not p.valid(AFTER)]
    assert len(merged) == 29
    assert all("NQ 202/2025/QH15" in p.act and len(p.successors) == 1 for p in merged)
    assert {s for p in merged for s in p.successors} <= {p.agency_id for p in new}


def test_provinces_agree_with_vietnamadminunits() -> None:
    legacy = {row["province"] for row in query("SELECT DISTINCT province FROM admin_units_legacy")}
    now = {row["province"] for row in query("SELECT DISTINCT province FROM admin_units")}
    assert {p.name for p in provinces() if p.valid(BEFORE)} == legacy
    assert {p.name for p in provinces() if p.valid(AFTER)} == now


def test_mergers_agree_with_vietnamadminunits() -> None:
    key = {p.agency_id: places.bare_folded(places.fold(p.name)).replace(" ", "").replace("-", "") for p in provinces()}
    ours: dict[str, set[str]] = defaultdict(set)
    for p in provinces():
        if p.valid(BEFORE):
            ours[key[p.successors[0] if p.successors else p.agency_id]].add(key[p.agency_id])
    assert ours == {new: set(old) for new, old in DICT_PROVINCE.items()}


def test_each_province_has_its_committees() -> None:
    ids = {entry.agency_id for entry in registry()}
    for p in provinces():
        assert {f"ubnd.{p.agency_id}", f"hdnd.{p.agency_id}"} <= ids
        assert f"{'thanh' if p.level == 'thành phố' else 'tinh'}-uy.{p.agency_id}" in ids


# --- resolving one name ---------------------------------------------------------------------------------------


def _issuer(name: str, on: date) -> Agency | None:
    return resolve(name, on) if name else None


@pytest.mark.parametrize(("printed", "on", "issuer", "expected"), NAMES, ids=[f"{row[0]}@{row[1]}" for row in NAMES])
def test_names(printed: str, on: str, issuer: str, expected: str) -> None:
    day = date.fromisoformat(on)
    agency = resolve(printed, day, _issuer(issuer, day))
    assert (agency.name if agency.known else "?") == expected


def test_the_table_is_large_enough() -> None:
    assert len(NAMES) >= 300
    assert sum(row[3] == "?" for row in NAMES) >= 40


def test_an_unknown_name_is_kept_as_printed() -> None:
    assert resolve("  Viện Kinh tế số;", DAY) == Agency("x-vien-kinh-te-so", "Viện Kinh tế số", "other", known=False)


def test_a_shared_short_name_goes_by_the_day_and_is_unknown_without_a_day_only_if_in_doubt() -> None:
    assert resolve("Bộ Nông nghiệp", date(2020, 1, 1)).agency_id == "bo-nong-nghiep-va-phat-trien-nong-thon"
    assert resolve("Bộ Nông nghiệp", date(2025, 3, 1)).agency_id == "bo-nong-nghiep-va-moi-truong"
    assert resolve("Bộ Nông nghiệp", None).agency_id == "bo-nong-nghiep-va-moi-truong"


def test_an_abolished_name_keeps_its_own_entry() -> None:
    assert resolve("Bộ Kế hoạch và Đầu tư", date(2025, 9, 1)).agency_id == "bo-ke-hoach-va-dau-tu"


@pytest.mark.parametrize(
    "issuer", ["Ủy ban nhân dân tỉnh Phú Thọ", "Sở Nội vụ tỉnh Phú Thọ", "UBND huyện Cẩm Khê tỉnh Phú Thọ"]
)
def test_a_department_belongs_to_the_issuers_province(issuer: str) -> None:
    agency = resolve("Sở Tài chính", date(2011, 12, 7), resolve(issuer, date(2011, 12, 7)))
    assert agency.agency_id == "so-tai-chinh.tinh-phu-tho"
    assert province_of(agency.agency_id) == province("tinh-phu-tho")


def test_a_ministry_as_issuer_gives_no_province() -> None:
    assert not resolve("Sở Tài chính", DAY, resolve("Bộ Tài chính", DAY)).known


def test_a_districts_own_bodies() -> None:
    on = date(2020, 1, 1)
    issuer = resolve("UBND huyện Yên Bình, tỉnh Yên Bái", on)
    assert issuer.agency_id == "ubnd.huyen-yen-binh.tinh-yen-bai"
    assert resolve("UBND huyện", on, issuer) == issuer
    assert resolve("Huyện ủy", on, issuer).name == "Huyện ủy Yên Bình"
    assert resolve("UBND tỉnh", on, issuer).agency_id == "ubnd.tinh-yen-bai"


def test_kinds() -> None:
    issuer = resolve("UBND tỉnh Quảng Ngãi", DAY)
    kinds = {
        "UBND tỉnh": "province-people-committee",
        "UBND huyện Bình Sơn": "district-people-committee",
        "UBND xã Bình Chánh": "commune-people-committee",
        "HĐND tỉnh": "province-people-council",
        "Tỉnh ủy": "province-party-committee",
        "Sở Y tế": "department",
        "Bộ Y tế": "ministry",
        "Văn phòng Chính phủ": "ministry-level",
        "Các bộ, ngành": "collective",
        "Đảng ủy Bộ Y tế": "party-committee",
        "Tỉnh Quảng Ngãi": "province",
    }
    assert {name: resolve(name, DAY, issuer).kind for name in kinds} == kinds


# --- finding names in running text ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Giao Bộ Công an chủ trì phối hợp với Bộ Tài chính", ["Bộ Công an", "Bộ Tài chính"]),
        ("các bộ, ngành, địa phương khẩn trương", ["các bộ, ngành, địa phương"]),
        ("cán bộ, công chức trong bộ máy; toàn bộ hồ sơ; bộ phận một cửa", []),
        ("công an và quân đội, chính phủ các nước", []),
        ("Thông báo số 292/TB-VPCP, Văn bản 687/BKHCN-CĐSQG", []),
        ("phát triển Chính phủ số, Chính phủ điện tử", []),
        ("Chính phủ số 71", ["Chính phủ"]),
        ("Chính phủ Nhật Bản và Bộ Tài chính Lào", []),
        ("theo Ban Chính sách, chiến lược Trung ương", ["Ban Chính sách, chiến lược Trung ương"]),
        ("UBND tỉnh Lào Cai báo cáo", ["UBND tỉnh Lào Cai"]),
        (
            "Ủy ban nhân dân các tỉnh Lào Cai, Sơn La và Lai Châu;",
            ["Ủy ban nhân dân các tỉnh Lào Cai, Sơn La và Lai Châu"],
        ),
        ("Uỷ ban nhân dân\nTP. Hà Nội", ["Uỷ ban nhân dân\nTP. Hà Nội"]),
        ("Bộ trưởng Bộ Y tế trình", ["Bộ trưởng Bộ Y tế"]),
        ("Bộ Y tế.\nBộ Tài chính", ["Bộ Y tế", "Bộ Tài chính"]),
        ("11.500 trạm BTS, 20/22 bộ", []),
        ("các sở, ban hành kế hoạch", ["các sở"]),
        ("các đơn vị hành chính; các bộ chỉ số; các tổ chức thực hiện", []),
        ("Phó Thủ tướng Chính phủ Trần Văn Bình", ["Phó Thủ tướng Chính phủ"]),
        ("BỘ KHOA HỌC VÀ CÔNG NGHỆ", ["BỘ KHOA HỌC VÀ CÔNG NGHỆ"]),
    ],
)
def test_find(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in find(text)] == expected


# --- reading cells and clauses --------------------------------------------------------------------------------

CELLS = [
    ("các Bộ: Nông nghiệp và Môi trường; Công an", ["Bộ Nông nghiệp và Môi trường", "Bộ Công an"]),
    ("Đảng uỷ các Bộ: Tài chính, Nội vụ", ["Đảng ủy Bộ Tài chính", "Đảng ủy Bộ Nội vụ"]),
    ("Bộ trưởng các Bộ: Tài chính, Công an", ["Bộ Tài chính", "Bộ Công an"]),
    ("các Bộ Tài chính, Quốc phòng và Văn phòng Chính phủ", ["Bộ Tài chính", "Bộ Quốc phòng", "Văn phòng Chính phủ"]),
    ("Bộ Nông nghiệp và Môi trường và Bộ Y tế", ["Bộ Nông nghiệp và Môi trường", "Bộ Y tế"]),
    (
        "03 bộ (Tài chính, Nông nghiệp và Môi trường, Ngân hàng Nhà nước)",
        ["Bộ Tài chính", "Bộ Nông nghiệp và Môi trường", "Ngân hàng Nhà nước Việt Nam"],
    ),
    ("Bộ Y tế Bộ Công an", ["Bộ Y tế", "Bộ Công an"]),
    ("Bộ Y tế\nBộ Công an", ["Bộ Y tế", "Bộ Công an"]),
    ("UBND các tỉnh Lào Cai, Sơn La", ["Ủy ban nhân dân tỉnh Lào Cai", "Ủy ban nhân dân tỉnh Sơn La"]),
    ("UBND các tỉnh, thành phố: Hà Nội, Lào Cai", ["Ủy ban nhân dân Thành phố Hà Nội", "Ủy ban nhân dân tỉnh Lào Cai"]),
    ("các tỉnh: Lào Cai, Sơn La", ["Tỉnh Lào Cai", "Tỉnh Sơn La"]),
    ("Hà Nội, Hải Phòng", ["Thành phố Hà Nội", "Thành phố Hải Phòng"]),
    ("Bộ Xây dựng; thành phố Hà Nội", ["Bộ Xây dựng", "Thành phố Hà Nội"]),
    (
        "HĐND, UBND các tỉnh, thành phố",
        ["Hội đồng nhân dân các tỉnh, thành phố", "Ủy ban nhân dân các tỉnh, thành phố"],
    ),
    ("Bộ Tài chính, các bộ, ngành liên quan", ["Bộ Tài chính", "Các bộ, ngành liên quan"]),
    ("Ban Chính sách, chiến lược Trung ương, Bộ Y tế", ["Ban Chính sách, chiến lược Trung ương", "Bộ Y tế"]),
    ("Các địa phương chủ trì", ["Các địa phương"]),
    ("Các địa phương có đảo", ["Các địa phương có đảo"]),
    ("Các địa phương có trách nhiệm báo cáo", ["Các địa phương"]),
    ("các cơ quan chưa báo cáo năm 2024", ["Các cơ quan chưa báo cáo năm 2024"]),
    ("07 tập đoàn, doanh nghiệp", ["07 tập đoàn, doanh nghiệp"]),
    ("Bộ Công an, cơ quan liên quan", ["Bộ Công an", "Cơ quan liên quan"]),
    ("Các Bộ, ngành và địa phương", ["Các bộ, ngành và địa phương"]),
    ("các cơ quan Trung ương và địa phương", ["Các cơ quan Trung ương và địa phương"]),
    ("BộTài chính, Bộ Tư pháp", ["Bộ Tài chính", "Bộ Tư pháp"]),
    ("Bộ Tài chinb; Bộ Y tế", ["Bộ Tài chính", "Bộ Y tế"]),
    ("Viện Kinh tế số và Bộ Tài chính", ["Viện Kinh tế số", "Bộ Tài chính"]),
    ("Văn phòng Trung ương Đảng - Cơ quan thường trực Ban Chỉ đạo", ["Văn phòng Trung ương Đảng"]),
    ("Tổ trưởng Tổ công tác của Chính phủ", ["Tổ trưởng Tổ công tác của Chính phủ"]),
    # a cell of several lines, whose breaks are blanks here
    ("UBND xã An Phú UBND xã Bình Minh", ["Ủy ban nhân dân xã An Phú", "Ủy ban nhân dân xã Bình Minh"]),
    ("Vụ Vận tải Vụ Pháp chế", ["Vụ Vận tải", "Vụ Pháp chế"]),
    ("Vụ Vận tải/Vụ Pháp chế", ["Vụ Vận tải", "Vụ Pháp chế"]),
    ("Viện Pasteur TP. Hồ Chí Minh", ["Viện Pasteur TP. Hồ Chí Minh"]),
    ("Trung tâm WTO và Hội nhập", ["Trung tâm WTO và Hội nhập"]),
    ("Tổ công tác Tổ trưởng", ["Tổ công tác Tổ trưởng"]),
    ("phát hiện 15 vụ, 20 đối tượng", []),
    ("Các Vụ, Cục thuộc Bộ", ["Các vụ, cục thuộc bộ"]),
    ("Vụ Pháp chế, các Vụ, Cục liên quan", ["Vụ Pháp chế", "Các vụ, cục liên quan"]),
    ("Các phòng, ban, trung tâm thuộc Sở", ["Các phòng, ban, trung tâm"]),
    (
        "Tập đoàn Viettel, các doanh nghiệp công nghệ",
        ["Tập đoàn Công nghiệp - Viễn thông Quân đội", "Các doanh nghiệp công nghệ"],
    ),
    (
        "Bộ trưởng, Thủ trưởng cơ quan ngang bộ, Bí thư Tỉnh ủy, Thành ủy",
        ["Các bộ, cơ quan ngang bộ", "Bí thư các tỉnh ủy, thành ủy"],
    ),
    ("Cục Hàng không (Bộ Xây dựng); Bộ Y tế", ["Cục Hàng không", "Bộ Y tế"]),
    ("C06 - Bộ Công an", ["Cục Cảnh sát quản lý hành chính về trật tự xã hội"]),
    ("các Ban Quản lý dự án 6, 7 và 85", ["Ban Quản lý dự án 6", "Ban Quản lý dự án 7", "Ban Quản lý dự án 85"]),
    ("các Vụ Pháp chế, Kế hoạch - Tài chính", ["Vụ Pháp chế", "Vụ Kế hoạch - Tài chính"]),
    (
        "các Vụ Kế hoạch - Tài chính, Khoa học và Công nghệ, Vụ Pháp chế",
        ["Vụ Kế hoạch - Tài chính", "Vụ Khoa học và Công nghệ", "Vụ Pháp chế"],
    ),
    ("các Phòng Hành chính, Chủ đầu tư, Nhà thầu", ["Phòng Hành chính"]),
    ("Ban Quản lý dự án số 2, nhà thầu thi công và tư vấn giám sát", ["Ban Quản lý dự án số 2"]),
    ("Các thành viên Ban Chỉ đạo", ["Các thành viên Ban Chỉ đạo"]),
    ("các Ban Quản lý rừng phòng hộ, Bộ Y tế", ["Các Ban Quản lý rừng phòng hộ", "Bộ Y tế"]),
    (
        "Vụ Khoa học công nghệ, môi trường và vật liệu; Bộ Y tế",
        ["Vụ Khoa học công nghệ, môi trường và vật liệu", "Bộ Y tế"],
    ),
    ("UBND các xã, phường, đặc khu Phú Quý", ["Ủy ban nhân dân các xã, phường, đặc khu Phú Quý"]),
    ("Các đơn vị thuộc, trực thuộc Bộ", ["Các đơn vị thuộc, trực thuộc bộ"]),
    ("Bộ Y tế (Bộ Tài chính phối hợp)", ["Bộ Y tế", "Bộ Tài chính"]),
    ("UBND các tỉnh, TP", ["Ủy ban nhân dân các tỉnh, thành phố"]),
    (
        "UBND các tỉnh, TP trực thuộc TW",
        ["Ủy ban nhân dân các tỉnh, thành phố trực thuộc Trung ương"],
    ),
    ("Bộ Y tế và các tổ chức CT-XH", ["Bộ Y tế", "Các tổ chức chính trị - xã hội"]),
    ("Tổ công tác triển khai Đề án 12", ["Tổ công tác triển khai Đề án 12"]),
    ("Bộ Công an; các doanh nghiệp viễn thông", ["Bộ Công an", "Các doanh nghiệp viễn thông"]),
    ("Các bệnh viện, trường đại học", ["Các bệnh viện, trường đại học"]),
    ("Bộ Y tế, các đoàn thể chính trị - xã hội", ["Bộ Y tế", "Các đoàn thể chính trị - xã hội"]),
    ("Các đơn vị được giao nhiệm vụ", ["Các đơn vị được giao nhiệm vụ"]),
    ("Chi nhánh Văn phòng đăng ký đất đai; Bộ Y tế", ["Chi nhánh Văn phòng đăng ký đất đai", "Bộ Y tế"]),
    ("Trung tâm Nghiên cứu và triển khai bến nổi", ["Trung tâm Nghiên cứu và triển khai bến nổi"]),
    ("Nguyễn Văn An", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), CELLS, ids=[text for text, _ in CELLS])
def test_read_actors(text: str, expected: list[str]) -> None:
    assert [actor.agency.name for actor in read_actors(text, date(2025, 6, 9))] == expected


PROVINCE_CELLS = [
    ("Sở Tư pháp; Công an tỉnh", ["Sở Tư pháp tỉnh Quảng Ngãi", "Công an tỉnh Quảng Ngãi"]),
    ("Giám đốc các Sở: Tài chính, Nội vụ", ["Sở Tài chính tỉnh Quảng Ngãi", "Sở Nội vụ tỉnh Quảng Ngãi"]),
    (
        "Cục Thi hành án dân sự và UBND các huyện, thành phố",
        ["Cục Thi hành án dân sự tỉnh Quảng Ngãi", "Ủy ban nhân dân các huyện, thành phố"],
    ),
    ("TAND, VKSND tỉnh", ["Tòa án nhân dân tỉnh Quảng Ngãi", "Viện kiểm sát nhân dân tỉnh Quảng Ngãi"]),
    ("UBND các huyện Bình Sơn, Sơn Tịnh", ["Ủy ban nhân dân huyện Bình Sơn", "Ủy ban nhân dân huyện Sơn Tịnh"]),
    ("UBND các huyện, thành phố: Chỉ đạo rà soát", ["Ủy ban nhân dân các huyện, thành phố"]),
    ("Các sở, ban, ngành và UBND các xã, phường", ["Các sở, ban, ngành", "Ủy ban nhân dân các xã, phường"]),
    ("Sở TC, Sở XD", ["Sở Tài chính tỉnh Quảng Ngãi", "Sở Xây dựng tỉnh Quảng Ngãi"]),
    ("BQL Khu kinh tế Dung Quất; Sở Y tế", ["BQL Khu kinh tế Dung Quất", "Sở Y tế tỉnh Quảng Ngãi"]),
    ("Bộ Tư pháp, Sở Tư pháp", ["Bộ Tư pháp", "Sở Tư pháp tỉnh Quảng Ngãi"]),
]


@pytest.mark.parametrize(("text", "expected"), PROVINCE_CELLS, ids=[text for text, _ in PROVINCE_CELLS])
def test_read_actors_of_a_province(text: str, expected: list[str]) -> None:
    issuer = resolve("UBND tỉnh Quảng Ngãi", DAY)
    assert [actor.agency.name for actor in read_actors(text, DAY, issuer)] == expected


def test_collectives_of_two_provinces_differ() -> None:
    ids = {resolve("Các sở, ban, ngành", DAY, resolve(f"UBND tỉnh {p}", DAY)).agency_id for p in ("Sơn La", "Nghệ An")}
    assert len(ids) == 2


def test_offsets_point_at_the_names() -> None:
    text = "Giao  Bộ trưởng Bộ Y tế, các Bộ: Công an; Tài chính và UBND TP. HCM."
    printed = [text[a.start : a.end] for a in read_actors(text, DAY)]
    assert printed == ["Bộ trưởng Bộ Y tế", "Công an", "Tài chính", "UBND TP. HCM"]


def test_spellings_of_a_collective_share_an_id() -> None:
    spellings = ("các bộ, ngành, địa phương", "Các Bộ, ngành và địa phương", "bộ, ngành, địa phương")
    assert {read_actors(s, DAY)[0].agency.agency_id for s in spellings} == {"bo-nganh-dia-phuong"}
