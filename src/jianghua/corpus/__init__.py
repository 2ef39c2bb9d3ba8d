"""Raw files → speeches of paragraphs with outline and offsets."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from jianghua.corpus.decode import Decoded, decode, read_text
from jianghua.corpus.script import simplify
from jianghua.errors import UnreadableError

if TYPE_CHECKING:
    from jianghua.corpus.sentences import cut_sentences
    from jianghua.corpus.speech import Paragraph, fingerprint, parse

__all__ = [
    "Decoded",
    "Paragraph",
    "UnreadableError",
    "cut_sentences",
    "decode",
    "fingerprint",
    "parse",
    "read_text",
    "simplify",
]


def __getattr__(name: str) -> Any:
    """What needs NumPy is imported when it is asked for: the process that parses untrusted files does without."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{'sentences' if name == 'cut_sentences' else 'speech'}"), name)
