from pathlib import Path

import numpy as np
import pytest
from hydra import compose, initialize_config_dir
from omegaconf import DictConfig

from jianghua.corpus import fingerprint, parse
from jianghua.model.store import save_model
from jianghua.resources import configuration_folder
from jianghua.training.cross_validation import fit
from jianghua.training.folds import folds
from jianghua.training.rows import data_digest, read_corpus, speech_digests, training_rows
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


def configuration(gold: Path, *folders: Path) -> DictConfig:
    small = ["features.bits=10", "features.high=2", "context.iterations=5", "context.leaves=4", "jobs=1"]
    raw = f"corpus.raw=[{','.join(map(str, folders))}]"
    with initialize_config_dir(str(configuration_folder()), version_base="1.3"):
        return compose("train", [raw, f"corpus.gold={gold}", "corpus.corrections=null", *small])


def version(config: DictConfig, folder: Path) -> str:
    corpus = read_corpus(config)
    rows = training_rows(corpus, config.weak_weight)
    tagger = fit(config, corpus.views, rows, np.arange(len(rows.labels)))
    data = {"data_digest": data_digest(corpus), "speeches": speech_digests(corpus)}
    return save_model(tagger, folder, "test", data, {}, {})


def test_the_order_of_input_files_does_not_change_the_model(tmp_path: Path, gold: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write(first, "county.txt", COUNTY)
    write(second, "hospital.txt", HOSPITAL)
    one = version(configuration(gold, first, second), tmp_path / "one")
    other = version(configuration(gold, second, first), tmp_path / "other")
    assert one == other
    for name in ("weights.safetensors", "training.json", "manifest.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_a_near_duplicate_never_lands_on_the_other_side_of_a_split(tmp_path: Path, gold: Path) -> None:
    raw = tmp_path / "raw"
    write(raw, "county.txt", COUNTY)
    write(raw, "county-again.txt", COUNTY.replace("在全县", "在全市").replace("去年", "今年"))
    write(raw, "hospital.txt", HOSPITAL)
    rows = training_rows(read_corpus(configuration(gold, raw)), 0.3)
    for train, test in folds(rows.groups.tolist(), "grouped", 2, 0):
        apart = {"county.txt", "county-again.txt"} - set(rows.documents[train])
        assert apart in (set(), {"county.txt", "county-again.txt"})
        assert not set(rows.documents[train]) & set(rows.documents[test])


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
    config = configuration(gold, tmp_path / "raw")
    before = data_digest(read_corpus(config))
    gold.write_text(gold.read_text().replace(row, changed, 1))
    assert data_digest(read_corpus(config)) != before
