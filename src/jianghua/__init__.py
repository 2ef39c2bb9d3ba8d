"""jianghua (讲话): what each paragraph of a Chinese official speech is for.

    import jianghua as jh
    tagger = jh.load()
    doc = tagger.tag("talk.docx")
    doc[3].label, doc[3].confidence

Names are imported when they are first used; docs/python.md shows them at work.
"""

from importlib import import_module

__version__ = "0.1.0"

__all__ = [
    "FUNCTIONS",
    "Document",
    "JianghuaError",
    "MissingError",
    "ModelError",
    "Paragraph",
    "Settings",
    "Speech",
    "Tagger",
    "UnreadableError",
    "__version__",
    "cross_validate",
    "load",
    "read_corpus",
    "train",
]

TYPE_CHECKING = False  # type checkers know it by its name; importing typing would take most of the time

if TYPE_CHECKING:
    from jianghua.errors import JianghuaError, MissingError, ModelError, UnreadableError
    from jianghua.labels import FUNCTIONS
    from jianghua.tagging.documents import Document, Paragraph, Speech
    from jianghua.tagging.door import Tagger
    from jianghua.tracking.loading import load
    from jianghua.training.cross_validation import cross_validate
    from jianghua.training.rows import read_corpus
    from jianghua.training.settings import Settings
    from jianghua.training.training import train
else:
    _MODULES = {
        "errors": ("JianghuaError", "MissingError", "ModelError", "UnreadableError"),
        "labels": ("FUNCTIONS",),
        "tagging.documents": ("Document", "Paragraph", "Speech"),
        "tagging.door": ("Tagger",),
        "tracking.loading": ("load",),
        "training.cross_validation": ("cross_validate",),
        "training.rows": ("read_corpus",),
        "training.settings": ("Settings",),
        "training.training": ("train",),
    }
    _MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

    def __getattr__(name):
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")
        value = globals()[name] = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
        return value

    def __dir__():
        return sorted({*globals(), *__all__})
