"""The verbs that take flags; each module has one function that runs it and returns its exit status."""

FINE, SOME_FAILED, WRONG_USAGE = 0, 1, 2
INTERRUPTED = 130
