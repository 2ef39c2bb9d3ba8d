"""Where the configuration lives: inside an installed wheel, or at the top of a checkout."""

from pathlib import Path


def configuration_folder() -> Path:
    """Absolute path of `conf/`.

    Raises:
        FileNotFoundError: neither place holds it.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "conf", package.parent.parent / "conf"):
        if (folder / "train.yaml").is_file():
            return folder
    raise FileNotFoundError(
        f"configuration not found: looked for conf/train.yaml in {package} and {package.parent.parent}"
    )
