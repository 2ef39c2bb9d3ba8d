"""Pictures of pages → text, by recognition: RapidOCR, whose models for Chinese are in its wheel, so that nothing is fetched.

It is the extra `ocr`, and used only where it is asked for (`Limits.ocr`). It runs in one thread: the same picture gives the same text.
"""

import io
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from jianghua.corpus.decode import Decoded
from jianghua.corpus.formats.limits import Limits
from jianghua.corpus.formats.pdf.glyphs import Frame, PageText, Run
from jianghua.corpus.formats.pdf.layout import lines_of
from jianghua.errors import UnreadableError

RESOLUTION = 200
"""Dots per inch at which pages are drawn."""
_POINTS = 72
_LEAST_SURE = 0.75
"""Confidence of the characters of a page, on average, below which it is not read."""
_ALIKE = 0.25
"""Share by which the heights of boxes of one type may differ."""


class Recogniser:
    """Reads pages one after the other, up to limits of their number and time.

    Raises:
        UnreadableError: the extra is not installed.
    """

    def __init__(self, name: str, limits: Limits) -> None:
        self._name = name
        self._limits = limits
        self._count = 0
        try:
            self._engine = _engine()
        except ImportError:
            raise UnreadableError(
                f"{name}: --ocr needs the extra `ocr`, which is not installed; pip install 'jianghua[ocr]' and try again"
            ) from None

    def read(self, picture: Any, page: int) -> PageText:
        """Text of a picture (height × width × 3 bytes, blue first) at `RESOLUTION`.

        Raises:
            UnreadableError: it cannot be made out, or there are too many, or it takes too long.
        """
        self._count += 1
        if self._count > self._limits.scanned_pages:
            raise UnreadableError(
                f"{self._name}: more than {self._limits.scanned_pages:,} scanned pages; split it into single speeches"
            )
        start = time.monotonic()
        found = self._engine(picture)
        if time.monotonic() - start > self._limits.page_seconds:
            raise UnreadableError(
                f"{self._name}: page {page} takes longer than {self._limits.page_seconds:g} seconds to be recognised; "
                "scan it at a lower resolution"
            )
        if found.txts is None:
            return PageText([], [], 0)
        lines = [
            (box, text.strip(), float(score))
            for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
            if text.strip()
        ]
        letters = sum(len(text) for _, text, _ in lines)
        sure = sum(len(text) * score for _, text, score in lines) / max(letters, 1)
        if letters and sure < _LEAST_SURE:
            raise UnreadableError(
                f"{self._name}: page {page} can hardly be made out (confidence {sure:.0%}, expected {_LEAST_SURE:.0%} or more); "
                "scan it again, upright and with more contrast"
            )
        return PageText([(Frame("", ([], [], [], [])), list(_runs(lines)))], [], 0)


def _runs(lines: list[tuple[Any, str, float]]) -> Iterator[Run]:
    """Lines in points; boxes of one type differ a little in height, so that they get the one in the middle."""
    scale = _POINTS / RESOLUTION
    heights = [scale * float(box[3][1] - box[0][1] + box[2][1] - box[1][1]) / 2 for box, _, _ in lines]
    usual = median(heights) if heights else 1.0
    for (box, text, _), height in zip(lines, heights, strict=True):
        if abs(height - usual) <= _ALIKE * usual:
            height = usual
        left, right = (scale * float(box[a][0] + box[b][0]) / 2 for a, b in ((0, 3), (1, 2)))
        base = scale * float(box[2][1] + box[3][1]) / 2
        yield Run(text, left, right, base, height, 0, 0, False, range(0))


@cache
def _engine() -> Any:
    import rapidocr

    models = Path(rapidocr.__file__).parent / "models"
    detection, recognition = (next(iter(sorted(models.glob(f"*_{part}_*.onnx"))), None) for part in ("det", "rec"))
    if detection is None or recognition is None:  # never fetched instead
        raise ImportError("no models in the wheel of rapidocr")
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Det.model_path": str(detection),
            "Rec.model_path": str(recognition),
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def extract_picture(data: bytes, name: str, limits: Limits) -> Decoded:
    """Text of a picture (PNG, JPEG, or TIFF of several pages).

    Raises:
        UnreadableError: damaged, too large, or nothing can be made out.
    """
    import numpy as np
    from PIL import Image, ImageOps, UnidentifiedImageError

    recogniser = Recogniser(name, limits)
    pages = []
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "TIFF")) as pictures:
            for index in range(getattr(pictures, "n_frames", 1)):
                pictures.seek(index)
                if pictures.width * pictures.height > limits.pixels:
                    raise UnreadableError(
                        f"{name}: a picture of {pictures.width:,} × {pictures.height:,} pixels "
                        f"(accepted: up to {limits.pixels:,} in all); scan it at a lower resolution"
                    )
                upright = ImageOps.exif_transpose(pictures).convert("RGB")
                pages.append(recogniser.read(np.ascontiguousarray(np.asarray(upright)[:, :, ::-1]), index + 1))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"{name}: a damaged picture ({str(error)[:160]}); scan it again") from None
    lines, letters = lines_of(pages)
    if not sum(letters):
        raise UnreadableError(f"{name}: no text can be made out in it ({len(pages)} pages)")
    return Decoded("".join([f"{line}\n" for line, _ in lines]), "picture", [mark for _, mark in lines])
