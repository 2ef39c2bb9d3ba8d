"""How a model is trained and scored: frozen, checked at the door, not after hours of training."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from jianghua.errors import UsageError
from jianghua.model.evidence import SWITCHES
from jianghua.model.features import FeatureSet, feature_set
from jianghua.model.store import MOST_ROUNDS
from jianghua.model.tagger import UNITS
from jianghua.model.trees import MOST_LEAVES
from jianghua.training.classifiers import CLASSIFIERS
from jianghua.training.folds import SPLITS

Check = Callable[[Any], Any]
"""Takes a value, returns it as it is used, or raises ValueError with what is expected."""


def text(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)  # a folder called 2024
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise ValueError("a text (in quotes where it looks like a number or a list)")
    return value


def texts(value: Any) -> tuple[str, ...]:
    """Texts; one text is a list of one, null one of none."""
    values = [] if value is None else value if isinstance(value, list | tuple) else [value]
    try:
        return tuple(text(item) for item in values)
    except ValueError:
        raise ValueError("a text, or a list of texts such as [one,two], or null") from None


def or_null(check: Check) -> Check:
    def checked(value: Any) -> Any:
        try:
            return None if value is None else check(value)
        except ValueError as error:
            raise ValueError(f"{error}, or null") from None

    return checked


def boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def integer(low: int, high: int) -> Check:
    def checked(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return value

    return checked


def number(low: float, high: float) -> Check:
    def checked(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f"a number from {low:g} to {high:g}")
        if math.isinf(value):
            raise ValueError("a finite number")
        return value

    return checked


def one_of(*choices: str) -> Check:
    def checked(value: Any) -> str:
        if value not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return str(value)

    return checked


def some_of(*choices: str) -> Check:
    def checked(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list | tuple) or not all(item in choices for item in value):
            raise ValueError(f"a list of some of {', '.join(choices)}")
        return tuple(value)

    return checked


def shares(value: Any) -> tuple[float, ...]:
    values = [] if value is None else value if isinstance(value, list | tuple) else [value]
    try:
        return tuple(number(1e-9, 1)(item) for item in values)
    except ValueError:
        raise ValueError("a list of numbers above 0 and up to 1, or null") from None


def fit(name: str, value: Any, check: Check) -> Any:
    """The value as it is used.

    Raises:
        UsageError: it does not fit; the message says what was given, by which name, and what is expected.
    """
    try:
        return check(value)
    except UsageError:
        raise
    except ValueError as error:
        words = "is not known; use" if str(error).startswith("one of") else "does not fit; expected"
        raise UsageError(f"{name} {short(value)} {words} {error}") from None


def short(value: Any) -> str:
    """A value as a message shows it."""
    written = repr(value)
    return written if len(written) <= 120 else written[:117] + "…"


def _model(value: Any) -> Mapping[str, Any]:
    """Which classifier; it says itself which arguments it takes (see `jianghua.training.classifiers`)."""
    if isinstance(value, str):
        return {"kind": value, **CLASSIFIERS[one_of(*CLASSIFIERS)(value)].arguments}
    if not isinstance(value, Mapping):
        raise ValueError("the name of a classifier, or a mapping with kind and its arguments")
    return dict(value)


def _features(value: Any) -> FeatureSet:
    if isinstance(value, FeatureSet):
        return value
    if not isinstance(value, str | Mapping):
        raise ValueError("the name of a feature set, or a mapping with kind, low, high and bits")
    return feature_set(value)


def _setting(default: Any, check: Check, key: str = "") -> Any:
    """A field; `key` is its name in configurations, where it is another."""
    return field(default=default, metadata={"check": check, "key": key})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a model is trained and scored. Every value is checked; names alone stand for a feature set or a classifier.

    Raises:
        UsageError: a value is of another type or out of its range, or two do not go together.

    >>> Settings(features="words", folds=3).features
    JiebaWords(low=1, high=2, bits=17)
    >>> Settings(folds=1)
    Traceback (most recent call last):
    jianghua.errors.UsageError: split.folds 1 does not fit; expected a whole number from 2 on
    """

    features: FeatureSet | str | Mapping[str, Any] = _setting("characters", _features)
    """What of a text is looked at, kept as a `FeatureSet`: a name (`characters`, `words`), a mapping with `kind`, or one already."""

    model: str | Mapping[str, Any] = _setting("logistic", _model)
    """Classifier of the first stage, kept as a mapping with `kind` and all its arguments: a name (`logistic`, `naive_bayes`), or such a mapping."""

    context: tuple[str, ...] = _setting(SWITCHES, some_of(*SWITCHES), "context.see")
    """What the second stage sees; empty for no second stage."""

    iterations: int = _setting(120, integer(0, MOST_ROUNDS), "context.iterations")
    """Rounds of boosting of the second stage."""

    leaves: int = _setting(12, integer(0, MOST_LEAVES), "context.leaves")
    """Leaves of one of its trees."""

    learning_rate: float = _setting(0.06, number(0, 1000), "context.learning_rate")

    unit: str = _setting("sentence", one_of(*UNITS))
    """What the first stage scores: `sentence` or `paragraph`."""

    headings: bool = _setting(True, boolean)
    """Whether the headings above a paragraph are seen."""

    weak_weight: float = _setting(0.3, number(0, 1000))
    """Weight of a weak label of confidence 1 beside a hand label; 0 trains on hand labels alone."""

    split: str = _setting("grouped", one_of(*SPLITS), "split.kind")
    """How cross-validation splits documents: `grouped` into `folds`, or `leave_one_document_out`."""

    folds: int = _setting(5, integer(0, 1_000_000), "split.folds")

    test: tuple[str, ...] = _setting((), texts, "split.test")
    """Beginnings of the names of documents that are tested; empty tests all that have hand labels."""

    learning_curve: tuple[float, ...] = _setting((), shares)
    """Shares of the training speeches at which the learning curve is measured; cross-validation itself is its last point."""

    seed: int = _setting(0, integer(0, 2**32 - 1))

    jobs: int = _setting(2, integer(1, 1024))
    """Processes side by side; no result depends on it."""

    def __post_init__(self) -> None:
        for name, key, check in rows_of(type(self)):
            object.__setattr__(self, name, fit(key, getattr(self, name), check))
        if self.context:
            if self.unit != "sentence":
                raise UsageError(f"unit {self.unit} does not fit a second stage; use unit=sentence, or context=none")
            for name, least in (("iterations", 1), ("leaves", 2), ("learning_rate", 1e-9)):
                value = getattr(self, name)
                if value < least:
                    raise UsageError(f"context.{name} {value} does not fit context.see; expected more, or context=none")
        if self.split == "grouped" and self.folds < 2:
            raise UsageError(f"split.folds {self.folds} does not fit; expected a whole number from 2 on")


def rows_of(cls: type[Any]) -> list[tuple[str, str, Check]]:
    """Name, name in configurations, and check of each setting."""
    return [(item.name, item.metadata["key"] or item.name, item.metadata["check"]) for item in fields(cls)]
