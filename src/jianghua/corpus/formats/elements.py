"""Elements of XML by their names without namespace: the usual and the strict form of docx differ in nothing else."""

import re
from functools import lru_cache

from lxml import etree

_NUMBER = re.compile(r"-?[0-9]{1,9}")


@lru_cache(2048)
def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def local(node: etree._Element) -> str:
    """Name of an element without its namespace."""
    return _name(str(node.tag))


def child(node: etree._Element | None, *path: str) -> etree._Element | None:
    """First descendant along the names of `path`."""
    for name in path:
        if node is None:
            return None
        for below in node:
            if _name(str(below.tag)) == name:
                node = below
                break
        else:
            return None
    return node


def value(node: etree._Element | None, name: str = "val") -> str | None:
    """Attribute of that name in any namespace."""
    if node is None:
        return None
    return next((str(text) for key, text in node.attrib.items() if _name(str(key)) == name), None)


def number(text: str | None) -> int | None:
    """Whole number in an attribute; None where it is missing or no sensible number."""
    return int(text) if text is not None and _NUMBER.fullmatch(text) else None


def is_on(node: etree._Element | None) -> bool:
    """Whether a switch such as `w:vanish` is there and not turned off."""
    return node is not None and value(node) not in ("0", "false", "off")
