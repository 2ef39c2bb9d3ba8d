"""Documents of other office programs (.doc, .wps, .rtf, .odt) → .docx, by LibreOffice where it is installed.

Each document has a LibreOffice process of its own, in a folder of its own with a profile of its own, all of which are gone
afterwards: no document finds what another one left. No macro runs, no link is followed, nothing is fetched. What was
converted is remembered while this process lives.
"""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from pathlib import Path

from jianghua.corpus.formats.limits import Limits
from jianghua.corpus.formats.signature import REMEDY
from jianghua.corpus.formats.table import InputFormat
from jianghua.errors import UnreadableError

_WRITER = "docx:MS Word 2007 XML"
_PLACES = ("/Applications/LibreOffice.app/Contents/MacOS/soffice", r"C:\Program Files\LibreOffice\program\soffice.exe")
_REMEMBERED = 32
"""Documents that are remembered."""
_START = 20.0
"""Seconds that LibreOffice may take to start, on top of the time for the document."""

_SETTINGS = [
    # no macros, no links to other documents or the network; connections go to a port where nobody listens
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Writer/Content/Update", "Link", "0"),
    ("Office.Writer/Content/Update", "Field", "false"),
    ("Office.Writer/Content/Update", "Chart", "false"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
]

_remembered: OrderedDict[bytes, bytes] = OrderedDict()
_lock = threading.Lock()


def find_office() -> str | None:
    """Path of LibreOffice, or None where it is not installed."""
    # a program of that name in the working folder, which may be the archive, is not LibreOffice
    found = map(shutil.which, ("soffice", "libreoffice", *_PLACES))
    return next((path for path in found if path is not None and Path(path).is_absolute()), None)


def to_docx(format: InputFormat, data: bytes, name: str, limits: Limits) -> bytes:
    """Contents of the document as .docx.

    Raises:
        UnreadableError: LibreOffice is not installed, cannot read it, or takes too long.
    """
    program = find_office()
    if program is None:
        raise UnreadableError(
            f"{name}: {format.what}, which is not read without LibreOffice; install it (soffice), or {REMEDY}"
        )
    if format.members:  # packed like a .docx, and as little trusted
        from jianghua.corpus.formats.archive import Package

        Package(data, name, limits)
    key = hashlib.sha256(format.name.encode() + data).digest()
    with _lock:
        if key in _remembered:
            _remembered.move_to_end(key)
            return _remembered[key]
    with tempfile.TemporaryDirectory(prefix="jianghua-", ignore_cleanup_errors=True) as folder:
        problem = _run(program, Path(folder), format, data, limits)
        result = Path(folder, "out", "talk.docx")
        if problem or not result.is_file() or not result.stat().st_size:
            problem = problem or "it is damaged, or something else"
            raise UnreadableError(f"{name}: LibreOffice cannot read it as {format.what}: {problem}; {REMEDY}")
        converted = result.read_bytes()
    with _lock:
        _remembered[key] = converted
        if len(_remembered) > _REMEMBERED:
            _remembered.popitem(last=False)
    return converted


def _run(program: str, folder: Path, format: InputFormat, data: bytes, limits: Limits) -> str:
    """Let LibreOffice write `out/talk.docx`; why it did not, as far as that is known."""
    source = folder / f"talk.{format.name}"
    source.write_bytes(data)
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_settings(), encoding="utf-8")
    (folder / "temporary").mkdir()
    command = [
        *(_confined(limits) if sys.platform != "win32" else ()),
        program,
        f"-env:UserInstallation={profile.as_uri()}",
        *("--headless", "--norestore", "--nologo", "--nodefault", "--nofirststartwizard", "--nolockcheck"),
        *(f"--infilter={format.office}", "--convert-to", _WRITER, "--outdir", str(folder / "out"), str(source)),
    ]
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "TMPDIR": str(folder / "temporary"),
        "LANG": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp",
        **{key: os.environ[key] for key in ("SYSTEMROOT", "TEMP", "APPDATA") if key in os.environ},
    }
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(limits.seconds + _START)
    except subprocess.TimeoutExpired:
        return f"it takes longer than {limits.seconds + _START:g} seconds"
    finally:
        _end(process)
    return ""


def _confined(limits: Limits) -> list[str]:
    """How a program is started with limits."""
    # -I -S: nothing of the working folder or of the environment is imported
    start = [sys.executable, "-I", "-S", str(Path(__file__).with_name("confined.py"))]
    return [*start, str(limits.memory), str(limits.unpacked), str(int(limits.seconds) + 1)]


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End LibreOffice with all that it started."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _settings() -> str:
    items = "".join(
        f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{items}</oor:items>"
    )
