"""Pages of PDF files written by hand, so that a test shows where each line stands and how it is drawn."""

import zlib
from collections.abc import Sequence
from typing import NamedTuple


class Drawn(NamedTuple):
    """A line of text: where its first character stands, its size, and how it is drawn.

    `turn` is a, b, c, d of the text matrix; `mode` 3 is invisible.
    """

    x: float
    y: float
    text: str
    size: float = 16
    turn: tuple[float, float, float, float] = (1, 0, 0, 1)
    mode: int = 0

    def operators(self) -> str:
        a, b, c, d = self.turn
        return (
            f"BT /F1 {self.size} Tf {self.mode} Tr {a} {b} {c} {d} {self.x} {self.y} Tm "
            f"<{self.text.encode('utf-16-be').hex()}> Tj ET"
        )


PICTURE = "q 595 0 0 842 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q"
"""A grey picture over the whole page."""
SIZE = (595, 842)


def laid_out(
    pages: Sequence[Sequence[Drawn | str]],
    *,
    info: str = "",
    page: str = "",
    size: tuple[int, int] = SIZE,
    font: str = "/Encoding /UniGB-UCS2-H",
    extra: Sequence[bytes] = (),
) -> bytes:
    """A PDF of drawn lines and raw operators, in a Chinese font that is not embedded.

    Args:
        info: entries of the information dictionary.
        page: further entries of each page.
        font: what says which characters its codes are.
        extra: further objects; the first of them has the number `7 + 2 * len(pages)`.
    """
    kids = " ".join(f"{7 + 2 * index} 0 R" for index in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        f"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light {font} /DescendantFonts [4 0 R] >>".encode(),
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 5 0 R /DW 1000 /W [1 95 500] "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 0 >> >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        b"/Ascent 752 /Descent -271 /CapHeight 737 /StemV 58 >>",
        f"<< {info} >>".encode("latin-1"),
    ]
    for index, lines in enumerate(pages):
        content = "\n".join(line if isinstance(line, str) else line.operators() for line in lines).encode("latin-1")
        packed = zlib.compress(content)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size[0]} {size[1]}] {page} /Contents {8 + 2 * index} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(packed) + packed + b"\nendstream")
    objects += extra
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        out
        + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
        + f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 6 0 R >>\nstartxref\n{len(out)}\n%%EOF\n".encode()
    )


def set_in_lines(
    paragraphs: Sequence[str],
    *,
    left: float = 80,
    width: int = 28,
    size: float = 16,
    step: float = 28,
    top: float = 760,
    bottom: float = 60,
    indent: int = 2,
    between: float = 0,
) -> list[list[Drawn]]:
    """Pages of paragraphs in lines of `width` characters, the first set in, as an office program lays them out.

    A paragraph that begins with “|” is centred. No line begins with a comma or a stop.
    """
    pages: list[list[Drawn]] = [[]]
    y = top
    for paragraph in paragraphs:
        text, at = paragraph.lstrip("|"), 0
        centred = paragraph.startswith("|")
        room = width if centred else width - indent
        first = True
        while at < len(text):
            end = at + room
            while end < len(text) and text[end] in "，。、；：！？”》）":
                end -= 1
            if y < bottom:
                pages.append([])
                y = top
            piece = text[at:end]
            x = left + (width - len(piece)) / 2 * size if centred else left + (indent * size if first else 0)
            pages[-1].append(Drawn(x, y, piece, size))
            at, room, first = end, width, False
            y -= step
        y -= between
    return pages
