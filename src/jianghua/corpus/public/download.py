"""Addresses → bytes, politely: few connections, a name, patience where a server asks for it, and an end to everything.

Not pooch, which is made for this: it verifies the file that comes, where our digest is that of the text cut out of it; it does
not heed Retry-After, follows redirections wherever they lead, and takes files of any size.
"""

import queue
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from jianghua import __version__
from jianghua.corpus.formats.limits import LIMITS
from jianghua.corpus.public.manifest import THIS_MACHINE, address_problem
from jianghua.errors import AccessError

if TYPE_CHECKING:
    import requests

Arrivals = Generator[tuple[str, bytes | AccessError], None, None]
"""What each address holds, or why it does not come."""
AGENT = f"jianghua/{__version__} (corpus fetch)"

_PASSING = (408, 425, 429, 500, 502, 503, 504)
"""Answers after which a server may answer otherwise."""
_NO_NETWORK = "check the network and its proxy (HTTPS_PROXY), or take a local copy with --from"
_CHUNK = 64 * 1024
_BETWEEN_LOOKS = 0.2
"""Seconds: waiting for a queue without end cannot be interrupted on Windows."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How servers are asked, and how much is taken from them."""

    connections: int = 4
    pause: float = 0.1
    """Seconds between two requests of one connection."""
    tries: int = 5
    backoff: float = 1.0
    """Seconds before the second try; they double."""
    longest_wait: float = 60.0
    """Seconds that a server may ask us to wait; asked for more, we leave."""
    silence: float = 30.0
    """Seconds without a byte."""
    seconds: float = 300.0
    """For one file, with all tries."""
    bytes: int = LIMITS.bytes
    """Of one file, unpacked."""
    redirects: int = 5


class _PassingError(Exception):
    """What may be over at the next try; `wait` are seconds that the server asks for, if it does."""

    def __init__(self, said: str, wait: float | None = None, reached: bool = True) -> None:
        super().__init__(said)
        self.wait, self.reached = wait, reached


def downloads(addresses: Sequence[str], manners: Manners | None = None) -> Arrivals:
    """What each address holds, or why it does not come, in the order in which they arrive.

    Close the iterator (`contextlib.closing`) where it may not be read to its end: the connections are then given up.
    """
    asking = _Asking(addresses, manners or Manners())
    for _ in range(min(asking.manners.connections, len(addresses))):
        asking.connect()
    try:
        for _ in addresses:
            address, found = asking.next()
            if not isinstance(found, bytes | AccessError):
                raise found
            yield address, found
    finally:
        asking.stopped.set()


class _Asking:
    """What the connections know together: when to stop, when a host may be asked again, which are not asked any more."""

    def __init__(self, addresses: Sequence[str], manners: Manners) -> None:
        self.manners = manners
        self.stopped = threading.Event()
        self._waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._arrived: queue.SimpleQueue[tuple[str, bytes | BaseException]] = queue.SimpleQueue()
        self._begun: dict[str, float] = {}
        self._not_before: dict[str, float] = {}
        self._given_up: dict[str, str] = {}
        for address in addresses:
            self._waiting.put(address)

    def connect(self) -> None:
        """Open a connection, as a daemon: it touches no file, and holds up nobody who leaves."""
        threading.Thread(target=self._work, daemon=True).start()

    def next(self) -> tuple[str, bytes | BaseException]:
        """What arrives next, or what has taken so long that it is waited for no more (a server can talk without end)."""
        while True:
            try:
                return self._arrived.get(timeout=_BETWEEN_LOOKS)
            except queue.Empty:
                latest = time.monotonic() - self.manners.seconds - self.manners.silence
                late = [address for address, begun in list(self._begun.items()) if begun < latest]
                for address in late:
                    if self._begun.pop(address, None) is not None:
                        self.connect()
                        return address, AccessError(f"{address}: is not there after {self.manners.seconds:g} seconds")

    def _work(self) -> None:
        """Download one after the other, until none is left or one has taken too long."""
        import requests

        with requests.Session() as session:
            session.headers["User-Agent"] = AGENT
            session.auth = _nobody
            while not self.stopped.is_set():
                try:
                    address = self._waiting.get_nowait()
                except queue.Empty:
                    return
                self._begun[address] = time.monotonic()
                found: bytes | BaseException
                try:
                    found = self._download(address, session)
                except BaseException as error:
                    found = error
                if self._begun.pop(address, None) is None:
                    return
                self._arrived.put((address, found))
                self.stopped.wait(self.manners.pause)

    def _download(self, address: str, session: "requests.Session") -> bytes:
        host = urlsplit(address).netloc
        end = time.monotonic() + self.manners.seconds
        number = 0
        while True:
            self._wait_until(self._not_before.get(host, 0.0))
            if host in self._given_up:
                raise AccessError(self._given_up[host])
            number += 1
            try:
                return self._get(address, session, end)
            except _PassingError as passing:
                self._be_patient(passing, host, number, end, address)

    def _be_patient(self, passing: _PassingError, host: str, number: int, end: float, address: str) -> None:
        """Wait for the next try, or give the address up, and with it a host that cannot be reached or asks for too long."""
        manners = self.manners
        wait = max(manners.backoff * 2 ** (number - 1), passing.wait or 0.0)
        if wait > manners.longest_wait:
            self._given_up[host] = f"{host}: {passing} and asks to come again in {wait:,.0f} seconds; do so then"
        elif number >= manners.tries and not passing.reached:
            self._given_up[host] = f"{host}: cannot be reached ({passing}); {_NO_NETWORK}"
        if host in self._given_up:
            raise AccessError(self._given_up[host]) from passing
        if number >= manners.tries or time.monotonic() + wait > end:
            raise AccessError(f"{address}: {passing} (asked {number} times)") from passing
        again = time.monotonic() + wait
        if passing.wait is not None:  # it is said to all who ask there
            self._not_before[host] = max(again, self._not_before.get(host, 0.0))
        self._wait_until(again)

    def _wait_until(self, moment: float) -> None:
        if self.stopped.wait(max(0.0, moment - time.monotonic())):
            raise AccessError("stopped")

    def _get(self, address: str, session: "requests.Session", end: float) -> bytes:
        """One try, along the redirections."""
        import requests
        from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

        here = address
        try:
            for _ in range(self.manners.redirects + 1):
                response = session.get(here, stream=True, allow_redirects=False, timeout=self.manners.silence)
                with response:
                    target = session.get_redirect_target(response)
                    if target is None:
                        return self._body(address, response, end)
                    here = _followed(address, here, target)
            raise AccessError(f"{address}: is redirected more than {self.manners.redirects} times")
        except (requests.ConnectionError, requests.Timeout) as error:
            reached = not any(isinstance(cause, NewConnectionError | ConnectTimeoutError) for cause in _causes(error))
            raise _PassingError(_said(error), reached=reached) from error
        except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError) as error:
            raise _PassingError(f"what came is not whole ({_said(error)})") from error
        except (requests.RequestException, ValueError) as error:
            raise AccessError(f"{address}: cannot be asked for ({_said(error)})") from error

    def _body(self, address: str, response: "requests.Response", end: float) -> bytes:
        status = f"the server answers {response.status_code} {response.reason or ''}".strip()
        if response.status_code in _PASSING:
            raise _PassingError(status, _seconds(response.headers.get("Retry-After", "")))
        if response.status_code in (404, 410):
            raise AccessError(f"{address}: is gone ({status})")
        if response.status_code != 200:
            raise AccessError(f"{address}: {status}")
        parts = []
        size = 0
        for part in response.iter_content(_CHUNK):
            size += len(part)
            if size > self.manners.bytes:
                raise AccessError(f"{address}: has more than {self.manners.bytes:,} bytes; expected speeches")
            if time.monotonic() > end:
                raise AccessError(f"{address}: is not there after {self.manners.seconds:g} seconds")
            if self.stopped.is_set():
                raise AccessError(f"{address}: stopped")
            parts.append(part)
        return b"".join(parts)


def _nobody(request: "requests.PreparedRequest") -> "requests.PreparedRequest":
    """No name and password of the user's (.netrc) for an address in a stranger's file."""
    return request


def _followed(address: str, here: str, target: str) -> str:
    """Where a redirection leads; this machine is reached from this machine only."""
    there = urljoin(here, target)
    problem = address_problem(there)
    if problem is None and THIS_MACHINE == urlsplit(there).hostname != urlsplit(address).hostname:
        problem = "is this machine"
    if problem is not None:
        raise AccessError(f"{address}: is redirected to {there[:200]!r}, which {problem}; it is not followed")
    return there


def _seconds(retry_after: str) -> float | None:
    """What a server asks for; a date is left to the own patience."""
    return float(retry_after) if retry_after.isascii() and retry_after.isdecimal() and len(retry_after) < 9 else None


def _said(error: Exception) -> str:
    """What lies at the bottom, in a line."""
    *_, cause = _causes(error)
    return (getattr(cause, "strerror", None) or f"{type(cause).__name__}: {cause}")[:300]


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what led to it: libraries wrap it, as an argument, as a reason or as a cause."""
    inner: object = error
    for _ in range(20):
        if not isinstance(inner, BaseException):
            return
        yield inner
        inner = getattr(inner, "reason", None) or inner.__cause__ or inner.__context__ or next(iter(inner.args), None)
