"""Raw files → speeches of paragraphs with outline and offsets."""

from jianghua.corpus.decode import Decoded, UnreadableError, decode, read_text
from jianghua.corpus.script import simplify
from jianghua.corpus.sentences import sentence_spans
from jianghua.corpus.speech import Paragraph, fingerprint, parse

__all__ = [
    "Decoded",
    "Paragraph",
    "UnreadableError",
    "decode",
    "fingerprint",
    "parse",
    "read_text",
    "sentence_spans",
    "simplify",
]
