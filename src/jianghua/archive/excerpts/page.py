"""Excerpts as a page that needs no network."""

from jianghua.archive.excerpts import Excerpts, source_line
from jianghua.tagging.outputs.html import render_page


def render(excerpts: Excerpts) -> bytes:
    """The page."""
    groups = [
        (name, [(p.function, list(p.marked()), source_line(p)) for p in passages])
        for name, passages in excerpts.groups()
    ]
    return render_page("excerpts.html", "en", title=excerpts.title, groups=groups, count=len(excerpts.passages))
