"""All figures of a training run."""

import numpy as np

from jianghua.labelling.analysis import cue_table
from jianghua.labelling.table import LabelledCorpus
from jianghua.labels import ABSTAIN
from jianghua.tracking.corpus_figures import draw_cues, draw_positions
from jianghua.tracking.model_figures import (
    draw_confusion,
    draw_coverage,
    draw_learning_curve,
    draw_precision_recall,
    draw_reliability,
)
from jianghua.training.cross_validation import CrossValidation


def draw_run(
    corpus: LabelledCorpus, validation: CrossValidation, threshold: float | None, about: str
) -> dict[str, bytes]:
    """Draw everything that explains a run.

    Args:
        threshold: confidence below which paragraphs go to review; None if there is none.
        about: name of the run.

    Returns:
        name of the file → PNG image.
    """
    tested, hand, scores = validation.tested, corpus.gold != ABSTAIN, validation.all_scores
    probabilities, gold = validation.probabilities[tested], corpus.gold[tested]
    confidence = probabilities.max(axis=1)
    positions = np.array([view.position for view in corpus.views])
    about_model = f"{about} · macro-F1 {scores['model'].macro_f1:.3f}"
    about_corpus = (
        f"{hand.sum()} 段人工标注 hand-labelled paragraphs · {len(np.unique(corpus.speeches[hand]))} 篇讲话 speeches"
    )
    about_cues = f"{len(corpus.cues)} 条线索 cues · {len(corpus.paragraphs)} 段 paragraphs"
    figures = {
        f"confusion_{name}.png": draw_confusion(
            scores[name], f"{about} · {headings} · macro-F1 {scores[name].macro_f1:.3f}"
        )
        for name, headings in (
            ("model", "看标题 with headings"),
            ("model_without_headings", "不看标题 without headings"),
        )
    }
    figures |= {
        "precision_recall.png": draw_precision_recall(probabilities, gold, about_model),
        "reliability.png": draw_reliability(validation.calibration, confidence, about_model),
        "coverage.png": draw_coverage(confidence, probabilities.argmax(axis=1) == gold, threshold, about_model),
        "positions.png": draw_positions(positions[hand], corpus.gold[hand], about_corpus),
        "cues.png": draw_cues(cue_table(corpus.cues, corpus.votes, corpus.gold), corpus.gold, about_cues),
    }
    if validation.curve:
        figures["learning_curve.png"] = draw_learning_curve(validation.curve, scores["cues"].macro_f1, about_model)
    return figures
