"""Raw files → speeches of paragraphs with outline and offsets."""

from jianghua.corpus.decode import Decoded, UnreadableError, decode, read_text
from jianghua.corpus.script import simplify
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
