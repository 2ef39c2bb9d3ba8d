from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.corpus.public.texts import FILES, Server, rows, write_manifest


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server on this machine, which no proxy stands before."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    made = Server()
    yield made
    made.close()


@pytest.fixture
def manifest(server: Server, tmp_path: Path) -> Path:
    return write_manifest(tmp_path / "public.csv", rows(server.base))


@pytest.fixture
def clones(tmp_path: Path) -> Path:
    """The repositories as OWNER/NAME below a folder."""
    for address, data in FILES.items():
        owner, name, _, *path = address.strip("/").split("/")
        file = tmp_path.joinpath("clones", owner, name, *path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return tmp_path / "clones"
