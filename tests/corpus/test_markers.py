"""Numerals at the beginning of lines: which of them are outline markers."""

import pytest

from jianghua.corpus import parse
from jianghua.corpus.markers import Numbering, find_marker
from tests.corpus.texts import GRAIN, HEAD, TASKS


def markers(*lines: str) -> list[str | None]:
    """Family of the marker of each line, None where it has none."""
    numbering = Numbering((index, line, found) for index, line in enumerate(lines) if (found := find_marker(line)))
    return [numbering.markers[index].family if index in numbering.markers else None for index in range(len(lines))]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("一、", "二、"), ("一.", "二."), ("一．", "二．"), ("一､", "二､"), ("一：", "二："), ("一，", "二，"), ("一 ", "二 "),
        ("壹、", "贰、"), ("（一）", "（二）"), ("(一)", "(二)"), ("〔一〕", "〔二〕"), ("【一】", "【二】"), ("［一］", "［二］"),
        ("〈一〉", "〈二〉"), ("一）", "二）"), ("一)", "二)"), ("㈠", "㈡"), ("1.", "2."), ("1．", "2．"), ("1、", "2、"), ("1）", "2）"),
        ("1 ", "2 "), ("１．", "２．"), ("１、", "２、"), ("⒈", "⒉"), ("（1）", "（2）"), ("(1)", "(2)"), ("（１）", "（２）"), ("⑴", "⑵"),
        ("①", "②"), ("❶", "❷"), ("➀", "➁"), ("Ⅰ、", "Ⅱ、"), ("I.", "II."), ("A、", "B、"), ("A. ", "B. "), ("（a）", "（b）"),
        ("甲、", "乙、"), ("1.1", "1.2"), ("2.3 ", "2.4 "), ("第一，", "第二，"), ("第一、", "第二、"), ("第1，", "第2，"),
        ("第一个问题，", "第二个问题，"), ("第一部分 ", "第二部分 "), ("第一章　", "第二章　"), ("第一节 ", "第二节 "), ("第一条　", "第二条　"),
        ("一是", "二是"), ("一要", "二要"), ("首先，", "其次，"), ("其一，", "其二，"), ("二十一、", "二十二、"), ("●一、", "●二、"),
        ("\uf06c（一）", "\uf06c（二）"), ("◆1.", "◆2."), ("一 、", "二 、"), ("（ 一 ）", "（ 二 ）"), ("十、", "十一、"),
        ("一。", "二。"), ("一﹑", "二﹑"), ("一；", "二；"), ("一·", "二·"), ("1。", "2。"), ("1，", "2，"), ("1：", "2："), ("1﹒", "2﹒"),
        ("【1】", "【2】"), ("⑳", "㉑"), ("㊀", "㊁"), ("ⅰ、", "ⅱ、"), ("（壹）", "（贰）"), ("1.1.1 ", "1.1.2 "), ("第一讲 ", "第二讲 "),
        ("✦一、", "✦二、"), ("➤（一）", "➤（二）"), ("★★一、", "★★二、"), ("- 一、", "- 二、"), ("📌1.", "📌2."), ("№一、", "№二、"),
    ],
)  # fmt: skip
def test_every_form_that_offices_type_is_a_marker(first: str, second: str) -> None:
    found = markers(f"{first}抓好春耕生产", f"{second}抓好防汛抗旱")
    assert None not in found
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "line",
    [
        "二、三产业占比提高到六成，从业人员接近一半。", "第二、三产业占比提高到六成，从业人员接近一半。", "3、4月份雨水偏多，田间管理要跟上。",
        "2、3号仓库已经腾空，可以随时启用。", "一、二年级学生先返校，其余年级错后三天。", "七、八十岁的老人要逐户走访。", "十一、中秋期间要安排好值班。",
        "五一、端午两个节点要查酒驾。", "三抓三促活动已经收尾，群众反映不错。", "一应手续都搬到了大厅，来回少跑两趟。", "一看就懂的图解贴到了每个村口。",
        "一要素保障组、二项目服务组都已到位。", "3. 5亿元贷款已经放到企业账上。", "3.5亿元贷款已经放到企业账上。", "1.2万户居民用上了自来水。",
        "8:30准时集合，各组提前十分钟到位。", "2019、2020两年共修路四百公里。", "12 月底以前全部拆除到位。", "20% 的农户已经签约，其余正在做工作。",
        "3.15晚会以后，市场监管所连夜排查。", "四是四，五是五，账目要一笔一笔对。", "一在于人，人心齐了事情就好办。",
        "一、两个月的雨打乱了秋种的安排。", "三、五年内要换完全部老旧农机。", "（一）期渠道已经放水，（二）期还在勘测。", "②号机井出水了，浇地不再排队。",
    ],
)  # fmt: skip
def test_a_numeral_without_neighbours_is_no_marker(line: str) -> None:
    assert markers(line) == [None]
    _, *found = (p for p in parse(f"{HEAD}{line}\n{TASKS}\n") if p.kind not in ("title", "meta"))
    assert [(p.kind, p.outline, p.text) for p in found] == [("paragraph", (), line), ("paragraph", (), TASKS)]


def test_a_numeral_that_could_be_a_quantity_is_a_marker_where_just_its_number_is_missing() -> None:
    assert markers("一、去年的工作", "二、三项重点任务", "三、几点希望") == ["han", "han", "han"]
    assert markers("一、去年的工作", "二、三产业都有增长。", "五、几点希望") == ["han", None, "han"]


def test_a_phrase_that_begins_with_a_quantity_is_a_heading_where_it_is_counted() -> None:
    assert markers("一、三个方面的变化", "二、四个方面的短板", "三、五件要办的事") == ["han"] * 3
    assert markers("一、二季度有三项成绩，要总结好。", "二、下一步的安排") == ["han", "han"]
    assert markers("一、去年的工作", "三、四两个村换了班子。", "二、今年的工作") == ["han", None, "han"]


def test_a_numeral_alone_on_its_line_counts_a_section() -> None:
    found = parse(f"{HEAD}一\n{GRAIN}\n二\n{TASKS}\n")
    assert [(p.kind, p.text) for p in found[3:]] == [
        ("heading", "一"), ("paragraph", GRAIN), ("heading", "二"), ("paragraph", TASKS)
    ]  # fmt: skip


def test_brackets_of_another_form_and_longer_decimals_are_a_level_of_their_own() -> None:
    lines = (
        "一、收粮",
        "（一）机手",
        "〈一〉培训",
        "〈二〉上岗",
        "（二）油料",
        "1.1 储备",
        "1.1.1 油库",
        "1.1.2 油车",
        "1.2 发放",
        "二、种麦",
    )
    found = [
        (*p.outline, p.text)
        for p in parse(HEAD + "".join(f"{line}\n{GRAIN}\n" for line in lines))
        if p.kind == "heading"
    ]
    assert [len(path) for path in found] == [1, 2, 3, 3, 2, 3, 4, 4, 3, 1]


def test_small_roman_numerals_below_brackets_do_not_lift_the_brackets() -> None:
    text = f"{HEAD}一、收粮\n（一）机手\nⅠ.培训\n{GRAIN}\nⅡ.上岗\n{GRAIN}\n（二）油料\n{TASKS}\n二、种麦\n{TASKS}\n"
    found = [p.outline for p in parse(text) if p.kind == "paragraph"][1:]
    assert [len(outline) for outline in found] == [3, 3, 2, 1]
    assert found[-1] == ("二、种麦",)


def test_a_list_inside_items_of_the_same_rank_leaves_the_last_item_its_text() -> None:
    lines = ("一、收粮", "（1）机手", "①培训", GRAIN, "②上岗", GRAIN, "（2）油料", TASKS)
    assert [p.outline for p in parse(HEAD + "\n".join(lines)) if p.text == TASKS] == [("一、收粮", "（2）油料")]


def test_a_list_that_goes_on_in_its_own_line_is_no_item_of_an_outline() -> None:
    line = "一是抓好春耕；二是抓好防汛；三是抓好安全。"
    assert markers(line) == [None]
    assert [p.outline for p in parse(f"{HEAD}{line}\n{GRAIN}\n") if p.kind == "paragraph"] == [()] * 3


def test_years_and_dates_after_a_marker_do_not_undo_it() -> None:
    lines = ["一、2024年工作回顾", "二、2025年工作安排", "三、一年来的体会"]
    assert markers(*lines) == ["han"] * 3
    assert markers("1.2024年工作回顾", "2.2025年工作安排") == ["arabic"] * 2


@pytest.mark.parametrize("marker", ["一、", "（一）", "1.", "第一，"])
def test_a_marked_line_is_never_a_greeting(marker: str) -> None:
    following = {"一、": "二、", "（一）": "（二）", "1.": "2.", "第一，": "第二，"}[marker]
    found = parse(f"{HEAD}{marker}加强组织领导\n{GRAIN}\n{following}选好村代表\n{TASKS}\n")
    assert [p.text for p in found if p.kind == "heading"] == [f"{marker}加强组织领导", f"{following}选好村代表"]
