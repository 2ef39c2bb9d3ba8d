"""Every regular expression of the packages that read text of strangers, found by looking, so that a new one is covered too."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any, NamedTuple

import yaml

import jianghua.corpus
import jianghua.labelling
from jianghua.corpus.lazy import LazyPattern
from jianghua.resources import configuration_folder

_ANCHORED = {"match", "fullmatch"}
_METHODS = {*_ANCHORED, "search", "sub", "subn", "split", "findall", "finditer"}


class Use(NamedTuple):
    """A pattern, where it stands, and whether it is only tried at one place (`match`) or at each place of a text."""

    where: str
    pattern: re.Pattern[Any]
    anchored: bool

    def run(self, text: str) -> None:
        """Use it on the text, as the project does."""
        subject: Any = text.encode() if isinstance(self.pattern.pattern, bytes) else text
        if self.anchored:
            self.pattern.match(subject)
        else:
            for _ in self.pattern.finditer(subject):
                pass


def all_uses() -> list[Use]:
    """Patterns of `jianghua.corpus`, `jianghua.labelling` and `conf/cues`, in order of their places."""
    uses = {
        (use.pattern.pattern, use.pattern.flags, use.anchored): use
        for use in (*_of_modules(), *_of_cues())  # names that a module imports from another are the same pattern
    }
    return sorted(uses.values(), key=lambda use: use.where)


def modules() -> Iterator[ModuleType]:
    for package in (jianghua.corpus, jianghua.labelling):
        yield package
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            yield importlib.import_module(module.name)


def _of_modules() -> Iterator[Use]:
    looked_at = list(modules())
    trees = {module.__name__: ast.parse(inspect.getsource(module)) for module in looked_at}
    methods = _methods_by_name(trees.values())
    for module in looked_at:
        for name, value in vars(module).items():
            for pattern in _patterns_in(value):
                used = methods.get(name, {"search"})
                yield Use(f"{module.__name__}.{name}", pattern, used <= _ANCHORED)
        yield from _of_functions(module, trees[module.__name__])


def _methods_by_name(trees: Any) -> dict[str, set[str]]:
    """By the name of a pattern, the methods of it that are called or handed on anywhere."""
    methods: dict[str, set[str]] = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Attribute) and node.attr in _METHODS:
            name = node.value
            key = name.id if isinstance(name, ast.Name) else name.attr if isinstance(name, ast.Attribute) else ""
            methods.setdefault(key, set()).add(node.attr)
    return methods


def _patterns_in(value: Any) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, LazyPattern):
        yield re.compile(value.pattern)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _patterns_in(part)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for part in value:
            yield from _patterns_in(part)


def _of_functions(module: ModuleType, tree: ast.Module) -> Iterator[Use]:
    """Patterns that stand in a call of `re` itself: `re.search("…", text)`."""
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    for node in (node for function in functions for node in ast.walk(function)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "re"):
            continue
        if node.func.attr not in {*_METHODS, "compile"}:
            continue
        try:
            pattern = eval(compile(ast.Expression(node.args[0]), "pattern", "eval"), vars(module))
        except NameError:  # of a local name: cues, which are looked at in their own place
            continue
        where = f"{module.__name__} line {node.lineno}"
        yield Use(where, re.compile(pattern), node.func.attr in _ANCHORED)


def _of_cues() -> Iterator[Use]:
    for path in sorted((configuration_folder() / "cues").glob("*.yaml")):
        for cue in yaml.safe_load(path.read_text(encoding="utf-8"))["cues"]:
            yield Use(f"{path.name} {cue['name']}", re.compile(cue["pattern"]), anchored=False)
