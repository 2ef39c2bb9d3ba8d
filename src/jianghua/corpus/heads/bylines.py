"""Lines that say who speaks: offices and names of persons.

No dictionary of names: a line of two or three characters is a name if it begins with a common surname, and what stands
behind an office and a space is one if it is as long as names are. What is not certain is none.
"""

from typing import NamedTuple

from jianghua.corpus.lazy import lazy

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江"
    "尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤习温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕"
    "单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧阳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_COMPOUND = "欧阳|司马|上官|诸葛|皇甫|尉迟|令狐|慕容|司徒|东方|公孙|端木|夏侯|南宫"
_H = r"[\u4e00-\u9fff]"
_S = r"[\s\u3000]"
_MASK = r"[某×＊*xX○〇]"
_WITH_SURNAME = (
    rf"(?:{_COMPOUND}){_S}*{_H}(?:{_S}*{_H})?|[{_SURNAMES}]{_S}*{_H}(?:{_S}*{_H})?|[{_SURNAMES}某]{_S}*{_MASK}{{1,2}}"
)
_WITH_DOT = rf"{_H}{{1,8}}(?:[·•.．]{_H}{{1,8}}){{1,3}}"
_ANY = rf"{_H}(?:{_S}?{_H}){{1,3}}|{_H}{_S}*{_MASK}{{1,2}}|{_WITH_DOT}"
_OFFICE = (
    r"(?:书记|秘书长|检察长|董事长|理事长|参谋长|指挥长|委员长|[省市县州区镇乡村盟旗部厅局处科股室所院校园站行关矿厂社队组会团班署台长司]长|总裁|总经理|经理|"
    r"总理|主席|主任|委员|常委|政委|专员|巡视员|调研员|司令员|司令|总工程师|总会计师|总监|总编辑|负责人|召集人|成员|主管|会计|首席代表|大使|院士|教授|CEO)"
)
_WITH_NAME = r"(?:" + _OFFICE + r"|代表|工作者|学生|教师|同学|顾问|研究员|党员)"
_NOT_A_NAME = lazy(
    rf"(?:{_WITH_NAME}|报告|讲话|发言|致辞|会议|大会|主持|议程|名单|通知|办公室|开幕|闭幕)$|^(?:[在作就对]|文件|方案|任务|安排|程序|成绩|经验|全文|时间|全屏|收藏|下载|打印|目{_S}*录|讲话|报{_S}*告|发言|简报|正文|附件|摘要|内容|"
    r"同志|大家|各位|谢谢|安全|金融|方法|文稿|全体|全县|全市|全省|全国|全区|高度|易错|关于|关键|成果|成立|应当|时代|明确|和谐|连续|解放|解决|管理|师生|师范|农业|农村|商务|华为|路线|"
    r"游戏|单位|文库|文章|范文|文字|文秘|党课|党委|党组|车间|应急|房地|石油|关闭|关注|应用|时政|时事|文明|简介|简体|[白黄蓝金][底色]|江苏|江西|宁夏|安徽|云南|河南|湖南)"
)
_PLACE = lazy("[省市县州区旗镇乡村街路局厅部院校处科室会]$")
_BEFORE_SPACE = lazy(
    rf"(?P<office>[^。！？；]{{0,40}}?{_WITH_NAME}(?:[（(][^（）()]{{2,14}}[）)])?)[\s\u3000:：]+(?P<name>{_ANY})(?:{_S}*同志)?"
)
_GLUED = lazy(rf"(?P<office>[^。！？；]{{0,40}}{_OFFICE})(?P<name>{_WITH_SURNAME})(?:同志)?")
_BEHIND = lazy(
    rf"(?P<name>(?:{_WITH_SURNAME})(?=同志|{_S}*[，,（(])|[{_SURNAMES}]{_S}*{_H}{_S}*{_H}(?={_S}))(?:同志)?[\s\u3000，,、（(]+"
    rf"(?P<office>[^。！？；]{{0,40}}{_OFFICE})[）)]?"
)
_OF_ORGAN = lazy(
    rf"[^。！？；，,]{{2,30}}(?:[县市省区州镇乡党工]委|委员会|政府|办公室|[局厅部]|公司|集团|大学|学院|[中小]学){_S}+(?P<name>{_WITH_SURNAME})(?:同志)?"
)
_CALLED = lazy(
    rf"(?P<name>(?:{_COMPOUND}){_H}{{1,2}}|[{_SURNAMES}]{_H}{{2}}|(?P<surname>[{_SURNAMES}]))"
    r"(?P<office>总书记|书记|主席|总理|[省市县州部局厅院校]长|主任|董事长|总经理|秘书长)"
)
_ALONE = lazy(rf"(?P<name>{_WITH_SURNAME})(?:{_S}*同志)?")
_COMRADE = lazy(rf"(?P<name>{_H}{{2,4}}|{_H}{_MASK}{{1,2}}){_S}*同志")
_OFFICE_ALONE = lazy(rf"(?P<office>[^。！？；，,的]{{0,44}}{_OFFICE})")
_SPOKEN = lazy("^(?:在|做|当|争|致|让|关于|我|听)")
_LIKELY = lazy(rf"(?P<name>{_WITH_DOT})")
_MASKED = lazy(rf"(?P<office>[^。！？；]{{0,40}}{_OFFICE}){_S}*[×＊*xX○〇]{{2,4}}")

_OF_OFFICES = frozenset("记长裁理席任员委令师监辑人管计表使士授O者生学问")
_OF_ORGANS = frozenset("委府室局厅部司团学")
"""One of these is in every office, and in every organ."""
_BEGIN_NAMES = _SURNAMES + "某" + "".join(name[0] for name in _COMPOUND.split("|"))


class Byline(NamedTuple):
    """Where in a piece of text the office and the name stand, each (start, end) or None."""

    office: tuple[int, int] | None
    name: tuple[int, int] | None


def find_byline(text: str, behind_office: bool = False) -> Byline | None:
    """Who speaks, where a whole piece of text in simplified characters, up to 80 long, says only that.

    Args:
        behind_office: whether the line before is an office; then any name is believed.

    >>> find_byline("县委副书记、县长　骆维桢"), find_byline("李 某 某")
    (Byline(office=(0, 8), name=(9, 12)), Byline(office=None, name=(0, 5)))
    >>> find_byline("省长刘小涛"), find_byline("县 委 书 记"), find_byline("做人民满意的好书记")
    (Byline(office=(0, 2), name=(2, 5)), Byline(office=(0, 7), name=None), None)
    """
    if not 2 <= len(text) <= 80 or _SPOKEN.match(text):
        return None
    begins_with_name = text[0] in _BEGIN_NAMES
    office_before_name = not _OF_OFFICES.isdisjoint(text[:-2])
    for pattern, can_match in (
        (_BEFORE_SPACE, office_before_name),
        (_BEHIND, begins_with_name),
        (_GLUED, office_before_name),
    ):
        match = pattern.fullmatch(text) if can_match else None
        if (
            match
            and not _NOT_A_NAME.search(match["name"])
            and not (pattern is _BEHIND and _PLACE.search(match["name"]))
        ):
            return Byline(match.span("office"), match.span("name"))
    match = _CALLED.fullmatch(text) if begins_with_name else None
    if match and not _PLACE.search(match["name"]):
        return Byline(match.span("office"), None if match["surname"] else match.span("name"))
    match = None if _OF_ORGANS.isdisjoint(text) else _OF_ORGAN.fullmatch(text)
    if match and not _NOT_A_NAME.search(match["name"]):
        return Byline(None, match.span("name"))
    if text.rstrip()[-1:] in _OF_OFFICES and _OFFICE_ALONE.fullmatch("".join(text.split())):
        return Byline((0, len(text)), None)
    masked = _MASKED.fullmatch(text) if office_before_name else None
    if masked:
        return Byline(masked.span("office"), None)
    match = (
        (_COMRADE.fullmatch(text) if "同" in text else None)
        or (_ALONE.fullmatch(text) if begins_with_name else None)
        or (_LIKELY.fullmatch(text) if behind_office else None)
    )
    if match and not _NOT_A_NAME.search(match["name"]) and (behind_office or not _PLACE.search(match["name"])):
        return Byline(None, match.span("name"))
    return None
