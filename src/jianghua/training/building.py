"""Configuration → objects, through an allow-list: a configuration can name these classes and nothing else."""

from collections.abc import Mapping
from typing import Any

from jianghua.errors import UsageError

ALLOWED_TARGETS = (
    "jianghua.training.features.CharacterNgrams",
    "jianghua.training.features.JiebaWords",
    "sklearn.linear_model.LogisticRegression",
    "sklearn.naive_bayes.ComplementNB",
)


def check_targets(node: Any, where: str = "configuration") -> None:
    """Refuse every `_target_` that is not allowed, wherever it hides.

    Raises:
        ValueError: names the place, what was found, and what is allowed.

    >>> check_targets({"model": {"_target_": "sklearn.linear_model.LogisticRegression", "C": 2.0}})
    """
    if isinstance(node, Mapping):
        if "_target_" in node and node["_target_"] not in ALLOWED_TARGETS:
            raise UsageError(
                f"{where}: _target_ {node['_target_']!r} is not allowed; allowed: {', '.join(ALLOWED_TARGETS)}"
            )
        for key, value in node.items():
            check_targets(value, f"{where}.{key}")
    elif isinstance(node, list | tuple):
        for index, value in enumerate(node):
            check_targets(value, f"{where}[{index}]")


def build(node: Mapping[str, Any], where: str) -> Any:
    """Make the one object that `node` describes: its `_target_` with the other keys as arguments.

    Raises:
        ValueError: the target is not allowed or does not take these arguments.
    """
    check_targets(node, where)
    if "_target_" not in node:
        raise UsageError(f"{where}: has no _target_; allowed: {', '.join(ALLOWED_TARGETS)}")
    from hydra.utils import instantiate

    try:
        return instantiate(dict(node))
    except Exception as error:
        raise UsageError(f"{where}: {node['_target_']} does not take {dict(node)}: {error}") from error
