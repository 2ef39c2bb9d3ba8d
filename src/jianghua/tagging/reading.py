"""Contents of files → what is written or shown of them: text, paragraphs, heads, tags. The command and Python do the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, Self

from jianghua.corpus import Paragraph, parse
from jianghua.corpus.extract import extract_bytes
from jianghua.corpus.formats.limits import LIMITS, OCR_LIMITS
from jianghua.corpus.heads import Speech, read_heads
from jianghua.model.store import SavedModel
from jianghua.tagging.tags import Tag, as_record, tag_paragraphs


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file whose text is read and cut; `is_plain` says whether offsets count in the file itself."""

    source: str
    text: str
    is_plain: bool
    properties: Mapping[str, str]
    paragraphs: list[Paragraph]

    @classmethod
    def of(cls, data: bytes, source: str, ocr: bool = False) -> Self:
        """Read the contents of a file.

        Raises:
            UnreadableError: see `extract_bytes`.
        """
        decoded = extract_bytes(data, source, OCR_LIMITS if ocr else LIMITS)
        paragraphs = parse(decoded.text, source, decoded.marks)
        return cls(source, decoded.text, decoded.is_plain, decoded.properties, paragraphs)


class TaggedFile(NamedTuple):
    """What a model and the heads of its speeches say of a file: a tag for each paragraph that has one, else None."""

    tags: list[Tag | None]
    heads: list[Speech]


def tag_files(files: Sequence[ReadFile], model: SavedModel) -> list[TaggedFile]:
    """Tag some files, no two of one name; many small ones together take a third of the time."""
    paragraphs = [p for file in files for p in file.paragraphs]
    tags = iter(tag_paragraphs(model, paragraphs, {file.source: file.text for file in files}))
    return [
        TaggedFile(list(islice(tags, len(file.paragraphs))), read_heads(file.text, file.paragraphs, file.properties))
        for file in files
    ]


def records_of(
    paragraphs: Sequence[Paragraph],
    tagged: TaggedFile,
    model: str,
    texts: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    """Rows of output, one for each paragraph of any kind, in order.

    Args:
        model: its name and version.
        texts: written in the place of the paragraphs' own.
    """
    heads = [head.plain() for head in tagged.heads]
    return [
        as_record(p, tag, model, None if texts is None else texts[row], heads[p.speech])
        for row, (p, tag) in enumerate(zip(paragraphs, tagged.tags, strict=True))
    ]
