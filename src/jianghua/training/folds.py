"""Folds that never split a document, and so never a speech."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from jianghua.errors import UsageError

SPLITS = ("grouped", "leave_one_document_out")


def folds(
    documents: Sequence[str], kind: str, count: int, seed: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Rows to train on and rows to test on, both sorted, for each fold.

    Args:
        documents: the document of each row.
        kind: “grouped” puts documents, shuffled by `seed`, into `count` folds of about equal numbers of rows;
            “leave_one_document_out” makes a fold of every document.

    Raises:
        ValueError: an unknown kind, or fewer documents than folds.

    >>> [test.tolist() for _, test in folds(["a", "a", "b", "c"], "leave_one_document_out", 0, 0)]
    [[0, 1], [2], [3]]
    """
    names, number = np.unique(np.asarray(documents, dtype=object).astype(str), return_inverse=True)
    if kind == "leave_one_document_out":
        assignment = np.arange(len(names))
    elif kind == "grouped":
        if not 2 <= count <= len(names):
            raise UsageError(
                f"{count} folds of {len(names)} documents; expected at least 2 folds and a document for each"
            )
        assignment = _balanced(np.bincount(number), count, seed)
    else:
        raise UsageError(f"split {kind!r} is not known; use one of {', '.join(SPLITS)}")
    fold_of_row = assignment[number]
    for fold in range(assignment.max() + 1):
        yield np.flatnonzero(fold_of_row != fold), np.flatnonzero(fold_of_row == fold)


def _balanced(sizes: NDArray[np.int64], count: int, seed: int) -> NDArray[np.int64]:
    """Largest document first, each into the fold with fewest rows; equal sizes in an order drawn from `seed`."""
    order = np.random.default_rng(seed).permutation(len(sizes))
    order = order[np.argsort(-sizes[order], kind="stable")]
    load = np.zeros(count, dtype=np.int64)
    assignment = np.zeros(len(sizes), dtype=np.int64)
    for document in order:
        fold = int(load.argmin())
        assignment[document] = fold
        load[fold] += sizes[document]
    return assignment
