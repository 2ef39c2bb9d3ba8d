"""Tagging from Python: documents are tagged, paragraphs are predicted as scikit-learn does."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from jianghua.corpus.views import views
from jianghua.errors import UsageError
from jianghua.labels import FUNCTIONS
from jianghua.model.store import SavedModel
from jianghua.processes import cores, in_order
from jianghua.tagging.documents import Document
from jianghua.tagging.inputs import Failure, Input, Source, input_of, inputs_of
from jianghua.tagging.reading import ReadFile, tag_files
from jianghua.tagging.tags import alone

Errors = Literal["raise", "warn"] | Callable[[str, Exception], object]
"""What becomes of a document that cannot be tagged."""

_GROUP = 500_000
"""Bytes of files that are tagged together."""
_MOST_IN_A_GROUP = 64

_ALPHABETICAL = sorted(range(len(FUNCTIONS)), key=FUNCTIONS.__getitem__)


class Tagger:
    """A loaded model.

    `tag` and `pipe` read whole documents and use their outline; `predict` and `predict_proba` take paragraphs one by one
    and have scikit-learn's shapes. `classes_` are the functions in alphabetical order, as scikit-learn's metrics expect it.
    """

    def __init__(self, model: SavedModel) -> None:
        self._model = model
        self.classes_: NDArray[np.str_] = np.array(FUNCTIONS)[_ALPHABETICAL]

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._model.name

    @property
    def version(self) -> str:
        """First 8 hexadecimal digits of the SHA-256 of its weights."""
        return self._model.version

    def __repr__(self) -> str:
        return f"Tagger: {self._model.title}"

    # documents

    def tag(self, source: Source, *, name: str | None = None, ocr: bool = False) -> Document:
        """Read and tag one document, as `jianghua tag` does.

        Args:
            source: a path, bytes, or a text. A str is a text where it has a line break, or Chinese punctuation and not the
                name of a file; a str that may come from a stranger is better given as bytes (`text.encode()`), since it
                may name a file of yours.
            name: of the document, for bytes and texts; its suffix helps to tell the format.
            ocr: whether scanned pages and pictures are recognised.

        Raises:
            MissingError, AccessError: the file is not there, or cannot be read.
            UnreadableError: it is not the text of a speech; the message says what was found and what to do.
            UsageError: `source` is none of these, or a folder or a zip archive.
        """
        document = input_of(source, name)
        if document.is_many:
            raise UsageError(f"{document.name}: a folder or an archive; tag takes one document, pipe takes many")
        file = ReadFile.of(document.read(), document.name, ocr)
        return Document(file, tag_files([file], self._model)[0], self._model.title)

    def pipe(
        self, sources: Source | Iterable[Source], *, jobs: int = 1, errors: Errors = "raise", ocr: bool = False
    ) -> Iterator[Document]:
        """Tag many documents, in order, a few at a time: in a third of the time, and in no more memory than a few take.

        Args:
            sources: paths, bytes and texts as for `tag`; a folder or a zip archive stands for the speeches in it.
            jobs: processes side by side; 0 for one on each core.
            errors: what becomes of a document that cannot be tagged: “raise” raises its error in its place, “warn” leaves
                it out with a warning, a function is called with its name and the error, and it is left out.
            ocr: whether scanned pages and pictures are recognised.

        Raises:
            UsageError: `jobs` or `errors` is something else.
        """
        if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 0:
            raise UsageError(f"jobs {jobs!r} does not fit; expected a number of processes, or 0 for all cores")
        if not (errors in ("raise", "warn") or callable(errors)):
            raise UsageError(f"errors {errors!r} is not known; use “raise”, “warn”, or a function of name and error")
        return self._pipe(_groups(inputs_of(sources, pictures=ocr)), jobs or cores(), errors, ocr)

    def _pipe(self, groups: Iterator["_Group"], jobs: int, errors: Errors, ocr: bool) -> Iterator[Document]:
        results: Iterator[list[Document | Failure]]
        if jobs == 1:
            results = map(partial(_tag_group, self._model, ocr), groups)
        else:
            results = in_order(jobs, _tag_group, (self._model, ocr), groups)
        for result in results:
            for document in result:
                if isinstance(document, Document):
                    yield document
                elif errors == "raise":
                    raise document.error
                elif errors == "warn":
                    warnings.warn(f"left out: {document.error}", stacklevel=3)
                else:
                    errors(document.name, document.error)

    # paragraphs

    def predict(self, texts: Iterable[str]) -> NDArray[np.str_]:
        """Function of each paragraph, without outline or neighbours: shape (n,).

        Raises:
            UsageError: `texts` is no list of texts.
        """
        labels: NDArray[np.str_] = self.classes_[self.predict_proba(texts).argmax(axis=1)]
        return labels

    def predict_proba(self, texts: Iterable[str]) -> NDArray[np.float64]:
        """Probabilities of each paragraph's functions: shape (n, 6), columns in the order of `classes_`, rows sum to 1.

        Raises:
            UsageError: `texts` is no list of texts.
        """
        paragraphs = _texts(texts)
        return self._model.tagger.predict_proba(views(alone(paragraphs)))[:, _ALPHABETICAL]

    def __sklearn_tags__(self) -> Any:
        """That this is a classifier of texts, for scikit-learn."""
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags(),
            input_tags=InputTags(one_d_array=True, two_d_array=False, string=True),
        )


def _texts(texts: Iterable[str]) -> list[str]:
    if isinstance(texts, str | bytes) or getattr(texts, "ndim", 1) != 1:
        raise UsageError(f"{type(texts).__name__} is not a list of texts; give one text for each paragraph")
    paragraphs = list(texts)
    for number, text in enumerate(paragraphs):
        if not isinstance(text, str):
            raise UsageError(f"text {number} is of type {type(text).__name__}; expected a string")
    return paragraphs


# many documents

_Group = Sequence[Input | Failure]


def _groups(documents: Iterable[Input | Failure]) -> Iterator[_Group]:
    """Documents in groups of about so many bytes; no two of a group have one name, by which a tag finds its text."""
    group: list[Input | Failure] = []
    names: set[str] = set()
    size = 0
    for document in documents:
        if group and (size >= _GROUP or len(group) == _MOST_IN_A_GROUP or document.name in names):
            yield group
            group, names, size = [], set(), 0
        group.append(document)
        names.add(document.name)
        size += document.size if isinstance(document, Input) else 0
    if group:
        yield group


def _tag_group(model: SavedModel, ocr: bool, group: _Group) -> list[Document | Failure]:
    files = [document if isinstance(document, Failure) else _read(document, ocr) for document in group]
    readable = [file for file in files if isinstance(file, ReadFile)]
    try:
        tagged = iter(tag_files(readable, model))
    except Exception:  # one of them is at fault: each on its own
        return [file if isinstance(file, Failure) else _tag_alone(file, model) for file in files]
    return [file if isinstance(file, Failure) else Document(file, next(tagged), model.title) for file in files]


def _read(document: Input, ocr: bool) -> ReadFile | Failure:
    try:
        return ReadFile.of(document.read(), document.name, ocr)
    except Exception as error:
        return Failure(document.name, error)


def _tag_alone(file: ReadFile, model: SavedModel) -> Document | Failure:
    try:
        return Document(file, tag_files([file], model)[0], model.title)
    except Exception as error:
        return Failure(file.source, error)
