"""What a web page leaves around and inside a speech: named patterns for lines and for inserts.

All patterns are written for simplified characters and are matched on one line without its outer white space.
"""

import re
from string import ascii_letters

from jianghua.corpus.lazy import lazy

_ADDRESS = r"(?<![A-Za-z0-9.\-])(?:https?://|www[.．。])?[A-Za-z0-9][A-Za-z0-9\-.]{0,80}[.．](?:com|cn|net|org|gov|edu|cc|info|top|wang|vip)(?:[.．]cn)?(?:/[\w./?=&%#\-]*)?"

ZERO_WIDTH_CHARACTERS = "".join(
    map(chr, (*range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2065), 0xFEFF, 0xAD))
)
ZERO_WIDTH = re.compile(f"[{ZERO_WIDTH_CHARACTERS}]+")

DIVIDER = lazy(
    r"^[【\[★☆◆●■]{0,3}(?:(?:讲话|发言|范文|篇目)\s*(?:之)?第?[一二三四五六七八九十百\d]{1,4}篇?|第[一二三四五六七八九十百\d]{1,4}篇|"
    r"篇[一二三四五六七八九十百\d]{1,4})[】\]]?\s*(?:[:：、.．\s].{0,60})?$"
)
"""“第二篇：…”, “篇三：…”, “【第2篇】…”: begins a new speech."""

_OPENING = re.compile("(?:尊敬的|敬爱的|亲爱的)")
_BETWEEN = frozenset("，。；,;:：！!？?“”")
"""What does not stand between the persons of a salutation."""
_PERSON = lazy(
    r"同志们|同志|朋友们|代表们?|委员们?|来宾|嘉宾|(?:(?<![\u4e00-\u9fff])|(?<=[的位级各]))领导(?:们|同志们?)?|老师们?|同学们|乡亲们|"
    r"父老乡亲|村民们|女士们|先生们|职工们|干部群众|(?:主席|总统|总理|首相|议长|大使|部长|[省市县]长)?(?:先生|女士|阁下)|同仁们?|家长们|战友们|医务工作者|企业家们?|干警们|书记|主任|[省市县区镇乡部局厅处校院州]长|各位[\u4e00-\u9fff]{1,8}|老领导|主席团|代表|干警同志|党员们"
)
_BEGIN_PERSONS = frozenset("同朋代委来嘉领老乡父村女先职干主总首议大部省市县阁家战医企书区镇局厅处校院州各党")
_LONGEST_PERSON = 10
_AND = re.compile(r"[、，,\s]\s*|和")
_PERSONS = 6
_GAP = 24


_NAMES_PERSONS = re.compile("[同各朋代委来嘉领老乡父村女先职家战医企干书主党长总首议大部阁]")
"""One of these characters is in every greeting."""
_NO_GREETING = re.compile("谢谢|多谢|感谢|致敬|祝|拜托|有请|向|让|请|要|希望|欢迎|散会")
"""Begins what is said to people in a sentence, not their greeting."""


def is_salutation(line: str) -> bool:
    """Whether a line greets its audience: up to six persons or groups, at most 24 characters between them.

    Only before a colon may other words come before the first of them (“李明县长、各位代表：”).

    As a regular expression this takes exponential time on lines that are made for it; here every place is tried once.

    >>> [is_salutation(line) for line in ("同志们：", "各位代表！", "各位领导，同志们、朋友们", "同志们要努力：")]
    [True, True, True, False]
    >>> [is_salutation(line) for line in ("谢谢各位领导！", "加强组织领导", "各位领导")]
    [False, False, True]
    """
    if not _NAMES_PERSONS.search(line) or _NO_GREETING.match(line):
        return False
    end = len(line) - (line[-1:] in ":：！!。")
    ends = {end, len(line), len(line[:end].rstrip().rstrip("、，,和").rstrip())}
    begins = [at for at, character in enumerate(line) if character in _BEGIN_PERSONS]
    if not any(_PERSON.fullmatch(line, at, to) for to in ends for at in begins if to - _LONGEST_PERSON <= at < to):
        return False
    persons: list[list[int]] = [[] for _ in line]
    for at in begins:
        longest = min(at + _LONGEST_PERSON, len(line))
        persons[at] = [to for to in range(at + 2, longest + 1) if _PERSON.fullmatch(line, at, to)]
    places = {0}
    gap = _GAP if line[-1:] in (":", "：") else 0
    for _ in range(_PERSONS):
        after: set[int] = set()
        for place in places:
            for begin in {place, place + 3} if _OPENING.match(line, place) else {place}:
                for at in range(begin, min(begin + gap, len(line) - 1) + 1):
                    if at > begin and line[at - 1] in _BETWEEN:
                        break
                    after.update(persons[at])
        after |= {to for place in after for to in _ends_of(_AND.match(line, place))}
        if after & {end, len(line)}:
            return True
        places, gap = after, _GAP
    return False


def _ends_of(match: re.Match[str] | None) -> range:
    return range(match.start() + 1, match.end() + 1) if match else range(0)


STAGE_DIRECTION = lazy(
    r"^[（(【\[](?:全场|热烈|长时间|会场)?(?:掌声|鼓掌|起立|略|下略|中略|笑声|根据录音整理|录音整理|摘要|节选|讲话稿|会间休息|奏|未经.{0,8}审阅).{0,16}[）)】\]]$"
)

PAGE_NUMBER = lazy(
    r"^(?:[-—–－·•~\s]*+(?:第\s*+)?[\dⅠⅡⅢⅣⅤ０-９]{1,6}\s*+(?:页|/\s*+\d{1,4}|／\s*+\d{1,4})?\s*+(?:共\s*+\d{1,4}\s*+页)?[-—–－·•~\s]*+|"
    r"第\s*+[一二三四五六七八九十百]{1,4}\s*+页(?:\s*+共.{1,5}页)?|(?i:page)\s*+\d++(?:\s*+of\s*+\d++)?)$"
)

_DAY = r"(?:\d{4}|(?:20|二[〇○零])?[×xX*＊]{2,4}|[一二三四五六七八九〇○Ｏ零Oo０-９]{4})\s*+(?:年|[-./．])\s*+[\d一二三四五六七八九十元０-９×xX*]{1,3}\s*+(?:月|[-./．])\s*+(?:[\d一二三四五六七八九十０-９×xX*]{1,3}\s*+日?)?"
DATE = lazy(
    rf"^[（(〔\[]?\s*+(?:时间[:：]|日期[:：])?{_DAY}\s*+(?:\d{{1,2}}[:：]\d{{2}}(?:[:：]\d{{2}})?|上午|下午|早上|早|晚上|晚|夜)?[）)〕\]]?$"
)

_OFFICE = (
    r"(?:书记|市长|县长|州长|区长|省长|镇长|乡长|盟长|旗长|总理|部长|秘书长|主任|局长|厅长|校长|院长|处长|科长|所长|董事长|总经理|"
    r"主席|政委|检察长|站长|园长|行长|关长|会长|经理|村长|巡视员|调研员|专员|司令员|理事长|常委|委员|组长|指挥长|厂长|矿长)"
)
_NAME = r"(?:[×xX*＊○〇]{1,4}|某{1,3}|[\u4e00-\u9fff]\s*+[×xX*＊○〇某]{1,3}|[\u4e00-\u9fff][\s\u3000]?[\u4e00-\u9fff]{1,3}(?:同志)?)"
_SPEAKER = lazy(rf"^(?:(?:讲话人|发言人|报告人|作者|主讲人)[:：].{{1,30}}|{_NAME}\s*+[（(]\s*+{_DAY}\s*+[）)])$")
_OFFICES = lazy(f"(?=({_OFFICE}))")
_AFTER_OFFICE = lazy(rf"[\s:：]*+{_NAME}?\s*+(?:[（(].{{4,20}}[）)])?$")


_LONGEST_BYLINE = 120


def is_byline(line: str) -> bool:
    """Whether a line says who speaks: “市政府秘书长 和××（2010年5月13日）”; only believed near a title.

    Offices follow each other after a comma or a space with at most 16 characters between. Every office is tried once:
    as a regular expression this takes exponential time on lines that are made for it.

    >>> [is_byline(line) for line in ("县委副书记、县长 骆维桢", "讲话人：李某", "今年要抓好落实")]
    [True, True, False]
    """
    if len(line) > _LONGEST_BYLINE:
        return False
    if (line[-1:] in "）)" or "：" in line or ":" in line) and _SPEAKER.match(line):
        return True
    ends: list[int] = []
    for office in _OFFICES.finditer(line):
        at = office.start()
        if at <= 30 or any(line[end] in "、，," or line[end].isspace() for end in ends if 1 <= at - end <= 17):
            if _AFTER_OFFICE.match(line, office.end(1)):
                return True
            ends.append(office.end(1))
    return False


OCCASION = lazy(r"^[（(]?—{0,4}(?:\d{4}年|[一二三四五六七八九〇○零]{4}年).{2,40}(?:会|大会|会议|仪式)上?[）)]?$")
"""“——2024年3月5日在…会议上”: where and when, without the word for speech."""

_PAGE_PART = lazy(
    r"(?i)上一篇|下一篇|上一页|下一页|推荐阅读|猜你喜欢|热门(?:文章|推荐|范文)|延伸阅读|相关(?:文章|推荐|阅读)|更多(?:相关|精彩|范文|内容|文章)|查看更多|"
    r"微信|扫码|扫一扫|二维码|公众号|领取福利|福利|加入收藏|收藏(?:本[站页])?|设为首页|返回|首页|顶部|列表|当前位置|网站地图|"
    r"编辑[:：]?|录入[:：]?|来源[:：]?|作者[:：]?|摘要[:：]|关键词[:：]|标签[:：]|分类[:：]|栏目[:：]|字[号体][:：]?|[大中小]|浏览(?:次数|量)?[:：]?|点击(?:数|率|量|次数)?[:：]?|"
    r"阅读(?:次数|量|数|全文)?[:：]?|人气[:：]?|打印|关闭|窗口|本[页文]|评论|举报|登录|注册|下载|全文|地址|文档|word|分享(?:到|至|给)?|空间|微博|朋友圈|"
    r"字数[:：]?|(?:发布|更新|上传)(?:时间|者|日期|人)?[:：]?|时间[:：]?|日期[:：]?|admin|vip|会员|讲话|发言|范文|总结|稿|文库|网站?|[\d\s:：\-—/.|>»›<_·•~,，()（）【】\[\]◆★☆●]+"
)
"""Words that a page's navigation and share bars are made of."""

_PAGE_CORE = lazy(
    r"上一篇|下一篇|上一页|下一页|相关(?:文章|推荐|阅读)|推荐阅读|猜你喜欢|热门(?:文章|推荐|范文)|查看更多|扫码|扫一扫|二维码|领取福利|加入收藏|收藏本|设为首页|返回(?:首页|顶部|列表)|"
    r"当前位置|编辑[:：]|来源[:：]|作者[:：]|标签[:：]|字[号体][:：]|浏览(?:次数|量)|点击(?:数|率|量|次数)|阅读(?:次数|量|数)|打印|关闭窗口|评论|登录|注册|下载|分享|发布(?:时间|者|日期)|"
    r"更新时间|上传(?:时间|者)|首页"
)

_SITE_WORD = lazy(
    r"(?i)版权(?:所有|声明|归)|免责声明|转载(?:请|需)|未经(?:授权|许可).{0,8}转载|责任编辑|文章标题[:：]|导语[:：]|本文(?:来源|由.{0,12}(?:整理|提供|发布))|文章来源[:：]|"
    r"来源于(?:网络|网友|互联网)|网友(?:上传|分享|投稿|整理)|共计?[0-9０-９]+个?字|预计阅读|本站(?:观点|内容|所有|声明)?|客服(?:老师|电话|QQ)|ICP备|公安备\d|copyright|all rights reserved|public domain|"
    r"本作品(?:是|在|来自)|维基(?:文库|百科)|著作权法|公有领域|仅供(?:学习)?参考|范文(?:网|大全|先生|站)|文秘(?:网|站)|公文(?:网|站|之家|写作网)|小编(?:为|给|整理|推荐)|欢迎(?:阅读|下载|访问)|供大家(?:参考|借鉴)|VIP会员|微信扫码"
)
SITE_PHRASE = lazy(f"(?i){_ADDRESS}|{_SITE_WORD.pattern.removeprefix('(?i)')}")
"""Phrases that only a site says of itself or of its texts."""

_WORDS = """
    http HTTP Http www WWW Www ICP icp VIP vip Copyright copyright COPYRIGHT All all ALL Public public PUBLIC
    版权所 版权声 版权归 免责声明 转载 责任编辑 文章标题 导语 文章来源 来源于 网友上 网友分 网友投 网友整 共计 预计阅读
    本站 客服 公安备 本作品 维基 著作权法 公有领域 仅供 范文 文秘 文库 小编 供大家 扫码 公众号 更多精彩 更多范文 更多内容 尽在
    公文网 公文站 公文之 公文写 欢迎阅 欢迎下 欢迎访 欢迎关 请访问 请关注 请登录 请点击 请搜索 微信扫
"""
SITE_WORDS = (
    *_WORDS.split(),
    *(dot + letter for dot in ".．" for letter in ascii_letters),
    *(f"共{digit}" for digit in "0123456789０１２３４５６７８９"),
    *(
        a + b
        for a in ("本文", "文章", "内容", "资料", "全文")
        for b in ("来自", "来源", "由", "出自", "摘自", "转自", "选自")
    ),
    *(a + b for a in ("点击", "微信") for b in ("下载", "查看", "关注", "扫码", "搜索")),
)
SITE_CHARACTERS = "☆★※◆●→>"
"""One of these words or characters is in every match of SITE_PHRASE and of INSERT."""

CAPTION = lazy(r"(?:记者|通讯员|摄影)\s?.{1,14}[/／]?\s?(?:摄|文|图|发)$|[/／]摄$")
"""Caption of a photograph in the middle of a text."""

_FOOTER = lazy(
    r"(?i)^(?:[-\s·•]*(?:上一篇|下一篇|相关(?:文章|推荐|阅读)|推荐阅读|猜你喜欢|热门(?:文章|推荐|范文)|延伸阅读|版权(?:所有(?![人者权])|声明)|免责声明|责任编辑|发表评论|网友评论|返回(?:首页|顶部)|copyright|public domain|本作品(?:是|在|来自)|注[:：]中文维基)"
    r"|.{0,12}微信扫码)"
)
_FOOTER_STARTS = frozenset("-·•上下相推猜热延版免责发网返本注cCpP")

_OF_A_SITE = (
    r"(?:范文(?:网|大全|先生)|文秘网|公文网|转载请|"
    r"(?:欢迎(?:阅读|访问|下载|关注)|更多(?:精彩|范文|内容)|(?:内容|本文)来自|本文来源).{0,20}(?:[网站库号]|范文|文秘|请关注))"
)
INSERT = lazy(
    rf"""(?ix)
      (?<![网站址台统箱”])[（(【\[〔《](?![^（(【\[〔《）)】\]〕》\n]{{0,60}}[.．](?:gov|edu)\b)[^（(【\[〔《）)】\]〕》\n]{{0,40}}(?:{_ADDRESS}[^（(【\[〔《）)】\]〕》\n]{{0,40}}|{_OF_A_SITE}[^（(【\[〔《）)】\]〕》\n]{{0,40}})[）)】\]〕》]
    | (?:本文|文章|内容|资料|全文)(?:来自|来源[于:：]?|由|出自|摘自|转自|选自)[^。，；\n]{{0,30}}?{_ADDRESS}(?:[^。；！\n“”]{{0,12}}(?:收集|整理|提供|发布|首发|转载|编辑))?[，,。！!]?
    | (?:更多|最新|查看更多)[^。，；\n]{{0,16}}?(?:请(?:访问|关注|登录|点击|搜索)|尽在)[^。；\n]{{0,24}}?{_ADDRESS}[。！!]?
    | (?<![☆★※◆●→>])[☆★※◆●→>]+\s{{0,4}}[^☆★※◆●→>。，；\n]{{2,30}}(?:网|文库|范文|公众号|下载)[^☆★※◆●→>。，；\n]{{0,10}}\s{{0,4}}[☆★※◆●←<]+
    """
)
"""Advertisement that is certain: between brackets or stars of its own, or with the address of its own site."""


def remove_inserts(text: str, original: str | None = None) -> str:
    """Take advertisement text out of a line in simplified characters, or out of its `original` of the same length.

    >>> remove_inserts("会议材料(本文来自某某范文网www.example.com)要精简。")
    '会议材料要精简。'
    """
    original = text if original is None else original
    kept, at = [], 0
    for match in INSERT.finditer(text):
        kept.append(original[at : match.start()])
        at = match.end()
    return "".join([*kept, original[at:]])


def begins_footer(line: str) -> bool:
    """Whether from this line on nothing of the speech follows (unless a new speech begins)."""
    return (line[:1] in _FOOTER_STARTS or "微信扫码" in line[:16]) and _FOOTER.match(line) is not None


_OWN_OPENING = lazy(
    r"(?i)[（(【\[—\-·•※*\s]{0,6}(?:(?:本站|本网站?)(?:(?:观点|内容)(?:仅|不|均|由|来|如|为|系|版权)|所有|声明|文章|资源|不|转载|提供|部分)|本文(?:来源(?!于[^网互])|来自|由|系|转自|章)|本作品|(?:免责|版权)声明(?=[:：，。\s]|本|$)|版权所有(?![人者权])|"
    r"版权归|著作权归|转载(?:请|须|需|自)|未经.{0,8}(?:授权|许可)|(?:如|若).{0,10}侵权|文章(?:标题|来源)[:：]|导语[:：]|来源于(?:网络|网友|互联网)|"
    r"更多.{0,16}(?:范文|文章|内容|资讯|精彩)|小编|以上(?:就是|是|内容).{0,24}(?:小编|本站|范文|文秘网|公文网)|点击.{0,12}(?:下载|查看|阅读)|关注.{0,16}公众号|"
    r"(?:微信)?扫(?:码|一扫|描).{0,10}(?:关注|下载|领取|添加|查看|阅读|手机|加)|供大家.{0,8}(?:学习|借鉴|阅读|下载|分享|[，,。！]希望|欢迎)|仅供(?:学习)?参考|欢迎(?:阅读|下载|访问|关注|收藏).{0,12}(?:本站|本网|网站|公众号|范文|文秘|公文|文库)|"
    r"《.{2,40}》(?:一文)?来(?:源于|自)|.{0,40}一文来(?:源于|自)|copyright|all rights|注[:：])"
)
"""How sentences begin that a site says of itself or of its texts."""
_LABELLED = lazy(
    r"[【\[（(\s]{0,3}(?:(?:文章|信息|稿件|新闻)?来\s{0,4}源|作\s{0,4}者|编\s{0,4}辑|责\s{0,4}编|责任编辑|值班编辑|编审|审核|初审|复审|终审|监制|供稿|撰稿|摄影|校对|录入|分享(?:到|至)?|"
    r"(?:发布|发表|更新|上传|创建|成文|生成|印发|访问|浏览|点击|阅读|打印)?(?:时间|日期|人|者|单位|机构|部门|次数|量|数)|索\s{0,4}引\s{0,4}号|主题(?:词|分类)|信息分类|文\s{0,4}号|标\s{0,4}题|名\s{0,4}称|"
    r"公开(?:方式|形式|范围|类别)|有效性|关键[词字]|标签|栏目|分类|字[号体]|当前位置|您(?:的|现在的)位置|人气|体裁分类|时效性|相关(?:报道|链接|阅读|新闻|附件|稿件)|附件下载)[】\]）)]?\s{0,4}[:：]"
)
"""What a page writes of its text, a word and a colon first."""
_OF_SITES = lazy(r"(?i)维基|公有领域|public domain|(?:范文|文秘|公文)网|本作品|版权归|免责声明|转载(?:请|须)")
"""Words that no speech uses of itself."""
_TAG = re.compile(r"<[a-z!/][^>]{0,300}>$|(?:https?://|www\.)\S+$", re.IGNORECASE)
_STOPS = "。！？!?；;"


def kind_of_site_line(line: str, has_site_words: bool = True) -> str | None:
    """Whether a line belongs to the web page rather than to the speech: “site”, “edge” (if it stands before or behind it), None.

    A sentence is the page's only if it begins as pages speak of themselves; in the middle of a speech not even then,
    unless it names a site's address.

    Args:
        has_site_words: False where none of `SITE_WORDS` and `SITE_CHARACTERS` is in it.

    >>> kind_of_site_line("发布时间：2019-03-02 10:11 浏览次数：35")
    'site'
    >>> kind_of_site_line("要用好微信公众号等新媒体，把政策讲清楚、讲透彻，让群众听得懂、用得上。") is None
    True
    >>> kind_of_site_line("要认真贯彻著作权法，加大执法力度。") is None
    True
    """
    if line[0] in "<hHwW" and _TAG.match(line):
        return "site"
    is_sentence = line[-1:] in _STOPS
    if not is_sentence and ((line[-1:] in "摄文图发" and CAPTION.search(line)) or begins_footer(line)):
        return "site"
    if line[-1:] in "摄文图发" and CAPTION.search(line):
        return "site"
    if len(line) <= 60 and not is_sentence and ("：" in line or ":" in line) and _LABELLED.match(line):
        return "site" if len(line) <= 40 or len(_LABELLED.findall(line)) > 1 else "edge"
    if has_site_words and (_SITE_WORD.search(line) or (("." in line or "．" in line) and SITE_PHRASE.search(line))):
        own = _OWN_OPENING.match(line) is not None
        address = re.search(_ADDRESS, line, re.IGNORECASE) is not None
        rest = INSERT.sub("", line)
        prose = sum(map(rest.count, "，。,、；"))
        if own and (address or not is_sentence or len(SITE_PHRASE.findall(line)) >= 2):
            return "site"
        if own or (not is_sentence and _OF_SITES.search(line)) or len(SITE_PHRASE.findall(line)) >= 2:
            return "edge"
        if not is_sentence and (len(line) <= 30 or prose <= 2):
            return "site" if address or prose == 0 else "edge"
        return None
    if (
        len(line) <= 60
        and not (is_sentence and len(line) > 12)
        and (_PAGE_CORE.search(line) is not None or line.startswith(("时间:", "时间：")))
        and len(_PAGE_PART.sub("", line)) <= min(6, len(line) // 3)
    ):
        return "site"
    return None
