"""Feature sets: what of a text is looked at. One class each; all that names a feature set follows from `FEATURE_SETS`."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar

from jianghua.errors import UsageError
from jianghua.model.ngrams import LONGEST, MOST_BITS, Grams, character_ngrams, word_ngrams, words_of


@dataclass(frozen=True, slots=True)
class FeatureSet(ABC):
    """N-grams of `low` to `high` units in 2**`bits` hashed columns; no vocabulary is kept, so a model stores these numbers only.

    Raises:
        UsageError: a number is no whole number in its range.
    """

    kind: ClassVar[str]
    """Name of the feature set in configurations and saved models."""

    low: int = 1
    high: int = 3
    bits: int = 17

    def __post_init__(self) -> None:
        for name, most in (("low", LONGEST), ("high", LONGEST), ("bits", MOST_BITS)):
            value = getattr(self, name)
            if type(value) is not int or not 1 <= value <= most:
                raise UsageError(f"features.{name} {value!r} does not fit; expected a whole number from 1 to {most}")
        if self.low > self.high:
            raise UsageError(f"features.low {self.low} does not fit features.high {self.high}; expected low up to high")

    @abstractmethod
    def grams(self, texts: Sequence[str]) -> Grams:
        """Rows (which text) and buckets (which column) of the n-grams of each text, both int64 of one length."""

    @abstractmethod
    def pieces(self, text: str) -> list[str]:
        """The n-grams of one text as a reader would write them, in the order of `grams`."""

    def as_data(self) -> dict[str, Any]:
        """What a manifest or a configuration says of it; `feature_set` makes it again."""
        return {"kind": self.kind, **asdict(self)}


@dataclass(frozen=True, slots=True)
class CharacterNgrams(FeatureSet):
    """Character n-grams.

    >>> CharacterNgrams(low=1, high=2, bits=8).pieces("要抓紧")
    ['要', '抓', '紧', '要抓', '抓紧']
    """

    kind = "characters"

    def grams(self, texts: Sequence[str]) -> Grams:
        return character_ngrams(texts, self.low, self.high, self.bits)

    def pieces(self, text: str) -> list[str]:
        return [text[at : at + n] for n in range(self.low, self.high + 1) for at in range(len(text) - n + 1)]


@dataclass(frozen=True, slots=True)
class JiebaWords(FeatureSet):
    """Words by jieba and runs of them.

    >>> JiebaWords(high=2, bits=8).pieces("要抓紧落实")
    ['要', '抓紧', '落实', '要 抓紧', '抓紧 落实']
    """

    kind = "words"

    high: int = 2

    def grams(self, texts: Sequence[str]) -> Grams:
        return word_ngrams(texts, self.low, self.high, self.bits)

    def pieces(self, text: str) -> list[str]:
        words = words_of(text)
        return [
            " ".join(words[at : at + n]) for n in range(self.low, self.high + 1) for at in range(len(words) - n + 1)
        ]


FEATURE_SETS: dict[str, type[FeatureSet]] = {cls.kind: cls for cls in (CharacterNgrams, JiebaWords)}
"""Feature sets that a configuration or a model file may name, by their kinds."""

_KEYS = tuple(field.name for field in fields(FeatureSet))


def feature_set(data: FeatureSet | str | Mapping[str, Any]) -> FeatureSet:
    """The feature set that a name or a mapping with `kind` describes; one already is returned as it is.

    Raises:
        UsageError: the kind or a key is not known, or a number is out of range.

    >>> feature_set("words")
    JiebaWords(low=1, high=2, bits=17)
    >>> feature_set({"kind": "characters", "high": 2})
    CharacterNgrams(low=1, high=2, bits=17)
    """
    if isinstance(data, FeatureSet):
        return data
    values = {"kind": data} if isinstance(data, str) else dict(data)
    kind = values.pop("kind", None)
    if not isinstance(kind, str) or kind not in FEATURE_SETS:
        raise UsageError(f"features.kind {kind!r} is not known; use one of {', '.join(FEATURE_SETS)}")
    unknown = [key for key in values if key not in _KEYS]
    if unknown:
        raise UsageError(f"features.{unknown[0]} is not known; a feature set has kind, {', '.join(_KEYS)}")
    return FEATURE_SETS[kind](**values)
