"""PDF pages → lines: what stands on a page, however it was drawn, comes out as the paragraphs that were written."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from jianghua.corpus.decode import Decoded
from jianghua.corpus.formats.limits import Limits
from jianghua.corpus.formats.pdf import extract_pdf
from tests.corpus.pages import PICTURE, Drawn, laid_out, set_in_lines

SPEECH = [
    "|在全县春季农业生产现场会上的讲话",
    "同志们：",
    "今天我们在清河镇召开全县春季农业生产现场会，主要任务是总结去冬以来的工作，安排部署当前的春耕备耕，动员各级干部迅速行动起来，把各项措施落到田间地头。",
    "一、去冬以来的工作有了新的起色",
    "去冬以来，全县共整修渠道一百二十公里，新打机井八十六眼，完成土地平整三万二千亩，储备化肥一万四千吨。各乡镇组织干部下到村组，帮助群众算账，许多村的备耕进度比往年提前了十天左右。",
    "二、当前还存在不少困难和问题",
    "部分乡镇对春旱估计不足，水库蓄水只有常年的六成；有的村农资价格上涨较快，群众反映强烈；少数干部作风漂浮，工作停留在开会发文上。对这些问题，要一项一项地研究解决，不能拖，不能等。",
    "三、下一步要抓好的几件事情",
    "要抓紧抗旱保苗，统一调度水源，先保秧田后保大田。要组织农技人员包村包户，把良种良法送到群众手里。要管好农资市场，发现哄抬价格的从严查处。",
    "同志们，一年之计在于春。让我们鼓足干劲，扎实工作，夺取今年农业的好收成！",
]
PARAGRAPHS = [paragraph.lstrip("|") for paragraph in SPEECH]
SHORT = {"bottom": 560}
"""Pages of eight lines, so that paragraphs go on over many of them."""


def read(data: bytes) -> Decoded:
    return extract_pdf(data, "talk.pdf", Limits())


def blocks(decoded: Decoded) -> list[tuple[str, str]]:
    """Role and text of each block of lines."""
    joined = []
    text = ""
    for line, mark in zip(decoded.text.splitlines(), decoded.marks, strict=True):
        text += line
        if mark.ends is not False:
            joined.append((mark.role, text))
            text = ""
    return joined


def body(decoded: Decoded) -> list[str]:
    """Texts of the blocks that are not furniture."""
    return [text for role, text in blocks(decoded) if role != "meta"]


def furniture(decoded: Decoded) -> list[str]:
    return [text for role, text in blocks(decoded) if role == "meta"]


@pytest.mark.parametrize(
    "style",
    [
        {},
        SHORT,
        {"width": 20, "size": 11, "step": 18},
        {"size": 22, "width": 20, "step": 33, "bottom": 300},
        {"indent": 0},
        {"indent": 0, "between": 14},
        {"indent": 0, "between": 8, "bottom": 500},
        {"left": 40, "width": 33},
        {"step": 16},
        {"step": 40, "bottom": 400},
    ],
    ids=str,
)
def test_paragraphs_come_out_as_they_were_written_however_a_page_is_set(style: dict[str, Any]) -> None:
    assert body(read(laid_out(set_in_lines(SPEECH, **style)))) == PARAGRAPHS


def test_lines_drawn_in_any_order_are_read_from_the_top() -> None:
    pages = set_in_lines(SPEECH, bottom=400)
    for page in pages:
        random.Random(7).shuffle(page)
    assert body(read(laid_out(pages))) == PARAGRAPHS


def test_each_character_drawn_by_itself_makes_the_same_lines() -> None:
    pages = [
        [
            Drawn(line.x + at * line.size, line.y, letter, line.size)
            for line in page
            for at, letter in enumerate(line.text)
        ]
        for page in set_in_lines(SPEECH)
    ]
    assert body(read(laid_out(pages))) == PARAGRAPHS


# drawn more than once


def _again(shift: Sequence[tuple[float, float]]) -> Callable[[Drawn], list[Drawn]]:
    return lambda line: [line, *(line._replace(x=line.x + x, y=line.y + y) for x, y in shift)]


def _letters_twice(line: Drawn) -> list[Drawn]:
    return [
        Drawn(line.x + at * line.size + shift, line.y, letter, line.size)
        for at, letter in enumerate(line.text)
        for shift in (0, 0.4)
    ]


@pytest.mark.parametrize(
    "draw",
    [
        _again([(0.3, 0)]),
        _again([(0.3, 0), (0, 0.3), (0.3, 0.3)]),
        _again([(1.5, -1.5)]),
        _again([(0, 0)]),
        _letters_twice,
    ],
    ids=["twice", "four times", "shadow", "same place", "letter by letter"],
)
def test_headings_made_bold_by_drawing_them_again_are_read_once(draw: Callable[[Drawn], list[Drawn]]) -> None:
    pages = set_in_lines(SPEECH)
    at_once = [[drawn for line in page for drawn in draw(line)] for page in pages]
    later = [[*page, *(drawn for line in page for drawn in draw(line)[1:])] for page in pages]
    assert body(read(laid_out(at_once))) == PARAGRAPHS
    assert body(read(laid_out(later))) == PARAGRAPHS


def test_a_character_that_is_written_twice_stays_twice() -> None:
    text = "人人讲安全，处处讲文明，常常抓，时时管，天天看，年年有新的进步和新的变化。"
    page = set_in_lines([text])[0]
    twice = [[*page, *(line._replace(x=line.x + 0.3) for line in page)]]
    assert body(read(laid_out(twice))) == [text]


# turned


@pytest.mark.parametrize("turn", [90, 180, 270])
@pytest.mark.parametrize("rotate", [True, False])
def test_a_turned_page_is_read_upright(turn: int, rotate: bool) -> None:
    matrix: tuple[float, float, float, float]
    pages: list[list[Drawn]] = []
    for page in set_in_lines(SPEECH, **SHORT):
        turned = []
        for line in page:
            matrix, x, y = {
                90: ((0, 1, -1, 0), 842 - line.y, line.x),
                180: ((-1, 0, 0, -1), 595 - line.x, 842 - line.y),
                270: ((0, -1, 1, 0), line.y, 595 - line.x),
            }[turn]
            turned.append(Drawn(x, y, line.text, line.size, matrix))
        pages.append(turned)
    data = laid_out(pages, page=f"/Rotate {turn}" if rotate else "", size=(842, 595) if turn != 180 else (595, 842))
    assert body(read(data)) == PARAGRAPHS


def test_vertical_lines_are_read_from_the_right() -> None:
    pages = [
        [
            Drawn(line.y - 250, 800 - line.x - at * line.size, letter, line.size)
            for line in page
            for at, letter in enumerate(line.text)
        ]
        for page in set_in_lines(SPEECH, bottom=260)
    ]
    assert body(read(laid_out(pages))) == PARAGRAPHS


@pytest.mark.parametrize("watermark", [
    Drawn(150, 300, "内部资料严禁外传", 60, (0.7, 0.7, -0.7, 0.7)),
    Drawn(60, 500, "内部资料严禁外传", 60),
    Drawn(200, 400, "清河县人民政府办公室", 12, (0.87, 0.5, -0.5, 0.87)),
])  # fmt: skip
@pytest.mark.parametrize("first", [True, False])
def test_a_watermark_on_each_page_cuts_no_line(watermark: Drawn, first: bool) -> None:
    pages = [[watermark, *page] if first else [*page, watermark] for page in set_in_lines(SPEECH, bottom=260)]
    decoded = read(laid_out(pages))
    assert body(decoded) == PARAGRAPHS
    assert furniture(decoded) == [watermark.text] * len(pages)


def test_the_binding_line_at_the_side_of_each_page_is_furniture() -> None:
    side = Drawn(30, 300, "装 订 线", 10, (0, 1, -1, 0))
    decoded = read(laid_out([[*page, side] for page in set_in_lines(SPEECH, bottom=260)]))
    assert body(decoded) == PARAGRAPHS
    assert set(furniture(decoded)) == {"装订线"}


# around the text


@pytest.mark.parametrize(
    ("head", "foot", "kept"),
    [
        ("", "— {} —", 0),
        ("", "{}", 0),
        ("", "第{}页 共9页", 0),
        ("", "{}/9", 0),
        ("- {} -", "", 0),
        ("", "Page {} of 9", 0),
        ("清河县人民政府公报", "— {} —", 1),
        ("清河县人民政府公报　二〇二四年第三期", "内部资料　注意保存", 2),
        ("在全县春季农业生产现场会上的讲话", "第 {} 页", 1),
        ("清河县农业局　{}", "", 1),
        ("", "在全县春季农业生产现场会上的讲话　第{}页", 1),
    ],
)
@pytest.mark.parametrize("size", [9, 16])
@pytest.mark.parametrize("bottom", [560, 260])
def test_running_lines_and_page_numbers_cut_no_paragraph(
    head: str, foot: str, kept: int, size: float, bottom: float
) -> None:
    pages = set_in_lines(SPEECH, bottom=bottom)
    for number, page in enumerate(pages, 1):
        page[:0] = [Drawn(220, 805, head.format(number), size)] if head else []
        page += [Drawn(250, 40, foot.format(number), size)] if foot else []
    decoded = read(laid_out(pages))
    assert body(decoded) == PARAGRAPHS
    assert len(furniture(decoded)) == kept * len(pages)


def test_different_headers_of_left_and_right_pages_are_furniture() -> None:
    pages = set_in_lines(SPEECH, bottom=600)
    for number, page in enumerate(pages, 1):
        page.append(Drawn(80, 805, f"{number}　讲话选编", 9) if number % 2 else Drawn(420, 805, f"农业篇　{number}", 9))
    decoded = read(laid_out(pages))
    assert body(decoded) == PARAGRAPHS
    assert len(furniture(decoded)) == len(pages)


@pytest.mark.parametrize("number", ["十", "２", "ii", "Ⅱ", "· 2 ·", "～2～"])
def test_page_numbers_of_all_kinds_are_no_text(number: str) -> None:
    numbers = {
        "十": "九十",
        "２": "１２",
        "ii": ("i", "ii"),
        "Ⅱ": "ⅠⅡ",
        "· 2 ·": ("· 1 ·", "· 2 ·"),
        "～2～": ("～1～", "～2～"),
    }[number]
    pages = set_in_lines(SPEECH, bottom=400)
    assert len(pages) == 2
    for page, written in zip(pages, numbers, strict=True):
        page.append(Drawn(290, 30, written, 10))
    assert body(read(laid_out(pages))) == PARAGRAPHS


def test_titles_of_two_speeches_at_the_same_place_are_no_running_lines() -> None:
    title = Drawn(150, 760, "在全县大会上的讲话", 22)
    pages = [
        [title, *(line._replace(y=line.y - 60) for line in set_in_lines(paragraphs)[0])]
        for paragraphs in (SPEECH[1:3], SPEECH[4:6])
    ]
    decoded = read(laid_out(pages))
    assert body(decoded).count("在全县大会上的讲话") == 2
    assert not furniture(decoded)


def test_notes_at_the_foot_of_a_page_do_not_cut_the_paragraph_above_them() -> None:
    pages = set_in_lines(SPEECH, bottom=560)
    pages[0].append(Drawn(80, 100, "①　见县农业局二月份的春耕进度统计表，各乡镇数据已经核对，与上年同", 10.5))
    pages[0].append(Drawn(80, 86, "口径。", 10.5))
    pages[0].append(Drawn(80, 72, "②　包括尚未验收的工程。", 10.5))
    decoded = read(laid_out(pages))
    notes = ["① 见县农业局二月份的春耕进度统计表，各乡镇数据已经核对，与上年同口径。", "② 包括尚未验收的工程。"]
    assert body(decoded) == PARAGRAPHS
    assert furniture(decoded) == notes


def test_a_list_of_contents_is_furniture() -> None:
    contents = [Drawn(270, 760, "目　录", 16)] + [
        Drawn(80, 720 - 28 * at, f"{heading}{'…' * 8}{at + 1}", 16) for at, heading in enumerate(PARAGRAPHS[3::2][:3])
    ]
    decoded = read(laid_out([contents, *set_in_lines(SPEECH)]))
    assert body(decoded) == PARAGRAPHS
    assert len(furniture(decoded)) == 4


# columns and tables


def _in_columns(paragraphs: Sequence[str], width: int = 20, rows: int = 14, top: float = 700) -> list[list[Drawn]]:
    columns = set_in_lines(paragraphs, left=0, width=width, size=11, step=18, top=18 * rows, bottom=17)
    pages = []
    for left, right in zip(columns[::2], [*columns[1::2], []], strict=False):
        pages.append(
            [
                line._replace(x=line.x + x, y=line.y + top - 18 * rows)
                for column, x in ((left, 45), (right, 310))
                for line in column
            ]
        )
    return pages


@pytest.mark.parametrize("order", ["columns", "rows", "mixed"])
def test_two_columns_are_read_one_after_the_other(order: str) -> None:
    pages = _in_columns(SPEECH[1:])
    for page in pages:
        if order == "rows":
            page.sort(key=lambda line: (-line.y, line.x))
        elif order == "mixed":
            random.Random(3).shuffle(page)
    assert body(read(laid_out(pages))) == PARAGRAPHS[1:]


def test_three_columns_are_read_one_after_the_other() -> None:
    columns = set_in_lines(SPEECH[1:], left=0, width=14, size=11, step=16, top=500 + 16 * 12, bottom=515)
    page = [line._replace(x=line.x + x) for column, x in zip(columns, (40, 215, 390), strict=True) for line in column]
    assert body(read(laid_out([page]))) == PARAGRAPHS[1:]


def test_a_title_across_two_columns_comes_before_both() -> None:
    pages = _in_columns(SPEECH[1:])
    title = Drawn(145, 740, PARAGRAPHS[0], 19)
    pages[0].append(title)
    decoded = read(laid_out(pages))
    assert body(decoded) == PARAGRAPHS
    assert blocks(decoded)[0][0] in ("title", "")


def test_lines_of_columns_at_different_heights_are_not_mixed() -> None:
    pages = [
        [line._replace(y=line.y - 7) if line.x > 300 else line for line in page] for page in _in_columns(SPEECH[1:])
    ]
    assert body(read(laid_out(pages))) == PARAGRAPHS[1:]


def test_a_table_comes_out_row_by_row() -> None:
    rows = [
        ("乡镇", "任务（亩）", "完成（亩）"),
        ("清河镇", "3200", "3150"),
        ("白杨乡", "2800", "2900"),
        ("石桥乡", "1500", "1200"),
    ]
    pages = set_in_lines(SPEECH[:5])
    y = min(line.y for line in pages[0]) - 40
    for at, row in enumerate(rows):
        pages[0] += [Drawn(x, y - 24 * at, cell, 14) for x, cell in zip((90, 250, 400), row, strict=True)]
    decoded = read(laid_out(pages))
    assert [text for role, text in blocks(decoded) if role == "row"] == ["\t".join(row) for row in rows]
    assert body(decoded)[:5] == PARAGRAPHS[:5]


# titles and headings


@pytest.mark.parametrize("size", [16, 22])
def test_a_title_over_two_lines_is_one_and_what_stands_below_it_another(size: float) -> None:
    head = [
        Drawn(297 - 7 * size, 760, "在全县春季农业生产现场会暨抗旱", size),
        Drawn(297 - 4.5 * size, 760 - 1.75 * size, "工作推进会上的讲话", size),
        Drawn(297 - 1.5 * 16, 690, "王大山", 16),
        Drawn(297 - 5.5 * 16, 660, "（二〇二四年三月五日）", 16),
    ]
    page = [line._replace(y=line.y - 140) for line in set_in_lines(SPEECH[1:5])[0]]
    decoded = read(laid_out([head + page]))
    assert body(decoded)[:4] == [
        "在全县春季农业生产现场会暨抗旱工作推进会上的讲话",
        "王大山",
        "（二〇二四年三月五日）",
        "同志们：",
    ]
    assert [mark.role for mark in decoded.marks[:4]] == (["title", "title", "", ""] if size > 16 else [""] * 4)


def test_a_heading_over_two_lines_is_one() -> None:
    heading = "（一）坚持把抗旱保苗放在春季农业生产的首要位置，统一调度水源，先保秧田后保大田"
    written = [*SPEECH[:4], heading, *SPEECH[4:]]
    assert body(read(laid_out(set_in_lines(written)))) == [text.lstrip("|") for text in written]


def test_larger_lines_between_paragraphs_are_headings() -> None:
    page = set_in_lines(SPEECH[1:3])[0]
    y = page[-1].y - 50
    page.append(Drawn(200, y, "工作回顾与下步安排", 22))
    page += [line._replace(y=line.y - 760 + y - 50) for line in set_in_lines(SPEECH[4:5])[0]]
    roles = {text: role for role, text in blocks(read(laid_out([page])))}
    assert roles["工作回顾与下步安排"] == "heading"
    assert roles["同志们："] == roles[PARAGRAPHS[4]] == ""


def test_items_that_hang_below_their_numbers_are_one_paragraph_each() -> None:
    items = [
        "1. 各乡镇要在本周内把水源分布和可用水量摸清楚，逐村建立台账，",
        "2. 县农机局要组织好柴油供应和农机检修，保证机具不带病下田作业，",
    ]
    page = []
    for at, item in enumerate(items):
        page += [Drawn(80, 700 - 60 * at, item, 16), Drawn(104, 676 - 60 * at, "并于周末前报县抗旱指挥部办公室。", 16)]
    assert body(read(laid_out([page]))) == [item + "并于周末前报县抗旱指挥部办公室。" for item in items]


# layers


def test_a_hidden_layer_under_a_picture_is_read() -> None:
    hidden = [[line._replace(mode=3) for line in page] for page in set_in_lines(SPEECH)]
    pages: list[list[Drawn | str]] = [[PICTURE, *page] for page in hidden]
    assert body(read(laid_out(pages))) == PARAGRAPHS


def test_a_hidden_layer_with_a_blank_after_each_character_is_read_without_them() -> None:
    pages = [
        [line._replace(text=" ".join(line.text), mode=3, size=10.7) for line in page] for page in set_in_lines(SPEECH)
    ]
    assert "".join(body(read(laid_out(pages)))) == "".join(PARAGRAPHS)


def test_a_hidden_layer_over_visible_text_is_not_read_twice() -> None:
    pages = set_in_lines(SPEECH)
    both = [[*page, *(line._replace(mode=3, x=line.x + 2, y=line.y + 1.5) for line in page)] for page in pages]
    assert body(read(laid_out(both))) == PARAGRAPHS


def test_blanks_stand_where_they_were_typed_and_nowhere_else() -> None:
    texts = [
        "今年1月至3月，全县GDP增长 6.5%，其中第一产业增加值 12 亿元。",
        "The county met its targets in 2024 as planned.",
    ]
    assert body(read(laid_out(set_in_lines(texts, width=60, size=8, indent=0, between=10)))) == texts


def test_a_third_column_that_is_short_is_a_column() -> None:
    lines = set_in_lines(PARAGRAPHS, left=0, width=14, size=11, step=18, top=780, bottom=480)
    page = [
        line._replace(x=30 + 180 * column + line.x) for column, part in enumerate(lines) for line in part if column < 3
    ]
    rows = sorted(page, key=lambda line: (-line.y, line.x))
    assert len(lines) == 3
    assert len(lines[2]) < 0.7 * len(lines[0])
    assert body(read(laid_out([rows]))) == PARAGRAPHS


def test_a_number_that_word_sets_smaller_than_its_paragraph_ends_no_line() -> None:
    items = [f"（{'一二'[at]}）{PARAGRAPHS[4 + 2 * at]}" for at in (0, 1)]
    pages = [
        [
            part
            for line in page
            for part in (
                [line._replace(text=line.text[:3], size=11), line._replace(x=line.x + 33, text=line.text[3:])]
                if line.text.startswith("（")
                else [line]
            )
        ]
        for page in set_in_lines([*PARAGRAPHS[:3], *items], indent=2)
    ]
    assert body(read(laid_out(pages)))[3:] == items


def test_numbered_items_at_the_margin_begin_paragraphs_where_others_are_set_in() -> None:
    full = "各乡镇要把冬修水利摆上日程，早动员早部署早开工，务求做实。"
    items = ["1.抓工期。", "2.抓质量。", *(f"{number}.{full}" for number in (3, 4, 5))]
    others = [f"\u3000\u3000{paragraph}" for paragraph in (PARAGRAPHS[2], PARAGRAPHS[4])]
    pages = set_in_lines([others[0], *items, others[1]], width=len(items[-1]), size=14, indent=0)
    assert body(read(laid_out(pages)))[1:6] == items


def test_recognised_lines_of_uneven_height_are_of_one_paragraph() -> None:
    def measured(line: Drawn, at: int) -> Drawn:
        high = (0.9, 1.0, 1.1)[at % 3]
        return line._replace(mode=3, size=line.size * high, turn=(1 / high, 0, 0, 1))

    pages: list[list[Drawn | str]] = [
        [PICTURE, *(measured(line, at) for at, line in enumerate(page))] for page in set_in_lines(SPEECH)
    ]
    assert body(read(laid_out(pages))) == PARAGRAPHS


def test_a_sentence_in_small_type_that_returns_on_each_page_is_furniture() -> None:
    warning = "本材料仅供会议使用，会后请交回大会秘书处。"
    decoded = read(laid_out([[*page, Drawn(80, 30, warning, 9)] for page in set_in_lines(SPEECH, bottom=560)]))
    assert body(decoded) == PARAGRAPHS
    assert set(furniture(decoded)) == {warning}


def test_a_title_whose_first_line_fills_the_page_is_one() -> None:
    title = "在全县春季农业生产暨抗旱保苗工作现场推进会上的讲话"
    lines = [Drawn(80, 800, title[:20], 22), Drawn(80 + (448 - 5 * 22) / 2, 770, title[20:], 22)]
    pages = set_in_lines(SPEECH[1:], top=720)
    assert body(read(laid_out([[*lines, *pages[0]], *pages[1:]])))[0] == title


def test_four_columns_of_one_width_are_cells_and_a_wrapped_cell_is_no_heading() -> None:
    page = set_in_lines(SPEECH[:4])[0]
    top = page[-1].y - 40
    rows = [
        ("序号", "项目名称", "单位", "时限"),
        ("二", "大桥", "县交通局", "明年"),
        ("三", "水库", "县水利局", "今年"),
    ]
    cells = [
        Drawn(80 + 115 * at, top - 28 * row, text, 12) for row, line in enumerate(rows) for at, text in enumerate(line)
    ]
    wrapped = Drawn(310, top - 70, "办公室", 12)
    found = blocks(read(laid_out([[*page, *cells, wrapped]])))
    assert [role for role, _ in found[-4:]] == ["row"] * 4
    assert found[-4][1] == "序号\t项目名称\t单位\t时限"
