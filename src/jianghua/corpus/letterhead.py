"""What stands around a speech in an official document: whose it is, its number, to whom it goes."""

from jianghua.corpus.lazy import lazy

_YEAR = r"[〔\[（(【﹝]\s{0,2}(?:19|20)\d{2}\s{0,2}[〕\]）)】﹞]"
_DOCUMENT_NUMBER = lazy(rf"^[\u4e00-\u9fff×xX某]{{0,20}}{_YEAR}\s{{0,2}}第?\s{{0,2}}[\d×xX]{{1,4}}\s{{0,2}}号$")
"""“某政办发〔2024〕3号”."""
_ISSUER = lazy(
    r"^[\u4e00-\u9fff×某\s]{4,40}(?:文件|〔?红头文件〕?|内部资料|会议材料|情况通报|工作简报|简报)(?:之[一二三四五六七八九十]{1,3})?$"
)
_RECIPIENTS = lazy(
    r"^(?=.{4,160}[:：]$)(?:各|省|市|县|区|州|盟|机关|局|本|全|有关|委|中央|国务院|所属|直属).{0,150}"
    r"(?:政府|委员会|部门|机构|单位|企业|公司|学校|院校|街道|支部|党委|党组|党工委|管委会|委|办|局|厅|处|室|所|站|中心|科室|股室|会|院|团)[:：]$"
)
_COPIES = lazy(
    r"^(?:抄\s{0,4}[送报致]|主\s{0,4}[送报]|分\s{0,4}送|[报送发]|报\s{0,4}送|呈\s{0,4}[报送]|印\s{0,4}发|主题词|共印|此件|附件)\s{0,4}[:：]"
)
_PRINTED = lazy(
    r"^[\u4e00-\u9fff×某]{2,30}\s{1,40}[\d×xX一二三四五六七八九十〇○零]{4}年.{2,8}[日号]\s{0,4}印发?$|^[\u4e00-\u9fff×某]{2,30}(?:编印|印发)\s{1,40}[\d×xX一二三四五六七八九十〇○零]{4}年.{2,8}[日号]$|^[（(](?:此件|共印).{2,30}[）)]$"
)
_GRADE = lazy(
    r"^(?:[绝机秘]密(?:★.{0,12})?|特急|加急|平急|内部(?:文件|资料|材料).{0,12}|签发人[:：].{0,12}|缓急.{0,6}|份号.{0,10}|\d{6})$"
)

_CELLS = lazy(r"\t|\s{2}\s*|(?<=号)\s(?=签发)")
"""What stands between a number and who signs it, side by side."""

_LONGEST = 200


def is_issuer(line: str) -> bool:
    """Whether a line says whose document it is, and of what kind: “云泽县人民政府文件”.

    >>> is_issuer("云泽县人民政府文件"), is_issuer("在会上的讲话")
    (True, False)
    """
    return any(kind in line for kind in ("文件", "资料", "材料", "通报", "简报")) and _ISSUER.match(line) is not None


def is_letterhead(line: str) -> bool:
    """Whether a line belongs to an official document around the speech.

    >>> [is_letterhead(line) for line in ("某政办发〔2024〕3号", "各县（市、区）人民政府，市政府各部门：", "抄送：市委各部门。")]
    [True, True, True]
    >>> is_letterhead("各部门要抓好落实。")
    False
    """
    if not line or len(line) > _LONGEST:
        return False
    if len(line) <= 80 and line != "".join(line.split()) and _CELLS.search(line):
        return all(map(is_letterhead, filter(None, _CELLS.split(line.strip())))) or _PRINTED.match(line) is not None
    last = line[-1]
    return (
        (last == "号" and _DOCUMENT_NUMBER.match(line) is not None)
        or (last in "：:" and _RECIPIENTS.match(line) is not None)
        or _COPIES.match(line) is not None
        or (last in "发印日号）)" and ("印" in line or "件" in line) and _PRINTED.match(line) is not None)
        or (len(line) <= 24 and _GRADE.match(line) is not None)
    )
