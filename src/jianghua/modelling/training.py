"""The training job: documents → labelled paragraphs → cross-validated scores → a model of everything, tracked."""

import hashlib
import json
import logging
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from omegaconf import DictConfig, OmegaConf

from jianghua import __version__
from jianghua.corpus import fingerprint
from jianghua.corpus.duplicates import document_groups, find_duplicates
from jianghua.corpus.folder import Document, read_folders
from jianghua.labelling.cues import ABSTAIN, View, apply_cues, load_cues
from jianghua.labelling.gold import HandLabel, read_labels
from jianghua.labelling.table import LabelledCorpus, label_corpus, weigh_votes
from jianghua.labels import FUNCTIONS
from jianghua.modelling import tracking
from jianghua.modelling.building import build
from jianghua.modelling.calibration import calibrate
from jianghua.modelling.fitting import FunctionTagger
from jianghua.modelling.folds import folds
from jianghua.modelling.learning_curve import CurvePoint, learning_curve
from jianghua.modelling.metrics import Scores, score
from jianghua.modelling.registry import COLUMNS as PREDICTION_COLUMNS
from jianghua.modelling.registry import PREDICTIONS, Contest, contest
from jianghua.modelling.run_figures import draw_run
from jianghua.modelling.store import save_model
from jianghua.modelling.tagger import Tagger

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training job found: scores by name, where the model is, the id of the run, and how it fared in the registry."""

    scores: dict[str, Scores]
    model: Path | None
    version: str | None
    run_id: str
    contest: Contest | None


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
    documents.sort(key=lambda document: document.source)  # the order of the folders must not change the model
    labels: list[HandLabel] = []
    for path in as_list(config.corpus.gold):
        labels += read_labels(Path(path))
    for path in as_list(config.corpus.corrections):
        if Path(path).is_file():
            labels += read_labels(Path(path))
    corpus = label_corpus(documents, load_cues(OmegaConf.to_container(config.cues)), labels, config.label_model)  # type: ignore[arg-type]
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


@dataclass(frozen=True, slots=True)
class TrainingRows:
    """What is learnt from each paragraph of a corpus; all of shape (n,).

    `labels` and `secondary` are int64, ABSTAIN (-1) where there is nothing to learn; `weights` float64; `documents` are
    names, `groups` names that documents with near-duplicate speeches share.
    """

    labels: NDArray[np.int64]
    secondary: NDArray[np.int64]
    weights: NDArray[np.float64]
    documents: NDArray[Any]
    groups: NDArray[Any]


def training_rows(corpus: LabelledCorpus, weak_weight: float) -> TrainingRows:
    """Hand labels weighted by their confidence, weak ones by `weak_weight` × confidence where there is no hand label."""
    has_gold = corpus.gold != ABSTAIN
    labels = np.where(has_gold, corpus.gold, corpus.weak).astype(np.int64)
    sure = np.array([1.0 if label is None else (0.5, 0.8, 1.0)[label.confidence - 1] for label in corpus.hand])
    weights = np.where(has_gold, sure, weak_weight * corpus.confidence)
    secondary = [
        FUNCTIONS.index(label.secondary) if label and label.secondary in FUNCTIONS else ABSTAIN for label in corpus.hand
    ]
    documents = np.array([p.source for p in corpus.paragraphs])
    group_of = document_groups(documents.tolist(), find_duplicates(corpus.paragraphs))
    groups = np.array([f"group {group_of[name]:06d}" for name in documents.tolist()])
    learnt = np.where(weights > 0, labels, ABSTAIN)
    return TrainingRows(learnt, np.array(secondary, dtype=np.int64), weights, documents, groups)


def hide_outline(seen: Sequence[View]) -> list[View]:
    """The same paragraphs without heading text: neither the headings above nor those run into the paragraph."""
    hidden = []
    for view in seen:
        own = view.headings[-1] if view.runs_in else ""
        text = view.text[len(own) :].lstrip("。：；，！ ") or view.text
        sentences = list(view.sentences)
        cut = len(view.text) - len(text)
        while sentences and cut >= len(sentences[0]):
            cut -= len(sentences.pop(0))
        if sentences and cut:
            sentences[0] = sentences[0][cut:]
        hidden.append(replace(view, text=text, sentences=tuple(sentences), headings=()))
    return hidden


def make_tagger(config: DictConfig) -> FunctionTagger:
    """An untrained tagger as `features`, `model`, `context`, `unit` and `headings` of the configuration say."""
    plain: Any = OmegaConf.to_container(config, resolve=True)
    classifier = build(plain["model"], "model")
    if "random_state" in classifier.get_params():
        classifier.set_params(random_state=config.seed)
    context = plain["context"]
    return FunctionTagger(
        build(plain["features"], "features"),
        classifier,
        config.unit,
        config.headings,
        context["see"],
        context["iterations"],
        context["leaves"],
        context["learning_rate"],
        config.seed,
        config.jobs,
    )


def fit(config: DictConfig, seen: Sequence[View], rows: TrainingRows, chosen: NDArray[Any]) -> Tagger:
    """Train on the chosen rows; those without a label still give context."""
    tagger = make_tagger(config)
    tagger.fit(
        [seen[row] for row in chosen],
        rows.labels[chosen],
        rows.weights[chosen],
        rows.secondary[chosen],
        rows.groups[chosen].tolist(),
    )
    trained: Tagger = tagger.tagger_
    return trained


def cross_validate(
    config: DictConfig, corpus: LabelledCorpus, fit: Callable[..., Any] = fit
) -> tuple[dict[str, Scores], dict[str, NDArray[Any]]]:
    """Score on hand labels in folds that never split a document or a pair of near-duplicates; everything, the second stage too, is fitted inside a fold.

    Only documents that `split.test` names by the beginning of their name are tested, all where it is empty.

    Args:
        fit: trains on chosen rows and returns something with `predict_proba`; another classifier's is compared alike.

    Returns:
        scores and predictions by name: `model` and `cues`, each also as `…_no_outline`, and `majority` (each of shape (n,),
        int64, -1 where not predicted); and `probabilities` of the model (shape (n, 6), float64) among the predictions.
    """
    rows = training_rows(corpus, config.weak_weight)
    prefixes = tuple(config.split.test or [""])
    tested = np.array([name.startswith(prefixes) for name in rows.documents]) & (corpus.gold != ABSTAIN)
    names = set(rows.documents[tested])
    if len(names) < 2:
        raise ValueError(
            f"hand labels on {len(names)} document(s) to test; cross-validation needs at least 2: "
            "label more speeches in the file that corpus.gold names"
        )
    views = {"": corpus.views, "_no_outline": hide_outline(corpus.views)}
    predicted: dict[str, NDArray[Any]] = {f"model{suffix}": np.full(len(tested), ABSTAIN, np.int64) for suffix in views}
    predicted["majority"] = np.full(len(tested), ABSTAIN, np.int64)
    predicted["probabilities"] = np.zeros((len(tested), len(FUNCTIONS)))
    for train, test in folds(rows.groups.tolist(), config.split.kind, config.split.folds, config.seed):
        scored = test[tested[test]]
        if len(scored) == 0:
            continue
        known = corpus.gold[train][corpus.gold[train] != ABSTAIN]
        predicted["majority"][scored] = np.bincount(known, minlength=len(FUNCTIONS)).argmax()
        for suffix, seen in views.items():
            found = fit(config, seen, rows, train).predict_proba([seen[row] for row in test])[np.isin(test, scored)]
            predicted[f"model{suffix}"][scored] = found.argmax(axis=1)
            if not suffix:
                predicted["probabilities"][scored] = found
    predicted |= cue_predictions(config, corpus, views)
    documents = rows.documents[tested].tolist()
    scores = {
        name: score(corpus.gold[tested], labels[tested], documents, config.seed)
        for name, labels in predicted.items()
        if name != "probabilities"
    }
    predicted["tested"] = tested
    return scores, predicted


def cue_predictions(
    config: DictConfig, corpus: LabelledCorpus, views: Mapping[str, Sequence[View]]
) -> dict[str, NDArray[Any]]:
    """Weak labels with and without outline; where all cues are silent, the most frequent function of the genre."""
    cues = load_cues(OmegaConf.to_container(config.cues))  # type: ignore[arg-type]
    result = {}
    for suffix, seen in views.items():
        votes = apply_cues(cues, seen) if suffix else corpus.votes
        labels, _ = weigh_votes(votes, len(corpus.documents), config.label_model)
        result[f"cues{suffix}"] = np.where(labels == ABSTAIN, FUNCTIONS.index("requirements"), labels).astype(np.int64)
    return result


def training_curve(
    config: DictConfig, corpus: LabelledCorpus, tested: NDArray[np.bool_], whole: Scores
) -> list[CurvePoint]:
    """Learning curve at the shares that `learning_curve` of the configuration names, cross-validation its last point."""
    if not config.learning_curve:
        return []
    rows = training_rows(corpus, config.weak_weight)
    split = list(folds(rows.groups.tolist(), config.split.kind, config.split.folds, config.seed))

    def predict(train: NDArray[np.int64], test: NDArray[np.int64]) -> NDArray[np.int64]:
        found = fit(config, corpus.views, rows, train).predict_proba([corpus.views[row] for row in test])
        return np.asarray(found.argmax(axis=1), dtype=np.int64)

    gold = np.where(tested, corpus.gold, ABSTAIN).astype(np.int8)
    shares = list(config.learning_curve)
    points = learning_curve(predict, gold, corpus.speeches, rows.groups.tolist(), split, shares, config.seed)
    speeches = np.mean([len(np.unique(corpus.speeches[train])) for train, test in split if tested[test].any()])
    return [*points, CurvePoint(float(speeches), whole)]


def train(config: DictConfig, predict_texts: Callable[[Path, list[str]], Any]) -> Trained:
    """Run the job that a configuration describes, tracked in MLflow.

    Args:
        predict_texts: tags texts with a model folder, for the example that is logged with the model.

    Raises:
        FileNotFoundError, ValueError: the configuration or the data are wrong; the run is marked FAILED.
    """
    tags = {**tracking.git_tags(), "config_digest": config_digest(config), "experiment": experiment_name()}
    with tracking.tracked_run(tracking.tracking_of(config), run_name(config), tags) as run:
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
        tested = predicted["tested"]
        calibration = calibrate(predicted["probabilities"][tested], corpus.gold[tested])
        mlflow.log_metrics({"calibration_error": calibration.error, **calibration.coverage_metrics()})
        curve = training_curve(config, corpus, tested, scores["model"])
        for point in curve:
            mlflow.log_metric("learning_curve_macro_f1", point.scores.macro_f1, step=round(point.speeches))
        cue_list = load_cues(cues)
        tracking.log_images(draw_run(corpus, cue_list, scores, predicted, curve, None, run_name(config)))
        _log_reports(corpus, predicted)
        rows = training_rows(corpus, config.weak_weight)
        started = time.perf_counter()
        tagger = fit(config, corpus.views, rows, np.arange(len(rows.labels)))
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
        mlflow.log_metric("model_bytes", sum(path.stat().st_size for path in folder.iterdir()))
        mlflow.set_tags({"model_version": version, "model_folder": str(folder)})
        example = [view.text for view in corpus.views[:3]]
        registered = tracking.log_model(folder, example, predict_texts(folder, example), config.tracking.register)
        outcome = contest(config.tracking.register, registered, run.info.run_id) if registered else None
        if not config.save:
            shutil.rmtree(folder)
        return Trained(scores, Path(config.save) if config.save else None, version, run.info.run_id, outcome)


def config_digest(config: DictConfig) -> str:
    """First 16 hexadecimal digits of the SHA-256 of all that can change a result: not where it is saved or tracked."""
    plain: Any = OmegaConf.to_container(config, resolve=True)
    for key in ("save", "tracking", "jobs", "learning_curve"):
        plain.pop(key, None)
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def experiment_name() -> str:
    """The file of conf/experiment that was chosen, or an empty string."""
    from hydra.core.hydra_config import HydraConfig

    return str(HydraConfig.get().runtime.choices.get("experiment") or "") if HydraConfig.initialized() else ""


def run_name(config: DictConfig) -> str:
    """What differs between runs: features, classifier, unit, headings."""
    features = config.features["_target_"].rpartition(".")[2]
    model = config.model["_target_"].rpartition(".")[2]
    see = "+".join(config.context.see) or "no context"
    return f"{features} {model} {config.unit} {see}{'' if config.headings else ' no headings'}"


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


def _log_reports(corpus: LabelledCorpus, predicted: dict[str, NDArray[Any]]) -> None:
    rows = np.flatnonzero(predicted["tested"] & (predicted["model"] != corpus.gold))
    lines = ["source\tspeech\tparagraph\tgold\tpredicted\ttext"]
    for row in rows:
        p = corpus.paragraphs[row]
        guess = predicted["model"][row]
        lines.append(
            f"{p.source}\t{p.speech}\t{p.paragraph}\t{FUNCTIONS[corpus.gold[row]]}\t"
            f"{FUNCTIONS[guess] if guess != ABSTAIN else ''}\t{p.text}"
        )
    written = [",".join(PREDICTION_COLUMNS)]
    for row in np.flatnonzero(predicted["tested"]):
        p, guess = corpus.paragraphs[row], FUNCTIONS[predicted["model"][row]]
        name = '"' + p.source.replace('"', '""') + '"'
        written.append(f"{name},{p.speech},{p.paragraph},{fingerprint(p.text)},{FUNCTIONS[corpus.gold[row]]},{guess}")
    tracking.log_text_files({"errors.tsv": "\n".join(lines) + "\n", PREDICTIONS: "\n".join(written) + "\n"})
