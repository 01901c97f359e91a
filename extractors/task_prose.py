"""Tasks in running text: directives ("Giao Bộ X chủ trì …"), items under an actor, items with labelled clauses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from itertools import pairwise

from extractors.references import find_references
from extractors.tasks import PERSON, TITLES, Setting, TaskDraft, actors, persons, status_of, supervisors
from normalizers.agencies import find, read_actors, resolve
from normalizers.deadlines import Deadline, best, find_deadlines, read_cell
from normalizers.text import UPPER, bare, bare_folded, fold
from schemas.block import Block, BlockKind, Outline, Zone
from schemas.mention import Mention, MentionKind
from schemas.place import Passage, join
from schemas.values import Precision

# --- Sections -------------------------------------------------------------------------------------------------------


class Section(Enum):
    """What a heading announces."""

    TASKS = "tasks"
    REPORT = "report"
    GOALS = "goals"


_TASK_HEADING = re.compile(
    r"nhiệm vụ|giải pháp|kiến nghị|đề xuất|tổ chức thực hiện|chế độ (?:thông tin,? )?báo cáo|phương hướng|phân công|công tác trọng tâm|thời gian tới|nội dung (?:công việc|thực hiện|chỉ đạo)|công việc"
    r"|^\W*(?:[ivx\d]+\W+)?(?:yêu cầu|trách nhiệm|đề nghị|trọng tâm)|điều \d+"
)
_REPORT_HEADING = re.compile(
    r"kết quả|tồn tại|hạn chế|khó khăn|vướng mắc|nguyên nhân|quan điểm|tư tưởng|mục đích|bối cảnh|tình hình|đánh giá|thuận lợi|căn cứ|bài học|đạt được"
    r"|công tác (?:lãnh đạo, )?chỉ đạo|thực trạng|sự cần thiết|phạm vi|đối tượng"
    r"|nghiêm cấm|hành vi|điều kiện|giải thích (?:từ ngữ|thuật ngữ)|nguyên tắc|hiệu lực|xử lý vi phạm|quyền (?:và|của|hạn)"
)
_GOAL_HEADING = re.compile(
    r"^\W*(?:[ivx\d]+\W+)?(?:các\s+|một số\s+)?(?:mục tiêu|chỉ tiêu|tầm nhìn)(?!.*(?:nhiệm vụ|giải pháp))"
)


def section_of(block: Block, outline: Outline) -> Section | None:
    """What stands above a block announces: the nearest line that orders or names goals, else the outermost that says anything."""
    outermost: Section | None = None
    for above in outline.ancestors(block):
        if outermost is None and above.kind is not BlockKind.HEADING and _orders(above.body.text):
            return Section.TASKS
        if above.kind is not BlockKind.HEADING and above.label:
            if outermost is None and _names_goals(above.body.text):
                return Section.GOALS
            if outermost is None and _names_tasks(above.body.text):
                return Section.TASKS
            continue
        kind = heading_kind(above.body.text) if above.kind is BlockKind.HEADING else _lead_in_kind(above.body.text)
        if kind is Section.GOALS:
            return outermost if outermost is Section.TASKS else kind  # "2. Giải pháp" under goals
        outermost = kind or outermost
    return outermost


# "…, Chủ tịch UBND tỉnh yêu cầu:", "… kết luận và chỉ đạo như sau:"; but "theo yêu cầu", "thực hiện kết luận".
_ORDERED = re.compile(
    r"(?<!theo )(?<!đáp ứng )(?<!thực hiện )(?<!các )(?<!những )(?<!trên cơ sở )(?<!căn cứ )(?<!đã )"
    r"(?:yêu cầu|chỉ thị|kết luận|quyết nghị|có ý kiến|kiến nghị|đề nghị|phân công|giao)(?!\w)[^.;]{0,200}$"
)


# "Chính phủ yêu cầu các bộ …; phấn đấu …, trong đó chú trọng:"; what "đã yêu cầu" is told, not ordered
_ORDERS_BELOW = re.compile(
    r"(?<!\w)(?<!theo )(?<!đáp ứng )(?<!thực hiện )(?<!các )(?<!những )(?<!đã )(?<!căn cứ )(?<!với )"
    r"(?:yêu cầu|chỉ thị|kết luận|quyết nghị|đề nghị|giao)(?!\s+(?:ban|thông|dịch|lưu))(?!\w)(?:[^.]|\.(?=\d)){0,400}:\W*$"
)


# "Sở tự kiểm điểm và đề ra một số nhiệm vụ trọng tâm:"; what an office "đã đề ra" it tells of
_SETS_TASKS = re.compile(
    r"^(?!.*(?<!\w)(?:đã|được|theo)\s).*(?:đề ra|đặt ra|xác định|tập trung(?:\s+(?:thực hiện|triển khai|vào))?|sẽ (?:thực hiện|triển khai))"
    r"\s+(?:(?:tốt\s+)?(?:một số|các|những|\d{1,2})\s+)?(?:nhóm\s+)?(?:nhiệm vụ|giải pháp)(?:[\s,]+[^\W\d_]+){0,12}\s*:\W*$"
)


@lru_cache(maxsize=256)  # asked again for each block below the line
def _orders(text: str) -> bool:
    """Whether a line orders what stands below it, or sets it as tasks.

    >>> _orders("Chính phủ yêu cầu các bộ tập trung thực hiện, trong đó chú trọng:"), _orders("Bộ đã yêu cầu các sở:")
    (True, False)
    >>> _orders("Cục đề ra các nhiệm vụ trọng tâm sau:"), _orders("Cục đã đề ra các nhiệm vụ trọng tâm sau:")
    (True, False)
    """
    if not text.rstrip().endswith(":"):
        return False
    last = fold(text[_sentence_spans(text)[-1][0] :])
    return bool(_ORDERS_BELOW.search(last) or _SETS_TASKS.search(last))


_LONGEST_NAME_OF_GOALS = 60


def _names_goals(text: str) -> bool:
    """Whether a numbered line that is set like any other is nothing but the head of goals: "1. Mục tiêu"."""
    return len(text) < _LONGEST_NAME_OF_GOALS and bool(_GOAL_HEADING.match(fold(text))) and text[-1:].isalnum()


# "4. Nhiệm vụ trọng tâm", "1. Nhiệm vụ của thành viên Chính phủ"; "(5) Nhiệm vụ xây dựng …" is a task of its own
_HEAD_OF_TASKS = re.compile(
    r"(?:(?:các|những|một số)\s+)?nhiệm vụ\s*(?:,?\s*(?:và\s+)?giải pháp\s*)?"
    r"(?:trọng tâm|chủ yếu|cụ thể|chung|cơ bản|chính|quan trọng|của\s|đối với\s|trong\s|năm\s\d|quý\s|tháng\s|giao\s|,?\s*(?:và\s+)?quyền hạn)"
)


def _names_tasks(text: str) -> bool:
    """Whether a numbered line is nothing but the head of tasks."""
    return len(text) < _LONGEST_NAME_OF_TASKS and bool(_HEAD_OF_TASKS.match(fold(text))) and text[-1:].isalnum()


_LONGEST_NAME_OF_TASKS = 100


@lru_cache(maxsize=256)
def _lead_in_kind(text: str) -> Section | None:
    """What a paragraph that leads to a list announces: its last sentence tells, the others only lead up to it.

    >>> _lead_in_kind("Kết quả còn hạn chế. Để khắc phục tồn tại, Chủ tịch UBND tỉnh yêu cầu:").name
    'TASKS'
    """
    last = text[_sentence_spans(text)[-1][0] :]
    return Section.TASKS if _ORDERED.search(fold(last)) else heading_kind(last)


@lru_cache(maxsize=256)  # asked again for each block below the heading
def heading_kind(text: str) -> Section | None:
    """Whether a heading announces tasks, goals or a report; the word that comes first decides.

    >>> heading_kind("IV. NHIỆM VỤ, GIẢI PHÁP TRỌNG TÂM").name, heading_kind("Kết quả thực hiện nhiệm vụ").name
    ('TASKS', 'REPORT')
    """
    folded = fold(text)
    if _GOAL_HEADING.search(folded):
        return Section.GOALS
    task, report = _TASK_HEADING.search(folded), _REPORT_HEADING.search(folded)
    if task and (not report or task.start() < report.start()):
        return Section.TASKS
    return Section.REPORT if report else None


# Types whose text directs; in others only sections of tasks do.
DIRECTING = frozenset(
    ["Thông báo", "Thông báo kết luận", "Công điện", "Chỉ thị", "Quyết định", "Nghị quyết", "Kế hoạch", "Công văn", "Kết luận",
     "Chương trình", "Chương trình hành động", "Kế hoạch hành động", "Hướng dẫn", "Đề án", "Phương án", "Thông tri"]
)  # fmt: skip

# --- Labelled clauses -----------------------------------------------------------------------------------------------


class Clause(Enum):
    LEAD = "lead"
    COOP = "coop"
    DEADLINE = "deadline"
    OUTPUT = "output"
    RESULT = "result"
    ASSIGNED = "assigned"


_WHO = r"(?:các\s+)?(?:cơ quan|đơn vị|bộ phận|tổ chức|sở|ngành|địa phương|phòng ban)(?:,\s*(?:đơn vị|cơ quan|địa phương|cá nhân|tổ chức))*"
_LABELS: tuple[tuple[Clause, str], ...] = (
    (Clause.COOP, rf"(?:{_WHO}\s+)?(?:phối\s+hợp(?:\s+thực\s+hiện)?|cùng\s+thực\s+hiện)"),
    (Clause.LEAD, rf"(?:{_WHO}\s+)?(?:chủ\s+trì|thực\s+hiện|chịu\s+trách\s+nhiệm|tham\s+mưu|phụ\s+trách|đầu\s+mối|được\s+giao|giao(?:\s+cho)?|triển\s+khai)(?:\s*,?\s*(?:thực\s+hiện|tham\s+mưu|triển\s+khai|chính|theo\s+dõi|thực\s+hiện\s+nhiệm\s+vụ))*"),
    (Clause.DEADLINE, r"(?:thời\s+hạn|thời\s+gian|tiến\s+độ|hạn|mốc\s+thời\s+gian)(?:\s+(?:dự\s+kiến|tổ\s+chức|hoàn\s+thành|thực\s+hiện|trình|ban\s+hành|báo\s+cáo|xong|gửi|triển\s+khai))*"),
    (Clause.OUTPUT, r"(?:sản\s+phẩm|kết\s+quả\s+(?:yêu\s+cầu|đầu\s+ra|cần\s+đạt|dự\s+kiến)|đầu\s+ra)(?:\s+(?:đầu\s+ra|hoàn\s+thành|dự\s+kiến|yêu\s+cầu|phải\s+đạt))*"),
    (Clause.RESULT, r"(?:kết\s+quả(?:\s+(?:thực\s+hiện|đạt\s+được|đến\s+nay|triển\s+khai))*|tình\s+hình\s+(?:thực\s+hiện|triển\s+khai)|tiến\s+độ\s+thực\s+hiện|tình\s+trạng)"),
    (Clause.ASSIGNED, r"(?:văn\s+bản\s+giao(?:\s+nhiệm\s+vụ)?|căn\s+cứ(?:\s+giao)?|giao\s+tại)"),
)  # fmt: skip
_LABEL = re.compile(
    r"(?:^|(?<=[.;)])\s+|(?<=[.;])\s*|\s[-–]\s)\W{0,3}(?:"
    + "|".join(f"(?P<{clause.name}>{pattern})" for clause, pattern in _LABELS)
    + r")\s*(?:\d{1,2}\s*)?:\s*"
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A clause with its label cut off."""

    clause: Clause
    passage: Passage


def _in_brackets(folded: str, at: int) -> bool:
    return folded.count("(", 0, at) > folded.count(")", 0, at)


def split_clauses(passage: Passage) -> tuple[Passage, list[Labelled]]:
    """The text before the first labelled clause, and the clauses."""
    folded = fold(passage.text)
    labels = [m for m in _LABEL.finditer(folded) if not _in_brackets(folded, m.start())] if ":" in folded else []
    if not labels:
        return passage, []
    clauses = []
    for label, following in zip(labels, [*labels[1:], None], strict=True):
        end = following.start() if following else len(folded)
        clauses.append(Labelled(Clause[str(label.lastgroup)], passage[label.end() : end].strip()))
    return passage[: labels[0].start()].strip(), clauses


# --- Directives -----------------------------------------------------------------------------------------------------

# "Phân công Phó Thủ tướng … trực tiếp chỉ đạo."
_LONGEST_ORDER_TO_FOLLOW = 160
_ORDER = r"(?:thống\s+nhất\s+giao|đồng\s+ý\s+giao|giao\s+nhiệm\s+vụ\s+cho|giao\s+trách\s+nhiệm|giao|yêu\s+cầu|đề\s+nghị|đề\s+xuất|chỉ\s+đạo|kiến\s+nghị|phân\s+công|ủy\s+quyền)"
# "Kiến nghị Thủ tướng Chính phủ chỉ đạo các bộ …": who is asked to order is not who is to act.
_SUPERIOR = r"(?:(?:chính\s+phủ|thủ\s+tướng\s+chính\s+phủ|thủ\s+tướng|phó\s+thủ\s+tướng|ủy\s+ban\s+nhân\s+dân\s+\w+|ubnd\s+\w+)(?:\s*,\s*)?)+"
DIRECTIVE = re.compile(
    rf"(?:trước\s+mắt,?\s*|đồng\s+thời,?\s*|ngoài\s+ra,?\s*|riêng\s+)?(?:(?:trân\s+trọng|kính)\s+)?(?:thủ\s+tướng\s+chính\s+phủ\s+)?(?:{_ORDER}\s+{_SUPERIOR}\s*)?{_ORDER}\s*:?\s+(?:cho\s+)?"
)
# "Riêng Bộ Y tế …", "Bên cạnh đó, Bộ Y tế …": what such a sentence says first is no part of the name
_ALONE = re.compile(
    r"(?:riêng|(?:trước mắt|đồng thời|ngoài ra|bên cạnh đó|cùng với đó|song song với đó)\s*,?)\s+(?!đối với)"
)
# who holds an office or which part of an agency is meant: "Bộ trưởng Bộ Y tế Lê Văn An", "Bộ Tài chính (Cục Hải quan)"
_HOLDER = re.compile(TITLES)
_OWN_NAME = re.compile(rf"\s+{PERSON}(?=[\s,:(])")
_PART_NAMED = re.compile(r"\s*\([^()\d]{2,60}\)(?=\s+\w)")
_COMRADE = re.compile(r"(?:các\s+)?(?:đồng\s+chí|đ/c)\s+")
IMPERATIVES = (
    "ban hành|báo cáo|bảo đảm|bảo vệ|biên soạn|bố trí|bồi dưỡng|bổ sung|cải cách|cải thiện|cập nhật|chấn chỉnh|chỉ đạo|chủ động|chủ trì|chuẩn bị|chuyển đổi|công bố|công khai|cụ thể hóa|cung cấp|cử"
    "|đa dạng hóa|đánh giá|đào tạo|đảm bảo|đăng ký|đầu tư|đẩy mạnh|đẩy nhanh|đề xuất|điều chỉnh|định kỳ|đôn đốc|đổi mới|đơn giản hóa|đưa|gắn|giải quyết|giám sát|giảm|giao"
    "|hoàn chỉnh|hoàn thành|hoàn thiện|hình thành|hỗ trợ|huy động|hướng dẫn|kết nối|khai thác|khảo sát|khẩn trương|khắc phục|khuyến khích|kiểm soát|kiểm tra|kiên quyết|kiện toàn|kịp thời|lập|làm rõ|lãnh đạo|lựa chọn"
    "|mở rộng|nâng cao|nâng cấp|nghiên cứu|nghiêm túc|ngăn chặn|ổn định|phát động|phát huy|phát triển|phân bổ|phân công|phân cấp|phấn đấu|phê duyệt|phổ biến|phòng ngừa|phối hợp|quan tâm|quản lý|quán triệt|quyết liệt|quy hoạch"
    "|rà soát|sắp xếp|siết chặt|số hóa|sơ kết|sửa đổi|tạo|tăng cường|tập huấn|tập trung|thanh tra|thành lập|tham mưu|thẩm định|theo dõi|thí điểm|thu hút|thúc đẩy|thực hiện|thường xuyên|thống nhất|thống kê|tích cực|tích hợp|tiếp nhận|tiếp thu|tiếp tục"
    "|tổ chức|tổng hợp|tổng kết|tổng rà soát|triển khai|trình|tuân thủ|tuyên truyền|tuyển dụng|tháo gỡ|trang bị|ưu tiên|ứng dụng|xác lập|vận động|vận hành|vận dụng|xác định|xây dựng|xem xét|xử lý|xúc tiến|yêu cầu|đặc biệt|cân đối|lồng ghép|mua sắm|lắp đặt|cải tạo|bàn giao|phân loại|kiểm kê|giải phóng|giải ngân|bồi thường|thẩm tra|phản ánh|lấy ý kiến|sử dụng|duy trì|giữ|chấm dứt|nhân rộng|khôi phục|sửa chữa|bảo tồn|thông tin|thông báo|chia sẻ|liên thông|đấu thầu|nghiệm thu|quyết toán|thanh toán|hòa mạng|trồng|niêm yết|rút kinh nghiệm|nhanh chóng|bám sát|chịu|căn cứ|củng cố|phân tích|dự báo|thu thập|thiết lập|đầu mối|thay thế|bãi bỏ|hạn chế|tinh giản|luân chuyển|xác minh|cảnh báo|tiêu hủy|cấp phát|hoàn trả|nhắc nhở|phê bình|cơ cấu lại|chăm lo|chống|cắt giảm|gửi|ký kết|làm việc|rút ngắn|sớm|truyền thông|khơi thông|nắm"
    "|điều hành|trực tiếp|mở chuyên mục|mở chuyên trang|mở lớp|mở các lớp|khởi công|thông xe|thông tuyến|hoàn tất|bảo trì|tính toán|soạn thảo|dự thảo|phát hành|phát hiện|ngăn ngừa|cam kết|đồng hành|động viên"
    "|đo đạc|cấp phép|cấp đủ|cấp kinh phí|ký cam kết|làm đầu mối|là đầu mối|kiểm điểm|chọn|dựng lại|tiêm phòng|in ấn|in và|nạo vét|cưỡng chế|kê khai|tuần tra|truy quét|nộp|ký (?:ban hành|tờ trình|báo cáo|văn bản)|hợp tác|khoanh vùng|công nhận|bình ổn|dự trữ|thu mua|vệ sinh|cho ý kiến|góp ý|tăng thêm|tăng thời lượng|tăng số lượng|tăng tỷ lệ|tăng quy mô|tăng tần suất|là cơ quan đầu mối|là đơn vị đầu mối|là cơ quan thường trực|là đơn vị thường trực|là cơ quan chủ trì|là đơn vị chủ trì|nâng lên|mở rộng|mở đợt|kéo dài|chuyển giao|thi hành|thu hồi|phục vụ|dành|điều tra|đấu tranh|tiến hành|đàm phán|tìm kiếm|cứu chữa|cứu hộ|cứu trợ|di dời|sơ tán|ứng phó|thăm hỏi|kêu gọi|tham gia"
    "|chú trọng|từng bước|tận dụng|khen thưởng|tạm dừng|dừng|ngừng|đăng tải|phát sóng|biểu dương|làm sạch|đối soát|đối chiếu|hạch toán|chi trả|điều tiết|tinh gọn|kiềm chế|cải tiến|tối ưu|hiện đại hóa|phân định"
    "|hoãn|nghiêm cấm|cấm biển|cấm đường|phân luồng|gia hạn|thực thi|chấp hành|đối thoại|xử phạt|bảo dưỡng|vận chuyển|tiếp xúc|giới thiệu|trả lời|giải trình|kiểm định|kiểm toán|giám định|thu gom|cắm mốc|xuất cấp|tạm ứng|mở bán|điều phối|lập lại|xóa bỏ|loại bỏ"
)
IMPERATIVE = re.compile(rf"(?:{IMPERATIVES})(?!\w)")
# Recognition loses hooks and tones ("Đây mạnh", "Hễ trợ"): of its texts, verbs of two syllables are known without them.
_BARE_IMPERATIVE = re.compile(rf"(?:{'|'.join(v for v in bare(IMPERATIVES).split('|') if ' ' in v)})(?!\\w)")
# Between an actor and what it is told to do.
_MANNER = (
    r"(?:\s*,?\s*(?:theo\s+(?:chức năng|thẩm quyền|nhiệm vụ|phạm vi|lĩnh vực)[^.;:]{0,80}?|căn cứ\s+[^.;:]{0,90}?|trên cơ sở\s+[^.;:]{0,80}?"
    r"|với\s+(?:vai trò|chức năng)[^.;:]{0,60}?|tại\s+[^.;:,]{0,60}?|(?:trực\s+)?thuộc(?:\s+(?:bộ|sở|ngành|tỉnh|thành phố|(?:ủy ban nhân dân|ubnd)(?:\s+(?:tỉnh|thành phố))?))?|có trách nhiệm|chịu trách nhiệm|cần|phải|chú trọng|là (?:cơ quan|đơn vị) (?:chủ quản|chủ đầu tư|đầu mối|thường trực)|(?:có tên\s+)?(?:nêu\s+)?(?:trên|tại\s+[^.;:,]{3,60}?)|trong\s+(?:phạm vi|thời gian|(?:tháng|quý|năm|tuần)\s)[^.;:]{0,60}?|(?:trước|đến)\s+ngày\s+[\d/.]+|(?:định kỳ\s+)?(?:hằng|hàng)\s+(?:năm|quý|tháng|tuần|ngày)|khi\s+[^.;:]{0,60}?"
    r"|cùng(?:\s+với)?\s+[^.;:]{3,140}?|được\s+(?:chọn|phép|lựa\s+chọn)\s[^.;:]{0,120}?|đóng\s+(?:trên địa bàn|tại)[^.;:,]{0,60}?|thừa\s+(?:lệnh|ủy quyền)[^.;:,]{0,60}?|thay mặt[^.;:,]{0,60}?)\s*,?)*\s*"
)
_HAVE = r"có (?:trách nhiệm|giải pháp|biện pháp|kế hoạch|phương án|văn bản|báo cáo|hình thức|lộ trình)"
_ACTS = re.compile(rf"{_MANNER}(?:{IMPERATIVES}|sửa|chủ trì|{_HAVE})(?!\w)")
# the deadline may come first: "Trước ngày 25 tháng 10 năm 2025, báo cáo …"
_DUE_FIRST = re.compile(
    rf"\s*(?:theo (?:chức năng|thẩm quyền|nhiệm vụ)[^;:.]{{0,60}},\s*)?(?:(?:trước|trong|chậm nhất|định kỳ|hằng|hàng|từ|đến)\s[^,;:.]{{3,60}},\s*)?(?:{IMPERATIVES})(?!\w)"
)
# What a directive may open with before it names its actor: "Trên cơ sở các báo cáo nêu trên, Bộ X chủ trì …".
_PREAMBLE = re.compile(
    r"(?:trên cơ sở|căn cứ|theo(?=\s+(?:nghị quyết|kế hoạch|chỉ đạo|yêu cầu|quyết định|kết luận|chương trình))|sau khi|bên cạnh|ngoài|cùng với|song song với|để|nhằm|trước|trong|từ|trường hợp|khi|chậm nhất|định kỳ|hằng|hàng|riêng đối với|đối với)\s[^.;:]{3,160}?,\s+(?=\S)"
)
_REPORTED = re.compile(
    rf"\s*(?!{_HAVE}|là\s+(?:cơ quan|đơn vị|đầu mối)|được\s+(?:chọn|phép|lựa\s+chọn)\s)(?:đã|đang|được|mới|chưa|vẫn|còn|có|là|gồm|bao gồm|hiện|cũng)(?!\w)"
)
COOPERATE = re.compile(
    r"chủ\s+trì\s*,?\s*cùng(?:\s+với)?\s+|phối\s+hợp(?:\s+(?:chặt\s+chẽ|đồng\s+bộ|kịp\s+thời|thường\s+xuyên))?(?:\s+(?:với|cùng(?:\s+với)?))?\s*:?\s*"
)
_CONNECTORS = re.compile(r"[\s,;:]*(?:và|cùng|cùng với|với|các|hoặc)?[\s,;:]*(?:\d{2}\s+)?")
_UNFINISHED = re.compile(
    r"\s(?:chưa|không)\s+hoàn\s+thành\s+(?:các\s+)?nhiệm\s+vụ\s*(?P<due>[^\"“”.;]{0,60}?)\s*:?\s*\"(?P<task>[^\"]{20,})\""
)
_NOTICE = re.compile(
    r"(?:trân trọng|kính)\s+(?:thông báo|báo cáo|trình)"
    r"|(?:trân trọng|kính)\s+đề nghị\s[^.;]{4,120}?(?:xem xét|quan tâm|phối hợp|nghiên cứu|quyết định|giải quyết|chấp thuận|phê duyệt|thực hiện|chỉ đạo|cho ý kiến|có ý kiến|tổng hợp|giúp đỡ|ủng hộ)[./\s]*$"
    r"|nghiêm túc\s+(?:triển khai\s+)?thực hiện(?:\s+(?:các\s+nội dung|công điện|chỉ thị|văn bản)[^.;]{0,40})?[./\s]*$|để\s+(?:các\s+)?(?:đồng chí|quý|cơ quan)[^.]{0,60}\s+biết|thông báo\s+để"
    r"|^đề nghị\s[^.;]{4,120}?(?:quan tâm|nghiên cứu|phối hợp|khẩn trương),?\s+(?:tổ chức\s+)?(?:triển khai\s+)?thực hiện[./\s]*$"
    r"|^(?:đề nghị|yêu cầu)\s[^.;]{4,120}?nghiêm túc\s+(?:tổ chức\s+)?(?:triển khai|chấp hành|quán triệt)(?:,?\s+(?:và\s+)?(?:triển khai|thực hiện))?[./\s]*$"
    r"|^trên đây là\s[^.;]{4,300}?(?:quan tâm|nghiên cứu|phối hợp|triển khai|thực hiện|chỉ đạo|xem xét)(?:\s+(?:cụ thể|nghiêm túc))?[./\s]*$"
    r"|^trong quá trình\s[^.;]{0,60}?(?:nếu\s+)?(?:có|phát sinh)\s+(?:khó khăn|vướng mắc|vấn đề)"
    r"|này\s+thay thế|(?:này|kế hoạch|chỉ thị|quyết định|nghị quyết|quy chế|quy định)\s+có hiệu lực|hiệu lực\s+(?:thi hành\s+)?(?:kể\s+)?từ ngày|chịu trách nhiệm thi hành"
)


@dataclass(frozen=True, slots=True)
class Actors:
    """A run of agencies in a text, with the offsets of its first and last character."""

    mentions: tuple[Mention, ...]
    start: int
    end: int
    # who is to work with them, where a line names both for the items below it
    partners: tuple[Mention, ...] = ()
    # the line orders them to do what stands below it: its items may name others who are told
    ordered: bool = False
    # the line asks them to have others do it: "Đề nghị Thủ tướng Chính phủ chỉ đạo:"
    passes_on: bool = False
    # who holds the office that is named: "Phó Thủ tướng Lê Văn An"
    people: tuple[str, ...] = ()


def prose_tasks(outline: Outline, setting: Setting) -> list[TaskDraft]:
    """The tasks of paragraphs and list items."""
    return list(_Prose(outline, setting).tasks())


def inline_coop(passage: Passage, setting: Setting) -> tuple[Mention, ...]:
    """Who cooperates after "phối hợp (với)" in a task's text."""
    folded = fold(passage.text)
    found: list[Mention] = []
    for match in COOPERATE.finditer(folded):
        if not _REPORTED.match(folded, match.end()):
            found.extend(_partners(passage, match.end(), setting))
    for match in _WORK_WITH.finditer(folded):
        who = passage[match.start("who") : match.end("who")]
        if not _first_verb(passage, folded, match.start("who"), match.end("who")):
            found += _moved(actors(who, "prose_coop", setting), passage, match.start("who"))
    for match in _TOGETHER.finditer(folded):
        run = _run_of_actors(passage, match.end(), "prose_coop", setting)
        if (run and run.mentions[0].start == match.end()) or passage.text[match.end() : match.end() + 1].isupper():
            found.extend(_partners(passage, match.end(), setting))
    found.extend(_at_work_with_lead(passage, setting))
    for match in _SENT_TO.finditer(folded):
        run = _run_of_actors(passage, match.end(), "prose_coop", setting)
        if run and _TO_COOPERATE.match(folded, run.end):
            found.extend(run.mentions)
    return tuple(found)


# "Yêu cầu Bộ Y tế, cùng với Bộ Tài chính, cân đối …", "chủ trì với sự tham gia của Sở Tư pháp"
_TOGETHER = re.compile(
    r"(?<!phối hợp )(?<!\w)(?:cùng\s+với\s+(?!đó|việc|sự|các\s+giải)|(?<=,\s)cùng\s+(?!với|đó|cả|lúc|thời)|(?:với|có)\s+sự\s+(?:tham\s+gia|phối\s+hợp)(?:\s+của)?\s+)"
)
# names between the two verbs: "Thanh tra tỉnh chủ trì, Công an tỉnh và Sở Nội vụ phối hợp:"
_LEAD_AND_PARTNERS = re.compile(
    r"chủ\s+trì[,;]\s*(?P<who>[^;:.()]{4,150}?)\s+(?:cùng\s+)?phối\s+hợp(?!\s+(?:với|cùng|chặt))"
)


def _at_work_with_lead(passage: Passage, setting: Setting) -> tuple[Mention, ...]:
    """Who works with the one that leads, named before the verb: "Vụ A chủ trì, các đơn vị thuộc Bộ phối hợp rà soát"."""
    match = _LEAD_AND_PARTNERS.search(fold(passage.text))
    who = passage[match.start("who") : match.end("who")] if match else passage[:0]
    if match is None or _first_verb(passage, fold(passage.text), match.start("who"), match.end("who")):
        return ()
    return _moved(actors(who, "prose_coop", setting), passage, match.start("who"))


# What ends the names of partners: the verb of the work, or a mark of punctuation.
_PARTNERS_END = re.compile(
    r"(?<!TP)(?<!Tp)[.:()]|;(?!\s*(?:[A-ZĐ]|các\s))|\s(?:để|nhằm|trong việc|trong|tại|theo|về|khi|trên|thực hiện|(?P<have>có(?!\s+(?:liên quan|thẩm quyền|thu|vốn|yếu tố))))(?!\w)"
)


_LONGEST_NAMES = 120


def _only_names(text: str) -> bool:
    """Whether a stretch is a list of nothing but what looks like names."""
    return all(_NAMED.match(part) for part in _PARTED.split(text.strip(" ,")))


def _partners(passage: Passage, at: int, setting: Setting) -> list[Mention]:
    run = _run_of_actors(passage, at, "prose_coop", setting)
    verb = _first_verb(passage, fold(passage.text), at, len(passage))
    stop = _PARTNERS_END.search(passage.text, at)
    ends = [match.start() for match in (verb, stop) if match]
    end = min(ends, default=len(passage.text))
    whole = _only_names(passage.text[at:end]) or (run is None and _COMPANY.match(passage.text, at))
    furthest = (run.end if run else at) + (_LONGEST_NAMES if whole else 60)
    if run is None and end > furthest:
        return []
    onward = _AND_THEN.match(passage.text, run.end) if run else None
    if run and (end > furthest or end < run.end or onward):
        return list(run.mentions)
    partners = passage[at:end].strip(" ,")
    begins = passage.text.find(partners.text, at)
    named = partners.text[:1].isupper() or OFFICE_NOUN.match(fold(partners.text))
    acts = (verb and end == verb.start()) or (stop and end == stop.start() and stop["have"])
    unlisted = _each_provisional(partners, setting) if acts and not run and named else ()
    read = actors(partners, "prose_coop", setting)
    if run and acts and (more := _ONE_MORE.search(partners.text)) and all(each.end <= more.start() for each in read):
        who = partners[more.start("who") :]
        read = (*read, *_moved(_provisional(who, setting), partners, more.start("who")))
    return list(_moved(read or unlisted, passage, begins))


_COMPANY = re.compile(r"(?:Tổng công ty|Công ty|Tập đoàn|Hợp tác xã|Liên hiệp|Trung tâm|Ngân hàng)\s")
# "… với Công an tỉnh, các chủ rừng": a last partner that no registry knows
_ONE_MORE = re.compile(
    r"(?:,|\s+và)\s+(?P<who>các\s+(?!vấn đề|dự án|nội dung|nhiệm vụ|văn bản|khó khăn|hạng mục|công trình|giải pháp|biện pháp|hồ sơ)[^\W\d_]+(?:\s+[^\W\d_]+){0,4})$"
)
# "phối hợp với Bộ Tư pháp và tiếp thu tối đa ý kiến …": what comes behind "và" is no name
_AND_THEN = re.compile(rf"\s+và\s+(?:{IMPERATIVES})(?!\w)")
# "…; Viễn thông A, Viettel A phối hợp di dời …"
_WORK_WITH = re.compile(r"[;.]\s+(?:các\s+)?(?P<who>[^;:.]{4,120}?)\s+phối\s+hợp\s+(?!với|cùng|chặt)")
_SENT_TO = re.compile(r"gửi\s+(?:về\s+)?")
_TO_COOPERATE = re.compile(r"\s+để\s+(?:cùng\s+)?phối\s+hợp")


def inline_deadline(passage: Passage, setting: Setting) -> Deadline | None:
    folded = fold(passage.text)
    found = find_deadlines(passage.text, setting.issued_on)
    return best([d for d in found if d.strength > 1 or not _IN_TITLE.search(folded, 0, d.start)])


# "Chỉ thị số 12/CT-BCT ngày 03/6/2025 về bình ổn thị trường cuối năm 2025": the time is the title's
_IN_TITLE = re.compile(
    r"\d/[\w-]+(?:\s+ngày\s+[\d/.-]+(?:\s+tháng\s+\d+\s+năm\s+\d+)?)?(?:\s+của\s+[^,;.]{3,80}?)?\s+(?:về|v/v)\s[^.;]*$"
)
# "sửa các bến thường xuyên ngập" says nothing of the order
_CONSTANTLY = re.compile(
    rf"(?:chủ động,?\s+)?thường xuyên(?:,?\s+liên tục)?,?\s+(?:{IMPERATIVES}|lắng nghe|trao đổi)(?!\w)"
)


# "…; thường xuyên tham mưu UBND tỉnh"
_THEN_CONSTANTLY = re.compile(rf"(?<=;\s){_CONSTANTLY.pattern}")


def _constantly(passage: Passage) -> Deadline | None:
    """What somebody is told to do "thường xuyên": the manner that comes before any verb of the order."""
    folded = fold(passage.text)
    if "thường xuyên" not in folded:
        return None
    opens = IMPERATIVE.match(folded)
    verb = None if opens else _first_verb(passage, folded, 0, len(folded))
    match = _CONSTANTLY.match(folded, verb.start() + 1 if verb else 0) or _THEN_CONSTANTLY.search(folded)
    if match is None:
        return None
    return Deadline(match.start(), match.end(), None, Precision.ONGOING, "deadline_manner", 1)


def _run_of_actors(passage: Passage, at: int, rule: str, setting: Setting) -> Actors | None:
    """The agencies that stand one after another from an offset on."""
    end = at
    for start, stop in find(passage.text):
        if stop <= at:
            continue
        between = passage.text[end:start].lower()
        if start > end and not _CONNECTORS.fullmatch(between):
            break
        end = stop
    if end == at:
        return None
    mentions = tuple(
        Mention(MentionKind.AGENCY, rule, passage, at + actor.start, at + actor.end, actor.agency)
        for actor in read_actors(passage.text[at:end], setting.issued_on, setting.issuer)
    )
    return Actors(mentions, at, end) if mentions else None


class _Prose:
    def __init__(self, outline: Outline, setting: Setting) -> None:
        self.outline = outline
        self.setting = setting
        self.used: set[int] = set()

    def tasks(self) -> Iterator[TaskDraft]:
        for block in self.outline:
            if block.kind not in (BlockKind.ITEM, BlockKind.PARAGRAPH, BlockKind.HEADING) or block.index in self.used:
                continue
            if block.zone not in (Zone.BODY, Zone.APPENDIX) or block.cells:
                continue
            yield from (self._overdue(draft) for draft in self._of_block(block))

    def _overdue(self, draft: TaskDraft) -> TaskDraft:
        """A task in a list of those that are overdue, unless its own result says more."""
        if draft.status or not any(
            _OVERDUE.search(fold(above.body.text)) for above in self.outline.ancestors(draft.block)
        ):
            return draft
        return replace(draft, status="overdue")

    def _of_block(self, block: Block) -> list[TaskDraft]:
        set_apart = self._labelled(block) or self._termed(block)
        if set_apart:
            return [set_apart]
        if block.kind is BlockKind.HEADING and not self._directs_heading(block):
            return []
        section = section_of(block, self.outline)
        if section in (Section.REPORT, Section.GOALS):
            quoted = self._quoted(block)
            return [quoted] if quoted else self._orders_in_report(block)
        if section is None and self.setting.doc_type not in DIRECTING:
            return []
        if block.kind is BlockKind.PARAGRAPH and not self._introduced(block) and not self._above(block):
            return self._in_line(block) or self._sentences(block, section)
        parted = self._led_apart(block, section) or self._in_line(block)
        if parted:
            return parted
        draft = self._directive(block, block.body, section)
        if draft is None and block.kind is BlockKind.PARAGRAPH and not block.label:
            return self._sentences(block, section)  # its first sentence may decide or explain, the next one orders
        return [draft] if draft else []

    def _quoted(self, block: Block) -> TaskDraft | None:
        """A report that quotes a task which its actor has not finished ("Bộ X chưa hoàn thành nhiệm vụ hạn tháng 9/2024 “…”")."""
        match = _UNFINISHED.search(fold(block.body.text))
        if not match:
            return None
        run = _run_of_actors(block.body, 0, "prose_lead", self.setting)
        due = block.body[match.start("due") : match.end("due")]
        deadline = read_cell(due.text, self.setting.issued_on) if due else None
        text = block.body[match.start("task") : match.end("task")]
        draft = TaskDraft("task_quoted", block, _trim(text), block.label.text.strip(" .") or None, status="overdue")
        return replace(
            draft,
            lead=run.mentions if run and run.end < match.start() + 2 else (),
            lead_passage=block.body[run.start : run.end] if run else None,
            deadline=deadline,
            deadline_passage=due or None,
            beside=(due,),
        )

    def _orders_in_report(self, block: Block) -> list[TaskDraft]:
        """The sentences of a directing document's account in which the issuer orders: "Chính phủ yêu cầu Bộ Y tế …"."""
        if self.setting.doc_type not in DIRECTING or not _ISSUER_ORDERS.search(block.body.text):
            return []
        drafts = []
        for start, end in _sentence_spans(block.body.text):
            text = block.body[start:end].strip()
            folded = fold(text.text)
            issuer = _run_of_actors(text, 0, "prose_lead", self.setting) if _ISSUER_ORDERS.match(text.text) else None
            run = self._passed_on(text, folded, issuer) if issuer else None
            if run and _ACTS.match(folded, run.end):
                drafts.append(self._drafted("task_directive", block, text, run))
        return drafts

    def _directs_heading(self, block: Block) -> bool:
        return len(block.body) > 60 and not self.outline.children(block)

    # labelled clauses

    def _labelled(self, block: Block) -> TaskDraft | None:
        """A task whose agency, deadline or result stands in clauses of their own, in the item or under it."""
        text, clauses = split_clauses(block.body)
        below = self._clauses_below(block)
        every = [*clauses, *(labelled for _, labelled in below)]
        if (
            not text
            or len(text) < 15
            or not any(c.clause in (Clause.LEAD, Clause.DEADLINE, Clause.COOP) for c in every)
        ):
            return self._named_task(block)
        self.used.update(index for index, _ in below)
        text, head = self._without_actor_head(text)
        text, closing = _closing_actors(text)
        if head is None and not any(c.clause is Clause.LEAD for c in every):
            head = self._named_lead(text, fold(text.text)) or self._above(block)
        draft = TaskDraft("task_labelled", block, _trim(text), block.label.text.strip(" .") or None)
        draft = self._with_inline(draft, head)
        if closing:
            lead, coop = lead_and_coop(closing, self.setting)
            draft = replace(draft, lead=lead, lead_passage=closing, coop=coop or draft.coop, beside=(closing,))
        for labelled in every:
            draft = self._with_clause(draft, labelled)
        return draft

    def _termed(self, block: Block) -> TaskDraft | None:
        """An item that tells its term, and mostly its agency, in brackets, and behind a colon what became of it:
        "(1) Trình Nghị định … (Bộ Nội vụ, hạn tháng 8/2025): đã hoàn thành."."""
        term = _TERM.search(fold(block.body.text)) if block.kind is BlockKind.ITEM else None
        deadline = read_cell(block.body.text[slice(*term.span("due"))], self.setting.issued_on) if term else None
        if term is None or deadline is None or term.start() < _SHORTEST:
            return None
        text, head = self._without_actor_head(block.body[: term.start()].strip())
        inside, due = block.body[slice(*term.span("who"))], block.body[slice(*term.span("due"))]
        told = block.body[term.start("result") : term.end("result")] if term["result"] else None
        draft = self._with_inline(
            TaskDraft("task_termed", block, _trim(text), block.label.text.strip(" .") or None),
            head or self._above(block),
        )
        lead, coop = lead_and_coop(inside, self.setting) if inside else ((), ())
        return replace(
            draft,
            lead=lead or draft.lead,
            lead_passage=inside if lead else draft.lead_passage,
            coop=coop or draft.coop,
            deadline=deadline,
            deadline_passage=due,
            assigned_in=draft.assigned_in or inline_assigned(block.body, self.setting),
            result=told,
            status=status_of(told.text) if told else _UNFINISHED_YET.search(term["rest"]) and "overdue",
            beside=tuple(part for part in (inside, due, told) if part),
        )

    def _named_task(self, block: Block) -> TaskDraft | None:
        """A numbered item that calls itself a task ("(5) Nhiệm vụ xây dựng …:") in a report."""
        named = re.match(r"nhiệm vụ(?:\s*\d+)?\s*:?\s+(?=\w)", fold(block.body.text))
        if (
            not named
            or _names_tasks(block.body.text)
            or block.kind is not BlockKind.ITEM
            or not self.outline.children(block)
        ):
            return None
        children = self.outline.children(block)
        self.used.update(child.index for child in _descendants(self.outline, block))
        below = join([child.body for child in children][:3])
        return TaskDraft(
            "task_named",
            block,
            _trim(block.body),
            block.label.text.strip(" ."),
            result=below,
            status=status_of(below.text),
            beside=(below,),
        )

    def _clauses_below(self, block: Block) -> list[tuple[int, Labelled]]:
        """Clauses in the children, or in the siblings that follow an unlabelled paragraph."""
        following = self.outline.children(block)
        if not following:
            following = self._siblings_after(block)
        elif block.kind is BlockKind.HEADING and any(child.label for child in following):
            return []  # what stands under a heading's items is theirs
        found: list[tuple[int, Labelled]] = []
        for child in following:
            text, clauses = split_clauses(child.body)
            if not clauses or len(text) > 3:
                if found or child.parent != block.index:
                    break
                continue
            grand = [c.body for c in self.outline.children(child)]
            if grand and clauses[-1].clause is Clause.RESULT:
                clauses[-1] = replace(clauses[-1], passage=join([clauses[-1].passage, *grand]))
                self.used.update(c.index for c in self.outline.children(child))
            found.extend((child.index, clause) for clause in clauses)
        return found

    def _siblings_after(self, block: Block) -> list[Block]:
        """The bullets that follow a paragraph, the paragraphs that follow an item."""
        kind = BlockKind.ITEM if block.kind is BlockKind.PARAGRAPH else BlockKind.PARAGRAPH
        after = []
        for other in self.outline.blocks[block.index + 1 :]:
            if other.kind is not kind or (kind is BlockKind.ITEM and other.parent != block.parent):
                break
            after.append(other)
        return after

    def _with_clause(self, draft: TaskDraft, labelled: Labelled) -> TaskDraft:
        passage = labelled.passage
        beside = (*draft.beside, passage)
        if labelled.clause is Clause.LEAD:
            lead, coop = lead_and_coop(passage, self.setting)
            due = None if draft.deadline else inline_deadline(passage, self.setting)
            draft = replace(draft, deadline=due, deadline_passage=passage) if due else draft
            return replace(
                draft, lead=lead or draft.lead, lead_passage=_trim(passage), coop=coop or draft.coop, beside=beside
            )
        if labelled.clause is Clause.COOP:
            coop = actors(passage, "clause_coop", self.setting) or _named_in_clause(passage, self.setting)
            return replace(draft, coop=coop, beside=beside)
        if labelled.clause is Clause.DEADLINE:
            deadline = read_cell(passage.text, self.setting.issued_on)
            return replace(draft, deadline=deadline, deadline_passage=_trim(passage), beside=beside)
        if labelled.clause is Clause.ASSIGNED:
            return replace(draft, assigned_in=tuple(find_references(passage, self.setting.issued_on)), beside=beside)
        if labelled.clause is Clause.OUTPUT:
            return replace(draft, output=_trim(passage), beside=beside)
        return replace(draft, result=passage, status=status_of(passage.text), beside=beside)

    def _without_actor_head(self, text: Passage) -> tuple[Passage, Actors | None]:
        """ "(1) Bộ Tài chính: Xây dựng …" -> the task, and who is named before the colon."""
        named = re.match(r"nhiệm vụ(?:\s*\d+)?\s*:\s*", fold(text.text))
        if named:
            return text[named.end() :], None
        run = _run_of_actors(text, 0, "head_lead", self.setting)
        if run and text.text[run.end : run.end + 2].strip() == ":":
            return text[run.end + 1 :].strip(), run
        return text, None

    # directives

    def _introduced(self, block: Block) -> bool:
        """Whether a line above leads to it: "… như sau:"."""
        parent = next(self.outline.ancestors(block), None)
        return parent is not None and parent.kind is not BlockKind.HEADING

    def _led_apart(self, block: Block, section: Section | None) -> list[TaskDraft]:
        """The sentences of a paragraph without a mark of its own that each tell another what to do; [] where they do not."""
        spans = _sentence_spans(block.body.text)
        if block.kind is not BlockKind.PARAGRAPH or block.label or len(spans) < 2:
            return []
        drafts = self._sentences(block, section)
        return drafts if len(drafts) == len(spans) and all(draft.lead for draft in drafts) else []

    def _in_line(self, block: Block) -> list[TaskDraft]:
        """The items of a list that stands in a line: "Giao Sở Xây dựng: (1) hoàn thiện …; (2) rà soát …"; [] if it is none
        of work."""
        head, items = _listed_in_line(block.body)
        leading = fold(head.text) if items else ""
        if not items or _TELLS_CONTENT.search(leading):
            return []
        run = self._heads_list(replace(block, body=head), leading)
        if run is None and not _orders(head.text):
            return []
        drafts = []
        for ordinal, text in items:
            folded = fold(text.text)
            named = self._named_lead(text, folded)
            if named is None and not _commands(text, folded):
                return []
            rule = "task_directive" if named else "task_imperative"
            drafts.append(replace(self._drafted(rule, block, text, named or run), ordinal=ordinal))
        return drafts

    def _sentences(self, block: Block, section: Section | None) -> list[TaskDraft]:
        drafts = []
        for start, end in _sentence_spans(block.body.text):
            draft = self._directive(block, block.body[start:end].strip(), section, sentence=True)
            if draft:
                drafts.append(draft)
        return drafts

    def _directive(
        self, block: Block, text: Passage, section: Section | None, sentence: bool = False
    ) -> TaskDraft | None:
        folded = fold(text.text)
        if len(folded) < 20 or _NOTICE.search(folded) or _introduces_list(block, folded, self.outline):
            return None
        if not sentence and _is_head(block, self.outline):
            return None
        if sentence and len(folded) < _LONGEST_ORDER_TO_FOLLOW and _SUPERVISES.match(folded) and supervisors(text):
            return None  # of the work that the sentences before it order
        above, order = self._above(block), DIRECTIVE.match(folded)
        if not (above and order and _PASSES_ON.match(folded)) or (above.ordered and _ADDRESSED.match(folded)):
            run = self._named_lead(text, folded)
            if run:
                return self._drafted("task_directive", block, _after_head(text, run), run)
        rule = self._unled_rule(text, folded, section, above, order)
        if (
            rule is None
            and section is Section.TASKS
            and not sentence
            and _is_listed_work(block, text, folded, self.outline)
        ):
            rule = "task_listed"
        if rule == "task_of_actor" and not block.label:
            rule = None  # what no bullet or number sets apart may as well be noise or explanation
        # of a paragraph only the sentences that name or order somebody are tasks
        if rule == "task_of_actor" and above and above.passes_on:
            above = None  # who is asked to direct others does not do what no verb of the item asks of him
        return self._drafted(rule, block, text, above) if rule and (rule == "task_directive" or not sentence) else None

    def _unled_rule(
        self, text: Passage, folded: str, section: Section | None, above: Actors | None, order: re.Match[str] | None
    ) -> str | None:
        """The rule by which a text that names no actor of its own is a task, None if it is none."""
        if order and section is Section.TASKS and IMPERATIVE.match(folded, order.end()):
            return "task_directive"
        if (above or section is Section.TASKS) and _commands(text, folded):
            return "task_imperative"
        return "task_of_actor" if above and not _STATES.match(folded) else None

    def _named_lead(self, text: Passage, folded: str) -> Actors | None:
        """The actors that open the text and are told to act, by an order before them or a verb behind them."""
        order = DIRECTIVE.match(folded)
        begins = order.end() if order else 0
        alone = None if order else _ALONE.match(folded)
        if alone and (led := self._named_lead_from(text, alone.end())):
            return led
        comrade = _COMRADE.match(folded, begins)
        if towards := self._towards(text, folded):
            return towards
        run = self._opening_run(text, folded, comrade.end() if comrade else begins)
        if run and not order and (passed := self._passed_on(text, folded, run)):
            return passed
        told = comrade and _TOLD_OF.match(folded[comrade.end() :])
        if not order and (told or (run and _DECIDES.match(folded, run.end))):
            return None
        if run and self._acts(folded, run.end, bool(order)):
            return run
        if run and not order and (named := self._longer_name(text, folded, run)):
            return named
        if not order and (not comrade or OFFICE_NOUN.match(folded)) and not _names_office_holder(text, folded):
            return (
                None
                if run is not None or _WITH_FIRST.match(folded)
                else (
                    self._office_lead(text, folded)
                    or self._behind_topic(text, folded)
                    or self._behind_title(text, folded)
                    or self._behind_preamble(text, folded)
                    or self._behind_work(text, folded)
                )
            )
        return self._members(text, folded, begins) or self._unnamed_lead(text, folded, begins)

    def _opening_run(self, text: Passage, folded: str, begins: int) -> Actors | None:
        """The actors named from an offset on, with what belongs to their names, without those who only work with them."""
        if _WITH_FIRST.match(folded, begins):
            return None  # "Cùng với Bộ Công Thương xây dựng …": whoever the line above names does
        run = _run_of_actors(text, begins, "prose_lead", self.setting)
        return _with_apposition(text, folded, _before_partners(text, run)) if run else None

    def _towards(self, text: Passage, folded: str) -> Actors | None:
        """Whom an item is addressed to: "Đối với UBND các tỉnh: ưu tiên …"."""
        towards = _TOWARDS.match(folded)
        run = _run_of_actors(text, towards.end(), "prose_lead", self.setting) if towards else None
        if towards is None or run is None or run.mentions[0].start != towards.end():
            return None
        return run if folded[run.end : run.end + 1] == ":" and _DUE_FIRST.match(folded, run.end + 1) else None

    def _passed_on(self, text: Passage, folded: str, run: Actors) -> Actors | None:
        """Who is told to act by the issuer named first: "Ủy ban nhân dân tỉnh yêu cầu thủ trưởng các sở …"."""
        order = _NOW_ORDERS.match(folded, run.end)
        agency = run.mentions[0].value
        ours = self.setting.issuer is not None and agency.agency_id == self.setting.issuer.agency_id
        if not order or len(run.mentions) > 1 or not (ours or agency.kind == "government"):
            return None
        return self._named_lead_from(text, order.end("to"))

    def _named_lead_from(self, text: Passage, begins: int) -> Actors | None:
        """The lead of the text from an offset on, placed in the whole text."""
        rest = text[begins:]
        run = self._named_lead(rest, fold(rest.text))
        if run is None:
            return None
        moved = _moved(run.mentions, text, begins)
        return replace(run, mentions=moved, start=run.start + begins, end=run.end + begins)

    def _behind_topic(self, text: Passage, folded: str) -> Actors | None:
        """The actors behind a topic or an assent: "Về vốn: Bộ Tài chính …", "Đồng ý chủ trương …; giao Bộ Y tế …"."""
        if not _TOPIC.match(folded):
            return None
        named = find(text.text)
        for stop in _TOPIC_ENDS.finditer(folded, 0, _LONGEST_TOPIC):
            if any(start < stop.start() < end for start, end in named):
                continue  # inside a list of names: "các bộ, ngành, địa phương"
            run = self._named_lead_from(text, stop.end())
            if run and (run.start == stop.end() or DIRECTIVE.match(folded, stop.end())):
                return run
        return None

    def _behind_title(self, text: Passage, folded: str) -> Actors | None:
        """The actors right behind a title and its colon: "Đo lường - chất lượng: Ủy ban nhân dân các huyện kiểm tra …"."""
        title = _TITLE_OF_TASK.match(text.text)
        if title is None or (not _TOPIC_NOUN.match(folded) and _first_verb(text, folded, 0, title.end())):
            return None
        run = self._named_lead_from(text, title.end())
        return run if run and (run.start == title.end() or DIRECTIVE.match(folded, title.end())) else None

    def _behind_preamble(self, text: Passage, folded: str) -> Actors | None:
        """The actors behind an opening phrase, told to act."""
        preamble, named = _PREAMBLE.match(folded), find(text.text)
        while preamble:
            run = _run_of_actors(text, preamble.end(), "prose_lead", self.setting)
            if (
                run
                and not any(start < preamble.end() < end for start, end in named)  # inside "các bộ, ngành, địa phương"
                and run.mentions[0].start == preamble.end()
                and _stands_alone(text.text, preamble.end())
                and not _works_with(folded, preamble.end())
                and self._acts(folded, run.end, False)
            ):
                return run
            rest = text[preamble.end() :]
            if (
                run is None
                and (office := self._office_lead(rest, fold(rest.text)))
                and not _SAYS.search(rest.text[: office.end])
            ):
                moved = _moved(office.mentions, text, preamble.end())
                return replace(
                    office, mentions=moved, start=office.start + preamble.end(), end=office.end + preamble.end()
                )
            comma = folded.find(", ", preamble.end())
            preamble = (
                re.compile(r"[^.;:]{3,160}?,\s+(?=\S)").match(folded, preamble.end()) if 0 < comma < 240 else None
            )
        return None

    def _behind_work(self, text: Passage, folded: str) -> Actors | None:
        """The actors behind the work that is theirs: "Việc kiểm kê do Sở Y tế thực hiện", "Dự thảo Quy chế, giao Vụ …"."""
        done_by, given = _WORK_DONE_BY.match(folded), _WORK_GIVEN.match(folded)
        if done_by and not _DONE_OR_RULED.match(folded):
            who = text[done_by.start("who") : done_by.end("who")]
            mentions = _moved(actors(who, "prose_lead", self.setting), text, done_by.start("who"))
            return Actors(mentions, *done_by.span("who")) if mentions else None
        if given and not _TELLS_OF.search(folded, 0, given.start("order")):
            return self._named_lead_from(text, given.start("order"))
        return None

    def _office_lead(self, text: Passage, folded: str) -> Actors | None:
        """An office that no registry knows, told to act: "Vụ Kế hoạch - Tài chính chủ trì …"."""
        if not OFFICE_NOUN.match(folded):
            return None
        colon = text.text.find(":", 0, 140)
        if colon > 0 and _DUE_FIRST.match(folded, colon + 1) and not _first_verb(text, folded, 0, colon):
            named = self._named_whole(text[:colon])
            return Actors(tuple(replace(m, within=text) for m in named), 0, colon) if named else None
        verb = _first_verb(text, folded, 4, 140)
        if verb is None or re.search(r"[.;:]", text.text[: verb.start()]):
            return None
        passage = text[: verb.start()]
        passage = passage[: len(_SAYS_WHAT_IT_IS.sub("", passage.text))]
        mentions = actors(passage, "prose_lead", self.setting) or _provisional(passage, self.setting)
        return Actors(tuple(replace(m, within=text) for m in mentions), 0, verb.start()) if mentions else None

    def _longer_name(self, text: Passage, folded: str, run: Actors) -> Actors | None:
        """The actors where more names, or words that tell which ones are meant, stand between those known and the verb."""
        goes_on = _GOES_ON.match(folded, run.end)
        return self._names_to_verb(text, folded) if goes_on else self._described(text, folded, run)

    def _described(self, text: Passage, folded: str, run: Actors) -> Actors | None:
        """A group with what tells which ones are meant: "Thủ trưởng các đơn vị có nhiệm vụ quá hạn giải trình …"."""
        which = _WHICH_HAVE.match(folded, run.end) if run.mentions[-1].value.kind == "collective" else None
        if which is None:
            return None
        remark = _REMARK_AND_VERB.match(folded, which.end() - 1)
        verb = None if remark else _first_verb(text, folded, which.end() - 1, which.end() + 80)
        end = remark.start("remark") if remark else verb.start() if verb else 0
        if not end or re.search(r"[.;:,]|\s(?:đã|đang|được)(?!\w)", text.text[run.end : end]):
            return None
        mentions = _provisional(text[:end].strip(), self.setting)
        return Actors(_moved(mentions, text, 0), 0, end) if mentions else None

    def _names_to_verb(self, text: Passage, folded: str) -> Actors | None:
        """Names of which no registry knows all, up to the first verb: "Cục Thuế tỉnh, Công ty Cấp nước số 2 tăng cường"."""
        verb = _first_verb(text, folded, 4, 240)
        if verb is None or not all(_NAMED.match(part) for part in _PARTED.split(text.text[: verb.start()])):
            return None
        mentions = actors(text[: verb.start()], "prose_lead", self.setting)
        return Actors(tuple(replace(m, within=text) for m in mentions), 0, verb.start()) if mentions else None

    def _members(self, text: Passage, folded: str, begins: int) -> Actors | None:
        """A described group whose members are named: "02 cơ quan chưa … (bao gồm: A, B)"."""
        group = _GROUP.match(folded, begins)
        if not group:
            return None
        start, end = group.span("members")
        mentions = _moved(actors(text[start:end], "prose_lead", self.setting), text, start)
        return Actors(tuple(mentions), start, end) if mentions else None

    def _acts(self, folded: str, end: int, ordered: bool) -> bool:
        """Whether what follows the actors tells them to do something."""
        rest = folded[end : end + 200]
        if rest[:1] == ":":
            return bool(_DUE_FIRST.match(rest, 1))
        named = _NAMED_ABOVE.match(rest)
        rest = rest[named.end() :] if named else rest
        if _REPORTED.match(rest):
            return False
        if ordered:
            return not _GRANTED.match(rest)  # "giao Bộ Y tế 30 tỷ đồng" grants, it tells nobody what to do
        return bool(_ACTS.match(rest))

    def _unnamed_lead(self, text: Passage, folded: str, at: int) -> Actors | None:
        """Actors that no registry knows: the words up to the first verb ("Đồng chí Tổ trưởng các Tổ công tác … khẩn trương")."""
        verb = _first_verb(text, folded, at + 4, at + 160)
        if not verb or re.search(
            r"[,;:.](?!\s*(?:[A-ZĐ]|đơn vị|địa phương|ngành|cơ quan))", text.text[at : verb.start()]
        ):
            return None
        comrade = _COMRADE.match(folded, at)
        start = comrade.end() if comrade else at
        passage = text[start : verb.start()]
        remark = _LAST_REMARK.search(passage.text)
        passage = passage[: remark.start()] if remark else passage
        if not passage.text[:1].isupper() and not re.match(r"các\s|cơ quan|đơn vị|\d", fold(passage.text)):
            return None
        mentions = actors(passage, "prose_lead", self.setting) or _provisional(passage, self.setting)
        shifted = _moved(mentions, text, start)
        return Actors(shifted, start, verb.start()) if shifted else None

    def _further_leads(self, text: Passage, folded: str) -> tuple[Mention, ...]:
        """Who else is told to act in later sentences, or after a comma ("…, Bộ Công an bảo đảm hạ tầng")."""
        found: list[Mention] = []
        for start, end in _sentence_spans(text.text)[1:]:
            run = (
                None if _SUPERVISES.search(folded, start, end) else self._named_lead(text[start:end], folded[start:end])
            )
            found += _moved(run.mentions, text, start) if run else ()
        supervised = [match.span() for match in _SUPERVISES.finditer(folded)]
        for match in _NEXT_ACTOR.finditer(folded):
            if any(start < match.start() < end for start, end in supervised):
                continue
            run = _run_of_actors(text, match.end(), "prose_lead", self.setting)
            if (
                run
                and run.mentions[0].start == match.end()
                and _stands_alone(text.text, match.start())
                and not _works_with(folded, match.start())
                and _DOES.match(folded, run.end)
            ):
                found += run.mentions
        return tuple(mention for mention in found if mention.value.kind != "collective")

    def _drafted(self, rule: str, block: Block, text: Passage, run: Actors | None) -> TaskDraft:
        draft = TaskDraft(rule, block, _trim_colon(text), block.label.text.strip(" .") or None)
        draft = self._with_inline(draft, run)
        if run is None and (bracketed := _bracketed_actors(text, self.setting)):
            lead, coop = lead_and_coop(bracketed, self.setting)
            return replace(draft, lead=lead, lead_passage=bracketed if lead else None, coop=coop or draft.coop)
        if run is None or rule != "task_directive":
            return draft
        lead = _distinct((*draft.lead, *self._further_leads(text, fold(text.text))))
        return replace(draft, lead=lead, coop=_without(draft.coop, lead))

    def _with_inline(self, draft: TaskDraft, run: Actors | None) -> TaskDraft:
        """What the text itself says of lead, cooperation, deadline and supervision."""
        text = draft.text
        coop = inline_coop(text, self.setting) or (run.partners if run else ())
        partners = {mention.value for mention in _at_work_with_lead(text, self.setting)}
        lead = tuple(m for m in run.mentions if m.value not in partners) if run else ()
        place = run.mentions[0].within[run.start : run.end] if run and run.mentions else None
        deadline = inline_deadline(text, self.setting) or _constantly(text)
        return replace(
            draft,
            lead=lead,
            lead_passage=place,
            coop=_without(_distinct(coop), lead),
            supervisors=supervisors(text) or (run.people if run else ()),
            deadline=deadline,
            deadline_passage=text if deadline else None,
            assigned_in=draft.assigned_in or inline_assigned(text, self.setting),
        )

    def _above(self, block: Block) -> Actors | None:
        """The actors whom the heading or item above names for what stands under it."""
        for above in self.outline.ancestors(block):
            folded = fold(above.body.text)
            if len(folded) > 400:
                return None
            for line in filter(None, (self._line_over(block, above), above)):
                run = self._heads_list(line, fold(line.body.text))
                if run:
                    return replace(run, partners=inline_coop(line.body, self.setting))
            if above.kind is BlockKind.HEADING and above.label and heading_kind(above.body.text):
                return None
        return None

    def _line_over(self, block: Block, above: Block) -> Block | None:
        """The line under an article's heading that orders what the following parts of the article list: "Điều 2. … / Hội
        đồng nhân dân tỉnh …, giao Ủy ban nhân dân tỉnh tập trung thực hiện:"."""
        if above.kind is not BlockKind.HEADING:
            return None
        before = (child for child in self.outline.children(above) if child.index < block.index)
        first = next(before, None)
        alone = first and first.kind is BlockKind.PARAGRAPH and not first.label and not self.outline.children(first)
        return first if first and alone and first.body.text.rstrip().endswith(":") else None

    def _heads_list(self, above: Block, folded: str) -> Actors | None:
        """The actors of a line that is nothing but their names, or that tells them to do "the following"."""
        introduces = folded.rstrip().endswith(":")
        owner = _OF_ACTOR.match(folded)
        order = DIRECTIVE.search(folded) if introduces else None
        if not order and _is_head(above, self.outline):
            order = DIRECTIVE.match(folded)  # "4. Giao Thanh tra Sở"
        for start in {order.end() if order else 0, owner.end() if owner else 0, 0}:
            run = _run_of_actors(above.body, start, "heading_lead", self.setting)
            apart = _APART.match(folded, run.end) if run else None
            if run and (
                _ONLY_VERBS.fullmatch(folded, apart.end() if apart else run.end) or (order and start == order.end())
            ):
                run = self._with_unlisted(above.body, run)
                return replace(run, ordered=order is not None, passes_on=bool(_HAS_OTHERS_DO.match(folded, run.end)))
        if _is_head(above, self.outline):
            begins = order.end() if order else 0
            run = self._qualified_head(above.body[begins:], folded[begins:])
            if run:
                shifted = _moved(run.mentions, above.body, begins)
                return Actors(shifted, run.start + begins, run.end + begins, ordered=order is not None)
        lead = self._named_lead(above.body, folded) if introduces and above.label else None
        # "…, Thủ tướng Chính phủ yêu cầu:" names who orders, not who acts
        return lead if lead and not _ORDERS.match(folded, lead.end) else None

    def _with_unlisted(self, text: Passage, run: Actors) -> Actors:
        """The actors of a line that names more of them than the registry knows: "Đài …, Báo Tuyên Quang:"."""
        stop = text.text.find(":", run.end)
        end = stop if stop >= 0 else len(text)
        folded = fold(text.text)
        which = _ALLOWED.search(
            folded, run.end, end
        )  # "các đơn vị được phép khai thác than": says which, orders nothing
        if not _GOES_ON.match(text.text, run.end, end) or _first_verb(
            text, folded, run.end, which.start() if which else end
        ):
            return run
        more = actors(text[run.end : end], "heading_lead", self.setting)
        mentions = _moved(more, text, run.end)
        return replace(run, mentions=(*run.mentions, *mentions), end=end) if mentions else run

    def _qualified_head(self, text: Passage, folded: str) -> Actors | None:
        """The actor that a line is a name of, though it says more, or no registry knows it: "Chủ đầu tư nhà máy điện"."""
        run = _run_of_actors(text, 0, "heading_lead", self.setting)
        if run:
            return self._with_unlisted(text, run) if _QUALIFIES.match(folded, run.end) else None
        if _first_verb(text, folded, 0, len(folded)) or not OFFICE_NOUN.match(folded):
            return None
        mentions = self._named_whole(text)
        return Actors(mentions, 0, len(text)) if mentions else None

    def _named_whole(self, text: Passage) -> tuple[Mention, ...]:
        """The actors of a line of nothing but names; of a name that no registry knows no part is cut off."""
        found: list[Mention] = []
        begins = 0
        for stop in (*(m for m in _PARTED.finditer(text.text) if _NAMED.match(text.text[m.end() :])), None):
            part = text[begins : stop.start() if stop else len(text)].strip(" :")
            remark = _LAST_REMARK.search(part.text)
            part = part[: remark.start()] if remark else part
            begins = stop.end() if stop else len(text)
            read = actors(part, "heading_lead", self.setting)
            whole = len(read) != 1 or read[0].value.known or read[0].end >= len(part)
            found += read if read and whole else _provisional(part, self.setting)
        return tuple(found)


_WHICH_HAVE = re.compile(
    rf"\s+(?!{_HAVE})có\s+(?!liên quan|sự|ý kiến)(?:tỷ lệ\s+(?:[^\W\d_]+\s+){{2}}|(?:(?!(?:{IMPERATIVES}|đã|đang|được)(?!\w))[^\W\d_]+\s+){{1,2}})"
)
_REMARK_AND_VERB = re.compile(rf"[^.;:,()]{{0,60}}?(?P<remark>\s*\([^()]{{1,60}}\))(?=\s+(?:{IMPERATIVES})(?!\w))")
_ALLOWED = re.compile(r"\sđược\s+(?:phép|giao|chọn|lựa chọn)\s")
# an agency, a term and more in brackets at the end: "(Cục Chuyển đổi số; hạn tháng 8/2025; đến nay chưa xong)"
_TERM = re.compile(
    r"\s*\((?P<who>[^()]*?)[,;]?\s*(?<!\w)(?:thời\s+)?hạn(?:\s+(?:yêu\s+cầu|hoàn\s+thành|trình|báo\s+cáo|xong|giao))?\s*:?\s*"
    r"(?P<due>(?:(?:trước|đến|hết|cuối|trong)\s+)*(?:(?:ngày|tháng|quý|năm)\s+)?[\divx][^();,]{0,40})(?P<rest>[^()]*)\)"
    r"\s*(?::\s*(?P<result>.+?))?[.;]?\s*$"
)
_SHORTEST = 15
_UNFINISHED_YET = re.compile(r"chưa\s+(?:xong|hoàn\s+thành|thực\s+hiện|trình|ban\s+hành|báo\s+cáo)|quá\s+hạn|chậm")
# a head over what is overdue: "III. CÁC NHIỆM VỤ QUÁ HẠN"
_OVERDUE = re.compile(
    rf"^(?!\W*(?:{IMPERATIVES})\s)[^.;]{{0,80}}(?:nhiệm vụ|công việc|văn bản|nội dung|đề án)\s(?:[^.;]{{0,60}}\s)?(?:quá hạn|chậm muộn|chậm tiến độ|trễ hạn)[^.;]{{0,60}}$"
)
# what a name does not hold: "Cơ quan Thường trực kiến nghị trong quý II/2025"
_SAYS = re.compile(r"\d|\s(?:kiến nghị|đề nghị|báo cáo|cho rằng|nhận thấy|đề xuất)\s")
# "các Bộ có tên nêu trên", "các cơ quan nêu tại Phụ lục"
_NAMED_ABOVE = re.compile(
    r"\s+được\s+(?:giao|phân công)(?:\s+[^\W\d_]+){0,4}?\s+tại\s+(?:điều|(?:các\s+)?phụ lục|khoản|mục|danh mục|biểu)"
    r"(?:\s+(?:số\s+)?(?:\d{1,3}|[ivx]{1,5}))?(?:\s+(?:ban hành\s+)?kèm theo)?(?:\s+(?:kế hoạch|quyết định|nghị quyết|chỉ thị|văn bản|công văn)\s+này)?(?=\s)"
    r"|\s+(?:(?:có\s+)?(?:tên|liên quan)\s*)?(?:(?:được\s+)?nêu\s+)?(?:(?:ở\s+)?trên(?!\s+cơ\s+sở)|tại\s+(?:phụ lục|danh mục|khoản|mục)[^,;.:]{0,40}?)(?=\s)"
)
# "Chính phủ thống nhất thông qua …": what the issuer itself decides is no task.
_DECIDES = re.compile(
    r"\s*(?:cơ bản\s+)?(?:thống nhất\s+(?:thông qua|đánh giá|với|chủ trương|về|nội dung|ý kiến|cho)|đồng ý|nhất trí|tán thành|thông qua"
    r"|quyết nghị|gửi lời|chia buồn|chia sẻ|cảm ơn|trân trọng|biểu dương|phê bình|ghi nhận|đánh giá (?:cao|:)|hoan nghênh|chia sẻ)(?!\w)"
)
_ISSUER_ORDERS = re.compile(
    r"(?:Thủ tướng )?(?:Chính phủ|Chủ tịch \w+|Ủy ban|UBND|Bộ)[^.;:,]{0,60}?\s(?:yêu cầu|giao|đề nghị)\s"
)
_TOWARDS = re.compile(r"(?:đối với|về phía)\s+")
_WITH_FIRST = re.compile(r"cùng\s+(?:với\s+)?(?!với|đó|việc|sự)")
_NOW_ORDERS = re.compile(
    rf"\s+(?:(?:trân\s+trọng|kính)\s+)?(?=(?P<to>)(?:yêu\s+cầu|đề\s+nghị|chỉ\s+đạo|giao)\s)(?!{_ORDER}\s*(?:như sau\s*)?:)"
)
# What a conclusion says first: its topic, or that a request is granted.
_TOPIC = re.compile(r"(?:về\s|đối với\s|(?:cơ bản\s+)?(?:đồng ý|nhất trí|thống nhất|chấp thuận)\s|riêng\s)")
# "Về X: đồng ý chủ trương. Yêu cầu Sở Y tế …": behind a full stop only an order names the actor
_TOPIC_ENDS = re.compile(r"\s*[:;,]\s+|\.\s+(?=(?:yêu cầu|giao|đề nghị|phân công)\s)")
_LONGEST_TOPIC = 320
_WORK_NOUN = r"(?:việc|công tác|phần việc|phần|nội dung|nhiệm vụ|công việc)"
_WORK_DONE_BY = re.compile(
    rf"{_WORK_NOUN}\s(?!chậm|thiếu|mất|còn|chưa)[^.;:]{{3,200}}?\s(?:sẽ\s+)?do\s+(?P<who>[^.;:]{{3,160}}?)\s+"
    r"(?:chủ trì|thực hiện|đảm nhiệm|đảm nhận|phụ trách|chịu trách nhiệm|tham mưu|triển khai|lo)(?=\s*[.;]|,\s+(?:trong|trước|xong|hoàn thành|chậm nhất)\s|\s+(?:trong(?!\s+thời gian qua)|trước(?!\s+(?:đây|đó))|và)\s|$)"
)
_DONE_OR_RULED = re.compile(
    r"(?:việc\s+(?:cấp|quản lý|thu|xử phạt|thanh toán|bổ nhiệm)|[^.;:]*\s(?:đã|đang|được)\s+do\s)"
)
# "Dự thảo Quy chế, giao Vụ Pháp chế hoàn thiện", "Nội dung này giao Sở Nội vụ tham mưu"
_WORK_GIVEN = re.compile(
    r"(?!đồng\s|nhất\s|thống\s|về\s|căn\s|trên đây\s|(?:vì|do|theo) (?:vậy|đó)\s|để\s)[^.;:]{6,160}?(?:,|\s(?:này|trên))\s+(?P<order>(?:đề nghị|yêu cầu|giao)\s)"
)
# whose wish a sentence only passes on: "Cử tri phản ánh …, đề nghị Bộ …", "UBND tỉnh có Văn bản số 12, đề nghị Bộ …"
_TELLS_OF = re.compile(
    r"(?<!\w)(?:có\s+(?:văn bản|công văn|tờ trình|báo cáo|ý kiến|đề xuất|kiến nghị|thư)|phản ánh|kiến nghị|phát biểu|báo cáo|nêu|cho rằng|cho biết|cử tri"
    r"|nhân dân|người dân|đại biểu|doanh nghiệp|gặp|trước đó|khó khăn|vướng mắc|ông|bà|gửi|đã|hiện|còn|do)(?!\w)|^ngày\s"
)
_TOPIC_NOUN = re.compile(r"(?:việc|công tác|các|những|tình hình|khó khăn|vướng mắc|kiến nghị|đề xuất)(?!\w)")
_TITLE_OF_TASK = re.compile(rf"[{UPPER}][^:.;()]{{5,90}}:\s+(?=[{UPPER}])")
# "Phòng Kế hoạch tổng hợp xây dựng …": of two verbs in a row the first one belongs to the name
_ORDERED_TO = (
    r"(?:chủ trì|phối hợp|xây dựng|rà soát|tham mưu|hướng dẫn|theo dõi|triển khai|thực hiện|đôn đốc|hoàn thiện|hoàn thành|khẩn trương|tiếp tục"
    r"|tập trung|tăng cường|chủ động|nghiên cứu|đẩy nhanh|đẩy mạnh|bố trí|ban hành|cập nhật|lập|tổ chức|có trách nhiệm|chịu trách nhiệm)"
)
# Words of names that look like verbs: "đầu tư xây dựng", "công trình", "giao thông", "đào tạo".
_VERB = re.compile(
    r"(?<!(?<!thi )công)(?<!thi công(?=\s(?:xây dựng|lắp đặt)))(?<!quản lý)(?<!chương)(?<!quy)(?<!lộ)(?<!tiến)(?<!đào)(?<!(?<!pháp )chế)(?<!sáng)(?<!thành)(?<!độc)(?<!(?<!văn )phòng)(?<!bầu)(?<!chủ)(?<!nhà)(?<!chuyên ngành)"
    r"(?<!(?<!ủy )(?<!hành )ban(?=\s(?:điều hành|quản lý|chỉ đạo|tổ chức|giám sát|vận động)(?!\w)))(?<!(?<!\w)tổ(?=\s(?:kiểm tra|giám sát|quản lý|xử lý)(?!\w)))(?<!(?<!quân )đội(?=\s(?:kiểm tra|quản lý)(?!\w)))\s"
    rf"(?!(?:tổng hợp|quản lý|phát triển|đào tạo|hợp tác|truyền thông|xúc tiến|quy hoạch|điều phối|giám định|kiểm định)\s+{_ORDERED_TO}(?!\w))"
    rf"(?!giao\s+(?:thông|dịch|lưu)|xây dựng(?<=đầu tư xây dựng)|thông tin(?<=công nghệ thông tin)|đầu tư(?<=dự án đầu tư))(?:{IMPERATIVES}|có trách nhiệm|chịu trách nhiệm)(?!\w)"
)
OFFICE_NOUN = re.compile(
    r"(?:các\s+)?(?:(?:đồng chí\s+)?(?:thành viên|ủy viên)|vụ|cục|trung tâm|viện|ban(?!\s+hành)|phòng(?!\s+(?:ngừa|chống))|sở|chi cục|tổng cục|văn phòng|thanh tra(?!\s*,|\s+(?:việc|đột))|tổ(?!\s+chức)|đoàn|hội(?!\s+(?:nghị|nhập))|cơ sở(?!\s+(?:dữ liệu|vật chất|hạ tầng|pháp lý|đó|này))|ngành(?!\s+(?:nghề|hàng))|hiệp hội|tổng hội|liên đoàn|liên hiệp|liên minh|đảng đoàn|học viện|đại học|quỹ|tạp chí|nhà xuất bản|hạt|trạm|đội|cấp ủy|các chủ|trường(?!\s+hợp)|công ty|tập đoàn|tổng công ty|ngân hàng|báo(?!\s+cáo)|đài"
    r"|chủ tịch|giám đốc|thủ trưởng|trưởng|hội đồng|lực lượng|cơ quan|đơn vị|doanh nghiệp|nhà thầu|nhà đầu tư|chủ đầu tư|chủ(?!\s+(?:trì|động))|nhà trường|bệnh viện|công an|đảng ủy|chi bộ|ủy ban|đồn|kho bạc|bảo hiểm|khoa(?!\s+(?:học|trương|mục))|bộ môn|chi nhánh)(?!\w)"
)
# What may stand behind an actor in a line that only names it.
_QUALIFIES = re.compile(
    r"\s*(?:$|:$|[(,]|[-–]\s*(?:chi nhánh|khu vực|trụ sở)(?!\w)|(?:\d{1,3}\s+)?(?:của|có|thuộc|nơi|được|trên|liên quan|ở|tại|quản lý|khác|cấp|và|đóng|với|là)(?!\w))"
)
# How a sentence begins that reports or explains, under an actor's name too.
_STATES = re.compile(
    r"(?:đây|việc|là|hiện|hiện nay|đã|qua|theo|tính đến|đến nay|thời gian qua|tuy nhiên|kết quả|số (?:lượng|liệu)|tỷ lệ|tổng|có \d|trong đó|kinh phí|\W*kèm theo|\d)(?!\w)"
)
# Who is told to direct others is the one to act.
_ADDRESSED = re.compile(r"(?:đề\s+nghị|yêu\s+cầu)(?!\w)")
_PASSES_ON = re.compile(r"(?:chỉ\s+đạo|yêu\s+cầu|đề\s+nghị|kiến\s+nghị|đề\s+xuất)(?!\w)")
# More names behind those that were known.
_GOES_ON = re.compile(r"\s*(?:,|;|và(?!\w))\s*")
_PARTED = re.compile(r"\s*[,;]\s*(?:và\s+)?|\s+và\s+")
_NAMED = re.compile(
    rf"\s*(?:[{UPPER}]|(?:các|những|cơ quan|đơn vị|thành phố|tỉnh|huyện|xã|phường|đặc khu|thị trấn|thị xã|quận|ngành|địa phương|doanh nghiệp|hiệp hội|hội|trường|trường học|bệnh viện|phòng|trung tâm|cổng thông tin|trang thông tin|đài|báo|tổ chức|hợp tác xã|nhà thầu|chủ đầu tư)(?!\w))"
)
_ORDERS = re.compile(rf"\s*{_ORDER}\s*(?:như sau\s*)?:")
_HAS_OTHERS_DO = re.compile(r"\s*chỉ đạo(?:\s+(?:các\s+)?(?:bộ|ngành|cơ quan|địa phương)[^:.;]{0,60})?\s*:\s*$")
_ONLY_VERBS = re.compile(
    rf"{_MANNER}(?:[\s,.:]|chủ trì|{IMPERATIVES}|thực hiện|có trách nhiệm|và|tốt|(?:các|những)?\s*(?:nhiệm vụ|nội dung|công việc)?\s*(?:sau(?: đây)?|như sau))*"
)
# a remark on an actor that heads a list: "1. Bộ Y tế (02 nhiệm vụ):"
_APART = re.compile(r"\s*\([^()]{1,120}\)")
_LAST_REMARK = re.compile(r"\s*\([^()]{1,40}\)\s*$")
_OF_ACTOR = re.compile(r"(?:nhiệm vụ|trách nhiệm|phân công|giao nhiệm vụ|công việc)?\s*(?:của|cho|đối với|về phía)\s+")
_GROUP = re.compile(
    r"(?:các|\d{1,2})\s+(?:cơ quan|bộ|đơn vị|địa phương|tỉnh|ngành)[^.;]{0,200}?(?:bao gồm|gồm)\s*:\s*(?P<members>[^.()]+)"
)
_NEXT_ACTOR = re.compile(r"[,;]\s+(?:(?<=;\s)(?:giao|đề nghị|yêu cầu|kiến nghị)\s+)?(?=\S)")
_SUPERVISES = re.compile(r"(?:phân công|giao|đề nghị)[^.;]{0,160}(?:theo dõi|chỉ đạo|phụ trách|đôn đốc)")
_DOES = re.compile(rf"\s+(?!phối hợp|tổng hợp|xem xét|theo dõi|biết)(?:{IMPERATIVES})(?!\w)")


_HEADED = re.compile(r"về\s[^.;:]{2,80}:\s+")


def _before_partners(text: Passage, run: Actors) -> Actors:
    """The actors up to those who only work with them: "UBND xã cùng với Công an xã giải quyết …"."""
    for index, (mine, following) in enumerate(pairwise(run.mentions), 1):
        if re.search(r"(?:^|\s)cùng(?:\s+với)?\s", text.text[mine.end : following.start].lower() + " "):
            return replace(run, mentions=run.mentions[:index], partners=run.mentions[index:])
    return run


def _works_with(folded: str, at: int) -> bool:
    """Whether what begins at an offset goes on with the names of those with whom somebody works: "phối hợp với A, B"."""
    clause = folded[max(0, at - 240) : at]
    partners = [match.end() for match in COOPERATE.finditer(clause)][-1:]
    return any(not re.search(r"[.;]", clause[end:]) and not _VERB.search(clause, end) for end in partners)


def _commands(text: Passage, folded: str) -> bool:
    """Whether a text opens with a verb of command, also behind its topic ("Về tiến độ: đẩy nhanh …")."""
    headed = _HEADED.match(folded)
    if _GROUNDS.match(folded) and any(
        IMPERATIVE.match(folded, comma.end()) and not _CAME_OF_IT.match(folded, comma.end())
        for comma in _COMMA_OF_GROUNDS.finditer(folded, 0, _LONGEST_TOPIC)
    ):
        return True
    if _DUE_FIRST.match(folded, headed.end() if headed else 0):
        return True
    return text.confidence is not None and bool(_BARE_IMPERATIVE.match(bare_folded(folded)))


# "Trên cơ sở đề xuất của các bộ, tổng hợp, trình …": on what grounds comes first
_GROUNDS = re.compile(r"(?:trên cơ sở|căn cứ(?!\s*,)|sau khi)\s")
# "Sau khi sắp xếp, giảm 12 đơn vị", "…, đánh giá, các đơn vị đã xây dựng": what came of it
_CAME_OF_IT = re.compile(r"tổ chức bộ máy(?!\w)|(?:giảm|tăng)\s+(?:được\s+)?\d|[^.;]*\sđã\s")
_COMMA_OF_GROUNDS = re.compile(r",\s+")
_GRANTED = re.compile(
    r"\s+(?:tổng\s+(?:số\s+)?|khoảng\s+|thêm\s+)?\d[\d.,]*\s+(?:(?:nghìn|triệu|tỷ)\s|đồng|biên chế|chỉ tiêu)"
)


# How an item begins that explains or only names a topic.
_NO_WORK = re.compile(
    r"(?:về|đối với|trong|với|do|vì|nếu|khi|theo|các|những|một số|nguyên tắc|mục đích|mục tiêu|yêu cầu|phạm vi|đối tượng|thời (?:gian|hạn)|địa điểm"
    r"|kinh phí|thành phần|công tác|tình hình|tiêu chí|điều kiện|hồ sơ|trình tự|nơi|số|tỷ lệ|nguồn|nội dung|hình thức|khó khăn|tồn tại|hạn chế|kết quả"
    r"|nguyên nhân|đây|việc|phương án|giải pháp|trách nhiệm|quyền hạn|quyền|nghĩa vụ|nhóm|là|có|chưa|đã|đang|được|hiện|như|ghi chú|lưu ý|sản phẩm|cơ quan|đơn vị)(?!\w)"
)


# "thực hiện" says of no time that it is now
_PERFORM = re.compile(r"(?:thực|phát|thể) hiện")


def _is_listed_work(block: Block, text: Passage, folded: str, outline: Outline) -> bool:
    """Whether an item of a list of tasks is one whatever its first verb ("Lắp wifi tại 13 nhà văn hóa thôn."): most
    beside it open with a verb of command."""
    ended = text.text.rstrip()[-1:] in ".;"
    opening = _PERFORM.sub("", folded[:80].split(" (", maxsplit=1)[0])
    told = _REPORTED.search(opening) or _STATES.match(folded) or _NO_WORK.match(folded)
    if block.kind is not BlockKind.ITEM or not ended or not text.text[:1].isupper() or told:
        return False
    if _BRACKETED_ACTORS.search(folded) and find(text.text):
        return True
    siblings = [other for other in outline.blocks if other.parent == block.parent and other.kind is BlockKind.ITEM]
    ordered = sum(_orders_work(other.body) for other in siblings if other is not block)
    return 2 * ordered >= len(siblings) - 1 if len(siblings) > 1 else False


def _orders_work(text: Passage) -> bool:
    """Whether an item opens with a verb of command or with who is to act."""
    return _commands(text, fold(text.text)) or any(start == 0 for start, _ in find(text.text)[:1])


def _is_head(block: Block, outline: Outline) -> bool:
    """A line over others that is a name, no sentence."""
    text = block.body.text.rstrip(" :)")
    return (
        bool(block.label or block.bold)
        and 0 < len(text) < 250
        and text[-1:].isalnum()
        and bool(outline.children(block))
    )


def _first_verb(text: Passage, folded: str, start: int, end: int) -> re.Match[str] | None:
    """The first verb in printed small letters: "Ban Chỉ đạo" is a name; nor does a name end in "và"."""
    verbs = (v for v in _VERB.finditer(folded, start, end) if text.text[v.start() + 1].islower())
    return next((v for v in verbs if not folded.endswith(" và", start, v.start())), None)


# "vốn đã được giao tại Nghị quyết số …", "nhiệm vụ Thủ tướng Chính phủ giao theo Quyết định số …"; who gave it, or that it
# was given before, is said: "(các) nhiệm vụ được giao tại Nghị định số …" are anybody's duties
_GIVEN_IN = re.compile(
    r"(?<!\w)(?:(?:(?<!các nhiệm vụ )đã\s+(?:được\s+)?(?:[^\W\d_]+\s+){0,5}?"
    r"|(?:chính phủ|thủ tướng|quốc hội|bộ chính trị|ban bí thư|(?:ủy ban nhân dân|ubnd)\s+[^\W\d_]+(?:\s+[^\W\d_]+){0,3}?)\s+(?:đã\s+)?)"
    r"giao(?:\s+(?!thông|dịch|lưu|bộ|sở)[^\W\d_]+){0,6}?\s+(?:tại|theo)\s+|(?<!nhiệm vụ )(?<!việc )được\s+giao\s+tại\s+|(?:(?<=[,;]\s)|(?<=\())giao\s+tại\s+)"
    r"(?=(?:các\s+)?(?:điểm|khoản|mục|nghị|quyết|chỉ|thông|công|kế|văn|kết|chương))"
)
_LONGEST_PLACE = 40
_LONGEST_JOINT = 8  # " và số "
# "… theo Kế hoạch số 36/KH-UBND": the plan lays the work down; a decision may
# as well approve or regulate what the work is about
_NOT_BY_THE_PLAN = """
    kèm, quy định, mẫu, quy trình, trình tự, thủ tục, mức, đơn giá, chuẩn, tiêu chí, biểu, hướng dẫn, căn cứ, thành lập,
    phê duyệt, công nhận, công bố, bổ nhiệm, ban hành, sáp nhập, sắp xếp, thu hồi, hợp nhất, thay thế
"""
_LAID_DOWN_IN = re.compile(
    r"theo(?<!\wtheo)"
    + "".join(rf"(?<!{before.strip()} theo)" for before in _NOT_BY_THE_PLAN.split(","))
    + r"\s+(?:yêu cầu\s+(?:tại|của)\s+|chỉ đạo\s+(?:của\s+[^,.;]{3,60}?\s+)?tại\s+)?(?:(?:các\s+)?nhiệm vụ\s+(?:đã\s+)?(?:được\s+)?giao\s+tại\s+)?"
    r"(?=(?:nghị quyết|kế hoạch|thông báo|thông báo kết luận|kết luận|chương trình|chỉ thị|công điện)\s+số\s+\d{1,5}(?!\d|\s?/\s?(?:19|20)\d\d/))"
)


def inline_assigned(text: Passage, setting: Setting) -> tuple[Mention, ...]:
    """The documents in which the text says that its task was assigned."""
    folded = fold(text.text)
    given = _GIVEN_IN.search(folded) or _LAID_DOWN_IN.search(folded)
    if given is None:
        return ()
    found: list[Mention] = []
    end = given.end()
    for reference in find_references(text, setting.issued_on):
        if reference.start < given.end() or reference.start > end + (0 if found else _LONGEST_PLACE) + _LONGEST_JOINT:
            continue
        found.append(reference)
        end = reference.end
    return tuple(found)


def _stands_alone(text: str, comma: int) -> bool:
    """Whether the name behind a comma is no part of a list of names."""
    before = find(text[:comma])
    return not before or before[-1][1] < comma


def _with_apposition(text: Passage, folded: str, run: Actors) -> Actors:
    """The actors with the name of who holds the office, or the part of the agency in brackets, behind them."""
    behind = _PART_NAMED.match(folded, run.end)
    named = None if behind else _OWN_NAME.match(text.text, run.end)
    if named and _HOLDER.search(folded, run.start, run.end) and (people := persons(named.group())):
        return replace(run, end=named.end(), people=people)
    said = _IS_WHAT.match(folded, run.end)
    verb = _first_verb(text, folded, said.end(), said.end() + 80) if said else None
    if (
        said
        and verb
        and not re.search(r"[.;:,]|\s(?:về|xin|kiến nghị|đề xuất)\s", folded[said.end() : verb.start()] + " ")
    ):
        return replace(
            run, end=verb.start()
        )  # "Văn phòng Trung ương Đảng - Cơ quan thường trực Ban Chỉ đạo khẩn trương …"
    return replace(run, end=behind.end()) if behind else run


_IS_WHAT = re.compile(r"\s*[-–]\s*(?:cơ quan|đơn vị) (?:thường trực|chủ trì|đầu mối)(?!\w)")


_TITLE_AND_NAME = re.compile(rf"(?i:{TITLES})\s+{PERSON}(?:\s+(?:và|,)\s+(?i:{TITLES})\s+{PERSON})?")


def _names_office_holder(text: Passage, folded: str) -> bool:
    """Whether a text opens with who holds an office, told to act: "Thứ trưởng Lê Văn An chủ trì …"."""
    verb = _first_verb(text, folded, 0, 100) if _HOLDER.match(folded) else None
    named = verb and _TITLE_AND_NAME.fullmatch(text.text, 0, verb.start())
    return bool(named and not _TOLD_OF_HOLDER.match(folded, verb.start() + 1 if verb else 0))


# what somebody did or said, at a meeting mostly
_SPOKE = r"(?:đánh giá cao|ghi nhận|biểu dương|nhấn mạnh|phát biểu|báo cáo kết quả)"
_TOLD_OF = re.compile(rf"[^.;:,]{{0,60}}?\s{_SPOKE}(?!\w)")
_TOLD_OF_HOLDER = re.compile(
    rf"(?:{_SPOKE}|kết luận|chủ trì\s+(?:cuộc họp|buổi|phiên|hội nghị|lễ)|tham dự|dự\s|ký\s|ban hành)"
)


# "Văn phòng Sở là đầu mối …"
_SAYS_WHAT_IT_IS = re.compile(
    r"\s+(?:là|cần|phải|sẽ|có|đầu mối|làm đầu mối|trực tiếp)\s*$|\s+(?:căn cứ|trên cơ sở|theo (?:chức năng|nhiệm vụ|thẩm quyền))\s.*$",
    re.DOTALL,
)


def _provisional(passage: Passage, setting: Setting) -> tuple[Mention, ...]:
    """A name without any word that marks an agency ("Viễn thông An Giang"), taken as printed."""
    agency = resolve(passage.quote, setting.issued_on, setting.issuer)
    return (
        (Mention(MentionKind.AGENCY, "prose_lead", passage, 0, len(passage), agency),)
        if passage.text[:1].isupper() or passage.text[:4] == "các " or OFFICE_NOUN.match(fold(passage.text))
        else ()
    )


_EACH = re.compile(r"(?:,|\s+và)\s+(?=các\s)")


def _each_provisional(passage: Passage, setting: Setting) -> tuple[Mention, ...]:
    """Several such names, each with its "các": "các hiệp hội ô tô, các hiệp hội ngành hàng"."""
    ends = [*(stop.span() for stop in _EACH.finditer(passage.text)), (len(passage), len(passage))]
    begins = [0, *(end for _, end in ends)]
    parts = [(begin, passage[begin:stop]) for begin, (stop, _) in zip(begins, ends, strict=False)]
    return tuple(m for begin, part in parts for m in _moved(_provisional(part, setting), passage, begin))


def _after_head(text: Passage, run: Actors) -> Passage:
    """ "Bộ Tài chính: Xây dựng …": the task is what stands after the colon."""
    if text.text[run.end : run.end + 1] == ":" and not DIRECTIVE.match(fold(text.text)):
        return text[run.end + 1 :].strip()
    return text


_LONGEST_NAME = 80


def _named_in_clause(passage: Passage, setting: Setting) -> tuple[Mention, ...]:
    """What stands in a clause of actors is one, though nothing in it looks like an agency's name."""
    name = passage.strip(" .;,")
    return _provisional(name, setting) if len(name) <= _LONGEST_NAME else ()


def _moved(mentions: Iterable[Mention], within: Passage, by: int) -> tuple[Mention, ...]:
    """Mentions of a part of a passage, told of the whole: the part begins at the offset `by`."""
    return tuple(replace(m, within=within, start=m.start + by, end=m.end + by) for m in mentions)


def _distinct(mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    return tuple({mention.value.agency_id: mention for mention in reversed(mentions)}.values())[::-1]


def _without(mentions: tuple[Mention, ...], others: tuple[Mention, ...]) -> tuple[Mention, ...]:
    ids = {mention.value.agency_id for mention in others}
    return tuple(mention for mention in mentions if mention.value.agency_id not in ids)


def _descendants(outline: Outline, block: Block) -> Iterator[Block]:
    for child in outline.children(block):
        yield child
        yield from _descendants(outline, child)


# "Bộ X chủ trì; các bộ Y, Z phối hợp."
_LEADS_OTHERS = re.compile(
    r"\s+(?:\(chủ trì\)\s*[,;.]?|chủ trì\s*[,;.])\s*(?:và\s+)?(?P<coop>(?!phối hợp).+?)\s+\(?(?:tham gia,?\s+)?phối hợp(?:\s+thực hiện)?\)?\s*\.?$"
)


_BESIDE = re.compile(r"\(\s*(?P<coop>[^()]+?)\s+(?:cùng\s+)?phối\s+hợp(?:\s+thực\s+hiện)?\s*\)")


def lead_and_coop(
    passage: Passage, setting: Setting, rule: str = "clause"
) -> tuple[tuple[Mention, ...], tuple[Mention, ...]]:
    """The actors of a lead clause; those after "phối hợp" cooperate."""
    folded = fold(passage.text)
    behind = _LEADS_OTHERS.search(folded)
    if behind:
        return actors(passage[: behind.start()], f"{rule}_lead", setting), actors(
            passage[behind.start("coop") : behind.end("coop")], f"{rule}_coop", setting
        )
    beside = _BESIDE.search(folded)
    if beside:  # "Bộ X (Bộ Y phối hợp)"
        return actors(passage[: beside.start()], f"{rule}_lead", setting), actors(
            passage[beside.start("coop") : beside.end("coop")], f"{rule}_coop", setting
        )
    split = re.search(r"[\s,;]*(?:chủ trì[\s,;]*)?phối\s+hợp(?:\s+(?:với|cùng))?\s*:?|[\s,;]*(?<!\w)ph\s*:", folded)
    if not split:
        return actors(passage, f"{rule}_lead", setting), ()
    return actors(passage[: split.start()], f"{rule}_lead", setting), actors(
        passage[split.end() :], f"{rule}_coop", setting
    )


_CLOSING_ACTORS = re.compile(
    r"(?<=[.;])\s+(?P<actors>[^.;:]{4,150}?\s+chủ trì(?:,\s*[^.;:]{4,150}?\s+phối hợp)?)\s*\.?\s*$"
)


def _closing_actors(text: Passage) -> tuple[Passage, Passage | None]:
    """A last sentence that only names who leads ("Bộ X chủ trì, các bộ phối hợp."), cut off the task."""
    match = _CLOSING_ACTORS.search(fold(text.text))
    if not match or not find(text.text[match.start("actors") :]):
        return text, None
    return text[: match.start()], text[match.start("actors") : match.end("actors")]


_BRACKETED_ACTORS = re.compile(
    r"\((?:giao\s+)?(?P<actors>[^();]{4,150}?\s+(?:chủ trì|tham mưu|phụ trách|thực hiện)(?:[,;]\s*[^()]{4,150}?\s+phối hợp|[,;]?\s*phối hợp[^()]{4,150})?)(?:[;,]\s[^()]*)?\)\s*[.;]?\s*$"
)


def _bracketed_actors(text: Passage, setting: Setting) -> Passage | None:
    """Who leads a task that says so in brackets at its end: "Hoàn thành … trước 31/12/2025 (Sở Nội vụ chủ trì).",
    "Quyết toán chi quý II (Phòng Kế hoạch; trước ngày 25/7)."."""
    folded = fold(text.text)
    match = _BRACKETED_ACTORS.search(folded)
    if match:
        return text[match.start("actors") : match.end("actors")]
    match = _BRACKETED_NAMES.search(folded)
    named = text[match.start("actors") : match.end("actors")] if match else text[:0]
    beside = match and not match["due"] and any(end >= match.start() for _, end in find(text.text[: match.start()]))
    if match is None or beside or not named.text[:1].isupper() or not _only_names(named.text):
        return None
    if _ILLUSTRATED.search(folded[: match.start("actors")]) or _NO_NAME.search(fold(named.text)):
        return None
    return named if actors(named, "clause_lead", setting) or match["due"] else None


# "(Văn phòng Sở)" may as well say which office is meant that was named before: "gửi về cơ quan thường trực (Sở Y tế)"
_BRACKETED_NAMES = re.compile(
    r"(?<!cơ quan)(?<!đơn vị)(?<!đầu mối)(?<!thường trực)(?<!qua)(?<!về)\s\((?P<actors>[^();:\d]{5,100}?)"
    r"(?P<due>\s*[;,]\s*(?:(?:hoàn thành|xong)\s+)?(?:trước|trong|chậm nhất|quý|tháng|ngày|định kỳ|hằng|hàng|thường xuyên|năm|đến|cuối|hạn)\s[^()]{2,60})?\)\s*[.;]?\s*$"
)


_ILLUSTRABLE = (
    r"(?:đơn vị|doanh nghiệp|công ty|nhà máy|trung tâm|công trình|dự án|tổ chức|trường|cơ quan|địa phương|bệnh viện|cơ sở|báo|ngân hàng|xã|phường|chủ đầu tư"
    r"|lực lượng|cấp|cử tri|tuyến|đối tác|nhà thầu|sở|bộ|ngành|hội|đoàn)"
)
# what the brackets only give examples of, or the name of: "các đơn vị chưa nộp (Sở Y tế, Sở Xây dựng)", "gửi cấp trên (Bộ Nội vụ)"
_ILLUSTRATED = re.compile(
    rf"(?<!\w)(?:(?:các|những|một số|\d+|tại|cho|của|với|gửi|lên|trên)\s+{_ILLUSTRABLE}(?!\w)|trường học(?!\w))[^.;,()]{{0,60}}\s?\($"
)
_NO_NAME = re.compile(
    r"(?<!\w)(?:bộ (?:tiêu chí|chỉ số|luật|quy tắc)|hội trường|hội nghị|trụ sở)(?!\w)|\s(?:chuyển|gửi|quyết định|làm|ban hành|phê duyệt|yêu cầu|cấp)\s?"
    r"(?:đến|lấy|trưởng|$)"
)
_ORDERS_BEFORE_COLON = re.compile(rf"(?:{_ORDER}|chỉ\s+thị|kết\s+luận|quyết\s+nghị)(?:\s+như\s+sau)?\s*:\s*$")


def _introduces_list(block: Block, folded: str, outline: Outline) -> bool:
    """A line that only leads to the items below it, or to the headings that follow."""
    if not folded.rstrip().endswith(":"):
        return False
    if _ORDERS_BEFORE_COLON.search(folded):
        return True  # "Để …, Thủ tướng Chính phủ yêu cầu:" over items that stand beside it
    following = outline.blocks[block.index + 1 : block.index + 2]
    if block.kind is BlockKind.PARAGRAPH and not block.label and any(other.label for other in following):
        return True
    return bool(outline.children(block)) or bool(re.search(r"(?:sau(?: đây)?|cụ thể|dưới đây)\s*:\s*$", folded))


_SENTENCE = re.compile(
    r"\.(?:(?<=[^\W\d_]\.)|(?<=[)\]”\"%]\.)|(?<=\d{4}\.)|(?<=/\d{2}\.))"
    rf"(?<!TP\.)(?<!Tp\.)(?<!TS\.)(?<!ThS\.)(?<!KT\.)(?<!TM\.)\s+(?=[{UPPER}])"
)


def _sentence_spans(text: str) -> list[tuple[int, int]]:
    ends = [match.end() for match in _SENTENCE.finditer(text)]
    return list(zip([0, *ends], [*ends, len(text)], strict=True))


_IN_LINE = tuple(
    re.compile(rf"(?:(?<=:)|(?<=[;.,]))\s*(?P<label>{label})\s+(?=[^\W\d_])")
    for label in (r"\(\d{1,2}\)", r"\([ivx]{1,4}\)", r"\(?[a-zđ]\)", r"\d{1,2}[.)]")
)


def _listed_in_line(text: Passage) -> tuple[Passage, list[tuple[str, Passage]]]:
    """What leads to a list in running text, and its items with their labels; no items where there is no list."""
    colon = text.text.find(":")
    for pattern in _IN_LINE if colon >= 0 else ():
        labels = list(pattern.finditer(text.text, colon))
        if (
            len(labels) > 1
            and not text.text[colon + 1 : labels[0].start()].strip()
            and _FIRST.match(labels[0]["label"])
        ):
            ends = [*(label.start() for label in labels[1:]), len(text)]
            parts = zip(labels, ends, strict=True)
            return text[: colon + 1], [(label["label"], _trim(text[label.end() : end])) for label, end in parts]
    return text, []


_FIRST = re.compile(r"\(?[1ia][.)]")
# what leads to a list of what one task holds, or that only reports: "… báo cáo theo các nội dung:", "… đã giao Bộ Y tế:"
_TELLS_CONTENT = re.compile(
    r"(?<!\w)(?:báo cáo|thảo luận|bổ sung|giải trình|làm rõ|ý kiến|trao đổi|góp ý|rà soát|nêu|tham luận)(?:\s+[^\W\d_]+){0,5}?"
    r"(?:\s+(?:\d+\s+)?(?:nội dung|vấn đề|câu hỏi|thông tin|nhóm\s+(?:việc|nội dung|vấn đề)))(?:\s+sau)?\s*:$"
    r"|(?<!\w)(?:thảo luận|trao đổi|cho ý kiến|làm rõ)\s*:$|\s(?:đã|đang)\s+(?:giao|yêu cầu|chỉ đạo|đề nghị)\s"
)


def _trim(passage: Passage) -> Passage:
    return _trim_colon(passage.strip(" -–;,"))


def _trim_colon(passage: Passage) -> Passage:
    return passage.strip().strip(":").strip()
