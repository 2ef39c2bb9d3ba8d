"""Where configuration, released model and manifest of public texts live: inside an installed wheel, or at the top of a checkout."""

from pathlib import Path

from jianghua.errors import MissingError


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
