"""Word documents and PDFs written by hand, so that a test shows every byte that matters."""

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NAMES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    + "".join(
        f'<Override PartName="/word/{part}.xml" '
        f'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.{part}+xml"/>'
        for part in ("document.main", "numbering", "styles", "footnotes", "endnotes", "header")
    ).replace("/word/document.main.xml", "/word/document.xml")
    + "</Types>"
)


def relations(targets: Mapping[str, str]) -> str:
    """A part of relations: kind → target."""
    rows = "".join(
        f'<Relationship Id="r{kind}" Type="{_RELATION}/{kind}" Target="{target}"/>' for kind, target in targets.items()
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rows}</Relationships>'


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def docx(body: str, **parts: str) -> bytes:
    """A Word document: XML inside `w:body`, and inside `numbering`, `styles`, `footnotes`, `endnotes`, `header`."""
    names = {
        "numbering": "numbering",
        "styles": "styles",
        "footnotes": "footnotes",
        "endnotes": "endnotes",
        "header": "hdr",
    }
    return zipped(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": relations({"officeDocument": "word/document.xml"}),
            "word/document.xml": f"<w:document {_NAMES}><w:body>{body}</w:body></w:document>",
            "word/_rels/document.xml.rels": relations({kind: f"{kind}.xml" for kind in parts}),
            **{f"word/{kind}.xml": f"<w:{names[kind]} {_NAMES}>{xml}</w:{names[kind]}>" for kind, xml in parts.items()},
        }
    )


def paragraph(text: str, properties: str = "") -> str:
    """XML of a paragraph with one run."""
    return f'<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def numbered(text: str, level: int = 0, number: int = 1) -> str:
    """XML of a paragraph that Word numbers."""
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def numbering(levels: Sequence[tuple[str, str]], more: str = "", nums: str = "") -> str:
    """XML of one list definition (format and text of each level) and its list 1."""
    written = "".join(
        f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for index, (kind, text) in enumerate(levels)
    )
    return (
        f'<w:abstractNum w:abstractNumId="0">{written}</w:abstractNum>{more}'
        f'<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>{nums}'
    )


def pdf(pages: Sequence[Sequence[tuple[int, int, str]]], *, trailer: str = "", catalog: str = "") -> bytes:
    """A PDF whose pages are lines of text (x, y, text) in a Chinese font that is not embedded."""
    kids = " ".join(f"{6 + 2 * index} 0 R" for index in range(len(pages)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 5 0 R /DW 1000 "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 0 >> >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        b"/Ascent 752 /Descent -271 /CapHeight 737 /StemV 58 >>",
    ]
    for index, lines in enumerate(pages):
        content = b"".join(
            f"BT /F1 14 Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET\n".encode() for x, y, text in lines
        )
        packed = zlib.compress(content)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {7 + 2 * index} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream")
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        out
        + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
        + f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{len(out)}\n%%EOF\n".encode()
    )


def ofd(
    pages: Sequence[Sequence[tuple[float, float, str]]], *, size: float = 5.6, info: str = "", more: str = ""
) -> bytes:
    """An OFD whose pages are lines of text (x, y of the base line in millimetres from the top left, text)."""

    def text(x: float, y: float, line: str) -> str:
        steps = f"g {len(line) - 1} {size}" if len(line) > 1 else ""
        return (
            f'<ofd:TextObject ID="9" Boundary="{x} {y - size} {len(line) * size} {size * 1.2}" Font="3" Size="{size}">'
            f'<ofd:TextCode X="0" Y="{size}" DeltaX="{steps}">{line}</ofd:TextCode></ofd:TextObject>'
        )

    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    listed = "".join(f'<ofd:Page ID="{at}" BaseLoc="Pages/Page_{at}/Content.xml"/>' for at in range(len(pages)))
    contents = {
        f"Doc_0/Pages/Page_{at}/Content.xml": f'<ofd:Page {space}><ofd:Content><ofd:Layer ID="7">'
        + "".join(text(*line) for line in lines)
        + more
        + "</ofd:Layer></ofd:Content></ofd:Page>"
        for at, lines in enumerate(pages)
    }
    return zipped(
        {
            "OFD.xml": f'<ofd:OFD {space} DocType="OFD"><ofd:DocBody><ofd:DocInfo>{info}</ofd:DocInfo>'
            "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
            "Doc_0/Document.xml": f"<ofd:Document {space}><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
            **contents,
        }
    )
