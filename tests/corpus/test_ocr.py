"""Scanned pages: recognised with the extra `ocr` where that is asked for, refused with the remedy where it is not."""

import difflib
import io
from pathlib import Path

import pytest

import jianghua
from jianghua.corpus.decode import Decoded
from jianghua.corpus.extract import extract_bytes
from jianghua.corpus.folder import search
from jianghua.corpus.formats import ocr
from jianghua.corpus.formats.limits import OCR_LIMITS, Limits
from jianghua.corpus.formats.pdf import extract_pdf
from jianghua.errors import UnreadableError
from tests.corpus.pages import PICTURE, Drawn, laid_out, set_in_lines
from tests.corpus.test_pdf_layout import body

FONT = Path(jianghua.__file__).parent / "tracking/fonts/JianghuaSans-Regular.otf"
SPEECH = [
    "|在全县教育工作会议上的讲话",
    "同志们：",
    "今天召开全县教育工作会议，主要任务是总结去年的工作，研究部署今年的任务，动员各级各部门统一思想，真抓实干。",
    "一、去年工作的回顾",
    "去年全县新建学校三所，招聘教师一百二十人。",
]
TEXTS = [paragraph.lstrip("|") for paragraph in SPEECH]


def drawn(form: str = "PNG", *more: list[str]) -> bytes:
    """A picture of the speech at 150 dots per inch, and of more pages."""
    image = pytest.importorskip("PIL.Image")
    draw = pytest.importorskip("PIL.ImageDraw")
    font = pytest.importorskip("PIL.ImageFont").truetype(str(FONT), 33)
    scale = 150 / 72
    pictures = []
    for paragraphs in (SPEECH, *more):
        pictures.append(image.new("L", (1240, 900), 255))
        for line in set_in_lines(paragraphs)[0]:
            draw.Draw(pictures[-1]).text((line.x * scale, (828 - line.y) * scale), line.text, font=font, fill=0)
    stream = io.BytesIO()
    several = {"save_all": True, "append_images": pictures[1:]} if more else {}
    pictures[0].save(stream, form, **({"resolution": 150} if form == "PDF" else {}), **several)
    return stream.getvalue()


def likeness(decoded: Decoded, texts: list[str]) -> float:
    """Share of the characters of `texts` that were read."""
    wanted, found = "".join(texts), "".join(body(decoded))
    blocks = difflib.SequenceMatcher(None, wanted, found, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(wanted)


@pytest.fixture
def engine() -> None:
    pytest.importorskip("rapidocr")
    pytest.importorskip("onnxruntime")


@pytest.mark.usefixtures("engine")
def test_a_picture_of_a_page_gives_its_paragraphs() -> None:
    decoded = ocr.extract_picture(drawn(), "scan.png", OCR_LIMITS)
    assert likeness(decoded, TEXTS) >= 0.95
    assert len(body(decoded)) == len(TEXTS)
    assert not decoded.is_plain


@pytest.mark.slow
@pytest.mark.usefixtures("engine")
def test_a_scanned_pdf_gives_its_paragraphs() -> None:
    decoded = extract_pdf(drawn("PDF"), "scan.pdf", OCR_LIMITS)
    assert likeness(decoded, TEXTS) >= 0.95
    assert len(body(decoded)) == len(TEXTS)


@pytest.mark.slow
@pytest.mark.usefixtures("engine")
def test_pictures_are_read_by_the_child_the_same_each_time() -> None:
    data = drawn("TIFF", SPEECH[2:])
    decoded = extract_bytes(data, "scan.tiff", OCR_LIMITS)
    assert likeness(decoded, TEXTS + TEXTS[2:]) >= 0.95
    assert extract_bytes(data, "scan.tiff", OCR_LIMITS) == decoded


@pytest.mark.usefixtures("engine")
def test_a_pdf_with_a_text_layer_is_not_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr.Recogniser, "read", lambda *_: pytest.fail("recognised"))
    data = laid_out([[PICTURE, *page] for page in set_in_lines(SPEECH)])
    assert body(extract_pdf(data, "a.pdf", OCR_LIMITS)) == TEXTS


@pytest.mark.usefixtures("engine")
def test_what_can_hardly_be_made_out_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "_LEAST_SURE", 1.01)
    with pytest.raises(UnreadableError, match=r"page 1 can hardly be made out \(confidence \d+%"):
        ocr.extract_picture(drawn(), "scan.png", OCR_LIMITS)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(ocr=True, pixels=1000), r"a picture of 1,240 × 900 pixels \(accepted: up to 1,000"),
        (Limits(ocr=True, scanned_pages=0), "more than 0 scanned pages"),
        (Limits(ocr=True, page_seconds=0), "page 1 takes longer than 0 seconds"),
    ],
)
def test_pictures_have_limits(limits: Limits, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "_engine", lambda: lambda picture: None)
    with pytest.raises(UnreadableError, match=message):
        ocr.extract_picture(drawn(), "scan.png", limits)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n" + bytes(90), b"\xff\xd8\xff\xe0" + bytes(90), b"II*\x00" + b"\xff" * 90]
)
def test_a_damaged_picture_is_refused(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "_engine", lambda: None)
    with pytest.raises(UnreadableError, match=r"a\.png: a damaged picture"):
        ocr.extract_picture(data, "a.png", OCR_LIMITS)


def test_without_the_extra_the_reason_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> None:
        raise ImportError

    monkeypatch.setattr(ocr, "_engine", absent)
    scan = laid_out([[PICTURE, Drawn(290, 30, "— 1 —", 10)]])
    with pytest.raises(UnreadableError, match=r"scan\.pdf: --ocr needs the extra `ocr`.*pip install 'jianghua\[ocr\]'"):
        extract_pdf(scan, "scan.pdf", OCR_LIMITS)


def test_without_the_flag_the_reason_names_it() -> None:
    for name, data in (("scan.pdf", laid_out([[PICTURE]])), ("scan.jpg", b"\xff\xd8\xff\xe0" + bytes(90))):
        with pytest.raises(UnreadableError, match=r"OCR \(.*--ocr"):
            extract_bytes(data, name)


def test_a_folder_is_searched_for_pictures_only_where_they_are_recognised(tmp_path: Path) -> None:
    for name in ("a.txt", "b.PNG", "c.jpeg", "d.tif", "e.gif"):
        (tmp_path / name).write_bytes(b"x")
    assert [found.relative for found in search(tmp_path)] == ["a.txt"]
    assert [found.relative for found in search(tmp_path, pictures=True)] == ["a.txt", "b.PNG", "c.jpeg", "d.tif"]
