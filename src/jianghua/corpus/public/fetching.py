"""Public texts, downloaded or taken from a local copy, each verified after cutting and written whole or not at all."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from jianghua.corpus.extract import read_regular
from jianghua.corpus.public.cutting import SourceFile
from jianghua.corpus.public.download import Arrivals, Manners, downloads
from jianghua.corpus.public.manifest import PublicText
from jianghua.errors import AccessError, MissingError, UnreadableError, access_to
from jianghua.files import write_bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one text: `kept` where it was there already, `error` says why it is not there."""

    text: PublicText
    error: str | None = None
    kept: bool = False
    bytes: int = 0


def fetch(
    texts: Sequence[PublicText],
    out: Path,
    copy: Path | None = None,
    progress: Callable[[Outcome], object] = lambda outcome: None,
    manners: Manners | None = None,
) -> list[Outcome]:
    """Bring the texts that are not in `out` yet, from the network or from the folder `copy`; the others are left alone.

    Args:
        copy: folder with the finished texts under their names, or with clones of the repositories as OWNER/NAME.
        progress: is told of each text as soon as it is there or has failed.

    Returns:
        One outcome for each text, in the order of `texts`.

    Raises:
        MissingError: `copy` is no folder.
        AccessError: `out` cannot be written.
    """
    if copy is not None:
        with access_to(copy):
            if not copy.is_dir():
                raise MissingError(f"{copy}: no such folder; expected a copy of the texts, or clones as OWNER/NAME")
    outcomes: dict[str, Outcome] = {}

    def note(outcome: Outcome) -> None:
        outcomes[outcome.text.name] = outcome
        progress(outcome)

    by_address: dict[str, list[PublicText]] = defaultdict(list)
    for text in texts:
        if _verified(text, out / text.name) is not None:
            note(Outcome(text, kept=True))
            continue
        data = None if copy is None else _verified(text, copy / text.name)
        if data is None:
            by_address[text.address].append(text)
        else:
            note(_written(text, data, out))
    arrivals = downloads(list(by_address), manners) if copy is None else _from_clones(by_address, copy)
    with closing(arrivals):
        for address, arrival in arrivals:
            source = SourceFile(arrival) if isinstance(arrival, bytes) else None
            for text in by_address[address]:
                note(Outcome(text, str(arrival)) if source is None else _cut_out(text, source, out, copy))
    return [outcomes[text.name] for text in texts]


def _verified(text: PublicText, path: Path) -> bytes | None:
    """What the file holds if it is the text."""
    try:
        data = read_regular(path, str(path))
    except (OSError, UnreadableError):
        return None
    return data if _digest(data) == text.sha256 else None


def _cut_out(text: PublicText, source: SourceFile, out: Path, copy: Path | None) -> Outcome:
    where = text.address if copy is None else str(copy / (text.in_clone or text.name))
    try:
        found = source.cut(text)
    except UnreadableError as error:
        return Outcome(text, f"{where}: has changed: it {error}")
    for data in found:
        if _digest(data) == text.sha256:
            return _written(text, data, out)
    digests = f"SHA-256 {_digest(found[0])[:12]}… instead of {text.sha256[:12]}…"
    return Outcome(text, f"{where}: has changed: what is cut out of it is another text ({digests})")


def _written(text: PublicText, data: bytes, out: Path) -> Outcome:
    write_bytes(out / text.name, data)
    return Outcome(text, bytes=len(data))


def _from_clones(by_address: Mapping[str, Sequence[PublicText]], copy: Path) -> Arrivals:
    """What clones below the folder hold at each address, or why it is not there."""
    home = copy.resolve()
    for address, texts in by_address.items():
        inside = texts[0].in_clone
        missing = AccessError(f"{copy}: holds neither the text (these bytes under its name) nor {inside or 'a clone'}")
        path = copy / (inside or texts[0].name)
        try:
            if inside is None or not path.resolve().is_relative_to(home):
                yield address, missing
            else:
                yield address, read_regular(path, str(path))
        except FileNotFoundError:
            yield address, missing
        except (OSError, UnreadableError) as error:
            yield address, AccessError(str(error))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
