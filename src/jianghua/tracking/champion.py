"""Which registered model is the champion: the alias moves only to a model that does better on the same hand labels."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from jianghua.errors import TrackingError
from jianghua.labelling.confusion import RESAMPLES, confusion_tables, interval, macro_f1, resampled
from jianghua.labels import FUNCTIONS
from jianghua.tables import unguarded

CHAMPION = "champion"
PREDICTIONS = "predictions.csv"
COLUMNS = ("source", "speech", "paragraph", "fingerprint", "gold", "predicted")


@dataclass(frozen=True, slots=True)
class Contest:
    """Outcome of a comparison: whether the alias moved, the gain in macro-F1 with its 95 % interval, and a sentence."""

    moved: bool
    gain: float | None
    interval: tuple[float, float] | None
    said: str


Rows = dict[tuple[str, str, str, str], tuple[str, str]]
"""Paragraph (source, speech, number, fingerprint) → hand label and prediction."""


def compare(old: Rows, new: Rows, seed: int = 0, resamples: int = RESAMPLES) -> tuple[float, tuple[float, float]]:
    """Gain in macro-F1 of `new` over `old`, with the 95 % interval of a paired bootstrap over documents.

    Raises:
        ValueError: the two were not scored on the same paragraphs with the same hand labels.
    """
    if {key: labels[0] for key, labels in old.items()} != {key: labels[0] for key, labels in new.items()}:
        raise TrackingError(f"scored on other hand labels ({len(old)} and {len(new)} paragraphs)")
    keys = sorted(old)
    gold, before, after = (
        np.array([FUNCTIONS.index(rows[key][seat]) for key in keys]) for rows, seat in ((old, 0), (old, 1), (new, 1))
    )
    documents = [key[0] for key in keys]
    of_old, of_new = (confusion_tables(documents, gold, labels) for labels in (before, after))
    gains = macro_f1(resampled(of_new, seed, resamples)) - macro_f1(resampled(of_old, seed, resamples))
    return float(macro_f1(of_new.sum(axis=0)) - macro_f1(of_old.sum(axis=0))), interval(gains)


def contest(name: str, version: str, run_id: str) -> Contest:
    """Let version `version` of the registered model `name`, logged by run `run_id`, contest the alias `champion`.

    The outcome is written to the version's tags. An MLflow tracking URI must be set.
    """
    import mlflow

    client = mlflow.MlflowClient()
    held = client.get_registered_model(name).aliases.get(CHAMPION)
    if held is None:
        outcome = Contest(True, None, None, "first champion")
    else:
        champion = client.get_model_version(name, held)
        try:
            gain, interval = compare(_rows(client, champion.run_id), _rows(client, run_id))
            text = (
                f"{gain:+.3f} macro-F1 against version {held} (95 % interval {interval[0]:+.3f} to {interval[1]:+.3f})"
            )
            outcome = Contest(gain > 0, gain, interval, text)
        except (ValueError, OSError, mlflow.exceptions.MlflowException) as error:
            outcome = Contest(False, None, None, f"not comparable with version {held}: {error}")
    if outcome.moved:
        client.set_registered_model_alias(name, CHAMPION, version)
    client.set_model_version_tag(name, version, "contest", outcome.said)
    return outcome


def _rows(client: Any, run_id: str) -> Rows:
    return read_predictions(Path(client.download_artifacts(run_id, PREDICTIONS)).read_text(encoding="utf-8"))


def read_predictions(text: str) -> Rows:
    """Read what `predictions_csv` of a training run wrote.

    >>> read_predictions("source,speech,paragraph,fingerprint,gold,predicted\\na.txt,0,3,abc,closing,context\\n")
    {('a.txt', '0', '3', 'abc'): ('closing', 'context')}
    """
    rows = csv.DictReader(io.StringIO(text))
    return {
        (unguarded(row["source"]), row["speech"], row["paragraph"], row["fingerprint"]): (row["gold"], row["predicted"])
        for row in rows
    }
