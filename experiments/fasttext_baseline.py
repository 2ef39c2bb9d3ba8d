"""fastText on jieba words (Joulin et al. 2017), in the same folds as every experiment; its row stands in the leaderboard.

    python experiments/fasttext_baseline.py [Hydra overrides of `jianghua train`]

Needs the dependency group `bench` (`make bench` installs it). Trained by one thread, so that the same data give the same scores.
"""

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import fasttext
import mlflow
import numpy as np
from numpy.typing import NDArray

from jianghua.commands.configuration import TRAIN, checked, composed
from jianghua.corpus.views import View
from jianghua.labels import ABSTAIN, FUNCTIONS
from jianghua.model.ngrams import words_of
from jianghua.tracking.leaderboard import EXPERIMENT, PEER
from jianghua.tracking.notes import config_digest, log_data, log_scores
from jianghua.tracking.runs import git_tags, tracked_run
from jianghua.training.cross_validation import cross_validate
from jianghua.training.rows import TrainingRows, data_digest, training_rows
from jianghua.training.settings import Settings

PURPOSE = "fastText: jieba words of the paragraph and pairs of them, 25 epochs"


class FastText:
    """A trained fastText classifier that answers like a tagger."""

    def __init__(self, seen: Sequence[View], labels: NDArray[np.int64]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "train.txt"
            lines = [f"__label__{label} {_line(view)}" for view, label in zip(seen, labels.tolist(), strict=True)]
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            self._model = fasttext.train_supervised(
                str(path), wordNgrams=2, epoch=25, lr=0.5, dim=100, thread=1, seed=0, verbose=0
            )

    def predict_proba(self, seen: Sequence[View]) -> NDArray[np.float64]:
        """Shape (len(seen), 6), float64."""
        result = np.zeros((len(seen), len(FUNCTIONS)))
        for row, view in enumerate(seen):
            # the Python wrapper of fastText 0.9.3 fails with NumPy 2; its binding below does not
            for share, label in self._model.f.predict(_line(view) + "\n", -1, 0.0, "strict"):
                result[row, int(label.removeprefix("__label__"))] = share
        return result


def _line(view: View) -> str:
    return " ".join(words_of(view.text))


def fit(settings: Settings, seen: Sequence[View], rows: TrainingRows, chosen: NDArray[Any]) -> FastText:
    """Train on the chosen rows that have a label."""
    learnt = [row for row in chosen.tolist() if rows.labels[row] != ABSTAIN]
    return FastText([seen[row] for row in learnt], rows.labels[learnt])


def main(overrides: Sequence[str]) -> None:
    """Cross-validate and log one run."""
    configuration = checked(composed("train", [f"tracking.experiment={EXPERIMENT}", *overrides]), TRAIN)
    corpus, settings = configuration.corpus(), configuration.settings
    digest = f"fasttext {config_digest(configuration.written)}"[:25]
    with tracked_run(configuration.tracking, "fasttext", {PEER: PURPOSE, "config_digest": digest, **git_tags()}):
        log_data(corpus, data_digest(corpus))
        validation = cross_validate(corpus, settings, fit)
        log_scores(validation.all_scores, validation.calibration)
        rows = training_rows(corpus, settings.weak_weight)
        started = time.perf_counter()
        fit(settings, corpus.views, rows, np.arange(len(rows.labels)))
        mlflow.log_metric("training_seconds", time.perf_counter() - started)
        for name, scores in validation.all_scores.items():
            print(f"{name:24} macro-F1 {scores.macro_f1:.3f} ({scores.interval[0]:.3f}–{scores.interval[1]:.3f})")


if __name__ == "__main__":
    main(sys.argv[1:])
