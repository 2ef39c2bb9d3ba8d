"""Boosted trees as plain arrays: what is kept of scikit-learn's histogram gradient boosting (Ke et al. 2017).

Evaluated without walking (QuickScorer: Lucchese et al. 2015): every question of a tree is asked of every row at once; one
that is answered “greater” strikes out the leaves on its left; the first leaf that is left is the tree's answer.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jianghua.errors import UsageError
from jianghua.model.linear import softmax

MOST_LEAVES = 16
"""Leaves of a tree: a set of them is a number of 16 bits."""

MOST_THRESHOLDS = (1 << 15) - 1
"""Different values that one column is compared with: their ranks are subtracted in 16 bits. scikit-learn makes up to 255."""

_CHUNK = 128
_SETS = np.arange(1 << MOST_LEAVES)
_FIRST_LEAF = np.log2(~_SETS & (_SETS + 1)).astype(np.int32)
"""For each set of struck leaves, the first that is left (16 where none is, which no tree that is loaded does)."""


@dataclass(frozen=True)
class Trees:
    """A sum of trees for each function, then a softmax.

    Args:
        feature: shape (trees, leaves - 1), int16; the column that a question asks. Trees of one function follow those of
            the next in turn; trees with fewer leaves have questions that strike out nothing.
        threshold: shape (trees, leaves - 1), float64; greater values are answered “greater”.
        strikes: shape (trees, leaves - 1), uint16; bit k stands for leaf k, counted from the left.
        value: shape (trees, leaves), float32; what a leaf adds.
        baseline: shape (functions,), float32.
    """

    feature: NDArray[np.int16]
    threshold: NDArray[np.float64]
    strikes: NDArray[np.uint16]
    value: NDArray[np.float32]
    baseline: NDArray[np.float32]

    def predict_proba(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities for rows of features: shape (n, functions), float64."""
        columns, thresholds, *_ = self._questions
        passed = np.empty((len(columns), len(rows)), dtype=np.int16)  # how many thresholds a value is greater than
        for number, (values, column) in enumerate(zip(thresholds, rows.T.take(columns, axis=0), strict=True)):
            passed[number] = values.searchsorted(column)
        parts = [self._scores(passed[:, at : at + _CHUNK]) for at in range(0, len(rows), _CHUNK)]
        scores = np.concatenate(parts, axis=1).T if parts else np.zeros((0, len(self.baseline)))
        return softmax(scores)

    @cached_property
    def _questions(
        self,
    ) -> tuple[NDArray[np.intp], list[NDArray[np.float64]], NDArray[np.intp], NDArray[np.int16], NDArray[np.int16]]:
        """Columns that are asked, the thresholds of each; then of each question, in order of its place in its tree:
        the number of its column, the rank of its threshold there, and what it strikes."""
        columns, place = np.unique(self.feature.T.ravel(), return_inverse=True)
        asked = self.threshold.T.ravel()
        rank = np.zeros(asked.size, dtype=np.int16)
        thresholds = []
        for number in range(len(columns)):
            asking = place == number
            values, rank[asking] = np.unique(asked[asking], return_inverse=True)
            thresholds.append(values)
        strikes = self.strikes.T.ravel().view(np.int16)
        return columns.astype(np.intp), thresholds, place.astype(np.intp), rank[:, None], strikes[:, None]

    def _scores(self, passed: NDArray[np.int16]) -> NDArray[np.float64]:
        """Sums of leaves: shape (functions, rows)."""
        _, _, place, rank, strikes = self._questions
        trees, questions = self.feature.shape
        work = passed.take(place, axis=0, mode="clip")
        np.subtract(rank, work, out=work)
        np.right_shift(work, 15, out=work)  # all bits where the value is greater
        np.bitwise_and(work, strikes, out=work)
        struck = np.bitwise_or.reduce(work.reshape(questions, trees, -1), axis=0).view(np.uint16)
        leaf = _FIRST_LEAF.take(struck)
        leaf += (np.arange(trees, dtype=np.int32) * self.value.shape[1])[:, None]
        values = self.value.ravel().take(leaf, mode="clip")
        shape = (-1, len(self.baseline), passed.shape[1])
        scores: NDArray[np.float64] = values.reshape(shape).sum(axis=0, dtype=np.float64) + self.baseline[:, None]
        return scores


def trees_from(classifier: Any, functions: int) -> Trees:
    """Arrays of a fitted HistGradientBoostingClassifier, without missing or categorical values.

    Functions that the classifier has not seen get a baseline of -30 and no trees that matter. Of two classes it has one
    tree a round, for the second: here each takes half of what it says, which gives the softmax the same difference.

    Raises:
        ValueError: a tree has more than 16 leaves.
    """
    stages = classifier._predictors
    classes = np.asarray(classifier.classes_, dtype=np.int64)
    parts = (-0.5, 0.5) if len(classes) == 2 else (1,) * len(classes)
    leaves = max(int(tree.nodes["is_leaf"].sum()) for stage in stages for tree in stage)
    if leaves > MOST_LEAVES:
        raise UsageError(f"trees of {leaves} leaves; expected at most {MOST_LEAVES}: set context.leaves")
    trees, questions = len(stages) * functions, max(leaves - 1, 1)
    feature, threshold = np.zeros((trees, questions), np.int16), np.zeros((trees, questions), np.float64)
    strikes, value = np.zeros((trees, questions), np.uint16), np.zeros((trees, questions + 1), np.float32)
    for stage, predictors in enumerate(stages):
        for seat, part, tree in zip(classes, parts, predictors * (len(classes) // len(predictors)), strict=True):
            row = stage * functions + int(seat)
            asked, answers = _in_order(tree.nodes)
            value[row, : len(answers)] = [tree.nodes[node]["value"] * part for node in answers]
            for index, (node, first, last) in enumerate(asked):
                feature[row, index] = tree.nodes[node]["feature_idx"]
                threshold[row, index] = tree.nodes[node]["num_threshold"]
                strikes[row, index] = (1 << last) - (1 << first)
    baseline = np.full(functions, -30.0, np.float32)
    baseline[classes] = np.ravel(classifier._baseline_prediction) * parts
    return Trees(feature, threshold, strikes, value, baseline)


def _in_order(nodes: Any) -> tuple[list[tuple[int, int, int]], list[int]]:
    """Questions as (node, first leaf on its left, first leaf on its right), and leaves from left to right."""
    asked: list[tuple[int, int, int]] = []
    answers: list[int] = []

    def visit(node: int) -> None:
        if nodes[node]["is_leaf"]:
            answers.append(node)
            return
        first = len(answers)
        visit(int(nodes[node]["left"]))
        asked.append((node, first, len(answers)))
        visit(int(nodes[node]["right"]))

    visit(0)
    return asked, answers
