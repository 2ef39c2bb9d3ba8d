"""docs/archive.ipynb, run cell by cell; `python -m tests.test_archive_notebook` writes its outputs anew."""

import ast
import base64
import io
import json
import os
from pathlib import Path
from typing import Any

import matplotlib
import pytest

NOTEBOOK = Path(__file__).resolve().parent.parent / "docs/archive.ipynb"
LARGEST = 200_000
"""Bytes of the notebook with its outputs."""


def code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def run(notebook: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Outputs of each code cell: the value of its last line as Jupyter shows it, and its figures."""
    from matplotlib import pyplot

    matplotlib.use("Agg")
    pyplot.close("all")
    names: dict[str, Any] = {}
    outputs = []
    for number, cell in enumerate(code_cells(notebook), 1):
        tree = ast.parse("".join(cell["source"]))
        last = tree.body[-1] if isinstance(tree.body[-1], ast.Expr) else None
        tree.body = tree.body[:-1] if last else tree.body
        exec(compile(tree, f"cell {number}", "exec"), names)
        value = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), names) if last else None
        outputs.append([] if value is None else [output(number, value)])
        for figure in map(pyplot.figure, pyplot.get_fignums()):
            stream = io.BytesIO()
            figure.savefig(stream, dpi=80, bbox_inches="tight", metadata={"Software": None})
            data = {"image/png": base64.b64encode(stream.getvalue()).decode() + "\n"}
            outputs[-1].append({"output_type": "display_data", "metadata": {}, "data": data})
        pyplot.close("all")
    return outputs


def output(number: int, value: Any) -> dict[str, Any]:
    data = {"text/plain": repr(value).splitlines(keepends=True)}
    if hasattr(value, "_repr_html_"):
        data = {"text/html": value._repr_html_().splitlines(keepends=True), **data}
    return {"output_type": "execute_result", "execution_count": number, "metadata": {}, "data": data}


def texts(outputs: list[dict[str, Any]]) -> list[str]:
    return ["".join(output["data"]["text/plain"]) for output in outputs if "text/plain" in output["data"]]


@pytest.mark.slow
def test_the_notebook_says_what_its_code_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    monkeypatch.chdir(NOTEBOOK.parent)
    for cell, outputs in zip(code_cells(notebook), run(notebook), strict=True):
        assert texts(cell["outputs"]) == texts(outputs)
        assert [set(output["data"]) for output in cell["outputs"]] == [set(output["data"]) for output in outputs]


def test_the_notebook_is_small_and_has_one_picture() -> None:
    written = NOTEBOOK.read_text(encoding="utf-8")
    assert len(written) <= LARGEST
    assert written.count('"image/png"') == 1


if __name__ == "__main__":
    os.chdir(NOTEBOOK.parent)
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    for number, (cell, outputs) in enumerate(zip(code_cells(notebook), run(notebook), strict=True), 1):
        cell |= {"outputs": outputs, "execution_count": number}
    NOTEBOOK.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
