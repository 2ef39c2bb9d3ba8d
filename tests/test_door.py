"""What `import jianghua` offers, and what it costs."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import jianghua

MODULE = Path(jianghua.__file__)
ROOT = Path(__file__).resolve().parent.parent


def imported_for_types() -> set[str]:
    tree = ast.parse(MODULE.read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    return {alias.name for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}


def in_a_new_process(code: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize("name", jianghua.__all__)
def test_every_name_that_is_offered_is_there(name: str) -> None:
    thing = getattr(jianghua, name)
    assert name in dir(jianghua)
    assert isinstance(thing, str | tuple) or inspect.getdoc(thing), "it is not said what it is"


def test_a_type_checker_sees_the_names_that_are_offered_and_no_others() -> None:
    assert imported_for_types() == set(jianghua.__all__) - {"__version__"}
    assert set(in_a_new_process("import jianghua; print(*jianghua._MODULE_OF)")) == imported_for_types()


def test_every_name_that_is_offered_is_in_the_docs() -> None:
    page = (ROOT / "docs/python.md").read_text(encoding="utf-8")
    names = re.findall(r"^\| `(?:jh\.)?(\w+)", page, re.MULTILINE)
    assert sorted(names) == sorted(jianghua.__all__)


def test_a_name_that_is_not_offered_is_an_error_that_lists_those_that_are() -> None:
    with pytest.raises(AttributeError, match="no attribute 'laod'; it has FUNCTIONS, .*load, read_corpus"):
        jianghua.laod  # type: ignore[attr-defined]  # noqa: B018


def test_importing_jianghua_imports_nothing_that_takes_time() -> None:
    code = "import sys; before = set(sys.modules); import jianghua; print(*set(sys.modules) - before)"
    new = in_a_new_process(code)
    assert [name for name in new if name.startswith("jianghua.")] == []
    assert {name.partition(".")[0] for name in new} <= {"jianghua", *sys.stdlib_module_names}
    assert len(new) < 10, new


def test_loading_and_tagging_import_nothing_that_only_training_needs(model_folder: Path) -> None:
    code = (
        "import sys; import jianghua as jh; tagger = jh.load(sys.argv[1]); doc = tagger.tag('同志们，谢谢大家！');"
        "tagger.predict(['谢谢大家！']); doc.speeches; doc.to_records(); print(*sys.modules)"
    ).replace("sys.argv[1]", repr(str(model_folder)))
    heavy = {"sklearn", "pandas", "mlflow", "scipy", "matplotlib", "hydra", "joblib", "jinja2"}
    assert heavy & set(in_a_new_process(code)) == set()
