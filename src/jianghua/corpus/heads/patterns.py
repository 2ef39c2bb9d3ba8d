"""Patterns of the lines of a head, in simplified characters. Lines are at most 160 characters long, so that no pattern is slow."""

import re

from jianghua.corpus.lazy import lazy

HAN = lazy(r"[\u4e00-\u9fff]")
_D = "[0-9０-９]"
_CLAUSE = "[^。！？；]"
_DASH = r"(?:[—─―－–\-]{1,4}\s*)"
_NUMBER = "[一二三四五六七八九十百0-9０-９]{1,4}"
_GENRE = (
    r"(?:讲\s*话|发\s*言|致\s*[辞词]|报\s*告|主持词|演讲|讲稿|党课|述职|表态|[祝贺献悼][辞词]|[开闭]幕[辞词]|(?:欢迎|答谢|祝酒)[辞词]|贺信|寄语|谈话|"
    r"开场白|汇报|小结|总结|宣讲|辅导|授课|感言)(?:提纲|要点|稿|材料|词|摘要|节选|实录)?(?:全文)?"
)

# where a head ends, and what stands around it

SALUTATION = lazy(r"[尊敬亲親爱愛]{2}的|(?:[^，。：:]{1,8}、)?各位|.{1,6}[们們][：:，,！!、\s]")
COVER = lazy(r"(?:现将|现予|经.{1,30}同意|根据.{2,40}要求).{0,80}(?:印发|转发|发给)")
"""现将…讲话印发给你们，请认真贯彻落实。"""
_NOTICE = lazy(rf"(?:印发|转发|下发)(?P<title>{_CLAUSE}{{4,90}}?)的?\s*通知[》）)]?$")
RED_HEAD = lazy(
    r"文件$|[〔\[［]\d{4}[〕\]］]\s*\d*|^(?:抄[送报]|[主报]送|印发|签发|密级|机密|秘密|特急|加急|附件)|印发$"
)
_DIVIDER = lazy(
    rf"[【\[（(★☆◆●■]{{0,3}}\s*(?:(?:讲话|发言|范文|例文|篇目)\s*[之篇]?第?{_NUMBER}篇?|第\s*{_NUMBER}\s*篇(?!章)|篇{_NUMBER})"
    r"\s*(?:[】\]）)]\s*[:：、.．]?\s*|[:：、.．\s]\s*|$)(?P<title>.{0,100})$"
)

_BEGIN_DIVIDERS = frozenset("讲发范例篇第")

# titles and occasions

_GENRE_AT_END = lazy(rf"{_GENRE}[》”]?$")
_LONGEST_GENRE = 12
_TITLE = lazy(
    rf"(?P<dash>{_DASH}?)(?P<who>{_CLAUSE}{{0,24}}?)在(?P<occasion>{_CLAUSE}{{2,100}})"
    rf"(?:上|时|中|期间|(?<=[会议式礼动坛班])(?=的|{_GENRE}))的?{_CLAUSE}{{0,12}}?{_GENRE}[》”]?$"
)
TITLE_WITHOUT_IN = lazy(
    rf"(?:(?P<occasion>{_CLAUSE}{{4,70}}[会议式礼])上的{_CLAUSE}{{0,8}}?"
    rf"|(?P<meeting>{_CLAUSE}{{2,70}}(?:大会|会议|(?:座谈|动员|推进|表彰|调度|现场|部署|交流|总结|培训|见面|通报|分析)会|典礼|仪式))){_GENRE}$"
)
_TITLE_WITH_BRACKETS = lazy(
    rf"(?P<title>[^。！？；\n（(]{{0,70}}?{_GENRE})\s*[（(](?P<when>[^（）()\n]{{4,40}})[）)]\s*"
    rf"(?:(?P<who>\S{{2,4}}?)(?=$|\s|同志们|各位|尊敬|{_D}))?"
)
SUBTITLE = lazy(rf"(?<=.)(?:——|――|──)(?=在|{_D}{{4}}年)")
"""Where a title goes on as its subtitle in the same line."""
OCCASION = lazy(
    rf"(?P<dash>{_DASH}?)(?P<when>[^在。！？；]{{0,30}}?)\s{{0,4}}在(?P<occasion>{_CLAUSE}{{2,100}}[会议式礼坛班])上(?:\s{{1,8}}(?P<who>\S{_CLAUSE}{{1,60}}))?$"
)
MEETING = lazy(rf"{_CLAUSE}{{2,60}}(?:次|届)[^。！？；，次届]{{0,6}}(?:会议|大会|全会)$")
"""云泽县第八届人民代表大会第三次会议, in a line of its own."""
_EVENT = lazy(
    "会|仪式|典礼|论坛|调研|座谈|班|活动|考察|视察|学习|检查|慰问|讲堂|党课|汇报|接见|见面|现场|庆|纪念|开工|启动|宴"
)
"""What an occasion has in its name."""
OPEN = lazy(rf"{_DASH}?[（(]?[^在。]{{0,24}}在")
CLOSED = lazy(rf"(?:上|{_GENRE})[）)》”]?$")
"""A line that begins like `OPEN` goes on in the next one until it ends so."""
_BRACKETS = lazy(r"[（(【\[〔](?P<inner>[^（）()【】\[\]〔〕]{0,90})[）)】\]〕]$")
OF_ANOTHER_YEAR = lazy("总结|回顾|述职|[预决]算")
"""The year in such a title may be the year before."""

# lines that say what they are

LABEL = lazy(
    r"(?i)(?:(?P<speaker>(?:讲话|发言|报告|主讲|演讲|致辞|宣讲|授课)(?:人员?|者|领导)|主\s*讲)|(?P<author>作者|author|speaker)|"
    r"(?P<date>(?:讲话|会议|发言)?(?:时\s*间|日\s*期)|date)|(?P<title>(?:文章)?标\s*题|题\s*目|title)|(?P<occasion>(?:会议|活动)(?:名称)?|场合)|"
    r"(?P<other>地\s*点|主\s*持人?|记录人?|整理人?|来源|出处|责任?编辑|编辑|关键词|摘要|导语|tags|categories|layout|"
    r"(?:发布|发表|更新|上传|录入|成文|创建)(?:时间|日期|人|者|机构)?|浏览(?:次数|量)?|点击(?:数|率|次数)?|阅读(?:次数|量)?|索引号|文号|发文字号|发文机关|信息分类))\s*(?:[:：]|(?<=[a-zA-Z\s])=)\s*"
)
MARK_OF_LABEL = lazy("[:：=]")
DATES_OF_SPEECHES = ("讲话时间", "会议时间", "发言时间", "讲话日期", "会议日期", "发言日期")
NEXT_LABEL = lazy(r"(?<!\s)\s+[^\s:：]{2,6}[:：]")
PAGE = lazy(
    "发布|发表|更新|上传|录入|浏览|点击|来源|字号|字体|编辑|admin|分享|下载|打印|收藏|访问|记者|通讯员|转载|关键词|首页|当前位置|责编|推荐|稿源|[摄>|»◆<]|https?:|(?:网站?|频道|专栏|门户)$"
)
"""What a page says of itself, and captions."""
PART = lazy("[^，,（）()]+")

# below a speech

_TOLD = r"在(?P<occasion>[^。；]{2,80})(?:上|时)的?[^。，；上时]{0,6}?(?:讲话|发言|报告|致辞|演讲)"
NOTES = (
    lazy(
        rf"(?:这是|本文[系是为]|此[文件][系是为])(?P<who>[^。，；]{{2,30}}?)(?P<when>{_D}{{4}}年[^。，；在]{{0,10}})?{_TOLD}"
    ),
    lazy(rf"[（(](?P<who>)(?P<when>{_D}{{4}}年[^。，；在（()）]{{2,10}}){_TOLD}[）)]"),
)
"""这是…同志…年…月…日在…会上的讲话。"""
LEAD = lazy("这是|本文[系是为]|此[文件][系是为]|摘自|节选自|根据")
NAME_AND_TITLE = lazy(r"(?P<name>[\u4e00-\u9fff]{2,3}?)(?:同志|总书记|书记|主席|总理|[省市县]长)")
NEWSPAPER = lazy(rf"《[^》]{{2,12}}》\s*[（(]\s*(?P<when>{_D}{{4}}年[^（()）]{{3,9}}日)\s")
REPORT = lazy(rf"[（(]新华社[^）)。]{{0,6}}?(?P<day>{_D}{{1,2}}月{_D}{{1,2}}日)电")

# properties of files

UNTITLED = lazy(r"(?i)无标题|未命名|新建|文档\s*\d*$|演示文稿|幻灯片|microsoft|untitled|^站点$|首页")
NAME_OF_SITE = lazy(r"\s{0,4}[_|｜].*$|\s{1,4}[-–—]\s.*$|[-–—][^-–—]{2,20}(?:网|政府|门户|站|文库|百科)$")


# as functions, which look first whether a pattern can match at all


def ends_in_genre(line: str) -> bool:
    """Whether a line ends in a word for a speech, as titles do."""
    return _GENRE_AT_END.search(line, max(len(line) - _LONGEST_GENRE, 0)) is not None


def title_of(line: str) -> re.Match[str] | None:
    """“——李某某在…会上的讲话”: groups dash, who, occasion."""
    match = _TITLE.match(line) if "在" in line and ends_in_genre(line) else None
    return match if match and _EVENT.search(match["occasion"]) else None


def title_with_brackets(line: str) -> re.Match[str] | None:
    """“…的讲话（2024年3月5日）李某某同志们：…”: groups title, when, who. Copies whose line breaks are lost begin so."""
    head = line[:80]
    return _TITLE_WITH_BRACKETS.match(line) if "（" in head or "(" in head else None


def brackets_at_end(line: str) -> re.Match[str] | None:
    """Brackets that a line ends with: group inner."""
    return _BRACKETS.search(line) if line[-1:] in "）)】]〕" else None


def divider_of(line: str) -> re.Match[str] | None:
    """“第二篇：…”: group title."""
    return _DIVIDER.match(line) if line.lstrip("【[（(★☆◆●■").lstrip()[:1] in _BEGIN_DIVIDERS else None


def notice_of(line: str) -> re.Match[str] | None:
    """“关于印发…讲话的通知”: group title."""
    return _NOTICE.search(line) if "通知" in line[-4:] else None
