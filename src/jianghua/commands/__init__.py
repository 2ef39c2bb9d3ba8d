"""The verbs that take flags; each module has one function that runs it and returns its exit status."""

FINE, SOME_FAILED, WRONG_USAGE = 0, 1, 2
INTERRUPTED = 130

VERBS = {
    "tag": "tag speeches with a saved model (by default the released one)",
    "find": "find passages in tagged speeches by their words, save them as excerpts",
    "label": "vote with every cue, lay hand labels over the votes",
    "train": "cross-validate, train and track a model",
    "evaluate": "score a saved model on labelled speeches",
    "corpus": "bring the real texts that anyone can fetch",
    "review": "send doubtful paragraphs to people, take their labels back",
    "leaderboard": "run the experiments that are out of date, compare all",
    "ui": "open the MLflow UI on this machine",
    "completion": "print a script for tab completion",
}
