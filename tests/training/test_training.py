import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jianghua.corpus import cut_sentences, fingerprint, parse
from jianghua.labelling.segments import write_segments
from jianghua.labels import FUNCTIONS
from jianghua.model.features import CharacterNgrams
from jianghua.training.cross_validation import cross_validate
from jianghua.training.folds import folds
from jianghua.training.rows import data_digest, read_corpus, training_rows
from jianghua.training.settings import Settings
from jianghua.training.training import train
from tests.speeches import COUNTY, COUNTY_LABELS, HOSPITAL, HOSPITAL_LABELS

SPEECHES = {"county.txt": (COUNTY, COUNTY_LABELS), "hospital.txt": (HOSPITAL, HOSPITAL_LABELS)}


def write(folder: Path, name: str, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    rows = ["fingerprint,source,label,secondary,annotator,date,note"]
    for name, (text, labels) in SPEECHES.items():
        marked = [p for p in parse(text, name) if p.kind == "paragraph"]
        rows += [
            f"{fingerprint(p.text)},{name},{label},,test,2026-01-01," for p, label in zip(marked, labels, strict=True)
        ]
    path = tmp_path / "gold.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


SMALL = Settings(features=CharacterNgrams(high=2, bits=10), iterations=5, leaves=4, folds=2, jobs=1)


def test_the_order_of_input_files_does_not_change_the_model(tmp_path: Path, gold: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write(first, "county.txt", COUNTY)
    write(second, "hospital.txt", HOSPITAL)
    one = train(read_corpus([first, second], gold), SMALL).save(tmp_path / "one")
    other = train(read_corpus([second, first], gold), SMALL).save(tmp_path / "other")
    assert one == other
    for name in ("weights.safetensors", "training.json", "manifest.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_a_near_duplicate_never_lands_on_the_other_side_of_a_split(tmp_path: Path, gold: Path) -> None:
    raw = tmp_path / "raw"
    write(raw, "county.txt", COUNTY)
    write(raw, "county-again.txt", COUNTY.replace("在全县", "在全市").replace("去年", "今年"))
    write(raw, "hospital.txt", HOSPITAL)
    corpus = read_corpus(raw, gold)
    documents = np.array([p.source for p in corpus.paragraphs])
    for learnt, tested in folds(corpus.groups.tolist(), "grouped", 2, 0):
        apart = {"county.txt", "county-again.txt"} - set(documents[learnt])
        assert apart in (set(), {"county.txt", "county-again.txt"})
        assert not set(documents[learnt]) & set(documents[tested])


@pytest.mark.parametrize(
    ("row", "changed"),
    [(",,test,", ",discipline,test,"), ("01,,3", "01,,1")],
    ids=["secondary", "confidence"],
)
def test_labels_that_changed_in_what_is_learnt_are_other_data(
    row: str, changed: str, tmp_path: Path, gold: Path
) -> None:
    write(tmp_path / "raw", "county.txt", COUNTY)
    gold.write_text(gold.read_text().replace("note\n", "note,confidence\n").replace("01,\n", "01,,3\n"))
    before = data_digest(read_corpus(tmp_path / "raw", gold))
    gold.write_text(gold.read_text().replace(row, changed, 1))
    assert data_digest(read_corpus(tmp_path / "raw", gold)) != before


def test_training_from_python_needs_neither_hydra_nor_mlflow(tmp_path: Path, gold: Path) -> None:
    for name, (text, _) in SPEECHES.items():
        write(tmp_path / "raw", name, text)
    code = (
        "import sys; from jianghua.training.rows import read_corpus; from jianghua.training.training import train\n"
        "from jianghua.training.cross_validation import cross_validate; from jianghua.training.settings import Settings\n"
        "corpus = read_corpus('raw', 'gold.csv'); settings = Settings(features={'kind': 'characters', 'bits': 8}, folds=2, context=())\n"
        "print(cross_validate(corpus, settings)); train(corpus, settings).save('model')\n"
        "print(sorted({'hydra', 'omegaconf', 'mlflow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.startswith("CrossValidation: macro-F1 0."), done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
    assert (tmp_path / "model" / "manifest.json").is_file()


def test_the_learning_curve_ends_with_cross_validation_itself(tmp_path: Path, gold: Path) -> None:
    for name, (text, _) in SPEECHES.items():
        write(tmp_path / "raw", name, text)
    validation = cross_validate(read_corpus(tmp_path / "raw", gold), replace(SMALL, context=(), learning_curve=(1.0,)))
    assert [point.scores.macro_f1 for point in validation.curve] == [validation.scores.macro_f1] * 2


def test_sentences_that_were_labelled_one_by_one_are_learnt_as_they_are(tmp_path: Path, gold: Path) -> None:
    text = COUNTY + HOSPITAL
    write(tmp_path / "raw", "county.txt", text)
    paragraph = next(p for p in parse(text, "county.txt") if p.kind == "paragraph" and len(cut_sentences(p.text)) > 1)
    labels = ["discipline"] + ["closing"] * (len(cut_sentences(paragraph.text)) - 1)
    written = write_segments(paragraph.text, labels)
    (tmp_path / "segments.csv").write_text(
        "fingerprint,source,label,secondary,annotator,date,note,segments\n"
        f"{fingerprint(paragraph.text)},county.txt,closing,,test,2026-01-01,,{written}\n"
    )
    rows = training_rows(read_corpus(tmp_path / "raw", [gold, tmp_path / "segments.csv"]), 0.3)
    (sentences,) = [of_paragraph for of_paragraph in rows.sentences if of_paragraph is not None]
    assert [FUNCTIONS[label] for label in sentences] == labels
