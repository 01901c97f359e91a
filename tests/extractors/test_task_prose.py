"""Directives in running text: who leads, who cooperates, by when; and what is no task."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from schemas.records import Task
from tests.texts import extracted

TABLE = Path(__file__).with_name("directives.tsv")
with TABLE.open(encoding="utf8") as lines:
    DIRECTIVES = [row for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if row[0][0] != "#"]


def cell(values: object) -> str:
    if isinstance(values, (list, tuple)):
        return ";".join(map(str, values)) or "-"
    return str(values) if values else "-"


def fields(task: Task) -> tuple[str, str, str, str]:
    return cell(task.lead), cell(task.coop), cell(task.deadline), task.deadline_precision or "none"


@pytest.mark.parametrize(("text", "lead", "coop", "deadline", "precision"), DIRECTIVES, ids=lambda cell: cell[:40])
def test_directive(text: str, lead: str, coop: str, deadline: str, precision: str, tmp_path: Path) -> None:
    (task,) = extracted(tmp_path, f"II. NHIỆM VỤ, GIẢI PHÁP\n\n1. {text}\n").tasks
    assert fields(task) == (lead, coop, deadline, precision)
    assert task.text == text
    assert task.ordinal == "1"


def test_items_below_an_actor_are_led_by_it(tmp_path: Path) -> None:
    body = """II. TỔ CHỨC THỰC HIỆN

1. Bộ Y tế:

a) Hoàn thiện quy trình tiếp nhận, xong trước ngày 10/8/2025.

b) Phối hợp với Bộ Công an làm sạch dữ liệu người bệnh.

2. Bộ Nội vụ:

a) Hướng dẫn sắp xếp các trạm y tế trong năm 2025.
"""
    tasks = extracted(tmp_path, body).tasks
    assert [(task.ordinal, *fields(task)[:3]) for task in tasks] == [
        ("a)", "Bộ Y tế", "-", "2025-08-10"),
        ("b)", "Bộ Y tế", "Bộ Công an", "-"),
        ("a)", "Bộ Nội vụ", "-", "2025-12-31"),
    ]


def test_the_line_under_an_article_names_who_does_what_its_parts_list(tmp_path: Path) -> None:
    body = """Điều 2. Nhiệm vụ, giải pháp

Hội đồng nhân dân thống nhất các nhiệm vụ, đồng thời giao Bộ Y tế tập trung thực hiện:

1. Hoàn thiện quy hoạch

- Hoàn thành quy hoạch trạm y tế trong quý IV/2025.

2. Đầu tư

- Phân bổ vốn trước ngày 15/8/2025.
"""
    found = extracted(tmp_path, body, "NGHỊ QUYẾT", "NQ-HĐND").tasks
    assert [fields(task)[::2] for task in found] == [("Bộ Y tế", "2025-12-31"), ("Bộ Y tế", "2025-08-15")]


def test_an_office_is_named_in_full(tmp_path: Path) -> None:
    body = """II. NHIỆM VỤ

1. Vụ Tổ chức cán bộ (Vụ TCCB) rà soát biên chế trước ngày 10/8/2025.

2. Giao Vụ TCCB chủ trì, phối hợp với Vụ KHTC lập kế hoạch tuyển dụng.
"""
    found = extracted(tmp_path, body).tasks
    assert [fields(task)[:2] for task in found] == [
        ("Vụ Tổ chức cán bộ", "-"),
        ("Vụ Tổ chức cán bộ", "Vụ Kế hoạch - tài chính"),
    ]


def test_labelled_clauses_below_an_item(tmp_path: Path) -> None:
    body = """II. NHIỆM VỤ

1. Xây dựng bản đồ ngập lụt của lưu vực sông Cầu

- Cơ quan chủ trì: Bộ Nông nghiệp và Môi trường.

- Cơ quan phối hợp: Bộ Quốc phòng, Ủy ban nhân dân tỉnh Thái Nguyên.

- Thời gian hoàn thành: Quý III năm 2025.
"""
    (task,) = extracted(tmp_path, body, "KẾ HOẠCH", "KH-BCT").tasks
    assert fields(task) == (
        "Bộ Nông nghiệp và Môi trường",
        "Bộ Quốc phòng;Ủy ban nhân dân tỉnh Thái Nguyên",
        "2025-09-30",
        "quarter",
    )
    assert task.text == "Xây dựng bản đồ ngập lụt của lưu vực sông Cầu"


IN_LINE = [
    "Giao Bộ Xây dựng: (1) hoàn thiện quy hoạch cây xanh trước ngày 30/9/2025; (2) phối hợp với Bộ Tài chính thẩm định dự toán.",
    "Bộ trưởng yêu cầu Bộ Xây dựng: a) Hoàn thiện quy hoạch cây xanh trước ngày 30/9/2025; b) Phối hợp với Bộ Tài chính thẩm định dự toán.",
]


@pytest.mark.parametrize("body", IN_LINE)
def test_a_list_in_a_line_holds_a_task_in_each_item(body: str, tmp_path: Path) -> None:
    first, second = extracted(tmp_path, body).tasks
    assert fields(first) == ("Bộ Xây dựng", "-", "2025-09-30", "day")
    assert fields(second) == ("Bộ Xây dựng", "Bộ Tài chính", "-", "none")
    assert (first.ordinal, first.text.lower()) in [
        (label, "hoàn thiện quy hoạch cây xanh trước ngày 30/9/2025") for label in ("(1)", "a)")
    ]


def test_a_list_in_a_line_of_what_one_task_makes_stays_in_it(tmp_path: Path) -> None:
    body = "Giao Bộ Xây dựng hoàn thiện quy hoạch, làm rõ: (1) số cây đã trồng; (2) kinh phí chăm sóc."
    (task,) = extracted(tmp_path, body).tasks
    assert task.text == body


POLITE = [
    "Kính đề nghị Thủ tướng Chính phủ xem xét, quyết định./.",
    "Trân trọng đề nghị Quý cơ quan quan tâm, phối hợp thực hiện./.",
]


@pytest.mark.parametrize("body", POLITE)
def test_a_polite_end_orders_nothing(body: str, tmp_path: Path) -> None:
    assert not extracted(tmp_path, body, "CÔNG VĂN", "BCT-KH").tasks


# wishes and deeds of others, passed on or told
TOLD_OF = [
    "Cử tri phản ánh tình trạng ao tù, đề nghị Bộ Nông nghiệp và Môi trường kiểm tra, xử lý.",
    "Trước đó, UBND tỉnh có Văn bản số 12/UBND-KT, đề nghị Bộ Tài chính hỗ trợ kinh phí nạo vét.",
    "Một số ý kiến cho rằng giá phao còn thấp, đề nghị Bộ Công an nâng mức xử phạt.",
    "Quá trình thực hiện có vướng mắc, đề nghị các đơn vị báo cáo về Sở Nội vụ.",
    "Trên đây là ý kiến về trồng rừng, đề nghị các cơ quan, đơn vị nghiên cứu, thực hiện./.",
    "Thủ tướng Chính phủ đã giao Bộ Y tế: (1) hoàn thiện Nghị định trong năm 2024; (2) rà soát các quy định.",
]
TOLD_OF_IN_ITEMS = [
    "Công tác nạo vét do UBND các xã thực hiện trước đây còn nhiều hạn chế.",
    "Việc nạo vét này đã do Bộ Xây dựng chủ trì, hoàn thành năm 2024.",
    "Các địa phương có dịch đã triển khai tiêm phòng cho vịt.",
    "Sau khi sắp xếp, giảm 12 đơn vị trông coi bến đò.",
    "Thứ trưởng Lê Văn An đánh giá cao kết quả nuôi vịt của Sở Y tế.",
    "Đ/c Nguyễn Văn A báo cáo kết quả nuôi vịt tháng 5.",
]


@pytest.mark.parametrize("body", TOLD_OF)
def test_what_others_wish_or_were_told_is_no_task(body: str, tmp_path: Path) -> None:
    assert extracted(tmp_path, body + "\n").tasks == ()


@pytest.mark.parametrize("text", TOLD_OF_IN_ITEMS)
def test_what_was_done_is_no_task_among_tasks(text: str, tmp_path: Path) -> None:
    assert extracted(tmp_path, f"II. NHIỆM VỤ, GIẢI PHÁP\n\n1. {text}\n").tasks == ()


def test_a_list_of_what_to_report_on_is_one_task(tmp_path: Path) -> None:
    body = "Yêu cầu các đơn vị báo cáo theo các nội dung: (1) xây dựng bến; (2) triển khai đề án."
    (task,) = extracted(tmp_path, f"II. NHIỆM VỤ\n\n1. {body}\n").tasks
    assert task.text == body


TWO_SENTENCES = "Giao Bộ Y tế ban hành hướng dẫn trước 01/7/2025. Giao Bộ Tài chính cấp vốn trong Quý III/2025."


def test_two_sentences_of_a_paragraph_to_two_actors_are_two_tasks(tmp_path: Path) -> None:
    tasks = extracted(tmp_path, f"II. NHIỆM VỤ\n\n{TWO_SENTENCES}\n").tasks
    assert [fields(task)[0] for task in tasks] == ["Bộ Y tế", "Bộ Tài chính"]


def test_an_item_is_one_task_of_all_its_actors(tmp_path: Path) -> None:
    (task,) = extracted(tmp_path, f"II. NHIỆM VỤ\n\n1. {TWO_SENTENCES}\n").tasks
    assert fields(task)[0] == "Bộ Y tế;Bộ Tài chính"


@pytest.mark.parametrize(
    "body",
    [
        "I. KẾT QUẢ ĐẠT ĐƯỢC\n\n1. Bộ Y tế đã ban hành hướng dẫn trước ngày 01/7/2025.",
        "I. TÌNH HÌNH\n\nNăm qua, Bộ Xây dựng hoàn thành 12 bến cạn.",
        "II. NHIỆM VỤ\n\nMột số nhiệm vụ trọng tâm như sau:",
        "I. MỤC TIÊU\n\n- Phấn đấu 95% trạm y tế có bác sĩ.",
    ],
)
def test_no_task(body: str, tmp_path: Path) -> None:
    assert extracted(tmp_path, body, "BÁO CÁO", "BC-BCT").tasks == ()


def test_the_text_of_a_task_is_its_quote(tmp_path: Path) -> None:
    text = "Giao Bộ Y tế rà soát các trạm y tế xã ở vùng sâu, vùng xa, vùng biên giới và hải đảo để có phương án"
    (task,) = extracted(tmp_path, f"II. NHIỆM VỤ\n\n1. {text}\nsắp xếp lại.\n").tasks
    assert task.quote == task.text == f"{text} sắp xếp lại."


LONG_PREAMBLE = (
    "Thời gian qua, công tác quản lý bến thủy đã đạt kết quả bước đầu. Tuy nhiên, vẫn còn tồn tại, hạn chế. "
    "Để khắc phục, Bộ trưởng Bộ Công Thương yêu cầu:"
)


def test_the_last_sentence_of_a_preamble_tells_what_follows(tmp_path: Path) -> None:
    body = f"{LONG_PREAMBLE}\n\n1. Cục Điện lực:\n\na) Thi hành ngay lệnh xả nước.\n\nb) Có sổ trực tại đập chính.\n"
    tasks = extracted(tmp_path, body, "CHỈ THỊ", "CT-BCT").tasks
    assert [(task.ordinal, cell(task.lead)) for task in tasks] == [("a)", "Cục Điện lực"), ("b)", "Cục Điện lực")]


def test_a_name_over_paragraphs_leads_them(tmp_path: Path) -> None:
    body = "III. TỔ CHỨC THỰC HIỆN\n\n1. Bộ Tài chính\n\nBố trí kinh phí cho đội tàu cứu hộ trong năm 2025.\n\n2. Bộ Y tế\n"
    (task,) = extracted(tmp_path, body).tasks
    assert cell(task.lead) == "Bộ Tài chính"


def test_a_named_group_that_no_registry_knows_leads_its_items(tmp_path: Path) -> None:
    body = "III. TỔ CHỨC THỰC HIỆN\n\n1. Chủ đầu tư nhà máy điện gió\n\n- Thu xếp vốn đối ứng trước ngày 01/9/2025.\n"
    (task,) = extracted(tmp_path, body).tasks
    assert cell(task.lead) == "Chủ đầu tư nhà máy điện gió"


def test_who_is_told_to_direct_others_leads(tmp_path: Path) -> None:
    body = "II. NHIỆM VỤ\n\n1. Bộ Tài chính:\n\na) Chỉ đạo các doanh nghiệp bảo hiểm tạm ứng bồi thường cho ngư dân.\n"
    (task,) = extracted(tmp_path, body).tasks
    assert cell(task.lead) == "Bộ Tài chính"


def test_partners_named_over_a_list_hold_for_its_items(tmp_path: Path) -> None:
    body = """II. NHIỆM VỤ

1. Bộ Xây dựng chủ trì, phối hợp với Bộ Tài chính, Bộ Y tế:

a) Rà soát các trạm dừng nghỉ trên quốc lộ.

b) Công bố danh mục trạm đạt chuẩn trong tháng 8/2025.
"""
    tasks = extracted(tmp_path, body).tasks
    assert [(cell(task.lead), cell(task.coop)) for task in tasks] == [("Bộ Xây dựng", "Bộ Tài chính;Bộ Y tế")] * 2


def test_a_clause_paragraph_belongs_to_the_item_before_it(tmp_path: Path) -> None:
    body = """III. NHIỆM VỤ

1. Nhóm việc về dữ liệu

a) Nâng cấp cổng thông tin thủy văn của lưu vực.

Cơ quan chủ trì: Bộ Khoa học và Công nghệ; Thời gian thực hiện: tháng 10/2025.

b) Làm sạch dữ liệu trạm đo mưa tự động.

Cơ quan chủ trì: Bộ Công an; Cơ quan phối hợp: Bộ Y tế; Thời gian thực hiện: Quý IV/2025.
"""
    tasks = extracted(tmp_path, body).tasks
    assert [(task.ordinal, *fields(task)[:3]) for task in tasks] == [
        ("a)", "Bộ Khoa học và Công nghệ", "-", "2025-10-31"),
        ("b)", "Bộ Công an", "Bộ Y tế", "2025-12-31"),
    ]


NO_TASKS = [
    "1. Chỉ thị này thay thế Chỉ thị số 29/CT-BCT ngày 02/12/2019.",
    "1. Quyết định này có hiệu lực kể từ ngày ký ban hành.",
]


@pytest.mark.parametrize("text", NO_TASKS)
def test_formulas_are_no_tasks(text: str, tmp_path: Path) -> None:
    assert extracted(tmp_path, f"II. TỔ CHỨC THỰC HIỆN\n\n{text}\n").tasks == ()


def test_a_verdict_that_has_come_into_force_does_not_hide_a_task(tmp_path: Path) -> None:
    body = "II. NHIỆM VỤ\n\n1. Bộ Tư pháp tổ chức thi hành các bản án đã có hiệu lực pháp luật.\n"
    assert [cell(task.lead) for task in extracted(tmp_path, body).tasks] == ["Bộ Tư pháp"]


def test_an_order_below_a_heading_of_results_is_an_order(tmp_path: Path) -> None:
    body = """1. Về tình hình kinh tế - xã hội tháng 5

Kết quả đạt được là toàn diện. Chính phủ yêu cầu các bộ, địa phương thực hiện nghiêm Nghị quyết số 3/NQ-CP; phấn đấu giữ giá, trong đó chú trọng:

- Bộ Y tế chủ trì, phối hợp với Bộ Công an rà soát giá thuốc.

- Ngân hàng Nhà nước Việt Nam điều hành linh hoạt lãi suất.

2. Về dự án Luật Bến cảng

Chính phủ thống nhất thông qua nội dung dự án Luật Bến cảng. Giao Bộ Xây dựng tiếp thu ý kiến, trình Chính phủ trong tháng 8/2025.
"""
    tasks = extracted(tmp_path, body, "NGHỊ QUYẾT", "NQ-CP").tasks
    assert [fields(task)[:3] for task in tasks] == [
        ("Bộ Y tế", "Bộ Công an", "-"),
        ("Ngân hàng Nhà nước Việt Nam", "-", "-"),
        ("Bộ Xây dựng", "-", "2025-08-31"),
    ]


def test_what_was_ordered_before_is_reported(tmp_path: Path) -> None:
    body = """I. TÌNH HÌNH THỰC HIỆN

Trong tháng 4, Thủ tướng Chính phủ đã yêu cầu các bộ:

- Bộ Y tế rà soát giá thuốc ở các bến.
"""
    assert extracted(tmp_path, body).tasks == ()


def test_who_is_addressed_in_a_list_of_orders_leads(tmp_path: Path) -> None:
    body = """Bộ Công Thương yêu cầu thủ trưởng các đơn vị:

1. Rà soát các kho muối ở bến.

2. Đề nghị Bộ Y tế tăng cường giám sát việc này.
"""
    tasks = extracted(tmp_path, body, "CHỈ THỊ", "CT-BCT").tasks
    assert [task.lead[0] for task in tasks][1:] == ["Bộ Y tế"]


def test_a_line_before_headings_announces_and_orders_nothing(tmp_path: Path) -> None:
    body = """Căn cứ Quy định số 12-QĐ/TW, Bộ Công Thương hướng dẫn một số nội dung như sau:

I. VỀ ĐÁNH GIÁ

1. Tỷ lệ xếp loại tốt không vượt quá 20%.
"""
    assert extracted(tmp_path, body, "HƯỚNG DẪN", "HD-BCT").tasks == ()


@pytest.mark.parametrize(
    ("head", "lead"),
    [
        ("3. Đài Truyền hình Việt Nam, Báo Muối Biển", ["Đài Truyền hình Việt Nam", "Báo Muối Biển"]),
        ("3. Ban Chỉ đạo xóa bến tạm, bến xuống cấp huyện Bình An", ["Ban Chỉ đạo xóa bến tạm, bến xuống cấp huyện Bình An"]),
        ("3. Ngân hàng Nhà nước - Chi nhánh miền Trung", ["Ngân hàng Nhà nước Việt Nam"]),
        ("3. Giao Thanh tra Chính phủ", ["Thanh tra Chính phủ"]),
        ("3. Giao Phòng Nghiệp vụ Muối", ["Phòng Nghiệp vụ Muối"]),
    ],
)  # fmt: skip
def test_a_line_of_names_leads_what_stands_below_it(head: str, lead: list[str], tmp_path: Path) -> None:
    body = (
        f"II. TỔ CHỨC THỰC HIỆN\n\n{head}\n\na) Mở chuyên mục về muối biển hằng tuần.\n\nb) Tuyên truyền ở các bến.\n"
    )
    tasks = extracted(tmp_path, body, "KẾ HOẠCH", "KH-BCT").tasks
    assert [list(task.lead) for task in tasks] == [lead, lead]


def test_partners_in_a_list_lead_nothing(tmp_path: Path) -> None:
    text = "1. Bộ Y tế phối hợp với Hội Diêm dân, Bộ Công an xây dựng quy chế chung về kho muối."
    (task,) = extracted(tmp_path, f"II. NHIỆM VỤ\n\n{text}\n").tasks
    assert list(task.lead) == ["Bộ Y tế"]


@pytest.mark.parametrize(
    "text",
    [
        "Đề nghị Ủy ban nhân dân các xã, phường quan tâm, triển khai thực hiện./.",
        "Trong quá trình thực hiện, nếu có khó khăn, vướng mắc, các đơn vị phản ánh về Bộ Y tế.",
    ],
)
def test_closing_phrases_are_no_tasks(text: str, tmp_path: Path) -> None:
    assert extracted(tmp_path, f"II. TỔ CHỨC THỰC HIỆN\n\n{text}\n").tasks == ()


def test_who_holds_an_office_is_kept(tmp_path: Path) -> None:
    body = "II. NHIỆM VỤ\n\n1. Phó Thủ tướng Trần Văn Bình tiếp tục chủ trì giao ban về kè biển trong tháng 7/2025.\n"
    (task,) = extracted(tmp_path, body).tasks
    assert (fields(task)[0], task.supervisors) == ("Phó Thủ tướng Chính phủ", ("Trần Văn Bình",))
    assert task.lead_raw == "Phó Thủ tướng Trần Văn Bình"


def test_solutions_under_goals_are_tasks(tmp_path: Path) -> None:
    body = """II. MỤC TIÊU, GIẢI PHÁP

1. Mục tiêu

Phấn đấu nạo vét 12 km luồng.

2. Giải pháp

- Cục Đường thủy rà soát các bến cũ trước ngày 15/8/2025.
"""
    (task,) = extracted(tmp_path, body, "BÁO CÁO", "BC-BCT").tasks
    assert fields(task)[2] == "2025-08-15"


def test_sentences_that_tell_others_are_parted_under_a_topic_too(tmp_path: Path) -> None:
    body = """II. NHIỆM VỤ

1. Về cát san lấp:

Yêu cầu Bộ Xây dựng nâng công suất các bến cát. Bộ Y tế kiểm tra nước thải bến trước ngày 10/7/2025.
"""
    tasks = extracted(tmp_path, body).tasks
    assert [fields(task)[:3] for task in tasks] == [("Bộ Xây dựng", "-", "-"), ("Bộ Y tế", "-", "2025-07-10")]


def test_an_account_in_which_the_issuer_orders(tmp_path: Path) -> None:
    body = """I. TÌNH HÌNH BẾN CẢNG

Đến nay có 12 bến mở lại. Chính phủ yêu cầu Bộ Xây dựng kịp thời hướng dẫn sửa các bến. Chính phủ giao Bộ Y tế 30 tỷ đồng.
"""
    (task,) = extracted(tmp_path, body, "NGHỊ QUYẾT", "NQ-CP").tasks
    assert list(task.lead) == ["Bộ Xây dựng"]


ASSIGNED = [
    ("Bộ Tài chính bố trí vốn kè sông đã được giao tại Nghị quyết số 61/NQ-CP ngày 23 tháng 4 năm 2025.", ["61/NQ-CP"]),
    ("Bộ Y tế thực hiện nhiệm vụ Thủ tướng Chính phủ giao theo Quyết định số 712/QĐ-TTg.", ["712/QĐ-TTg"]),
    ("Bộ Y tế chủ trì thực hiện chức năng, nhiệm vụ được giao tại Nghị định số 93/2022/NĐ-CP.", []),
    ("Bộ Y tế rà soát các trạm theo Quyết định số 712/QĐ-TTg.", []),
]


@pytest.mark.parametrize(("text", "numbers"), ASSIGNED, ids=lambda cell: str(cell)[:40])
def test_the_document_in_which_a_text_says_its_task_was_given(text: str, numbers: list[str], tmp_path: Path) -> None:
    (task,) = extracted(tmp_path, f"II. NHIỆM VỤ\n\n1. {text}\n").tasks
    assert [given.number for given in task.assigned_in] == numbers


def test_partners_of_a_clause_that_no_registry_knows(tmp_path: Path) -> None:
    body = """II. NHIỆM VỤ

1. Dựng bản đồ bến cạn của lưu vực

- Đơn vị chủ trì: Bộ Xây dựng.

- Đơn vị phối hợp: Các cơ sở đóng tàu.
"""
    (task,) = extracted(tmp_path, body, "KẾ HOẠCH", "KH-BCT").tasks
    assert fields(task)[:2] == ("Bộ Xây dựng", "Các cơ sở đóng tàu")


def test_who_is_asked_to_direct_others_leads_none_of_them(tmp_path: Path) -> None:
    body = """IV. KIẾN NGHỊ

1. Đề nghị Thủ tướng Chính phủ chỉ đạo:

- Bộ Tài chính bố trí vốn kè biển trước ngày 15/8/2025.

- Các đội tàu thi công tăng ca.

- Sớm phê duyệt quy hoạch bến cạn.
"""
    tasks = extracted(tmp_path, body, "BÁO CÁO", "BC-BCT").tasks
    assert [fields(task)[0] for task in tasks] == ["Bộ Tài chính", "-", "Thủ tướng Chính phủ"]


SELF_SET = """III. NGUYÊN NHÂN VÀ NHIỆM VỤ THÁNG 7/2025

Nguyên nhân là thiếu phao nổi. Cục {sets} một số nhiệm vụ trọng tâm:

- Phòng Quản lý bến cảng rà soát phao nổi, xong trước ngày 20/7/2025.

- Thanh tra Cục chủ trì, phối hợp với Bộ Công an xử lý bến trái phép.
"""


def test_tasks_that_a_report_sets_itself_below_its_causes(tmp_path: Path) -> None:
    tasks = extracted(tmp_path, SELF_SET.format(sets="tự kiểm điểm và đề ra"), "BÁO CÁO", "BC-BCT").tasks
    assert [fields(task)[:3] for task in tasks] == [
        ("Phòng Quản lý bến cảng", "-", "2025-07-20"),
        (cell(tasks[1].lead), "Bộ Công an", "-"),
    ]
    assert tasks[1].lead[0].startswith("Thanh tra Cục")


def test_what_a_report_tells_to_have_been_set_is_no_task(tmp_path: Path) -> None:
    assert extracted(tmp_path, SELF_SET.format(sets="đã đề ra"), "BÁO CÁO", "BC-BCT").tasks == ()


@pytest.mark.parametrize("name", ["Ban điều hành các bến cá", "Đội quản lý bến cá", "Tổ kiểm tra phao nổi"])
def test_a_numbered_name_without_a_colon_leads_the_bullets_below_it(name: str, tmp_path: Path) -> None:
    body = f"""Để kịp mùa bão, Bộ Công Thương đề nghị các đơn vị khẩn trương thực hiện một số nội dung sau:

1. {name}

- Rà soát phao nổi, xong trước ngày 20/7/2025.

- Lập danh sách tàu hỏng.
"""
    tasks = extracted(tmp_path, body, "CÔNG VĂN", "BCT-KH").tasks
    assert [fields(task)[0] for task in tasks] == [name] * 2


@pytest.mark.parametrize(
    "closing",
    [
        "Yêu cầu các đơn vị nghiêm túc triển khai./.",
        "Để giữ an toàn cho tàu cá, bảo đảm phao cứu sinh trong mùa bão, Bộ Công Thương yêu cầu:",
    ],
)
def test_what_closes_or_leads_to_a_list_is_no_task(closing: str, tmp_path: Path) -> None:
    assert extracted(tmp_path, f"II. NHIỆM VỤ\n\n{closing}\n").tasks == ()


@pytest.mark.parametrize(
    ("told", "numbers"),
    [
        ("lắp đặt phao nổi theo Kế hoạch số 31/KH-UBND ngày 12/02/2025", ["31/KH-UBND"]),
        ("bố trí trạm đèn theo nhiệm vụ giao tại Nghị quyết số 28/NQ-CP ngày 15/02/2025", ["28/NQ-CP"]),
        ("vận hành đèn biển theo quy trình đã được phê duyệt tại Quyết định số 16/QĐ-BCT", []),
        ("củng cố tổ trực được thành lập theo Quyết định số 17/QĐ-BCT", []),
        ("lắp đặt phao nổi theo Thông tư số 18/2024/TT-BCT", []),
        ("lắp đặt phao nổi theo Nghị quyết số 19/2024/NQ-HĐND", []),
    ],
)
def test_the_plan_that_lays_a_task_down_assigns_it(told: str, numbers: list[str], tmp_path: Path) -> None:
    (task,) = extracted(tmp_path, f"II. NHIỆM VỤ\n\n1. Bộ Xây dựng {told}.\n").tasks
    assert [document.number for document in task.assigned_in] == numbers


def test_an_office_that_no_registry_knows_before_a_colon(tmp_path: Path) -> None:
    body = "II. NHIỆM VỤ\n\n1. Cục Công nghệ thông tin: tiếp tục làm sạch dữ liệu, xong trước ngày 15/12/2025.\n"
    (task,) = extracted(tmp_path, body).tasks
    assert (task.lead, str(task.deadline)) == (("Cục Công nghệ thông tin",), "2025-12-15")
    assert task.text.startswith("tiếp tục")


def test_a_line_that_only_heads_tasks_is_none_itself(tmp_path: Path) -> None:
    body = """II. QUAN ĐIỂM, NHIỆM VỤ

1. Nhiệm vụ trọng tâm trong thời kỳ quy hoạch

a) Hình thành khung kết cấu hạ tầng của vùng.

b) Xây dựng các hành lang kinh tế ven biển.
"""
    tasks = extracted(tmp_path, body, "NGHỊ QUYẾT", "NQ-CP").tasks
    assert [(task.ordinal, task.rule) for task in tasks] == [("a)", "task_imperative"), ("b)", "task_imperative")]


def test_a_head_names_all_who_lead_what_stands_below_it(tmp_path: Path) -> None:
    body = """1. Tập đoàn Điện lực Việt Nam, Binh đoàn 19 và các đơn vị được phép khai thác than

a) Bảo đảm đủ than cho sản xuất điện.

b) Báo cáo Bộ Công Thương trước ngày 30/9/2025.
"""
    tasks = extracted(tmp_path, body, "CHỈ THỊ", "CT-TTg").tasks
    assert [task.lead for task in tasks] == [("Tập đoàn Điện lực Việt Nam", "Binh đoàn 19", "Các đơn vị")] * 2


def test_tasks_that_tell_their_term_in_brackets(tmp_path: Path) -> None:
    body = """II. CÁC NHIỆM VỤ QUÁ HẠN

(1) Trình Chính phủ Nghị định về cơ sở dữ liệu cán bộ (Bộ Nội vụ, hạn tháng 4/2025): đã hoàn thành.

(2) Ban hành hướng dẫn số hóa dữ liệu nhà ở (Bộ Xây dựng và Bộ Tài chính, hạn 30/5/2025): đang lấy ý kiến.

(3) Nâng cấp hệ thống một cửa của tỉnh (Sở Nội vụ; hạn quý I/2025; đến nay chưa xong).

4. Bộ Y tế (02 nhiệm vụ):

- Xây dựng kho dữ liệu y tế (hạn tháng 3/2025, giao tại Thông báo số 343/TB-VPCP ngày 02/1/2025).

- Ban hành quy chuẩn bệnh án điện tử trước ngày 30/4/2025.
"""
    tasks = extracted(tmp_path, body, "BÁO CÁO", "BC-BCT").tasks
    assert [(*fields(task)[::2], task.status) for task in tasks] == [
        ("Bộ Nội vụ", "2025-04-30", "done"),
        ("Bộ Xây dựng;Bộ Tài chính", "2025-05-30", "in_progress"),
        ("Sở Nội vụ", "2025-03-31", "overdue"),
        ("Bộ Y tế", "2025-03-31", "overdue"),
        ("Bộ Y tế", "2025-04-30", "overdue"),
    ]
    assert tasks[0].text == "Trình Chính phủ Nghị định về cơ sở dữ liệu cán bộ"
    assert [each.number for each in tasks[3].assigned_in] == ["343/TB-VPCP"]


def test_who_works_with_the_one_above(tmp_path: Path) -> None:
    body = """1. Sở Xây dựng (cơ quan thường trực phòng, chống bão)

- Cùng với Sở Công Thương và các địa phương xây dựng phương án cấp điện.

2. Thanh tra tỉnh chủ trì, Công an tỉnh và Sở Nội vụ phối hợp:

- Kiểm tra việc chấp hành kỷ luật hành chính.
"""
    tasks = extracted(tmp_path, body, "CHỈ THỊ", "CT-TTg").tasks
    assert [fields(task)[:2] for task in tasks] == [
        ("Sở Xây dựng", "Sở Công Thương;Các địa phương"),
        ("Thanh tra tỉnh", "Công an tỉnh;Sở Nội vụ"),
    ]


def test_an_item_among_tasks_is_one_whatever_its_verb(tmp_path: Path) -> None:
    body = """II. NHIỆM VỤ

1. Xây dựng quy chế tiếp công dân.

2. Rà soát hồ sơ tồn đọng.

3. Lắp wifi miễn phí tại 13 nhà văn hóa thôn trong năm 2026.

4. Trách nhiệm của các thôn.
"""
    tasks = extracted(tmp_path, body, "KẾ HOẠCH", "KH-UBND").tasks
    assert [(task.ordinal, task.rule) for task in tasks][2:] == [("3", "task_listed")]


def test_condolences_and_who_watches_over_are_no_tasks(tmp_path: Path) -> None:
    body = """Thủ tướng Chính phủ gửi lời chia buồn sâu sắc tới gia đình các nạn nhân; biểu dương các lực lượng cứu hộ.

1. Bộ Tư pháp hoàn thiện dự án Luật, trình trong tháng 9/2025. Phân công Phó Thủ tướng Lê Văn An trực tiếp chỉ đạo.
"""
    (task,) = extracted(tmp_path, body, "CÔNG ĐIỆN", "CĐ-TTg").tasks
    assert (task.lead, task.supervisors) == (("Bộ Tư pháp",), ("Lê Văn An",))
