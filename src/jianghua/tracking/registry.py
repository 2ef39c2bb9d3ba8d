"""Models in MLflow's registry: logged without code or pickle, described, found again for `load_model` and its checks.

mlflow takes seconds to import, so it is imported inside the functions, and what asks a database with it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jianghua.errors import ModelError
from jianghua.resources import released_model


def log_model(folder: Path, example: list[str], predictions: Any, registered_name: str | None) -> str | None:
    """Log a saved model folder to the active run as a pyfunc model without code or pickle, and register it if asked.

    The signature's output is that of the parameter `unit`'s default, one row for each text, as Spark's UDF needs it.

    Returns:
        the version it was registered as, None where it was not.
    """
    import mlflow
    import pandas as pd
    from mlflow.models import infer_signature

    frame = pd.DataFrame({"text": example})
    info = mlflow.pyfunc.log_model(
        name="model",
        loader_module="jianghua.tracking.pyfunc",
        data_path=str(folder),
        signature=infer_signature(frame, predictions, params={"unit": "paragraph"}),
        input_example=frame,
        registered_model_name=registered_name,
        pip_requirements=["jianghua"],
    )
    return str(info.registered_model_version) if registered_name else None


def describe_model(name: str, version: str, about: str, card: str, tags: Mapping[str, str]) -> None:
    """Describe a registered model, where nobody has yet, and one of its versions.

    Args:
        about: what the model is for, whatever its version.
        card: what this version learnt from, how good it is, what it must not be used for.
    """
    import mlflow

    client = mlflow.MlflowClient()
    if not client.get_registered_model(name).description:
        client.update_registered_model(name, about)
    client.update_model_version(name, version, card)
    for key, value in tags.items():
        client.set_model_version_tag(name, version, key, value)


def find_model(name: str | None, tracking: Path) -> Path:
    """Folder of a model given as a folder, or as `models:/NAME@ALIAS` (or `/VERSION`) of the MLflow registry below `tracking`.

    None is the released model.
    """
    if name is None:
        return released_model()
    return download_model(name, tracking) if name.startswith("models:/") else Path(name)


def download_model(uri: str, folder: Path) -> Path:
    """Folder of a registered model's data, to be loaded through `load_model` and its checks; MLflow's own loader is not used.

    Raises:
        ModelError: the registry does not hold the model, its files are not below `folder`, or it is not one of ours.
    """
    if not (folder / "mlflow.db").is_file():
        raise ModelError(
            f"{uri}: there is no registry in {folder}; expected {folder / 'mlflow.db'} (run `jianghua train` first)"
        )
    from jianghua.tracking.runs import Tracking

    Tracking(folder, "training").prepare()
    from mlflow.exceptions import MlflowException
    from mlflow.store.artifact.models_artifact_repo import ModelsArtifactRepository
    from mlflow.utils.file_utils import local_file_uri_to_path

    try:
        where = str(ModelsArtifactRepository.get_underlying_uri(uri))
    except (MlflowException, OSError) as error:
        raise ModelError(f"{uri}: not in the registry of {folder} ({error}); see the names in `jianghua ui`") from None
    local = Path(local_file_uri_to_path(where)) if where.startswith("file:") else None
    # MLflow would fetch them from any address, and write a file of its own beside them
    if local is None or not local.resolve().is_relative_to(folder.resolve()):
        raise ModelError(f"{uri}: its files are at {where!r}; expected a folder below {folder.resolve()}")
    found = sorted(local.glob("data/*/manifest.json")) + sorted(local.glob("data/manifest.json"))
    if len(found) != 1:
        raise ModelError(f"{uri}: holds {len(found)} model folders of ours; expected one, logged by `jianghua train`")
    if not found[0].resolve().is_relative_to(folder.resolve()):
        raise ModelError(f"{uri}: a symbolic link leads out of {folder}, to {found[0].resolve()}; it is not followed")
    return found[0].parent
