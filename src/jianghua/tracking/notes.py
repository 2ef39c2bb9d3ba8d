"""What a run says of itself in MLflow: names, tags, scores, tables, cards."""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import yaml

from jianghua.corpus import fingerprint
from jianghua.corpus.views import View
from jianghua.labelling.table import LabelledCorpus
from jianghua.labels import ABSTAIN, FUNCTIONS
from jianghua.model.features import FEATURE_SETS
from jianghua.model.ngrams import words_of
from jianghua.model.tagger import REVIEW_BELOW, Tagger
from jianghua.tables import guarded
from jianghua.tracking.champion import COLUMNS as PREDICTION_COLUMNS
from jianghua.tracking.runs import flatten, git_tags
from jianghua.training.calibration import Calibration
from jianghua.training.classifiers import CLASSIFIERS
from jianghua.training.cross_validation import CrossValidation
from jianghua.training.metrics import Scores

SECTIONS = {
    "model": "",
    "model_without_headings": "no_headings/",
    "cues": "vs_cues/",
    "cues_without_headings": "vs_cues_no_headings/",
    "majority": "vs_majority/",
}
"""Scores by name → prefix of their metrics: the UI makes a section of each, in the order of the alphabet after its
“Model metrics”, which have no prefix."""

_NOT_A_RESULT = ("save", "tracking", "jobs", "learning_curve")
"""Keys of the configuration that change no result."""

_SEEN_ELSEWHERE = (*_NOT_A_RESULT, "corpus", "split", "name")
"""Keys left out of the names of runs: tags and parameters tell."""

_CLASSES = {
    "features": {kind: cls.__name__ for kind, cls in FEATURE_SETS.items()},
    "model": {name: kind.cls.__name__ for name, kind in CLASSIFIERS.items()},
}
"""Group → kind → the class that it stands for."""

_TIMED = 5000
"""Paragraphs that tagging is timed on, at most."""

ABOUT_THE_MODEL = """Says for each paragraph of a Chinese official speech what it is for: achievements, shortcomings, requirements,
discipline, closing or context. Input: a column `text`, a row for each paragraph (or each speech, with the parameter `unit`).

The alias `champion` stays with the version that did best on the same hand labels; `models:/NAME@champion` loads it.
"""

_MISUSE = """**Not for**: judging people; inferring that an office has failed, or what a speaker meant, from counts of `shortcomings` or
`discipline` without reading; texts of another genre (law, news, minutes): it always answers one of the six.
"""


@dataclass(frozen=True, slots=True)
class About:
    """What a run is, before anything is read or trained.

    Args:
        name: of the run.
        configuration: everything it was told, as plain data.
        experiment: the file of conf/experiment that was chosen, or an empty string.
        purpose: what that file says it is for, in Markdown.
    """

    name: str
    configuration: Mapping[str, Any]
    experiment: str = ""
    purpose: str = ""

    @property
    def corpus(self) -> str:
        """The folders of the corpus, in one text."""
        raw = self.configuration["corpus"]["raw"]
        return raw if isinstance(raw, str) else " + ".join(map(str, raw))


def config_digest(configuration: Mapping[str, Any]) -> str:
    """First 16 hexadecimal digits of the SHA-256 of all that can change a result: not where it is saved or tracked."""
    kept = {key: value for key, value in configuration.items() if key not in _NOT_A_RESULT}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def name_of(overrides: Sequence[str], swept: Sequence[str]) -> str:
    """The name of a run: what differs from other runs; of a sweep's job, what the sweep varies.

    >>> name_of(["experiment=sentences", "corpus.raw=my/texts", "model.C=3"], [])
    'sentences, model.C=3'
    >>> name_of(["experiment=sentences", "seed=1", "unit=paragraph"], ["unit"])
    'unit=paragraph'
    >>> name_of([], [])
    'default'
    """
    values = dict(override.lstrip("+~").partition("=")[::2] for override in overrides)
    chosen = [key for key in values if (key in swept if swept else key.split(".")[0] not in _SEEN_ELSEWHERE)]
    parts = [values[key] if key == "experiment" else f"{key}={values[key]}" for key in chosen]
    return ", ".join(parts)[:120] or "default"


def run_tags(about: About) -> dict[str, str]:
    """By what runs are found in the UI: corpus, experiment file, seed, configuration, commit."""
    return {
        "corpus": about.corpus,
        **({"experiment": about.experiment} if about.experiment else {}),
        "seed": str(about.configuration["seed"]),
        "config_digest": config_digest(about.configuration),
        **git_tags(),
    }


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


def error_table(corpus: LabelledCorpus, validation: CrossValidation) -> pd.DataFrame:
    """Paragraphs whose prediction is not the hand label, the most confident first: wrong labels stand there too."""
    predicted = validation.labels["model"]
    rows = np.flatnonzero(validation.tested & (predicted != corpus.gold))
    confidence = validation.probabilities.max(axis=1)
    rows = rows[np.argsort(-confidence[rows], kind="stable")]
    return pd.DataFrame(
        {
            "gold": [FUNCTIONS[corpus.gold[row]] for row in rows],
            "predicted": [FUNCTIONS[predicted[row]] for row in rows],
            "confidence": confidence[rows].round(3),
            "text": [corpus.paragraphs[row].text for row in rows],
            "headings": [" / ".join(corpus.views[row].headings) for row in rows],
            "source": [corpus.paragraphs[row].source for row in rows],
            "speech": [corpus.paragraphs[row].speech for row in rows],
            "paragraph": [corpus.paragraphs[row].paragraph for row in rows],
        }
    )


def predictions_csv(corpus: LabelledCorpus, validation: CrossValidation) -> str:
    """Every tested paragraph with hand label and prediction, without its text, for the registry's comparison."""
    rows = np.flatnonzero(validation.tested)
    paragraphs = [corpus.paragraphs[row] for row in rows]
    columns = (
        [guarded(p.source) for p in paragraphs],
        [p.speech for p in paragraphs],
        [p.paragraph for p in paragraphs],
        [fingerprint(p.text) for p in paragraphs],
        [FUNCTIONS[label] for label in corpus.gold[rows]],
        [FUNCTIONS[label] for label in validation.labels["model"][rows]],
    )
    return pd.DataFrame(dict(zip(PREDICTION_COLUMNS, columns, strict=True))).to_csv(index=False, lineterminator="\n")


def score_card(scores: Mapping[str, Scores], calibration: Calibration) -> str:
    """What a run is worth, in Markdown: scores beside their baselines, the weakest function, how far confidence can be trusted."""
    said = {
        "model": "this model",
        "model_without_headings": "without headings",
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


def log_configuration(about: About) -> None:
    """The whole configuration as a file; as parameters what can change a result, classes by their names."""
    import mlflow

    mlflow.log_text(yaml.safe_dump(dict(about.configuration), allow_unicode=True, sort_keys=False), "config.yaml")
    kept = {key: value for key, value in about.configuration.items() if key not in (*_NOT_A_RESULT, "name")}
    cues = kept.pop("cues")
    parameters = flatten(kept)
    for group, names in _CLASSES.items():
        kind = parameters.pop(f"{group}.kind", "")
        parameters[group] = names.get(kind, kind)
    mlflow.log_params({**parameters, "cues": f"{len(cues)} cues"})


def log_scores(scores: Mapping[str, Scores], calibration: Calibration) -> None:
    """All scores as metrics, and what confidence is worth."""
    import mlflow

    for name, of_name in scores.items():
        mlflow.log_metrics(of_name.flat(SECTIONS[name]))
    mlflow.log_metrics({"calibration_error": calibration.error, **calibration.review_metrics()})
    mlflow.log_metrics({f"review/{name}": value for name, value in calibration.coverage_metrics().items()})


def log_data(corpus: LabelledCorpus, digest: str) -> None:
    """Digest and size of the data, and the data set as the UI shows it."""
    import mlflow

    mlflow.log_param("data_digest", digest)
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


def card_of_version(about: About, corpus: LabelledCorpus, digest: str, scores: str) -> str:
    """What a registered version learnt from, how good it is, what it must not be used for, in Markdown."""
    labelled = int((corpus.gold != ABSTAIN).sum())
    learnt = (
        f"Learnt from {len(corpus.documents)} documents of {about.corpus}: {len(corpus.paragraphs)} paragraphs, "
        f"{labelled} of them hand-labelled (digest `{digest}`); run “{about.name}”."
    )
    return f"{learnt}\n\n{scores}\n\n{_MISUSE}"
