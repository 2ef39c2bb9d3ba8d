"""Title blocks of all kinds: what is read of each, and where it stands."""

import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jianghua.corpus import parse
from jianghua.corpus.heads import FIELDS, Speech, read_heads
from jianghua.corpus.heads.bylines import find_byline
from jianghua.corpus.heads.dates import find_date, find_month_and_day
from tests.corpus.title_blocks import BLOCKS

BODY = """同志们：
今天我们在这里开会，主要任务是总结上半年的工作，安排下半年的任务。
一、上半年工作回顾
上半年，全县上下齐心协力，各项工作都有了新的起色，群众是满意的。
二、下一步打算
下半年要一件一件抓落实，不能松劲，也不能走过场，谁的任务谁负责。
谢谢大家！
"""


def heads_of(text: str, properties: Mapping[str, str] = {}) -> list[Speech]:
    return read_heads(text, parse(text), properties)


def head_of(block: str, end: str = "", properties: Mapping[str, str] = {}) -> dict[str, str | None]:
    """What is known of a speech with this title block; what is not is left out."""
    *_, head = heads_of(f"{block.strip()}\n{BODY}{end}", properties)  # the cover of a document may be one of its own
    return {field: value for field, value in head.plain().items() if value is not None}


@pytest.mark.parametrize("kind", BLOCKS)
def test_a_title_block_says_what_it_says(kind: str) -> None:
    block, expected = BLOCKS[kind]
    assert head_of(block) == expected


@pytest.mark.parametrize("kind", BLOCKS)
def test_places_hold_exactly_the_text_of_the_values(kind: str) -> None:
    text = f"{BLOCKS[kind][0]}\n{BODY}"
    *_, head = heads_of(text)
    for field, value in zip(FIELDS, head.values, strict=True):
        if value is None:
            continue
        found = text[value.start : value.end]
        if field == "date":
            assert find_date(found) or find_month_and_day(found, value.text[:4])
            continue
        assert "".join(found.split()) == "".join(value.text.split())
        assert found == found.strip()


NO_SPEAKERS = (
    "柳埠镇", "方案", "目　录", "安全生产", "县委办公室", "主持词", "讲话稿", "时间：下午三点", "来源：云泽日报", "责任编辑：张伟",
    "本报记者 张伟 摄", "全文", "张家口市", "主持人：张伟", "返回顶部", "县委书记、县长", "市长　***", "同志们", "云泽县委宣传部", "县长 工作报告", "高校 党委书记",
)  # fmt: skip


@pytest.mark.parametrize("line", NO_SPEAKERS)
def test_what_is_no_name_is_no_speaker(line: str) -> None:
    head = head_of(f"在全县秋收工作会议上的讲话\n{line}\n（2019年8月20日）")
    assert "speaker" not in head
    assert head["title"] == "在全县秋收工作会议上的讲话"
    assert head["date"] == "2019-08-20"


SEVERAL = {
    "第一篇：在全县春耕工作会议上的讲话\n": "第二篇：在全县防汛工作会议上的讲话\n",
    "【第1篇】在全县春耕工作会议上的讲话\n": "【第2篇】在全县防汛工作会议上的讲话\n",
    "篇一：在全县春耕工作会议上的讲话\n": "篇二：在全县防汛工作会议上的讲话\n",
    "讲话一：在全县春耕工作会议上的讲话\n": "讲话二：在全县防汛工作会议上的讲话\n",
}


@pytest.mark.parametrize("first", SEVERAL)
def test_a_divider_gives_each_speech_its_own_title(first: str) -> None:
    body = BODY + "这项工作事关全局，" * 20 + "大家一定要抓好。\n"
    heads = heads_of(first + body + SEVERAL[first] + body)
    assert [head.plain()["title"] for head in heads] == ["在全县春耕工作会议上的讲话", "在全县防汛工作会议上的讲话"]
    assert [head.plain()["occasion"] for head in heads] == ["全县春耕工作会议", "全县防汛工作会议"]


def test_the_title_of_a_speech_is_believed_more_than_its_divider() -> None:
    (head,) = heads_of("第一篇：范文一篇\n在全县春耕工作会议上的讲话\n" + BODY)
    assert head.plain()["title"] == "在全县春耕工作会议上的讲话"


def test_a_signature_and_a_date_stand_below_the_speech() -> None:
    head = head_of("在全县秋收工作会议上的讲话", "　　　　县长　骆维桢\n　　　　2019年8月20日\n")
    assert (head["speaker"], head["office"], head["date"]) == ("骆维桢", "县长", "2019-08-20")


def test_a_word_of_the_page_below_the_speech_is_no_signature() -> None:
    assert "speaker" not in head_of("在全县秋收工作会议上的讲话\n2019年8月20日", "关闭\n高山\n")
    assert head_of("在全县秋收工作会议上的讲话", "高山\n2019年8月20日\n")["speaker"] == "高山"


def test_the_day_on_which_a_speech_is_sent_round_is_not_the_day_on_which_it_was_made() -> None:
    sent = "抄送：市委各部门，市人大常委会办公室。\n云泽市人民政府办公室　　　2024年3月8日印发\n"
    assert "date" not in head_of("在全县秋收工作会议上的讲话", sent)
    assert head_of("在全县秋收工作会议上的讲话\n（2024年3月5日）", sent)["date"] == "2024-03-05"


def test_a_note_says_who_spoke_when_and_where() -> None:
    note = "※这是骆维桢同志2020年6月2日在全县专家座谈会上的讲话。\n"
    head = head_of("把公共卫生的底子打牢", note)
    assert head == {
        "title": "把公共卫生的底子打牢", "speaker": "骆维桢", "date": "2020-06-02", "occasion": "全县专家座谈会",
    }  # fmt: skip


def test_a_head_whose_line_breaks_are_lost_is_read() -> None:
    text = "在全县表彰大会上的讲话（2020年11月24日）骆维桢同志们：今天，我们隆重集会，表彰先进，大家都很高兴。"
    (head,) = heads_of(text)
    assert head.plain() == {
        "title": "在全县表彰大会上的讲话", "speaker": "骆维桢", "office": None, "date": "2020-11-24", "occasion": "全县表彰大会",
    }  # fmt: skip


def test_properties_of_a_file_are_believed_only_where_its_text_says_nothing() -> None:
    properties = {
        "title": "在全县秋收工作会议上的讲话_云泽县人民政府",
        "author": "骆维桢",
        "date": "2024-03-09T08:00:00Z",
    }
    assert head_of("", "", properties) == {
        "title": "在全县秋收工作会议上的讲话", "speaker": "骆维桢", "date": "2024-03-09",
    }  # fmt: skip
    said = head_of("在全县春耕工作会议上的讲话\n县长 田守义\n2024年3月5日", "", properties)
    assert (said["title"], said["speaker"], said["date"]) == ("在全县春耕工作会议上的讲话", "田守义", "2024-03-05")
    (head,) = heads_of(BODY, properties)
    assert head.title is not None
    assert (head.title.start, head.title.end) == (None, None)


@pytest.mark.parametrize(
    "properties",
    [
        {"title": "Microsoft Word - 文档1", "author": "Administrator", "date": "yesterday"},
        {"title": "无标题", "author": "微软用户", "date": "0000-00-00"},
        {"title": "\ud800", "author": "\ud800\ud801", "date": "9999-99-99"},
    ],
)
def test_properties_that_a_program_made_up_are_none(properties: Mapping[str, str]) -> None:
    assert head_of("", "", properties) == {}


def test_a_program_s_title_of_a_collection_is_no_title_of_its_speeches() -> None:
    body = BODY + "这项工作事关全局，" * 20 + "大家一定要抓好。\n"
    heads = heads_of(f"第一篇\n{body}第二篇\n{body}", {"title": "领导讲话范文两篇"})
    assert [head.title for head in heads] == [None, None]


PIECES = (
    "在全县大会上的讲话", "——在", "上的讲话", "（2024年3月5日）", "※", "（根据录音整理）", "（3月5日）", "2024年", "（", "）", "县委书记", "骆维桢", " ", "　", "\n", "\n\n", "\u200b", "二○二四年",
    "第二篇：", "时间：", "讲话人：", "title: ", "# ", "《", "》", "关于印发", "的通知", "2024-13-45", "同志们：", "今天开会。", "一、抓落实", "县長", "講話", "=",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@settings(max_examples=150, deadline=None)
def test_whatever_a_file_says_places_hold_the_text_of_the_values(text: str) -> None:
    paragraphs = parse(text)
    heads = read_heads(text, paragraphs)
    assert [head.speech for head in heads] == sorted({p.speech for p in paragraphs})
    for head in heads:
        for field, value in zip(FIELDS, head.values, strict=True):
            if value is None:
                continue
            found = text[value.start : value.end]
            if field == "date":
                date = find_date(found) or find_month_and_day(found, value.text[:4])
                assert date is not None
                assert date.iso == value.text
            else:
                assert "".join(found.replace("\u200b", "").split()) == "".join(value.text.split())


@pytest.mark.parametrize(
    "line",
    [
        "在" * 80,
        "（" * 80,
        "县委书记" * 40,
        "张 " * 80,
        "2024年" * 30,
        "——在会上的" * 26,
        "这是在会上" * 60,
        "《“（" * 50,
        "第一篇" * 50,
    ],
)
def test_lines_made_for_it_do_not_take_long(line: str) -> None:
    text = "\n".join([line[:160]] * 200) + "\n同志们：\n今天开会。" + line
    paragraphs = parse(text)
    begin = time.perf_counter()
    read_heads(text, paragraphs)
    assert time.perf_counter() - begin < 1


@pytest.mark.parametrize(
    "office",
    [
        "县委书记",
        "秘书长",
        "总裁",
        "总经理",
        "主席",
        "主任",
        "委员",
        "常委",
        "专员",
        "司令",
        "总工程师",
        "总监",
        "总编辑",
        "负责人",
        "主管",
        "会计",
        "首席代表",
        "大使",
        "院士",
        "教授",
        "CEO",
        "工作者",
        "学生",
        "教师",
        "同学",
        "顾问",
        "党员",
    ],
)
def test_no_office_is_overlooked_before_a_name(office: str) -> None:
    byline = find_byline(f"{office}　骆维桢")
    assert byline is not None
    assert byline.name is not None


@pytest.mark.parametrize(
    "organ",
    [
        "县委",
        "村民委员会",
        "市政府",
        "县委办公室",
        "公安局",
        "民政厅",
        "宣传部",
        "实业公司",
        "农业集团",
        "云泽大学",
        "师范学院",
        "第一中学",
    ],
)
def test_no_organ_is_overlooked_before_a_name(organ: str) -> None:
    byline = find_byline(f"中共云泽{organ} 骆维桢")
    assert byline is not None
    assert byline.name is not None
