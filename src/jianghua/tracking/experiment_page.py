"""What MLflow's page of an experiment shows: what is asked, how the numbers are read, the columns and charts that matter."""

import json
import time
from typing import Any

NOTE = "mlflow.note.content"
"""The tag that the UI shows as description of an experiment or a run, in Markdown."""

_QUESTIONS = {
    "training": "What came of each `jianghua train`? Jobs of a sweep stand below their sweep.",
    "leaderboard": "Which way of reading a paragraph is best, and what does each part of it add? "
    "One run for each file of `conf/experiment/`, written up in `experiments/LEADERBOARD.md`.",
}

SCORES_VIEW = "scores"
"""Key of the view that MLflow's menu “Views” shows as “Scores”; `?viewStateShareKey=scores` opens it."""

_MAIN_METRICS = ("macro_f1", "no_headings/macro_f1", "accuracy", "calibration_error", "review_share")
COMPARED = ("confusion_model.png", "precision_recall.png", "reliability.png", "coverage.png")
"""Figures that are worth a look beside those of another run."""

_HOW_TO_READ = """
**Metrics** are on hand labels, in folds that never split a document.

- `macro_f1`: mean F1 of the six functions, best first when sorted by it; `macro_f1_low` to `macro_f1_high` is its 95 % interval.
- `f1_…`: one function each. `accuracy`: share of paragraphs that are right.
- `no_headings/…`: the same model without headings: neither those above nor those run in. `vs_cues/…`, `vs_majority/…`: the baselines to beat.
- `calibration_error`: 0 where confidence means what it says. `review_share`: paragraphs too uncertain to go without a person;
  `accuracy_above_threshold`: how often the others are right. `review/…`: the same at other thresholds.

**Artifacts**: figures, a table of all errors (`errors.json`), every prediction (`predictions.csv`), the whole configuration.

**Comparing**: only runs on the same data set are comparable. *Views* → *Scores* has the columns that matter, best first, and
charts with figures side by side; or tick two runs, then *Compare*.
"""


def experiment_tags(experiment: str, question: str | None) -> dict[str, str]:
    """Tags of an experiment: description, a saved view, and that it holds runs, not traces of a language model.

    Args:
        question: what it asks, in Markdown; by default what is known of `experiment`.
    """
    asked = question or _QUESTIONS.get(experiment, "")
    return {
        NOTE: f"{asked}\n{_HOW_TO_READ}".strip(),
        "mlflow.experimentKind": "custom_model_development",
        f"mlflow.sharedViewState.{SCORES_VIEW}": json.dumps(_saved_view()),
    }


def _saved_view() -> dict[str, Any]:
    """Columns, order and charts of the table of runs, as MLflow's “Save as new view” writes them.

    Its default shows no metric at all, and in its charts the metrics without a prefix come last.
    """
    charts: list[dict[str, Any]] = [
        {"type": "BAR", "metricKey": name, "displayName": name, "metricSectionId": "scores"} for name in _MAIN_METRICS
    ]
    charts += [
        {
            "type": "IMAGE",
            "imageKeys": [image_key(name)],
            "step": 0,
            "showRunParams": False,
            "metricSectionId": "figures",
        }
        for name in COMPARED
    ]
    state = {
        "searchFilter": "",
        "orderByKey": "metrics.`macro_f1`",
        "orderByAsc": False,
        "startTime": "ALL",
        "lifecycleFilter": "Active",
        "datasetsFilter": [],
        "modelVersionFilter": "All Runs",
        "selectedColumns": [f"metrics.`{name}`" for name in _MAIN_METRICS],
        "columnOrder": [],
        "columnWidths": {},
        "compareRunCharts": [
            {"uuid": f"chart{number}", "runsCountToCompare": 10, "deleted": False, "isGenerated": True, **chart}
            for number, chart in enumerate(charts)
        ],
        "compareRunSections": [
            {"uuid": name, "name": name, "display": True, "isReordered": True, "deleted": False, "isGenerated": False}
            for name in ("scores", "figures")
        ],
        "isAccordionReordered": True,
        "viewMaximized": False,
        "runListHidden": False,
        "useGroupedValuesInCharts": True,
        "hideEmptyCharts": True,
        "groupBy": None,
        "groupsExpanded": {},
        "globalLineChartConfig": {"xAxisKey": "step", "lineSmoothness": 0, "selectedXAxisMetricKey": ""},
    }
    return {"name": "Scores", "createdAt": int(time.time() * 1000), "state": json.dumps(state)}


def image_key(name: str) -> str:
    """Key of a figure in the charts; the UI makes a section of what stands before the slash."""
    return f"figures/{name.removesuffix('.png')}"
