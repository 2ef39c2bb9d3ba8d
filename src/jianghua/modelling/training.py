"""The training job: documents → labelled paragraphs → cross-validated scores → a model of everything, tracked."""

import hashlib
import logging
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from omegaconf import DictConfig, OmegaConf

from jianghua import __version__
from jianghua.corpus import fingerprint
from jianghua.corpus.folder import Document, read_folders
from jianghua.labelling.cues import ABSTAIN, View, load_cues
from jianghua.labelling.gold import HandLabel, read_labels
from jianghua.labelling.table import LabelledCorpus, label_corpus
from jianghua.labels import FUNCTIONS
from jianghua.modelling import tracking
from jianghua.modelling.building import build
from jianghua.modelling.folds import folds
from jianghua.modelling.linear import LinearTagger
from jianghua.modelling.metrics import Scores, score
from jianghua.modelling.store import save_model
from jianghua.modelling.tagger import FunctionTagger

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training job found: scores by name, where the model is, and the id of the run."""

    scores: dict[str, Scores]
    model: Path | None
    version: str | None
    run_id: str


def as_list(value: Any) -> list[str]:
    """A configuration value that may be one path or a list of paths, or null."""
    if value is None:
        return []
    return (
        [str(item) for item in value] if isinstance(value, list | tuple) or OmegaConf.is_list(value) else [str(value)]
    )


def read_corpus(config: DictConfig) -> LabelledCorpus:
    """Read folders, cues and hand labels as `corpus` and `cues` of the configuration say; problems are logged.

    Raises:
        FileNotFoundError, ValueError: a folder, a file of labels or a cue is missing or wrong.
    """
    documents: list[Document] = []
    for item in read_folders([Path(folder) for folder in as_list(config.corpus.raw)]):
        if isinstance(item, Document):
            documents.append(item)
        else:
            log.warning("left out: %s", item[1])
    if not documents:
        raise FileNotFoundError(
            f"{', '.join(as_list(config.corpus.raw))}: no speech could be read; see the reasons above"
        )
    labels: list[HandLabel] = []
    for path in as_list(config.corpus.gold):
        labels += read_labels(Path(path))
    for path in as_list(config.corpus.corrections):
        if Path(path).is_file():
            labels += read_labels(Path(path))
    corpus = label_corpus(documents, load_cues(OmegaConf.to_container(config.cues)), labels)  # type: ignore[arg-type]
    for line in corpus.report.lines():
        log.warning("%s; compare with the texts and mend or drop these rows", line)
    return corpus


def data_digest(corpus: LabelledCorpus) -> str:
    """SHA-256 over texts, weak and hand labels, whatever the order in which the files were read."""
    lines = sorted(
        f"{p.source}\t{p.speech}\t{p.paragraph}\t{fingerprint(p.text)}\t{weak}\t{gold}"
        for p, weak, gold in zip(corpus.paragraphs, corpus.weak.tolist(), corpus.gold.tolist(), strict=True)
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def speech_digests(corpus: LabelledCorpus) -> dict[str, str]:
    """Fingerprint of each speech's paragraphs together → its name."""
    texts: dict[tuple[str, int], list[str]] = {}
    for p in corpus.paragraphs:
        texts.setdefault((p.source, p.speech), []).append(p.text)
    return {fingerprint("".join(parts)): f"{source}#{speech}" for (source, speech), parts in sorted(texts.items())}


def training_rows(corpus: LabelledCorpus, weak_weight: float) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Labels to learn from and their weights: hand labels by their confidence, weak ones by `weak_weight` × confidence.

    Returns:
        labels: shape (n,), int8, ABSTAIN where there is nothing to learn; weights: shape (n,), float64.
    """
    has_gold = corpus.gold != ABSTAIN
    labels = np.where(has_gold, corpus.gold, corpus.weak)
    sure = np.array([1.0 if label is None else (0.5, 0.8, 1.0)[label.confidence - 1] for label in corpus.hand])
    weights = np.where(has_gold, sure, weak_weight * corpus.confidence)
    return np.where(weights > 0, labels, ABSTAIN).astype(np.int8), weights


def hide_outline(seen: Sequence[View]) -> list[View]:
    """The same paragraphs without heading text: neither the headings above nor those run into the paragraph."""
    hidden = []
    for view in seen:
        own = view.headings[-1] if view.headings and view.text.startswith(view.headings[-1]) else ""
        text = view.text[len(own) :].lstrip("。：；，！ ")
        sentences = list(view.sentences)
        cut = len(view.text) - len(text)
        while sentences and cut >= len(sentences[0]):
            cut -= len(sentences.pop(0))
        if sentences and cut:
            sentences[0] = sentences[0][cut:]
        hidden.append(
            View(text, tuple(sentences), (), view.position)
            if text
            else View(view.text, view.sentences, (), view.position)
        )
    return hidden


def make_tagger(config: DictConfig) -> FunctionTagger:
    """An untrained tagger as `features`, `model`, `unit` and `headings` of the configuration say."""
    plain: Any = OmegaConf.to_container(config, resolve=True)
    classifier = build(plain["model"], "model")
    if "random_state" in classifier.get_params():
        classifier.set_params(random_state=config.seed)
    return FunctionTagger(build(plain["features"], "features"), classifier, config.unit, config.headings)


def fit(
    config: DictConfig, seen: Sequence[View], labels: NDArray[Any], weights: NDArray[Any], rows: NDArray[Any]
) -> LinearTagger:
    """Train on the chosen rows that have a label."""
    rows = rows[labels[rows] != ABSTAIN]
    tagger = make_tagger(config).fit([seen[row] for row in rows], labels[rows], weights[rows])
    return tagger.tagger_


def cross_validate(config: DictConfig, corpus: LabelledCorpus) -> tuple[dict[str, Scores], dict[str, NDArray[Any]]]:
    """Score on hand labels in folds that never split a document.

    Returns:
        scores and predictions (shape (n,), -1 where not predicted) by name: `model` and `cues`, each also as
        `…_no_outline`, and `majority`.
    """
    labels, weights = training_rows(corpus, config.weak_weight)
    documents = np.array([p.source for p in corpus.paragraphs])
    gold_rows = np.flatnonzero(corpus.gold != ABSTAIN)
    if len(set(documents[gold_rows])) < 2:
        raise ValueError(
            f"hand labels on {len(set(documents[gold_rows]))} document(s); cross-validation needs at least 2: "
            "label more speeches in the file that corpus.gold names"
        )
    views = {"": corpus.views, "_no_outline": hide_outline(corpus.views)}
    predicted = {f"model{suffix}": np.full(len(labels), ABSTAIN) for suffix in views} | {
        "majority": np.full(len(labels), ABSTAIN)
    }
    for train, test in folds(documents.tolist(), config.split.kind, config.split.folds, config.seed):
        test = test[corpus.gold[test] != ABSTAIN]
        if len(test) == 0:
            continue
        known = train[corpus.gold[train] != ABSTAIN]
        majority = np.bincount(corpus.gold[known if len(known) else gold_rows], minlength=len(FUNCTIONS)).argmax()
        predicted["majority"][test] = majority
        for suffix, seen in views.items():
            tagger = fit(config, seen, labels, weights, train)
            predicted[f"model{suffix}"][test] = tagger.predict_proba([seen[row] for row in test]).argmax(axis=1)
    predicted |= cue_predictions(config, corpus, views)
    scores = {
        name: score(corpus.gold[gold_rows], rows[gold_rows], documents[gold_rows].tolist(), config.seed)
        for name, rows in predicted.items()
    }
    return scores, predicted


def cue_predictions(
    config: DictConfig, corpus: LabelledCorpus, views: Mapping[str, Sequence[View]]
) -> dict[str, NDArray[Any]]:
    """Majority vote of the cues with and without outline; where all are silent, the most frequent function of the genre."""
    from jianghua.labelling.cues import apply_cues
    from jianghua.labelling.majority import majority_vote

    cues = load_cues(OmegaConf.to_container(config.cues))  # type: ignore[arg-type]
    result = {}
    for suffix, seen in views.items():
        labels = majority_vote(apply_cues(cues, seen))[0] if suffix else corpus.weak
        result[f"cues{suffix}"] = np.where(labels == ABSTAIN, FUNCTIONS.index("requirements"), labels).astype(np.int64)
    return result


def train(config: DictConfig, predict_texts: Callable[[Path, list[str]], Any]) -> Trained:
    """Run the job that a configuration describes, tracked in MLflow.

    Args:
        predict_texts: tags texts with a model folder, for the example that is logged with the model.

    Raises:
        FileNotFoundError, ValueError: the configuration or the data are wrong; the run is marked FAILED.
    """
    with tracking.tracked_run(tracking.tracking_of(config), run_name(config), tracking.git_tags()) as run:
        import mlflow

        plain: Any = OmegaConf.to_container(config, resolve=True)
        mlflow.log_text(OmegaConf.to_yaml(config, resolve=True), "config.yaml")
        cues = plain.pop("cues")
        mlflow.log_params({**tracking.flatten(plain), "cues": f"{len(cues)} cues"})
        make_tagger(config)  # a wrong configuration fails before the data are read
        corpus = read_corpus(config)
        digest = data_digest(corpus)
        _log_data(mlflow, config, corpus, digest)
        started = time.perf_counter()
        scores, predicted = cross_validate(config, corpus)
        mlflow.log_metric("cross_validation_seconds", time.perf_counter() - started)
        for name, found in scores.items():
            mlflow.log_metrics(found.flat("" if name == "model" else f"{name}."))
        _log_reports(config, corpus, scores, predicted)
        labels, weights = training_rows(corpus, config.weak_weight)
        started = time.perf_counter()
        tagger = fit(config, corpus.views, labels, weights, np.arange(len(labels)))
        mlflow.log_metric("training_seconds", time.perf_counter() - started)
        folder = Path(config.save) if config.save else Path(config.tracking.folder) / "jobs" / run.info.run_id
        version = save_model(
            tagger,
            folder,
            config.name,
            {"data_digest": digest, "speeches": speech_digests(corpus)},
            {name: round(value, 6) for name, value in scores["model"].flat().items()},
            versions(),
        )
        mlflow.set_tags({"model_version": version, "model_folder": str(folder)})
        example = [view.text for view in corpus.views[:3]]
        tracking.log_model(folder, example, predict_texts(folder, example), config.tracking.register)
        if not config.save:
            shutil.rmtree(folder)
        return Trained(scores, Path(config.save) if config.save else None, version, run.info.run_id)


def run_name(config: DictConfig) -> str:
    """What differs between runs: features, classifier, unit, headings."""
    features = config.features["_target_"].rpartition(".")[2]
    model = config.model["_target_"].rpartition(".")[2]
    return f"{features} {model} {config.unit}{'' if config.headings else ' no-headings'}"


def versions() -> dict[str, str]:
    """Versions of what a model depends on."""
    from importlib.metadata import version

    return {"jianghua": __version__, **{name: version(name) for name in ("numpy", "scikit-learn", "opencc", "jieba")}}


def _log_data(mlflow: Any, config: DictConfig, corpus: LabelledCorpus, digest: str) -> None:
    mlflow.log_param("data_digest", digest)
    mlflow.set_tag("corpus", " + ".join(as_list(config.corpus.raw)))
    names = np.array([*FUNCTIONS, ""])  # the last for ABSTAIN
    frame = pd.DataFrame(
        {"source": [p.source for p in corpus.paragraphs], "weak": names[corpus.weak], "gold": names[corpus.gold]}
    )
    # the name of the data set in the UI; MLflow takes at most 36 characters of digest
    data = mlflow.data.from_pandas(frame, name="paragraphs", digest=digest[:32])
    mlflow.log_input(data, context="training")
    mlflow.log_metrics(
        {
            "documents": len(corpus.documents),
            "paragraphs": len(corpus.paragraphs),
            "hand_labelled": int((corpus.gold != ABSTAIN).sum()),
        }
    )


def _log_reports(
    config: DictConfig, corpus: LabelledCorpus, scores: dict[str, Scores], predicted: dict[str, NDArray[Any]]
) -> None:
    from jianghua.modelling.figures import confusion_figure

    for name in ("model", "model_no_outline"):
        title = f"{run_name(config)} · {'with' if name == 'model' else 'without'} outline · macro-F1 {scores[name].macro_f1:.3f}"
        tracking.log_figure(confusion_figure(scores[name], title), f"confusion_{name}.png")
    rows = np.flatnonzero((corpus.gold != ABSTAIN) & (predicted["model"] != corpus.gold))
    lines = ["source\tspeech\tparagraph\tgold\tpredicted\ttext"]
    for row in rows:
        p = corpus.paragraphs[row]
        guess = predicted["model"][row]
        lines.append(
            f"{p.source}\t{p.speech}\t{p.paragraph}\t{FUNCTIONS[corpus.gold[row]]}\t"
            f"{FUNCTIONS[guess] if guess != ABSTAIN else ''}\t{p.text}"
        )
    tracking.log_text_files({"errors.tsv": "\n".join(lines) + "\n"})
