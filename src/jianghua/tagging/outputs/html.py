"""Pages from templates. Nothing in a page comes from elsewhere, and its security policy lets no other script run than ours,
by hash: a speech that contains markup shows it as text, and would be harmless even if it did not.
"""

import base64
import hashlib
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from jianghua.errors import UsageError
from jianghua.labels import ALONG_A_SPEECH, CHINESE
from jianghua.model.tagger import REVIEW_BELOW
from jianghua.tagging.outputs import LANGUAGES

if TYPE_CHECKING:
    from jinja2 import Environment

ORDER = tuple(function.name for function in ALONG_A_SPEECH)
"""Lanes of a course, from the top."""

_STYLES = {
    "speech.html": ("page.css",),
    "index.html": ("page.css",),
    "excerpts.html": ("page.css", "excerpts.css"),
}
_SCRIPTS = {
    "speech.html": ("theme.js", "page.js"),
    "index.html": ("theme.js", "index.js"),
    "excerpts.html": ("theme.js",),
}
"""What each page looks like, and what it runs."""


def render_page(template: str, lang: str, **values: Any) -> bytes:
    """The page as bytes; halves of characters, as in names of files that are no UTF-8, are written out."""
    if lang not in LANGUAGES:
        raise UsageError(f"language {lang!r} is not known; use one of {', '.join(LANGUAGES)}")
    templates = environment()
    words = _words(lang)
    style = "".join(templates.get_template(name).render(functions=ALONG_A_SPEECH) for name in _STYLES[template])
    script = "".join(map(_read, _SCRIPTS[template]))
    page = templates.get_template(template).render(
        lang=lang,
        t=SimpleNamespace(**words),  # not the mapping: `t.copy` would be its method
        words=words,
        style=_inline(style),
        style_hash=_hash(style),
        script=_inline(script),
        script_hash=_hash(script),
        order=ORDER,
        chinese=CHINESE,
        marks={function.name: function.mark for function in ALONG_A_SPEECH},
        low=REVIEW_BELOW,
        lanes={name: f"{100 * place / len(ORDER):.3f}%" for place, name in enumerate(ORDER)},
        **values,
    )
    return page.encode("utf-8", "backslashreplace")


@cache
def environment() -> "Environment":
    """Templates of this package, which show text as text."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader("jianghua.tagging.outputs"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {"thousands": lambda number: f"{number:,}", "percent": lambda share: f"{share:.0%}"}
    return templates


@cache
def _read(name: str) -> str:
    from importlib.resources import files

    return files("jianghua.tagging.outputs").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _words(lang: str) -> dict[str, str]:
    """The page's own words: the templates hold none."""
    import orjson

    return {key: both[LANGUAGES.index(lang)] for key, both in orjson.loads(_read("words.json")).items()}


def _inline(text: str) -> Any:
    """Our own style or script, which must stand in the page as it is."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 – from the package, never from a speech


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
