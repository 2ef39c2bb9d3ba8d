"""What lines are: headings, paragraphs, titles and what belongs to the page, told by what stands around them."""

import pytest

from jianghua.corpus import parse
from jianghua.corpus.decode import Mark
from tests.corpus.texts import END, GAPS, GRAIN, HEAD, TASKS


def kinds(text: str) -> list[tuple[str, str]]:
    return [(p.kind, p.text) for p in parse(text)]


def kind_of(line: str, text: str) -> str:
    return next(p.kind for p in parse(text) if p.text == line)


def outlines(text: str) -> list[tuple[str, ...]]:
    return [p.outline for p in parse(text) if p.kind == "paragraph"][1:]  # the first is the opening of HEAD


# headings


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("一、为什么要抓早？", "二、怎样才能抓早？"), ("一、鼓足干劲，打好秋收这一仗！", "二、守住底线，不出一起事故！"),
        ("一、认清形势，坚定信心，把秋收摆在首位。", "二、突出重点，抓住关键，把秋种落到地头。"), ("（一）抓什么？怎么抓？", "（二）谁来抓？抓到什么程度？"),
        ("一、弘扬“老黄牛“精神，抢收抢种", "二、打好“三夏“硬仗，不误农时"), ("一、弘扬“老黄牛精神，抢收抢种", "二、打好硬仗（补齐短板，不误农时"),
        ("一、抢收！抢种！", "二、查漏！补缺！"), ("一、早作准备；抢抓农时", "二、盯住安全；守住底线"), ("一是精神状态还不够好。", "二是作风还不够实。"), ("1.为支持机手，县里准备做这几件事：", "2.为帮助农户，乡里要做这几件事："),
    ],
)  # fmt: skip
def test_headings_may_end_in_stops_and_hold_commas(first: str, second: str) -> None:
    text = f"{HEAD}{first}\n{GRAIN}\n{second}\n{TASKS}{GRAIN}\n"
    assert [p.text for p in parse(text) if p.kind == "heading"] == [first, second]
    assert outlines(text) == [(first,), (second,)]


def test_items_of_a_list_are_no_headings() -> None:
    items = ["一是抓好机手培训。", "二是抓好油料供应。", "三是抓好晒场通电。"]
    text = HEAD + "要办好三件事：\n" + "\n".join(items) + f"\n{GRAIN}\n"
    assert [kind_of(item, text) for item in items] == ["paragraph"] * 3
    items = ["1.新修机耕路三十公里；", "2.新添烘干机九台；", "3.改造晒场六十二处。"]
    text = HEAD + "主要指标是：\n" + "\n".join(items) + f"\n{GRAIN}\n"
    assert [kind_of(item, text) for item in items] == ["paragraph"] * 3


def test_lines_whose_stops_were_left_out_stay_apart() -> None:
    lines = [
        f"{place}收割机服务队连续作业二十六天帮助困难农户抢收水稻一千四百亩受到县政府通报表扬"
        for place in ("河口乡", "柳坪镇", "石桥乡")
    ]
    text = HEAD + "\n".join(lines) + f"\n{END}\n"
    assert [p.text for p in parse(text) if p.text in lines] == lines
    assert {kind_of(line, text) for line in lines} == {"paragraph"}


def test_topic_sentences_that_begin_alike_are_headings() -> None:
    topics = [
        "这一年，我们修路架桥，出行更方便了。",
        "这一年，我们引水上山，吃水不再犯难。",
        "这一年，我们招商引资，厂子建到家门口。",
    ]
    text = HEAD + "".join(f"{topic}\n{GRAIN}{GAPS}\n" for topic in topics)
    assert [p.text for p in parse(text) if p.kind == "heading"] == topics


# outline


def test_a_run_in_heading_holds_for_what_stands_below_it() -> None:
    text = f"{HEAD}一、任务\n（一）抢收。{GRAIN}\n{TASKS}\n一是{GAPS}\n二是{GAPS}\n（二）抢种。{GRAIN}\n{TASKS}\n"
    first, second = ("一、任务", "（一）抢收"), ("一、任务", "（二）抢种")
    found = outlines(text)
    assert found[:2] == [first, first]
    assert [path[:2] for path in found[2:4]] == [first, first]
    assert found[4:] == [second, second]


def test_the_last_item_of_a_list_does_not_take_the_rest_of_its_section() -> None:
    text = f"{HEAD}一、任务\n（一）抢收。{GRAIN}\n（二）抢种。{GRAIN}\n（三）抢墒。{GRAIN}\n{TASKS}\n{GAPS}\n"
    assert outlines(text)[-2:] == [("一、任务",), ("一、任务",)]


def test_no_item_between_two_others_is_without_its_outline() -> None:
    long = "3.把晒场、粮库、烘干点三类场地逐一登记造册，哪个村缺、缺多少、什么时候补上，都要写得清清楚楚，不能用大概两个字糊弄，更不能等到下了雨才想起来找篷布。"
    text = f"{HEAD}1.机手要到位。{GRAIN}\n2.油料要到位。{GRAIN}\n{long}\n4.安全要到位。{GRAIN}\n"
    assert [bool(path) for path in outlines(text)] == [True] * 4


def test_an_address_to_all_ends_the_last_section_below_the_first_level() -> None:
    text = f"{HEAD}一、任务\n（一）抢收\n{GRAIN}\n（二）抢种\n{GRAIN}\n{TASKS}\n各位代表！{GAPS}\n二、要求\n{TASKS}\n"
    assert outlines(text)[3] == ("一、任务",)


def test_the_last_appeal_stands_under_no_heading() -> None:
    text = f"{HEAD}一、任务\n（一）抢收\n{GRAIN}\n（二）抢种\n{TASKS}\n{END}\n"
    assert outlines(text)[-1] == ()
    text = f"{HEAD}一、任务\n{GRAIN}\n附件1\n{TASKS}\n"
    assert outlines(text)[-1] == ("附件1",)


def test_a_numbering_that_begins_anew_inside_another_is_below_it() -> None:
    text = HEAD + "".join(f"第{number}、要过的关\n一、道理\n{GRAIN}\n二、办法\n{TASKS}\n" for number in "一二三")
    assert outlines(text)[0] == ("第一、要过的关", "一、道理")
    assert outlines(text)[-1] == ("第三、要过的关", "二、办法")


def test_a_heading_is_not_cut_at_a_blank_where_a_stop_ends_it() -> None:
    text = f"{HEAD}（一）提高认识 统一思想。{GRAIN}\n（二）突出重点 抓住关键。{TASKS}\n"
    assert outlines(text) == [("（一）提高认识 统一思想",), ("（二）突出重点 抓住关键",)]


def test_headings_of_a_traditional_text_stay_traditional() -> None:
    text = f"{HEAD}(一)加強協調。各科室要密切配合,不得推諉。\n(二)嚴格紀律。遲到三次的,年底不評先進。\n"
    assert outlines(text) == [("(一)加強協調",), ("(二)嚴格紀律",)]


# lines that were broken


@pytest.mark.parametrize(("left", "right"), [("《", "》"), ("“", "”")])
def test_a_line_that_links_broke_inside_a_name_is_joined(left: str, right: str) -> None:
    text = f"{HEAD}　　一、关于{left}\n秋收条例\n{right}的说明\n　　{GRAIN}\n　　请大家学习{left}\n秋收条例\n{right}，照着办。\n　　二、要求\n　　{TASKS}\n"
    found = [p for p in parse(text) if p.kind in ("heading", "paragraph")][1:]
    assert found[0].text == f"一、关于{left}秋收条例{right}的说明"
    assert found[2].text == f"请大家学习{left}秋收条例{right}，照着办。"
    assert found[2].outline == (found[0].text,)


@pytest.mark.parametrize("width", [32, 44])
def test_text_wrapped_at_a_number_of_columns_is_joined(width: int) -> None:
    whole = [
        "2023年，全县粮食总产达到38.6万吨，亩产比上年增加21公斤；新添收割机126台、烘干机9台。" + GRAIN,
        GAPS + "全年水毁农田3120亩。" + TASKS,
        GRAIN + TASKS,
    ]
    lines = []
    for paragraph in whole:
        line, columns = "　　", 4
        for sign in paragraph:
            wide = 2 if sign >= "\u1100" else 1
            if columns + wide > width:
                lines.append(line)
                line, columns = "", 0
            line, columns = line + sign, columns + wide
        lines.append(line)
    text = "在青禾县大会上的讲话\n同志们：\n" + "\n".join(lines) + "\n"
    assert [p.text for p in parse(text) if p.kind == "paragraph"] == whole


@pytest.mark.parametrize("text", ["一、\n早作准备\n", "一\n、早作准备\n", "一、 \n　早作准备\n"])
def test_a_marker_alone_on_its_line_is_joined_with_its_heading(text: str) -> None:
    second = text.replace("一", "二").replace("早作准备", "抢收抢种")
    found = parse(f"{HEAD}{text}{GRAIN}\n{second}{TASKS}\n")
    assert [p.text for p in found if p.kind == "heading"] == ["一、早作准备", "二、抢收抢种"]


def test_paragraphs_run_together_with_blanks_are_cut_apart() -> None:
    for blanks in ("　　", "    ", "\t", "\u00a0\u00a0\u00a0\u00a0"):
        assert [p.text for p in parse(f"{HEAD}{GRAIN}{blanks}{TASKS}\n") if p.kind == "paragraph"][1:] == [GRAIN, TASKS]


# the page and the document around a speech

PHRASES = [
    "要认真学习著作权法，机手教材不能随便翻印。", "以上是我个人的几点想法，仅供参考。", "粮价信息由县政府网站统一发布，每天上午更新。",
    "农户微信搜索“青禾收粮”公众号，就能看到附近的收粮点。", "要畅通客服电话，机手的难处要有人听。", "欢迎访问我县的各位粮商，大家是给农民送钱来的。",
    "要用好数字资源（文库、课件库），农闲时把机手轮训一遍。", "举报网站www.example.gov.cn全天开通，压级压价的一律曝光。", "不要照抄照搬范文大全，讲话要讲自己的话。",
    "要依法保护版权所有人的权益，种子图谱不准盗印。", "报社责任编辑要到田头去看一看。", "扫一扫二维码，就能知道哪家烘干机有空。", "要把本站建成全省一流的农机站，下载安装北斗导航。",
    "会前请大家关注会场公告，手机一律静音。",
]  # fmt: skip


@pytest.mark.parametrize("line", PHRASES)
def test_a_sentence_is_never_site_furniture_and_loses_no_character(line: str) -> None:
    text = f"{HEAD}一、任务\n{GRAIN}\n{line}\n{TASKS}\n{END}\n"
    assert ("paragraph", line) in kinds(text)


@pytest.mark.parametrize(
    "line",
    [
        "谢谢各位领导！",
        "谢谢同志们！",
        "感谢各位代表！",
        "祝各位代表身体健康！",
        "向各位老领导致敬！",
        "请各位代表审议。",
        "谢谢大家！",
    ],
)
def test_thanks_and_wishes_are_no_greeting(line: str) -> None:
    assert kind_of(line, f"{HEAD}{GRAIN}\n{line}\n") == "paragraph"


@pytest.mark.parametrize(
    "line",
    [
        "同志们：",
        "各位代表！",
        "各位领导，同志们：",
        "尊敬的各位来宾、女士们、先生们：",
        "同　志　们：",
        "各位代表，同志们",
        "主任、各位副主任、各位委员：",
    ],
)
def test_greetings_are_meta(line: str) -> None:
    assert kinds(f"在青禾县大会上的讲话\n{line}\n{GRAIN}\n")[1][0] == "meta"


def test_what_a_government_page_writes_around_a_report_is_meta() -> None:
    before = [
        "当前位置：",
        "首页",
        ">",
        "政务信息",
        ">",
        "县内要闻",
        "下载",
        "打印",
        "全屏",
        "【字号：",
        "加大",
        "减小",
        "】",
    ]
    about = [
        "来源：",
        "青禾日报客户端",
        "发表时间：",
        "2026-02-09 09:45:30",
        "阅读量：",
        "县长 骆维桢",
        "骆维桢作政府工作报告。",
    ]
    title, occasion = "2026年青禾县政府工作报告", "——2026年1月6日在青禾县第十八届人民代表大会第五次会议上"
    after = ["相关报道：", "扫一扫在手机打开当前页", "【打印本页】", "【关闭窗口】"]
    text = "\n".join([*before, title, occasion, *about, "各位代表：", GRAIN, "一、任务", TASKS, END, *after])
    found = {p.text: p.kind for p in parse(text)}
    assert found.pop(title) == "title"
    assert {line: kind for line, kind in found.items() if kind != "meta"} == {
        GRAIN: "paragraph", "一、任务": "heading", TASKS: "paragraph", END: "paragraph",
    }  # fmt: skip


def test_a_title_over_two_lines_is_a_title_and_its_occasion_is_not() -> None:
    text = f"认清形势 抢抓农时\n努力夺取全年粮食丰收\n——在青禾县秋收工作会议上的讲话\n县长 骆维桢\n（2024年9月5日）\n同志们：\n{GRAIN}\n"
    assert [kind for kind, _ in kinds(text)] == ["title"] * 3 + ["meta"] * 3 + ["paragraph"]
    text = f"政府工作报告\n——2026年1月6日在青禾县第十八届\n人民代表大会第五次会议上\n县长 骆维桢\n各位代表：\n{GRAIN}\n"
    assert [kind for kind, _ in kinds(text)] == ["title"] + ["meta"] * 4 + ["paragraph"]


def test_the_letterhead_of_an_official_document_is_meta_and_the_speech_in_it_has_its_own_title() -> None:
    head = ["青禾县人民政府办公室文件", "青政办发〔2024〕3号"]
    notice = [
        "青禾县人民政府办公室关于印发骆维桢同志在全县秋收工作会议上讲话的通知",
        "各乡镇人民政府，县政府各部门：",
        "现将讲话印发给你们，请认真学习，抓好落实。",
        "2024年9月6日",
    ]
    speech = ["在全县秋收工作会议上的讲话", "骆维桢", "（2024年9月5日）", "同志们：", GRAIN, TASKS, END]
    end = ["抄送：县委各部门，县人大常委会办公室。", "青禾县人民政府办公室　　　　　2024年9月6日印发"]
    found = {p.text: (p.speech, p.kind) for p in parse("\n".join([*head, *notice, *speech, *end]))}
    assert {found[line][1] for line in [*head, notice[1], notice[3], *speech[1:4], end[0]]} == {"meta"}
    assert found[speech[0]] == (1, "title")
    assert found[GRAIN] == (1, "paragraph")


def test_a_table_of_contents_gives_no_headings() -> None:
    body = f"一、早作准备\n{GRAIN}\n（一）机手\n{TASKS}\n二、抢收抢种\n{TASKS}\n"
    for listed in (
        "目  录\n一、早作准备\n（一）机手\n二、抢收抢种\n",
        "目录\n一、早作准备…………1\n（一）机手……2\n二、抢收抢种…………3\n",
    ):
        found = parse(f"在青禾县大会上的讲话\n{listed}同志们：\n{GRAIN}\n{body}")
        assert [p.text for p in found if p.kind == "heading"] == ["一、早作准备", "（一）机手", "二、抢收抢种"]
        assert [p.outline for p in found if p.kind == "paragraph"][2] == ("一、早作准备", "（一）机手")


# what the file itself says


def test_what_the_file_says_of_a_line_is_believed() -> None:
    lines = [
        ("返回列表", Mark("meta", ends=True)), ("在青禾县大会上的讲话", Mark("title", ends=True)), (GRAIN, Mark(ends=True)),
        ("秋收怎么办？", Mark("heading", 2, True)), ("早收三天", Mark("paragraph", ends=True)), ("粮食\t增产一成", Mark("row", ends=True)),
        ("大豆\t增产半成", Mark("row", ends=True)), ("还有，哪些乡镇慢？", Mark("heading", 3, True)), (GAPS[:20], Mark(ends=False)),
        ("— 12 —", Mark("meta", ends=True)), (GAPS[20:], Mark(ends=True)), ("没有句号的一段话只要写得比标题长一些也还是自己的一段不会跟下面的话连起来当作一段读给机手们听", Mark(ends=True)),
        (TASKS, Mark(ends=True)),
    ]  # fmt: skip
    found = parse("".join(f"{line}\n" for line, _ in lines), "a.docx", [mark for _, mark in lines])
    assert [(p.kind, p.outline, p.text) for p in found] == [
        ("meta", (), "返回列表"),
        ("title", (), "在青禾县大会上的讲话"),
        ("paragraph", (), GRAIN),
        ("heading", (), "秋收怎么办？"),
        ("paragraph", ("秋收怎么办？",), "早收三天"),
        ("paragraph", ("秋收怎么办？",), "粮食 增产一成"),
        ("paragraph", ("秋收怎么办？",), "大豆 增产半成"),
        ("heading", ("秋收怎么办？",), "还有，哪些乡镇慢？"),
        ("paragraph", ("秋收怎么办？", "还有，哪些乡镇慢？"), GAPS),
        ("paragraph", ("秋收怎么办？", "还有，哪些乡镇慢？"), lines[-2][0]),
        ("paragraph", ("秋收怎么办？", "还有，哪些乡镇慢？"), TASKS),
    ]
    assert [p.level for p in found if p.kind == "heading"] == [2, 3]


def test_a_heading_over_two_lines_that_the_file_shows_to_go_on_is_one() -> None:
    lines = [
        ("一、把秋收秋种摆在突出位置，", False),
        ("努力夺取全年丰收", True),
        (GRAIN, True),
        ("二、要求", True),
        (TASKS, True),
    ]
    found = parse("".join(f"{line}\n" for line, _ in lines), "a.pdf", [Mark(ends=ends) for _, ends in lines])
    assert [p.text for p in found if p.kind == "heading"] == [
        "一、把秋收秋种摆在突出位置，努力夺取全年丰收",
        "二、要求",
    ]


def test_an_item_without_a_heading_of_its_own_does_not_stand_below_its_neighbour() -> None:
    item = "3、其他的仓库和晒场，凡是能挤出地方的，凡是通了路通了电的，凡是离村不超过三里地的，都要在十天以内腾出来交给粮站。"
    text = f"{HEAD}一、任务\n1、为机手办的事：\n{GRAIN}\n2、为农户办的事：\n{TASKS}\n{item}\n"
    assert outlines(text)[-1] == ("一、任务",)


def test_an_appeal_that_lost_its_stop_is_no_signature() -> None:
    cut = END[:-1] + "\ufffd"
    assert kind_of(cut, f"{HEAD}一、任务\n{GRAIN}\n{cut}\n") == "paragraph"


@pytest.mark.parametrize("title", ["目录", "提　纲", "主要内容", "CONTENTS"])
@pytest.mark.parametrize("page", ["", "……－{}－", "……………第{}页"])
def test_contents_of_any_title_and_page_number_give_no_headings(title: str, page: str) -> None:
    names = ["一、早作准备", "二、抢收抢种"]
    listed = "".join(f"{name}{page.format(number)}\n" for number, name in enumerate(names, 1))
    title_line, rest = HEAD.split("\n", 1)
    found = parse(f"{title_line}\n{title}\n{listed}{rest}一、早作准备\n{GRAIN}\n二、抢收抢种\n{TASKS}\n")
    assert [p.text for p in found if p.kind == "heading"] == names
    assert [p.text for p in found if p.kind == "title"] == [title_line]


@pytest.mark.parametrize("following", [END, "与此同时，" + TASKS, "在看到成绩的同时，" + GAPS])
def test_a_paragraph_that_lost_its_stop_is_not_glued_to_one_that_begins_a_new_thought(following: str) -> None:
    text = HEAD + GRAIN.rstrip("。") + "\n" + following.replace("与此同时", "同时") + "\n"
    assert [p.text for p in parse(text) if p.kind == "paragraph"][1:] == [
        GRAIN.rstrip("。"), following.replace("与此同时", "同时")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "免责声明挡不住责任，出了事一样要追究。", "版权声明要写进合同，免得日后扯皮。", "本文来源于三个月的走访，句句有出处。", "公有领域的图纸可以放心用。",
        "本站观点一向鲜明，这次也不例外。", "农机手册（www.qinghe.gov.cn）已经上网。", "要编好手册（内容来自田间地头），让机手看得懂。",
    ],
)  # fmt: skip
def test_a_sentence_that_ends_the_speech_is_no_site_furniture(line: str) -> None:
    assert [p.text for p in parse(f"{HEAD}{GRAIN}\n{TASKS}\n{line}\n") if p.kind == "paragraph"][-1] == line


@pytest.mark.parametrize(
    "lines",
    [
        "地点：县农机站会议室", "××××年×月×日", "（20××年×月×日）", "内部资料　注意保存", "〔2031〕7号", "各位乡亲、各位机手、\n同志们：",
    ],
)  # fmt: skip
def test_what_stands_between_title_and_speech_is_no_title(lines: str) -> None:
    title, rest = HEAD.split("\n", 1)
    assert [p.text for p in parse(f"{title}\n{lines}\n{rest}{GRAIN}\n") if p.kind == "title"] == [title]


@pytest.mark.parametrize(
    "line",
    ["尊敬的主席先生，", "尊敬的各位领导，各位来宾，同志们", "尊敬的大使阁下，女士们、先生们：", "全县广大干部群众："],
)
def test_greetings_without_a_colon_or_to_one_person_are_meta(line: str) -> None:
    assert kind_of(line, HEAD.replace("同志们：", line) + GRAIN) == "meta"


@pytest.mark.parametrize("line", ["报：县委办公室。", "送：县直各部门。", "青禾县委办公室编印　　2031年9月2日"])
def test_copies_and_imprint_below_a_speech_are_meta(line: str) -> None:
    assert [p.kind for p in parse(f"{HEAD}{GRAIN}\n{END}\n{line}\n")][-1] == "meta"


def test_one_semicolon_does_not_make_paragraphs_of_the_headings_of_a_list() -> None:
    items = (
        "1、保障是基础，机手吃住由乡里安排，工钱一天一结，任何村都不许拖；",
        "2、逐步提高作业补贴。",
        "3、管好用好烘干设备。",
    )
    text = f"{HEAD}一、机手\n" + "".join(f"{item}\n{GRAIN}\n" for item in items)
    assert [p.text for p in parse(text) if p.kind == "heading"] == ["一、机手", *items[1:]]
