"""A tagged document in a notebook's cell: a fragment of HTML in the report page's colours, without a script.

It stands in a page of others: every rule of its style is below its own class, nothing in it has an id, loads or links
to anything, and text of a document is text, whatever it holds.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from jianghua.labels import ALONG_A_SPEECH, BY_NAME
from jianghua.tagging.outputs.html import environment
from jianghua.tagging.outputs.page import head_of, pieces_of

MOST = 300
"""Lines that are shown; a notebook keeps them all in its file."""


def cell(records: Sequence[Mapping[str, Any]], caption: str) -> str:
    """A fragment of HTML for a document's records, as made by `as_record`."""
    fragment: str = (
        environment()
        .get_template("cell.html")
        .render(
            caption=caption,
            facts=head_of(records)[1:],  # the title is a line of its own
            lines=[(record, pieces_of(record)) for record in records[:MOST]],
            left_out=max(len(records) - MOST, 0),
            functions=ALONG_A_SPEECH,
            by_name=BY_NAME,
        )
    )
    return fragment.encode("utf-8", "backslashreplace").decode()
