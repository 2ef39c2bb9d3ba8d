"""Boosted trees as plain arrays: what is kept of scikit-learn's histogram gradient boosting (Ke et al. 2017)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jianghua.modelling.linear import softmax

_LEAF = -1
_CHUNK = 2048


@dataclass(frozen=True, slots=True)
class Trees:
    """A sum of trees for each function, then a softmax.

    Args:
        feature: shape (trees, nodes), int16; the column that a node asks, -1 at a leaf (and where a tree has fewer nodes).
        threshold: shape (trees, nodes), float64; values up to it go left.
        children: shape (trees, nodes), int16; the left child; the right one stands behind it.
        value: shape (trees, nodes), float32; what a leaf adds.
        baseline: shape (functions,), float32. Trees of one function follow those of the next in turn.
    """

    feature: NDArray[np.int16]
    threshold: NDArray[np.float64]
    children: NDArray[np.int16]
    value: NDArray[np.float32]
    baseline: NDArray[np.float32]

    def predict_proba(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities for rows of features: shape (n, functions), float64."""
        parts = [self._scores(rows[at : at + _CHUNK]) for at in range(0, len(rows), _CHUNK)]
        scores = np.concatenate(parts) if parts else np.zeros((0, len(self.baseline)))
        return softmax(scores)

    def _scores(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        trees, nodes = self.feature.shape
        number = np.arange(len(rows))[:, None]
        root = np.arange(trees) * nodes
        at = np.broadcast_to(root, (len(rows), trees)).copy()
        feature, threshold, children = self.feature.ravel(), self.threshold.ravel(), self.children.ravel()
        while True:
            asked = feature[at]
            inner = asked != _LEAF
            if not inner.any():
                break
            right = rows[number, asked] > threshold[at]
            at = np.where(inner, root + children[at] + right, at)
        values = self.value.ravel()[at].astype(np.float64)
        scores: NDArray[np.float64] = values.reshape(len(rows), -1, len(self.baseline)).sum(axis=1) + self.baseline
        return scores


def trees_from(classifier: Any, functions: int) -> Trees:
    """Arrays of a fitted HistGradientBoostingClassifier of at least three classes, without missing or categorical values.

    Functions that the classifier has not seen get a baseline of -30 and no trees that matter.
    """
    predictors = [tree for stage in classifier._predictors for tree in stage]
    classes = np.asarray(classifier.classes_, dtype=np.int64)
    stages = len(classifier._predictors)
    nodes = max(len(tree.nodes) for tree in predictors)
    shape = (stages * functions, nodes)
    feature, children = np.full(shape, _LEAF, np.int16), np.zeros(shape, np.int16)
    threshold, value = np.zeros(shape, np.float64), np.zeros(shape, np.float32)
    for stage, trees in enumerate(classifier._predictors):
        for seat, tree in zip(classes, trees, strict=True):
            row = stage * functions + int(seat)
            order = _breadth_first(tree.nodes)
            place = {int(node): index for index, node in enumerate(order)}
            for index, node in enumerate(order):
                held = tree.nodes[node]
                if held["is_leaf"]:
                    value[row, index] = held["value"]
                else:
                    feature[row, index] = held["feature_idx"]
                    threshold[row, index] = held["num_threshold"]
                    children[row, index] = place[int(held["left"])]
    baseline = np.full(functions, -30.0, np.float32)
    baseline[classes] = np.ravel(classifier._baseline_prediction)
    return Trees(feature, threshold, children, value, baseline)


def _breadth_first(nodes: Any) -> list[int]:
    """Numbers of the nodes such that the two children of a node stand side by side."""
    order = [0]
    for node in order:
        if not nodes[node]["is_leaf"]:
            order += [int(nodes[node]["left"]), int(nodes[node]["right"])]
    return order
