"""What a run says of itself in MLflow: names, tags, scores, tables, cards."""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from omegaconf import DictConfig, OmegaConf

from jianghua import __version__
from jianghua.corpus import fingerprint
from jianghua.corpus.views import View
from jianghua.labelling.table import LabelledCorpus
from jianghua.labels import ABSTAIN, FUNCTIONS
from jianghua.model.ngrams import words_of
from jianghua.model.tagger import REVIEW_BELOW, Tagger
from jianghua.resources import configuration_folder
from jianghua.tables import guarded
from jianghua.tracking import runs
from jianghua.tracking.champion import COLUMNS as PREDICTION_COLUMNS
from jianghua.tracking.registry import describe_model
from jianghua.tracking.sweeps import swept_here
from jianghua.training.calibration import Calibration
from jianghua.training.metrics import Scores
from jianghua.training.rows import as_list

SECTIONS = {
    "model": "",
    "model_no_outline": "no_headings/",
    "cues": "vs_cues/",
    "cues_no_outline": "vs_cues_no_headings/",
    "majority": "vs_majority/",
}
"""Scores by name → prefix of their metrics: the UI makes a section of each, in the order of the alphabet after its
“Model metrics”, which have no prefix."""

_NOT_A_RESULT = ("save", "tracking", "jobs", "learning_curve")
"""Keys of the configuration that change no result."""

_SEEN_ELSEWHERE = (*_NOT_A_RESULT, "corpus", "split", "name")
"""Keys left out of the names of runs: tags and parameters tell."""

_TIMED = 5000
"""Paragraphs that tagging is timed on, at most."""

_ABOUT_THE_MODEL = """Says for each paragraph of a Chinese official speech what it is for: achievements, shortcomings, requirements,
discipline, closing or context. Input: a column `text`, a row for each paragraph (or each speech, with the parameter `unit`).

The alias `champion` stays with the version that did best on the same hand labels; `models:/NAME@champion` loads it.
"""

_MISUSE = """**Not for**: judging people; inferring that an office has failed, or what a speaker meant, from counts of `shortcomings` or
`discipline` without reading; texts of another genre (law, news, minutes): it always answers one of the six.
"""


def config_digest(config: DictConfig) -> str:
    """First 16 hexadecimal digits of the SHA-256 of all that can change a result: not where it is saved or tracked."""
    plain: Any = OmegaConf.to_container(config, resolve=True)
    for key in _NOT_A_RESULT:
        plain.pop(key, None)
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def experiment_name() -> str:
    """The file of conf/experiment that was chosen, or an empty string."""
    from hydra.core.hydra_config import HydraConfig

    return str(HydraConfig.get().runtime.choices.get("experiment") or "") if HydraConfig.initialized() else ""


def purpose(experiment: str) -> str:
    """What a file of conf/experiment says it is for, in its second line; empty where there is no such file."""
    path = configuration_folder() / "experiment" / f"{experiment}.yaml"
    return path.read_text(encoding="utf-8").splitlines()[1].lstrip("# ") if experiment and path.is_file() else ""


def run_name() -> str:
    """What differs from other runs: the experiment file and the overrides; of a sweep's job, what the sweep varies."""
    from hydra.core.hydra_config import HydraConfig

    return name_of(HydraConfig.get().overrides.task if HydraConfig.initialized() else [], swept_here())


def name_of(overrides: Sequence[str], swept: Sequence[str]) -> str:
    """The name of a run.

    >>> name_of(["experiment=sentences", "corpus.raw=my/texts", "model.C=3"], [])
    'sentences, model.C=3'
    >>> name_of(["experiment=sentences", "seed=1", "unit=paragraph"], ["unit"])
    'unit=paragraph'
    >>> name_of([], [])
    'default'
    """
    said = dict(override.lstrip("+~").partition("=")[::2] for override in overrides)
    chosen = [key for key in said if (key in swept if swept else key.split(".")[0] not in _SEEN_ELSEWHERE)]
    parts = [said[key] if key == "experiment" else f"{key}={said[key]}" for key in chosen]
    return ", ".join(parts)[:120] or "default"


def run_tags(config: DictConfig) -> dict[str, str]:
    """By what runs are found in the UI: corpus, experiment file, seed, configuration, commit."""
    experiment = experiment_name()
    return {
        "corpus": " + ".join(as_list(config.corpus.raw)),
        **({"experiment": experiment} if experiment else {}),
        "seed": str(config.seed),
        "config_digest": config_digest(config),
        **runs.git_tags(),
    }


def versions() -> dict[str, str]:
    """Versions of what a model depends on."""
    from importlib.metadata import version

    return {"jianghua": __version__, **{name: version(name) for name in ("numpy", "scikit-learn", "opencc", "jieba")}}


def scoring_speed(tagger: Tagger, seen: Sequence[View]) -> float:
    """Megabytes of paragraphs, as UTF-8, that a tagger takes in a second, on one core, once it is warm."""
    timed = seen[:_TIMED]
    seconds = []
    for _ in range(3):  # the best of them: the others met a busy machine
        words_of.cache_clear()  # cross-validation has cut these texts before
        started = time.perf_counter()
        tagger.predict(timed)
        seconds.append(time.perf_counter() - started)
    return sum(len(view.text.encode()) for view in timed) / 1e6 / min(seconds)


def error_table(corpus: LabelledCorpus, predicted: Mapping[str, NDArray[Any]]) -> pd.DataFrame:
    """Paragraphs whose prediction is not the hand label, the most confident first: wrong labels stand there too."""
    rows = np.flatnonzero(predicted["tested"] & (predicted["model"] != corpus.gold))
    confidence = predicted["probabilities"].max(axis=1)
    rows = rows[np.argsort(-confidence[rows], kind="stable")]
    return pd.DataFrame(
        {
            "gold": [FUNCTIONS[corpus.gold[row]] for row in rows],
            "predicted": [FUNCTIONS[predicted["model"][row]] for row in rows],
            "confidence": confidence[rows].round(3),
            "text": [corpus.paragraphs[row].text for row in rows],
            "headings": [" / ".join(corpus.views[row].headings) for row in rows],
            "source": [corpus.paragraphs[row].source for row in rows],
            "speech": [corpus.paragraphs[row].speech for row in rows],
            "paragraph": [corpus.paragraphs[row].paragraph for row in rows],
        }
    )


def predictions_csv(corpus: LabelledCorpus, predicted: Mapping[str, NDArray[Any]]) -> str:
    """Every tested paragraph with hand label and prediction, without its text, for the registry's comparison."""
    rows = np.flatnonzero(predicted["tested"])
    paragraphs = [corpus.paragraphs[row] for row in rows]
    columns = (
        [guarded(p.source) for p in paragraphs],
        [p.speech for p in paragraphs],
        [p.paragraph for p in paragraphs],
        [fingerprint(p.text) for p in paragraphs],
        [FUNCTIONS[label] for label in corpus.gold[rows]],
        [FUNCTIONS[label] for label in predicted["model"][rows]],
    )
    return pd.DataFrame(dict(zip(PREDICTION_COLUMNS, columns, strict=True))).to_csv(index=False, lineterminator="\n")


def score_card(scores: Mapping[str, Scores], calibration: Calibration) -> str:
    """What a run is worth, in Markdown: scores beside their baselines, the weakest function, how far confidence can be trusted."""
    said = {
        "model": "this model",
        "model_no_outline": "heading text removed",
        "cues": "cues alone",
        "majority": "majority class",
    }
    lines = ["| | macro-F1 | 95 % interval | accuracy |", "| --- | --- | --- | --- |"]
    for name, words in said.items():
        found = scores[name]
        low, high = found.interval
        lines.append(f"| {words} | {found.macro_f1:.3f} | {low:.3f}–{high:.3f} | {found.accuracy:.1%} |")
    model = scores["model"]
    weakest = min(model.f1, key=lambda label: model.f1[label])
    review = calibration.review_metrics()
    return "\n".join(
        [
            *lines,
            "",
            f"- Cross-validated on {model.count} hand-labelled paragraphs.",
            f"- Weakest at `{weakest}`: F1 {model.f1[weakest]:.2f} on {model.support[weakest]} paragraphs.",
            f"- Below a confidence of {REVIEW_BELOW}, {review['review_share']:.1%} of the paragraphs go to a person; "
            f"{review['accuracy_above_threshold']:.1%} of the others are right. Calibration error {calibration.error:.3f}.",
        ]
    )


def log_configuration(mlflow: Any, config: DictConfig) -> None:
    """The whole configuration as a file; as parameters what can change a result, classes by their names."""
    mlflow.log_text(OmegaConf.to_yaml(config, resolve=True), "config.yaml")
    plain: Any = OmegaConf.to_container(config, resolve=True)
    cues = plain.pop("cues")
    flat = runs.flatten({key: value for key, value in plain.items() if key not in (*_NOT_A_RESULT, "name")})
    classes = {key.removesuffix("._target_"): flat.pop(key).rpartition(".")[2] for key in [*flat] if "_target_" in key}
    mlflow.log_params({**flat, **classes, "cues": f"{len(cues)} cues"})


def log_scores(mlflow: Any, scores: Mapping[str, Scores], calibration: Calibration) -> None:
    for name, found in scores.items():
        mlflow.log_metrics(found.flat(SECTIONS[name]))
    mlflow.log_metrics({"calibration_error": calibration.error, **calibration.review_metrics()})
    mlflow.log_metrics({f"review/{name}": value for name, value in calibration.coverage_metrics().items()})


def log_data(mlflow: Any, corpus: LabelledCorpus, digest: str) -> None:
    names = np.array([*FUNCTIONS, ""])  # the last for ABSTAIN
    frame = pd.DataFrame(
        {"source": [p.source for p in corpus.paragraphs], "weak": names[corpus.weak], "gold": names[corpus.gold]}
    )
    # the name of the data set in the UI; MLflow takes at most 36 characters of digest, and its columns show about 12
    mlflow.log_input(mlflow.data.from_pandas(frame, name="paragraphs", digest=digest[:12]), context="training")
    mlflow.log_metrics(
        {
            "size/documents": len(corpus.documents),
            "size/paragraphs": len(corpus.paragraphs),
            "size/hand_labelled": int((corpus.gold != ABSTAIN).sum()),
        }
    )


def describe_version(
    config: DictConfig, registered: str, version: str, corpus: LabelledCorpus, digest: str, card: str
) -> None:
    """Card and tags of a registered version."""
    labelled = int((corpus.gold != ABSTAIN).sum())
    learnt = (
        f"Learnt from {len(corpus.documents)} documents of {' + '.join(as_list(config.corpus.raw))}: "
        f"{len(corpus.paragraphs)} paragraphs, {labelled} of them hand-labelled (digest `{digest[:12]}`); run “{run_name()}”."
    )
    tags = {"model_version": version, "data_digest": digest[:12], "corpus": " + ".join(as_list(config.corpus.raw))}
    describe_model(config.tracking.register, registered, _ABOUT_THE_MODEL, f"{learnt}\n\n{card}\n\n{_MISUSE}", tags)
