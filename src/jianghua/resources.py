"""Where configuration, released model and manifest of public texts live: inside an installed wheel, or at the top of a checkout."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jianghua.errors import MissingError

if TYPE_CHECKING:
    from jianghua.labelling.cues import Cue


def configuration_folder() -> Path:
    """Absolute path of `conf/`.

    Raises:
        FileNotFoundError: neither place holds it.
    """
    return _find(Path("conf"), Path("conf"), "train.yaml")


def released_model() -> Path:
    """Absolute path of the released model's folder.

    Raises:
        FileNotFoundError: neither place holds it.
    """
    return _find(Path("released"), Path("models/released"), "manifest.json")


def public_manifest() -> Path:
    """Absolute path of the manifest of public texts.

    Raises:
        FileNotFoundError: neither place holds it.
    """
    return _find(Path(), Path("data"), "public.csv") / "public.csv"


def _find(in_wheel: Path, in_checkout: Path, file: str) -> Path:
    package = Path(__file__).resolve().parent
    places = [package / in_wheel, package.parent.parent / in_checkout]
    for place in places:
        if (place / file).is_file():
            return place
    raise MissingError(f"{file} not found: looked in {places[0]} and {places[1]}; install jianghua again")


def find_model(name: str | None, tracking: Path) -> Path:
    """Folder of a model given as a folder, or as `models:/NAME@ALIAS` (or `/VERSION`) of the MLflow registry below `tracking`.

    None is the released model.
    """
    if name is None:
        return released_model()
    if not name.startswith("models:/"):
        return Path(name)
    from jianghua.tracking.registry import download_model

    return download_model(name, tracking)


def default_cues() -> "list[Cue]":
    """The cues of conf/cues/default.yaml."""
    import yaml

    from jianghua.labelling.cues import load_cues

    rows: Any = yaml.safe_load((configuration_folder() / "cues" / "default.yaml").read_bytes())
    return load_cues(rows["cues"])
