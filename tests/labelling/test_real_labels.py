"""Labels of the ten real documents: laid by the rule, each in one file only."""

from collections import Counter
from pathlib import Path

import pytest

from jianghua.corpus import fingerprint, parse, read_text
from jianghua.labelling.gold import HandLabel, key_of, lay_labels, read_labels

FILES = ("gold.csv", "public_reports.csv", "real.csv", "unseen.csv")


def test_no_paragraph_has_labels_in_two_files_or_twice_in_one(root: Path) -> None:
    labels = [label for name in FILES for label in read_labels(root / "data/labels" / name)]
    count = Counter((label.source, label.fingerprint) for label in labels)
    real = {label.source for label in read_labels(root / "data/labels/real.csv")}
    assert [place for place, times in count.items() if times > 1 and place[0] in real] == []
    assert len(real) == 10


def test_one_sentence_in_several_documents_has_one_label(root: Path) -> None:
    """Formulas of the genre: a reader who labels them now so, now so, teaches nothing."""
    real = {label.fingerprint: label.label for label in read_labels(root / "data/labels/real.csv")}
    others = [
        label for name in FILES for label in read_labels(root / "data/labels" / name) if label.fingerprint in real
    ]
    assert len(others) > len(real)
    assert [(o.where, o.label, real[o.fingerprint]) for o in others if o.label != real[o.fingerprint]] == []


@pytest.mark.slow
def test_real_labels_are_those_of_the_reference_lines(root: Path, reference: Path) -> None:
    lines = read_labels(reference / "gold.csv")
    texts = {source: read_text(reference / "raw" / source).text for source in {line.source for line in lines}}
    paragraphs = [paragraph for source, text in texts.items() for paragraph in parse(text, source)]
    of_lines, _ = lay_labels(paragraphs, lines, texts)
    real, report = lay_labels(paragraphs, read_labels(root / "data/labels/real.csv"), texts)
    assert report.stale == []
    assert {key: said(label) for key, label in real.items()} == {key: said(label) for key, label in of_lines.items()}
    prints = {key_of(paragraph): fingerprint(paragraph.text) for paragraph in paragraphs}
    assert {key: label.fingerprint for key, label in real.items()} == {key: prints[key] for key in real}


def said(label: HandLabel) -> tuple[str, str | None, int]:
    return label.label, label.secondary, label.confidence
