"""The house: which package may import which."""

import ast
from pathlib import Path

import jianghua

ORDER = ("corpus", "model", "labelling", "review", "tagging", "archive", "training", "tracking", "commands")
"""A package imports only from those before it, and from the modules at the top."""

AT_THE_TOP = ("errors", "labels", "files", "printing", "processes", "resources", "tables")
"""Modules that every package may import; they import nothing but one another."""

ROOT = Path(jianghua.__file__).parent


def imported(path: Path) -> set[str]:
    """First names below `jianghua` of all that a module imports, also inside functions and for types only."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == "jianghua":
            below = node.module.split(".")[1:]
            names.update(below[:1] or [alias.name for alias in node.names])
        elif isinstance(node, ast.Import):
            names.update(alias.name.split(".")[1] for alias in node.names if alias.name.startswith("jianghua."))
    return names


def test_a_package_imports_only_from_those_before_it() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for number, package in enumerate(ORDER)
        for path in sorted((ROOT / package).rglob("*.py"))
        for name in sorted(imported(path) & {*ORDER[number + 1 :], "cli"})
    ]
    assert wrong == []


def test_what_all_packages_stand_on_stands_on_nothing() -> None:
    wrong = [
        f"{module}.py imports {name}"
        for module in AT_THE_TOP
        for name in sorted(imported(ROOT / f"{module}.py") & {*ORDER, "cli"})
    ]
    assert wrong == []
