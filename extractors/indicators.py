"""What a figure in running text measures, and for whom: the words around the value.

In order: the label before a colon ("Tổng dung lượng: 52 Tbps"); what the figure
before it measures, where this one only continues it ("… là 27,7% (tháng 4 là
26,08%)"); the subject of a linking verb ("Sản lượng tiêu thụ đạt …"); the verb and
the things counted ("kích hoạt … tài khoản định danh").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from normalizers.agencies import find
from normalizers.places import read_place
from normalizers.quantities import FoundQuantity, is_measure, is_noun
from normalizers.text import UPPER, fold
from schemas.values import Comparator


@dataclass(frozen=True, slots=True)
class Figure:
    """A value in its passage: printed and folded text, the quantity, the clause around it, the end of the figure before."""

    text: str
    folded: str
    quantity: FoundQuantity
    left: int
    right: int
    after: int
    in_brackets: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """What is measured and, if narrower than the document, for whom."""

    indicator: str
    scope: str | None = None


TIME = (
    r"(?:(?:tính\s+|ước\s+)?(?:đến|từ|trong|vào|riêng|lũy kế|kể từ|sau|của)\s+)*(?:ước\s+)?(?:đầu\s+|cuối\s+|hết\s+|cả\s+)?"
    r"(?:(?:ngày|tháng|quý|năm|tuần)\s+[\divx]+(?:[/.-]\d+)*(?:\s+năm\s+\d{4})?|\d{1,2}\s+tháng(?=\s*(?:,|ước|đạt|là|tăng|giảm|thực|$|\d))|(?:hết|cuối|cả|giữa|đầu)\s+(?:năm|quý|tháng)(?!\s*[\divx])|nay|hiện nay|hiện tại|(?<!thực )(?<!phát )(?<!thể )(?<!xuất )hiện|\w+\s+tháng(?:\s+(?:đầu|cuối)\s+năm)?\s+năm\s+\d{4}|\w+\s+tháng\s+(?:đầu|cuối)\s+năm(?:\s+\d{4})?|theo\s+giá\s+(?:so sánh|hiện hành)(?:\s+(?:năm\s+)?\d{4})?|\d{1,2}/\d{1,2}/\d{4}|cùng kỳ\s+\d{4}|thời điểm này|\d{1,2}\s+(?:năm|tháng|tuần|ngày)\s+(?:qua|gần đây|trở lại đây)|(?:năm|quý|tháng|tuần|kỳ|vụ) (?:nay|này|trước|ngoái|liền kề))"
)
_OPENING = re.compile(
    rf"^(?:\s*(?:{TIME}|giai đoạn\s+\d{{4}}\s*[-–]\s*\d{{4}}(?=:)|trong đó|cụ thể|theo đó|bên cạnh đó|đồng thời|ngoài ra|ước tính|dự kiến|kết quả đến nay|kết quả|lũy kế đến nay|tính đến nay|đến nay|hiện nay|tổng cộng|theo báo cáo[^,:]*|tính chung|phấn đấu|sau\s[^,:;.()\d]{{3,60}}(?=,)|so với[^,:;.()]{{3,40}}(?=,)"
    r"|trong khi|nhìn chung|tuy nhiên|tuy vậy|như|và|để|nhằm|với|mà|còn|nhưng|từ đó|đặc biệt|bao gồm|gồm|thì|vẫn còn|hiện)\s*[,:]?(?:\s+|$))+"
)
_LINK_WORDS = (
    r"là|đạt|được|đạt được|ước|chiếm|khoảng|hơn|trên|dưới|gần|(?<!gia )(?<!tốc độ )tăng|(?<!cắt )(?<!suy )(?<!tinh )(?<!tốc độ )giảm|gấp|(?<!tốc độ )tăng trưởng|nhích|rút|kéo|nhỉnh hơn|hụt|sụt|tụt|thăng|kém|lên|xuống|tới|đến|mức|ở mức|với|(?<!mặt )bằng|còn|(?<!đình )(?<!chứng )(?<!tín )(?<!địa )chỉ|(?<!thôn )(?<!lập )(?<!ký )(?<!cấp )(?<!xây )(?<!trồng )(?<!ban hành )mới|trung bình|bình quân|vào|(?<!trực )thuộc|tối thiểu|ít nhất"
    r"|tối đa|thêm|lần lượt|tương đương|tương ứng|chừng|không quá|không dưới|xấp xỉ|nhẹ|mạnh|vượt|từ|cao hơn|thấp hơn|tất cả|cả|lại|ghi nhận|về|có|đã|đang|sẽ|cũng|đạt trung bình|ít|quá|không|đứng|thứ|so|(?<!sắp )xếp|hạng|top|chậm|chưa"
)
_CLOSING = re.compile(rf"(?:[\s,:\"]+|(?<!\w)(?:{_LINK_WORDS}|{TIME})(?!\w))+$")
_LINKED = re.compile(
    r"(?:là|đạt|chiếm|còn|bằng|mức|tăng|giảm|tăng trưởng|lên|xuống|cao hơn|thấp hơn|vượt|đứng|xếp|ước|bình quân|trung bình|không quá|không dưới|trên|dưới)(?:\s+(?:được|đạt|là|thêm|khoảng|hơn|trên|gần|dưới|tới|đến|trung bình|bình quân|mức|ước|nhẹ|thứ|hạng|tối thiểu|ít nhất|từ))*\s*$"
)
_GENERIC = re.compile(
    r"(?:(?:bảo đảm|đảm bảo|mục tiêu|chỉ tiêu|phấn đấu|bố trí|đạt|yêu cầu|mức|tỷ lệ này|con số này|số này|cụ thể|kết quả|trong đó|của|cho|tổng|tổng số|số liệu|kế hoạch|thực hiện|giảm|tăng|trong|trên|có|hoàn thành|là|tại|đến hết|được|các|tích hợp|tiếp nhận|cấp)(?:\s+|,\s*|$))+$"
)
_LABEL_STOP = re.compile(r"(?<!(?<!\w)tp)[;.(](?=\s|$|[^\d])|\)\s")
_LIST_MARK = re.compile(r"^\s*(?:[-+*•]|\(?[ivx\d]{1,4}\)|[a-zđ]\))\s*")
_CLAUSE_OPENS = re.compile(
    r"\s*(?:để|nhằm|trong đó|với|đồng thời|từ đó|đặc biệt|phấn đấu|bảo đảm|đảm bảo|gồm|bao gồm|riêng)(?!\w)"
)
_MEASURE_NOUN = re.compile(
    r"(?:^|\s)(?:tỷ lệ|tỷ trọng|tổng|số lượng|số|doanh thu|doanh số|giá trị|sản lượng|diện tích|kinh phí|vốn|tốc độ|mức độ|chỉ số|kim ngạch|thu nhập|công suất|thị phần|năng suất|chi phí|thời gian)\s(?!\d)"
)
_NP_END = re.compile(
    r"[;:()]|[,.](?!\d)|\s(?:với|trên)\s+(?=\d)|\svà\s+(?=(?:[^\W\d_]+\s){0,5}\d)|\svới\s+(?=(?:tổng|số|kinh phí|giá trị|diện tích|khối lượng)\s)|\s(?:đã|đang|được|là|đạt|chiếm|(?<!mặt )bằng|tăng(?!\s+thu(?!\s+nhập))|giảm|so với|trong đó|nhằm|gồm|bao gồm|có(?!\s+(?:nhiệm vụ|phát sinh|kết nối|khả năng|chữ ký|nguy cơ|thẩm quyền|mã|nhu cầu))|sẽ|chưa|để|như|tương đương|hoặc|thì|chậm nhất|trước ngày|trong (?:năm|tháng|quý)|hoàn thành)(?!\w)"
)
# Those who act: what they did belongs to what is measured ("12 tỉnh đã lập quy hoạch").
_AGENT = re.compile(
    r"(?:bộ|cơ quan|đơn vị|địa phương|tỉnh|thành phố|doanh nghiệp|xã|phường|huyện|ngành|sở|hộ|người|tổ chức|công ty|trường|bệnh viện|tập đoàn|hợp tác xã|lượt người|trạm|nước|hồ|học sinh|đại biểu|trẻ|cán bộ|công chức)(?!\w)"
)
_BARE_PREDICATE = re.compile(
    r"(?:báo cáo\s+)?(?:đã\s+)?(?:ban hành|hoàn thành|thực hiện|triển khai|báo cáo)\s*[.,;]?\s*"
)
_CONTINUES = re.compile(
    r"(?:[\s,():/]|và|hoặc|so với|so|với|tương đương|hay|trong khi|tức|cùng kỳ|kế hoạch|mục tiêu|yêu cầu|cuối|đầu|năm|\d{4}"
    r"|dự toán|chỉ tiêu|nghị quyết|(?:được\s+)?giao|hđnd|ubnd|hội đồng nhân dân|trung ương|thủ tướng(?:\s+chính phủ)?|tỉnh|huyện|gấp"
    r"|(?:thấp|cao|kém)(?:\s+xa)?|tiếp tục|duy trì|nằm|nhóm|dẫn đầu|trong|cả nước)*"
)
_ANAPHOR = re.compile(
    r"(?:tỷ lệ|con số|chỉ số|số|mức)\s+(?:này|đó|trên)(?:\s+(?:tại|của|ở))?\s*|(?:(?:cá biệt|cục bộ)\s+)?có nơi\s*"
)
_PART = re.compile(r"(?:trong đó|riêng|khu vực|nhóm|vùng|tại|ở|còn)(?:\s*[,:]\s*|\s+)")
# "…, trong đó cấp tỉnh 99%, cấp xã 97%": of whom
_LEVEL = re.compile(r"(?:(?:của|ở|tại)\s+)?(?:cấp|khối|tuyến)\s+[^\W\d_]+(?:\s+[^\W\d_]+){0,2}")
# "Quy mô dân số", "Chỉ số": no number of things
_COUNTING = re.compile(
    r"(?:^|\s)(?:tổng số|số lượng|(?<!dân )(?<!chỉ )(?<!hệ )(?<!doanh )(?<!điểm )(?<!đa )(?<!tham )(?<!đổi )(?<!tế )(?<!phủ )(?<!quyền )số)$"
)
_SECTOR = re.compile(r"(?<!\w)(?:khu vực|ngành|lĩnh vực)\s+(?!(?:[ivx]+|\d)\b)")
_OF_SECTOR = re.compile(r"(?<=của )(?:khu vực|ngành|lĩnh vực)\s[^;,.]+$")
_GROUP = re.compile(r"(?:khu vực|nhóm|vùng|các|khối|cấp|tỉnh|huyện|xã)\s")
_IN_TURN = re.compile(r"\s+lần lượt(?:\s+(?:là|đạt|chiếm|có|ở mức|bằng|xếp hạng|xếp))*\s*$")
# Ranks and spans of time are no units of measure, but nothing is counted with them either.
_NO_THINGS = frozenset(["hạng", "giờ", "phút", "giây", "ngày", "tháng"])


# what a value is held against measures the same: "thấp hơn so với chỉ tiêu 60%", "so với con số 29,8% của quý II"
_MEASURED_AGAINST = re.compile(
    r"so với\s+(?:các\s+)?(?:mục tiêu|chỉ tiêu|yêu cầu|kế hoạch|dự toán|mức|con số)(?:\s+(?:là|đề ra|đặt ra|được giao|giao|năm|cả năm|\d{4}))*\s*$"
)
# "Hà Nội (94%), Huế (91%), Đà Nẵng (89%)": the same of another
_NEXT_IN_BRACKETS = re.compile(rf"^\s*%?\)\s*(?:,|;|và)\s*(?:và\s+)?(?P<name>[{UPPER}][^\d(),;.:]{{1,50}})\($")
# "40 hồ chứa xuống cấp (Nghệ An 12 hồ, Thanh Hóa 8 hồ)": how many of them are whose
_ONE_OF_THEM = re.compile(rf"[(,;]\s*(?:và\s+)?(?P<name>[{UPPER}][^\d(),;.:]{{1,40}}?)\s*(?:có|còn|:)?\s*$")
# "Các đơn vị có tỷ lệ hoàn thành cao: Vụ Pháp chế (96,0%), …": of whom, under what they have in common
_LISTED_BY_NAME = re.compile(
    rf"(?:^|[;.]\s)\s*(?P<head>[^.;:()]{{8,120}}):\s*(?P<name>(?:TP\. )?[{UPPER}][^\d(),;.:]{{1,50}}?)\s*\(\s*$"
)
# "Về người: 4 người chết", "Theo đơn vị: 09 chủ đầu tư": under what head something is counted
_TOPIC_ONLY = re.compile(r"(?:về(?! đích)|theo(?! dõi))(?!\w)")
_GOES_ON_SAYING = re.compile(r"\s+(?!(?:và|so|trong|tại|ở|với|cùng|hoặc)(?!\w))[^\W\d_]")
# "Giai đoạn 2028 - 2030: 43.000 hộ", "Định hướng đến năm 2045: 100% dân cư …": when, not what
_TIME_ONLY = re.compile(rf"(?:định hướng|tầm nhìn)\s+{TIME}|(?:giai đoạn|thời kỳ)\s+\d{{4}}(?:\s*[-–]\s*\d{{4}})?")
# "Hạ tầng chưa đồng bộ: 4.218 thôn …": a finding, no name of a measure
_TOLD_OF_THEM = re.compile(r"\s+(?:vẫn|còn|đang|chưa|đã|chỉ|không|bị|mới)\s")
_SAYS_HOW = re.compile(r"\s(?:chưa|không|còn|bị|chậm|thiếu|yếu|vẫn|hạn chế)(?:\s|$)")


def measured(figure: Figure, before: list[Measured], lead_in: str) -> Measured:
    """What a figure measures; `before` are those of the passage so far, `lead_in` the line that leads to the passage."""
    last = before[-1] if before else None
    if figure.in_brackets and (listed := _listed_by_name(figure)):
        return listed
    if last and (same := _same_as(last, figure)):
        return same
    label = _label(figure)
    if label and not _is_time(label) and not _GENERIC.match(label.lower()):
        return _labelled(label, last, figure)
    if label and last is None and not _is_time(label):
        return Measured(lead_in.rstrip(" :"))
    respect = _IN_RESPECT.match(figure.text, figure.quantity.end)
    if respect and _CHANGED.search(figure.folded, figure.left, figure.quantity.start):
        return Measured(respect["what"].strip())
    ranked = figure.quantity.value.unit == "hạng" and _RANKED_IN.match(figure.text, figure.quantity.end)
    if ranked:
        return Measured(_CLOSING.sub("", ranked["what"]))
    again = _told_before(figure, before)
    if last and not again and (_continues(figure, bool(label)) or _is_what_was_meant(figure)):
        return Measured(last.indicator, _named_scope(figure))
    return again or _of_clause(figure, last, lead_in)


def _listed_by_name(figure: Figure) -> Measured | None:
    """What the names before a colon's list have in common, of the one whose figure stands behind it in brackets."""
    listed = _LISTED_BY_NAME.search(figure.text[: figure.quantity.start])
    if listed is None or not (_is_whose(listed["name"]) or _OF_SEVERAL.search(listed["head"].lower())):
        return None
    head = _LIST_MARK.sub("", listed["head"])
    if _PART.match(f"{head.lower()} "):
        return None  # "Trong đó: …" says nothing of what is measured
    noun = _MEASURE_NOUN.search(f" {head.lower()}")
    return Measured(head[noun.start() :].strip() if noun else head.strip(), listed["name"])


def _same_as(last: Measured, figure: Figure) -> Measured | None:
    """What was measured last, where this figure is plainly another of it."""
    between = (figure.folded, figure.after, figure.quantity.start)
    if _more_of_last(figure):
        return last
    if figure.in_brackets and _AIM_OF_LAST.fullmatch(*between):
        return last
    each = _ONE_OF_THEM.search(figure.text[figure.after : figure.quantity.start]) if figure.in_brackets else None
    unit = figure.quantity.value.unit
    if (
        each
        and unit
        and re.search(rf"(?<!\w){re.escape(unit)}(?!\w)", last.indicator.lower())
        and _is_whose(each["name"])
    ):
        return Measured(last.indicator, each["name"])
    named = _NEXT_IN_BRACKETS.search(figure.text[figure.after : figure.quantity.start])
    if named:
        return Measured(last.indicator, named["name"].strip())
    rate = figure.quantity.value.unit == "%" and _BARE_RATE.search(figure.folded[: figure.quantity.start])
    return last if rate or _MEASURED_AGAINST.search(*between) else None


# "giảm 3,5% về số vụ và tăng 7,2% về số người": what changed stands behind the change
_IN_RESPECT = re.compile(
    r"\s*về\s+(?P<what>(?:số|lượng|giá trị|trị giá|vốn|kim ngạch|diện tích|sản lượng|doanh thu|khối lượng|quy mô)(?:\s+[^\d.,;()]+?)??)"
    r"(?=\s+(?:và|so với|nhưng|còn)\s|[.,;()]|$)"
)
_CHANGED = re.compile(
    r"(?:tăng|giảm|gấp)(?:\s+(?:khoảng|gần|hơn|trên|thêm|nhẹ|mạnh))*\s+$|gấp[^.;()]{1,15}\slần\s+về\s+[^.;()\d]{2,40}\svà\s+$"
)
# "xếp thứ 12/34 về Chỉ số …"
_RANKED_IN = re.compile(r"\s*(?:(?:cả nước|toàn quốc|tỉnh, thành phố)\s+)?(?:về|ở)\s+(?P<what>[^.,;()\d]{4,80}\w)")
# "đạt 101,2% kế hoạch (25.000 người)": in brackets alone, of how much that was a share
_MEANT = re.compile(r"(?:kế hoạch|dự toán|chỉ tiêu|mục tiêu)(?:\s+(?:năm|được giao|giao|đề ra|\d{4}))*\s*\(\s*$")


# what was aimed at stands in brackets: "đạt 91,8% (mục tiêu năm: ≥ 92%)", "tăng 9,12% (kịch bản đề ra 9,0%)"
_AIM_OF_LAST = re.compile(
    r"[^.;()\d]{0,40}\(\s*(?:theo\s+)?(?:kịch bản|kế hoạch|nghị quyết|nq|kh|mục tiêu|chỉ tiêu|dự toán|quy định|định mức|tiêu chuẩn)"
    r"(?:\s+(?:cả|năm|quý|tháng|đề|ra|được|giao|tỉnh|thành phố|trung ương|tăng|trưởng|đặt|là|đạt|của|\d{1,4}))*\s*:?\s*"
    r"(?:[≥≤<>=]|(?:tối thiểu|ít nhất|trên|từ)\s)*\s*"
)


def _more_of_last(figure: Figure) -> bool:
    """Whether a figure tells how many more or fewer of what was counted right before: "đạt 94% kế hoạch, tăng 307 người"."""
    unit = figure.quantity.value.unit
    between = figure.folded[figure.after : figure.quantity.start]
    if not unit or is_measure(unit) or not _MORE.search(between) or _STOP.search(between):
        return False
    return bool(re.search(rf"\d\s+{re.escape(unit)}(?!\w)(?=\s*[,(])", figure.folded[: figure.quantity.start]))


_MORE = re.compile(r"^[^\d;:]{0,60},\s*(?:tăng|giảm)(?:\s+(?:thêm|khoảng|gần|hơn|trên|nhẹ|được))*\s*$")


def _told_before(figure: Figure, before: list[Measured]) -> Measured | None:
    """What was counted before, of which so many more or fewer are told: "46 vụ cháy; so với cùng kỳ giảm 08 vụ"."""
    unit = figure.quantity.value.unit
    if _is_amount(figure) and unit != "%" and _LISTED_AGAIN.search(figure.folded[: figure.quantity.number]):
        return next((each for each in reversed(before) if _MEASURE_NOUN.search(f"{each.indicator.lower()} ")), None)
    if (
        not unit
        or _is_amount(figure)
        or not _COMPARED_AGAIN.search(figure.folded, figure.after, figure.quantity.number)
    ):
        return None
    things = _things(figure).lower() or unit
    counted = re.compile(rf"(?<!\w){re.escape(things)}(?!\w)")
    return next((each for each in reversed(before) if counted.search(each.indicator.lower())), None)


# the rate of what was counted: "giải quyết 987 vụ, việc, đạt tỷ lệ 95,6%"
_BARE_RATE = re.compile(r"[,;(]\s*(?:đạt|chiếm|với)\s+tỷ lệ(?:\s+(?:là|khoảng|trên|hơn|gần))*\s*$")
# in brackets, after what was counted: "(cùng kỳ năm 2024: 11 dự án, 268 triệu USD)"
_LISTED_AGAIN = re.compile(r"\(\s*cùng kỳ[^();:]{0,30}:[^();]*\d[^();]*,\s*$")
_COMPARED_AGAIN = re.compile(
    r"(?:so\s+với\s+|(?:nhiều|ít|cao|thấp)\s+hơn\s+)?cùng\s+kỳ(?:\s+năm\s+(?:\d{4}|trước|ngoái))?\s*[,:]?\s*(?:(?:tăng|giảm)(?:\s+(?:thêm|khoảng|gần|hơn))?\s*)?$"
)


def _is_what_was_meant(figure: Figure) -> bool:
    alone = figure.folded.startswith(")", figure.quantity.end)
    return alone and bool(_MEANT.search(figure.folded, figure.after, figure.quantity.start))


def _is_amount(figure: Figure) -> bool:
    unit = figure.quantity.value.unit
    return not unit or unit in _NO_THINGS or is_measure(unit)


# --- labels ---------------------------------------------------------------------------------------------------------


_COLON = re.compile(r":\s*(?:(?:khoảng|là|đạt|trên|hơn|gần|ước|ước đạt|tối thiểu|ít nhất)\s+)*$")


def _label(figure: Figure) -> str:
    """The words before a colon that stands right before the value, "" if none does."""
    colon = _COLON.search(figure.folded, 0, figure.quantity.start)
    if not colon:
        return ""
    start = max((m.end() for m in _LABEL_STOP.finditer(figure.folded, 0, colon.start())), default=0)
    start = max(start, figure.after if figure.after <= colon.start() else 0)
    stretch = figure.folded[start : colon.start()]
    mark = _LIST_MARK.match(stretch)
    comma = stretch.rfind(", ")
    begin = start + (mark.end() if mark else 0)
    if figure.after and comma >= 0:
        begin = max(begin, start + comma + 2)
    label = figure.text[begin : colon.start()].strip(" ,;:-+")
    says_more = _GOES_ON_SAYING.match(figure.folded, figure.quantity.end)  # else the topic is all that is said
    topic = says_more and _TOPIC_ONLY.match(label.lower()) and not _is_amount(figure)
    if topic or _TIME_ONLY.fullmatch(label.lower()):
        return ""
    finding = _TOLD_OF_THEM.match(figure.folded, figure.quantity.end) and _SAYS_HOW.search(label.lower())
    return "" if finding else label


def _is_time(label: str) -> bool:
    return bool(re.fullmatch(rf"\W*(?:{TIME}|cùng kỳ.*|so với.*)\W*", fold(label)))


def _labelled(label: str, last: Measured | None, figure: Figure) -> Measured:
    """A label names the measure; one that names only an agency or place narrows the measure before it."""
    spans = find(label)
    if last and spans and spans[0][0] <= 2 and spans[-1][1] >= len(label) - 2:
        return Measured(last.indicator, label)
    return Measured(label)


# --- continued figures ----------------------------------------------------------------------------------------------


_STOP = re.compile(r"[.;]\s")
_TIMES = re.compile(rf"(?<!\w){TIME}(?!\w)")
_LINKS = re.compile(rf"(?<!\w)(?:{_LINK_WORDS})(?!\w)")


def _continues(figure: Figure, labelled: bool) -> bool:
    """Whether nothing but time, comparison or "và" stands between this figure and the one before it."""
    gap = figure.folded[figure.after : figure.quantity.start]
    if _STOP.search(gap):
        return False
    if figure.in_brackets and labelled:
        return True
    stripped = _LINKS.sub(" ", _TIMES.sub(" ", gap))
    if figure.quantity.value.unit == "bậc":  # "xếp thứ 11/63 tỉnh, tăng 02 bậc"
        return len(gap) < _LONGEST_GAP and not any(map(str.isdigit, stripped))
    return (_is_amount(figure) or figure.quantity.value.unit == "lần") and bool(_CONTINUES.fullmatch(stripped))


_LONGEST_GAP = 60


def _named_scope(figure: Figure) -> str | None:
    gap = figure.text[figure.after : figure.quantity.start].strip(" ,;:()")
    spans = find(gap)
    return gap[spans[0][0] : spans[-1][1]] if spans else None


# --- clauses --------------------------------------------------------------------------------------------------------


def _of_clause(figure: Figure, last: Measured | None, lead_in: str) -> Measured:
    subject = _subject(figure)
    folded = subject.lower()
    anaphor = _ANAPHOR.match(folded)
    if last and anaphor:
        return Measured(last.indicator, _pure(subject[anaphor.end() :]) or None)
    things = _things(figure)
    if last and figure.quantity.value.unit == "%" and _OF_PLAN.match(things.lower()):
        return last  # "1.120 lao động, đạt 94,8% kế hoạch"
    if things.startswith(("từ ", "cho ")) and _MEASURE_NOUN.search(f" {folded} "):
        things = ""  # "bố trí vốn sự nghiệp 75 tỷ đồng từ ngân sách tỉnh"
    if last and _is_amount(figure) and not things and _LEVEL.fullmatch(folded):
        return Measured(last.indicator, subject)
    if last and _is_amount(figure) and not things and _narrows(subject):
        parted = ";" in figure.folded[figure.after : figure.quantity.start]
        return _part_of(last, subject, parted)
    if figure.quantity.form == "fraction" or _AGENT.match(figure.quantity.value.unit) or _share_of_agents(figure):
        acted = _acted(figure, lead_in)
        if acted:
            return Measured(acted)
    return _of_words(figure, subject, last, lead_in, things)


def _of_words(figure: Figure, subject: str, last: Measured | None, lead_in: str, things: str) -> Measured:
    """What the words before a figure and the things behind it name."""
    folded = subject.lower()
    if _COUNTING.search(folded) and figure.quantity.value.unit and not _is_amount(figure):
        return Measured(f"{subject} {things or figure.quantity.value.unit}")
    if not _is_amount(figure) and _IN_STATE.search(things):
        return Measured(things)
    if figure.quantity.value.unit == "%" and folded.startswith("tỷ lệ "):
        return Measured(subject)  # "tỷ lệ tham gia BHYT 94,6% dân số"
    linked = bool(_LINKED.search(figure.folded[figure.left : figure.quantity.number]))
    if (linked or _is_amount(figure)) and subject and not _GENERIC.match(folded) and (linked or not things):
        return Measured(things, subject) if things and _is_name(subject) else Measured(subject)
    if things:
        return _of_things(figure, subject, last, things)
    return _of_words_before(figure, subject, last, lead_in)


_OF_PLAN = re.compile(
    r"(?:so với\s+)?(?:tổng\s+)?(?:kế hoạch|dự toán|chỉ tiêu|mục tiêu|kh)(?!\w)(?!\s+(?:vốn|sử dụng))"
)


def _of_words_before(figure: Figure, subject: str, last: Measured | None, lead_in: str) -> Measured:
    """What the subject names; without one what the words behind say has become of it, or what was measured last."""
    if not subject and (state := _STATE.match(figure.text, figure.quantity.end, figure.right)):
        return Measured(_pure(state.group()))
    if subject and not _GENERIC.match(subject.lower()):
        return Measured(subject)
    grown = figure.folded.rfind("tăng trưởng", figure.left, figure.quantity.start)
    if last is None and grown >= 0:  # "Phấn đấu tăng trưởng trên 9%"
        return Measured(figure.text[grown : grown + len("tăng trưởng")])
    return Measured(last.indicator if last else _topic(figure) or lead_in.rstrip(" :") or subject)


# "còn 256,3 tỷ đồng chưa phân bổ"
_STATE = re.compile(r"\s*(?:chưa|đã|đang)\s+[^.;,()\d]{3,60}")
_RISEN_TO = re.compile(
    r"\(\s*(?:tăng|giảm)\s+(?:thêm\s+)?$|(?:lên|xuống(?:\s+còn)?|(?:tăng|giảm)\s+còn)\s+(?:mức\s+|khoảng\s+|hơn\s+)?$"
)


# a topic, or what somebody has done
_DEED = re.compile(r"về\s|(?:.*\s)?(?:đã|đang|sẽ)\s")
# a longer one is a sentence of its own
_LONGEST_SUBJECT = 60


# words with which something is counted that was named before: "đàn bò 268 nghìn con"
_CLASSIFIERS = frozenset(["con", "lượt", "chiếc", "cái"])


def _of_things(figure: Figure, subject: str, last: Measured | None, things: str) -> Measured:
    """What a count measures: its things with the verb before them; things that are only named, by their subject."""
    if things.lower() in _CLASSIFIERS and subject and not _GENERIC.match(subject.lower()):
        return Measured(subject)
    alone = things.lower() == figure.quantity.value.unit
    if alone and _MEASURE_NOUN.match(f"{subject.lower()} ") and not _DEED.match(subject.lower()):
        return Measured(subject)  # "Tổng biên chế được giao 214 người"
    named = _with_verb(figure, subject, things)
    if named != things or things.lower() != figure.quantity.value.unit:  # "Phạm pháp hình sự xảy ra 09 vụ"
        return Measured(named)
    if last and _RISEN_TO.search(figure.folded, figure.after, figure.quantity.number):
        return last
    about = figure.quantity.value.comparator is not Comparator.EQUAL
    if about and len(subject) > _LONGEST_SUBJECT and not figure.in_brackets and not _GENERIC.match(subject.lower()):
        return Measured(f"{subject} {things}")  # "vận hành, bảo trì các hệ thống thông tin, tín hiệu khoảng 200 người"
    plain = len(subject) <= _LONGEST_SUBJECT and not figure.in_brackets and not _DEED.match(subject.lower())
    if subject and plain and not _GENERIC.match(subject.lower()) and not _is_name(subject):
        return Measured(f"{subject} {things}")
    return Measured(things)


def _part_of(last: Measured, subject: str, parted: bool = False) -> Measured:
    """A part of the measure before: a sector is part of what is measured, an agency or a place of whom."""
    part = _PART.match(subject.lower())
    rest = _pure(subject[part.end() :] if part else subject)
    if parted and part and part.group().startswith("riêng") and not find(rest) and not _GROUP.match(rest.lower()):
        return Measured(rest)  # "A tăng 4%; riêng khai khoáng giảm 3%": another of the same row
    sector = _SECTOR.search(subject.lower())
    if sector:
        mine = _pure(subject[sector.start() :])
        of_sector = _OF_SECTOR.search(last.indicator.lower())
        if of_sector:  # "Tỷ trọng của khu vực dịch vụ đạt 50%, khu vực công nghiệp 40%"
            return Measured(f"{last.indicator[: of_sector.start()].rstrip()} {mine}")
        whole = re.split(r", (?=khu vực|ngành|lĩnh vực)", last.indicator)[0]
        return Measured(f"{whole}, {mine}")
    return Measured(last.indicator, rest)


def _share_of_agents(figure: Figure) -> bool:
    """ "80% hộ dân …": a share of those who act or are served."""
    rest = figure.folded[figure.quantity.end : figure.right].lstrip()
    return figure.quantity.value.unit == "%" and bool(_AGENT.match(rest) or _TREATED.match(rest))


# what becomes of a share of things: "80% hồ sơ được giải quyết trực tuyến"
_TREATED = re.compile(r"(?:(?!và|so|kế|dự|mục|chỉ)[^\W\d_]+\s){1,6}được\s(?!giao)")


def _narrows(subject: str) -> bool:
    """Whether a subject only says for whom: an agency, a place, "riêng nhóm …"."""
    spans = find(subject)
    covered = sum(end - start for start, end in spans)
    return bool(subject) and (
        bool(_PART.match(subject.lower())) or (bool(spans) and spans[0][0] <= 4 and covered > 0.7 * len(subject))
    )


_WHO = frozenset(
    f"{all_of}{who}"
    for all_of in ("", "toàn ", "cả ")
    for who in ("tỉnh", "thành phố", "huyện", "xã", "phường", "ngành", "nước", "bộ", "sở", "cục", "vụ", "ban", "trường")
)


_OF_SEVERAL = re.compile(
    r"(?<!\w)(?:đơn vị|địa phương|tỉnh|thành phố|xã|phường|bộ|ngành|sở|cơ quan|công ty|trường|bệnh viện|nước)(?!\w)"
)


def _is_whose(name: str) -> bool:
    """Whether a name is an agency's or a place's."""
    place = read_place(name, fold(name), 0)
    return _is_name(name) or bool(place and place.province and place.end >= len(name.rstrip()))


def _is_name(subject: str) -> bool:
    """Whether a subject is nothing but the names of agencies: who acts, not what is measured."""
    if subject.lower() in _WHO:
        return True
    return sum(end - start for start, end in find(subject)) >= len(subject) - 1


def _subject(figure: Figure) -> str:
    """The words before the value in its clause, without time, linking words and what belongs to the figure before."""
    begin = max(figure.left, figure.after if figure.after <= figure.quantity.start else 0)
    stop = _trimmed_end(figure.folded, begin, figure.quantity.start)
    if begin == figure.after > 0 and figure.folded.endswith(" và ", begin, figure.quantity.number):
        return ""  # "512 văn bản của bộ, cơ quan ngang bộ và 2.359 văn bản": of the figure before
    if begin and begin == figure.after:  # what stands before the first comma belongs to the figure before
        joined = _JOINS.search(figure.folded, begin, figure.quantity.start)
        begin = joined.end() if joined and figure.folded[begin : joined.start()].strip() else begin
        stop = max(stop, begin)
    if begin >= figure.after > 0 and (joined := _WITH_A_MEASURE.search(figure.folded, begin, stop)):
        begin = joined.end()
    start = _subject_start(figure.folded, begin, stop)
    coupled = _COUPLED.search(figure.folded, begin, start)
    if coupled and figure.text[start : start + 1].islower():
        start = coupled.start("verb")
    subject = _SIZED.sub("", figure.text[start:stop].strip(' ,;:-+(/“"'))
    subject = subject.rstrip(")") if subject.count(")") > subject.count("(") else subject
    subject = _without_agent(subject, figure)
    parted = figure.in_brackets or ")" in figure.folded[: figure.left]
    if parted and (len(subject) <= 2 or _RESTS.match(subject.lower())):
        subject = _before_brackets(figure) or subject
    return subject if len(subject) > 2 else ""


_JOINS = re.compile(r",\s|\svà\s")
# the first of two verbs of one thing: "sửa đổi, bổ sung 34 thủ tục"
_COUPLED = re.compile(
    r"(?<!\w)(?<!khi )(?P<verb>cắt giảm|sửa đổi|rà soát|xây dựng|kiểm tra|thanh tra|nâng cấp|cải tạo|sửa chữa|duy tu|tuyên truyền|tập huấn"
    r"|đào tạo|tiếp nhận|thẩm định|thẩm tra|soạn thảo|thành lập|kiện toàn|phát hiện|bắt|điều tra|khám|cấp mới|gia hạn|thu hồi"
    r"|bãi bỏ|thay thế|sắp xếp|sáp nhập|điều động|luân chuyển|tuyển dụng|thăm|tặng|hỗ trợ|đầu tư|lắp đặt|trồng|chăm sóc|nạo vét),\s$"
)
_TOLD_TO = re.compile(r"(?:giao|đề nghị|yêu cầu|kiến nghị)\s")
_SIZE = frozenset(["ha", "m2", "m²", "km", "m", "km2", "m3"])


def _without_agent(subject: str, figure: Figure) -> str:
    """The measure of a subject that begins with who acts: "Trung tâm X tiếp tục duy trì tỷ lệ hồ sơ đúng hạn"."""
    told = _TOLD_TO.match(subject.lower())
    spans = find(subject)
    if not spans or spans[0][0] > (told.end() if told else 0):
        return subject
    noun = list(_MEASURE_NOUN.finditer(subject.lower() + " ", spans[-1][1]))[:1]
    if noun:
        return subject[noun[0].start() :].strip()
    place = subject.rfind(" tại ", spans[-1][1])
    return subject[place + 5 :] if told and place > 0 and figure.quantity.value.unit in _SIZE else subject


_SIZED = re.compile(r"\s\d{1,4}\s?[x×]$")  # "công suất 2 x" before "600 MW"
# "21 bến với tổng vốn đăng ký 3.872 tỷ đồng": what is said with a count measures something else
_WITH_A_MEASURE = re.compile(
    r"\s(?:với|có)\s+(?=(?:tổng|số|kinh phí|giá trị|diện tích|khối lượng|vốn(?!\s+(?:đầu tư\s+)?(?:trực tiếp\s+)?(?:của\s+)?(?:nước ngoài|nhà nước))|quy mô)\s)"
)
# what is left of a name that brackets part: "Chỉ số cải cách (PAR INDEX) của tỉnh đạt"
_RESTS = re.compile(r"(?:của|trên|tại|thuộc)\s")


def _before_brackets(figure: Figure) -> str:
    """The words before brackets that hold no figure and stand between a value and its subject; "" if there are none.

    Brackets around the value itself have its subject before them: "do phát thải từ giao thông (chiếm 56%)".
    """
    closed = figure.folded[: figure.left].rstrip().endswith(")")
    if not closed and not figure.in_brackets:
        return ""
    opened = figure.folded.rfind("(", 0, figure.left)
    floor = max((m.end() for m in re.finditer(r"[;:)]|\.(?=\s)", figure.folded[: max(opened, 0)])), default=0)
    begin = max(floor, figure.after if figure.after <= figure.quantity.start else 0)
    if opened < 0 or begin >= opened or (figure.in_brackets and figure.after > floor):  # of the figure before them
        return ""
    start = _subject_start(figure.folded, begin, opened)
    words = figure.text[start : _trimmed_end(figure.folded, start, opened)].strip(" ,;:-+(")
    return "" if _POINTS_BACK.search(words.lower()) else words


# "mục tiêu này" was named before
_POINTS_BACK = re.compile(r"\s(?:này|đó|nói trên|nêu trên)(?!\w)")


def _subject_start(folded: str, begin: int, stop: int) -> int:
    """Where the words of a subject begin, behind its list mark and the words that only lead to it."""
    start = _segment_start(folded, begin, stop)
    mark = _LIST_MARK.match(folded, start, stop)
    start = mark.end() if mark else start
    opening = _OPENING.match(folded[start:stop])
    return start + (opening.end() if opening else 0)


def _trimmed_end(folded: str, begin: int, end: int) -> int:
    closing = _CLOSING.search(folded[begin:end])
    return begin + closing.start() if closing else end


def _segment_start(folded: str, begin: int, stop: int) -> int:
    """The comma from which the subject runs: a clause that opens anew, a noun of measure, or 120 characters back."""
    start = stop
    while start > begin:
        comma = folded.rfind(", ", begin, start - 1)
        start = comma + 2 if comma >= 0 else begin
        segment = folded[start:stop]
        if _CLAUSE_OPENS.match(segment) or _MEASURE_NOUN.search(" " + segment) or len(segment) > 120:
            break
    return start


def _things(figure: Figure) -> str:
    """The noun phrase after the value: what is counted, or what an amount is of."""
    begin = figure.quantity.end if _is_amount(figure) else figure.quantity.number_end
    at = max(begin, figure.quantity.end)
    while (
        (stop := _NP_END.search(figure.folded, at, figure.right))
        and stop.group() == ","
        and stop.start() > begin
        and (is_noun(figure.folded, stop.end()) or _ONE_TERM.search(figure.folded, begin, stop.end() + 15))
        and not _counts_anew(figure.folded, stop.end(), figure.right)
    ):
        at = stop.end()  # "hội nghị, phiên họp": the things go on
    end = stop.start() if stop else figure.right
    if stop and (state := _UNDONE.match(figure.folded, end, figure.right)):
        end = state.end()  # "27 dự án chưa giải ngân"
    things = figure.text[begin:end]
    return "" if _NO_THING.match(things.lower()) else _pure(things)


# words that a comma joins to one term
_ONE_TERM = re.compile(
    r"(?:sản xuất, kinh doanh|khoa học, (?:công nghệ|kỹ thuật)|văn hóa, (?:thể thao|xã hội|nghệ thuật)|nông, lâm|lâm, (?:ngư|thủy)"
    r"|an ninh, trật tự|kinh tế, xã hội|giáo dục, đào tạo|phòng, chống|buôn bán, vận chuyển|giảng dạy, học tập)(?!\w)[^;,]*$"
)
# In what state the counted things are; those who act have done something (`_acted`).
_UNDONE = re.compile(r"\s(?:chưa|đang)\s[^.;,:()\d]{3,50}(?=[.;,:()]|\s*$)")
_IN_STATE = re.compile(r"\s(?:chưa|đang)\s")
# A phrase that begins like this names no thing.
_NO_THING = re.compile(
    r"\s*(?:[/”\"']|(?:năm|tháng|quý|ngày)\s+[\divx]|(?:lên|xuống|so với|vào|tới|đến|bằng|đạt|là|và|hoặc|ở|theo|tại)(?!\w))"
)
_ABOUT = frozenset(["về", "đối", "trong", "theo", "tại", "từ", "đến"])


def _counts_anew(folded: str, at: int, end: int) -> bool:
    """Whether a new count begins: ", ban hành 11 thông tư" after "03 nghị định"."""
    stop = _NP_END.search(folded, at, end)
    words = folded[at : stop.start() if stop else end].split(" và ", maxsplit=1)[0]
    return any(character.isdigit() for character in words)


def _with_verb(figure: Figure, subject: str, things: str) -> str:
    """The verb right before the value with the things after it: "trồng mới" + "rừng ngập mặn"."""
    coupled = _COUPLED.search(subject.lower()[: subject.rfind(",") + 2])
    words = (subject[coupled.start("verb") :] if coupled else subject.rsplit(",", 1)[-1]).split()
    agent = next((i for i in range(len(words) - 1, -1, -1) if words[i].lower() in ("đã", "đang", "sẽ")), -1)
    verb = words[agent + 1 :]
    if (
        not verb
        or len(verb) > (9 if coupled else 6)
        or not all(word.islower() for word in verb[1:])
        or verb[0].lower() in _ABOUT
        or find(" ".join(verb))
        or _GENERIC.match(" ".join(verb).lower())
    ):
        return things
    return f"{' '.join(verb)} {things}"


def _acted(figure: Figure, lead_in: str) -> str:
    """What the counted ones did: the predicate after them, or the task above when the predicate says no more than "ban hành"."""
    stop = _ACT_ENDS.search(figure.folded, figure.quantity.end)
    end = stop.start() if stop else len(figure.folded)
    measure = _WITH_A_MEASURE.search(figure.folded, figure.quantity.end, end)
    end = measure.start() if measure else end
    verb = re.compile(
        r"\s(?:báo cáo\s+)?(?:đã|chưa|đang|có|được|mới|ban hành|hoàn thành|tham gia|cung cấp|gửi|thực hiện|đăng ký|đạt(?!\s+(?:[\d≥]|khoảng|trên|dưới|gần|hơn|từ|tỷ lệ)))(?=\s|[.,;]|$)"
    ).search(figure.folded, figure.quantity.end, end)
    if not verb:
        return ""
    predicate = figure.text[verb.start() : end].strip(" ,;:.")
    if (_BARE_PREDICATE.match(predicate.lower()) and len(predicate) < 25) or not predicate:
        return _topic(figure) or lead_in.rstrip(" :.") or predicate
    whole = figure.text[figure.quantity.number_end : end].strip(" ,;:.")
    return _without_numbers(whole) if len(whole) < 200 else predicate


# a clause ends, or another figure goes on from this one: "14/16 nhiệm vụ được giao, còn 02 nhiệm vụ"
_ACT_ENDS = re.compile(
    r"[;:()]|\.(?=\s|$)|,(?=\s+(?:còn|đạt|chiếm|bằng|tăng|giảm|trong đó|tương đương|hoàn thành|bình quân|trung bình|hiện có|hiện còn|(?:[^\W\d_]+\s){1,2}được)"
    r"\s[^.;,]{0,20}\d)"
)


def _topic(figure: Figure) -> str:
    """The words before the colon from which the clause of a figure runs; "" if it follows upon none."""
    colon = figure.folded.rfind(":", 0, figure.quantity.start)
    begin = max((m.end() for m in _LABEL_STOP.finditer(figure.folded, 0, max(colon, 0))), default=0)
    topic = figure.text[begin:colon].strip(" ,;:-+") if colon > 0 and figure.left >= colon else ""
    return "" if _GENERIC.match(topic.lower()) else topic


def _without_numbers(text: str) -> str:
    return " ".join(re.sub(r"(?<!\w)\d[\d.,/%]*(?!\w)", " ", text).split())


def _pure(text: str) -> str:
    return text.strip(" ,;:.()-")


def in_turn(folded: str, text: str, left: int, first: int) -> list[str]:
    """The names that "lần lượt" pairs with the values after it, in order; empty without "lần lượt".

    >>> in_turn("a và b lần lượt đạt 5% và 6%", "A và B lần lượt đạt 5% và 6%", 0, 20)
    ['A', 'B']
    """
    turn = _IN_TURN.search(folded[left:first])
    if not turn:
        return []
    names = text[left : left + turn.start()]
    opening = _OPENING.match(folded[left : left + turn.start()])
    names = names[opening.end() if opening else 0 :]
    anaphor = _ANAPHOR.match(names.lower())
    names = names[anaphor.end() :] if anaphor else names
    return [name.strip() for name in re.split(r",\s+|\s+và\s+", names) if name.strip()]
