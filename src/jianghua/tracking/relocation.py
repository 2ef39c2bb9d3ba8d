"""A folder of runs that was copied or moved is on its own: MLflow writes the whole path of every artifact into its database."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

_PLACES = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
)
"""Tables and columns that hold addresses of artifacts."""


def artifacts_of(folder: Path) -> str:
    """Address of the artifacts that are kept in `folder`.

    >>> artifacts_of(Path("/data/my runs"))
    'file:///data/my%20runs/artifacts'
    """
    return (folder / "artifacts").resolve().as_uri()


def relocate(folder: Path) -> None:
    """Let the database in `folder` say that the artifacts are in `folder`, wherever they were when it was written.

    Addresses that were never in the database's own folder stay.

    Raises:
        sqlite3.Error: the database cannot be used.
    """
    here, path = artifacts_of(folder), folder / "mlflow.db"
    if not path.is_file() or not path.stat().st_size:
        return
    with closing(sqlite3.connect(path, timeout=60)) as database, database:
        columns = {
            (table, column)
            for table in {table for table, _ in _PLACES}
            for _, column, *_ in database.execute(f"PRAGMA table_info({table})")
        }
        if _PLACES[0] not in columns:
            return  # MLflow has not made its tables yet
        written = database.execute("SELECT name, artifact_location FROM experiments").fetchall()
        for there in sorted({_root(name, where) for name, where in written} - {here, ""}):
            for table, column in _PLACES:
                if (table, column) in columns:
                    database.execute(
                        f"UPDATE {table} SET {column} = ? || substr({column}, ?) WHERE substr({column}, 1, ?) = ?",  # noqa: S608
                        (here, len(there) + 1, len(there) + 1, f"{there}/"),
                    )


def _root(name: str, where: str | None) -> str:
    """Address of the artifacts of which an experiment of ours has a folder; empty for one of somebody else."""
    ending = f"/{quote(name)}"
    root = str(where).removesuffix(ending)
    return root if where and root != where and root.startswith("file:") and root.endswith("/artifacts") else ""
