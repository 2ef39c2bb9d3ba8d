"""Small public texts, a manifest of them, and a server on this machine that has them."""

import contextlib
import csv
import hashlib
import io
import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from jianghua.corpus.public.download import Manners
from jianghua.corpus.public.manifest import COLUMNS

COMMIT = "c0ffee" * 6 + "abcd"
QUICK = Manners(pause=0.0, backoff=0.01, tries=3, silence=2.0, seconds=10.0)

FLOOD = "同志们：\n汛期将至，青石县各级各部门要把责任落到堤段。\n谢谢大家！"
SCHOOL = "各位老师：\r\n一年来，柳河镇中心小学办学条件有了改善。"
HARVEST = "在秋收工作会上的讲话　　今年的收成来之不易。　　要抓好仓储。"
TALK = "# 在矿山安全会上的讲话\n\n矿长要天天下井。\n"

RECORDS = "".join(
    json.dumps(record, ensure_ascii=False) + "\n"
    for record in ({"year": 2018, "text": "另一篇。"}, {"year": 2019, "text": FLOOD}, {"year": 2020, "text": HARVEST})
)
TABLE = "\ufeff" + "".join(
    ",".join(f'"{cell}"' for cell in row) + "\r\n"
    for row in (("Date", "Text"), ("2019-01-02", "别的讲话。"), ("2020-03-04", SCHOOL))
)
FILES = {
    f"/wang/reports/{COMMIT}/reports.jsonl": RECORDS.encode(),
    f"/li/talks/{COMMIT}/表/all.csv": TABLE.encode(),
    f"/li/talks/{COMMIT}/矿山 安全.md": TALK.encode(),
}
REPORTS, SHEET, MINE = FILES
TEXTS = {
    "flood.txt": FLOOD,
    "harvest.txt": HARVEST.replace("　　", "\n　　"),
    "school.txt": SCHOOL.replace("\r\n", "\n"),
    "矿山.md": TALK,
}


def row(name: str, address: str, text: str, *cut: str, rights: str = "CC BY 4.0") -> list[str]:
    """A row of a manifest; `cut` is format, record, field and breaks."""
    of_cut = [*cut, *[""] * (4 - len(cut))]
    return [name, address, *of_cut, rights, hashlib.sha256(text.encode()).hexdigest()]


def rows(base: str) -> list[list[str]]:
    """The manifest of `TEXTS`, at a server."""
    return [
        row("flood.txt", base + REPORTS, TEXTS["flood.txt"], "jsonl", "year=2019", "text"),
        row("harvest.txt", base + REPORTS, TEXTS["harvest.txt"], "jsonl", "year=2020", "text", "indents"),
        row("school.txt", base + SHEET, TEXTS["school.txt"], "csv", "1", "Text", "lf"),
        row("矿山.md", base + MINE.replace(" ", "%20"), TEXTS["矿山.md"], "text"),
    ]


def write_manifest(path: Path, lines: Iterable[Iterable[str]], columns: Iterable[str] = COLUMNS) -> Path:
    stream = io.StringIO()
    csv.writer(stream).writerows([columns, *lines])
    path.write_text(stream.getvalue(), encoding="utf-8", newline="")
    return path


def contents(folder: Path) -> dict[str, str]:
    """Every file of a folder, hidden ones too."""
    return {path.name: path.read_bytes().decode() for path in folder.iterdir()} if folder.is_dir() else {}


class Answer(NamedTuple):
    """What the server says to one request: it promises `promised` bytes more than it sends; half-way it waits for `until`."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    promised: int = 0
    until: threading.Event | None = None
    between_headers: float = 0.0


class Server:
    """A server of `FILES`; `answers` of a path are given first, one a request. It notes what it was asked for."""

    def __init__(self) -> None:
        self.files = dict(FILES)
        self.answers: dict[str, list[Answer]] = defaultdict(list)
        self.asked: Counter[str] = Counter()
        self.headers: list[Message] = []
        self.moments: list[float] = []
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server._answer(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        path = unquote(request.path)
        with self._lock:
            self.asked[path] += 1
            self.headers.append(request.headers)
            self.moments.append(time.monotonic())
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            if self.answers[path]:
                answer = self.answers[path].pop(0)
            else:
                answer = Answer(200, self.files[path]) if path in self.files else Answer(404)
        request.send_response(answer.status)
        for name, value in answer.headers:
            request.send_header(name, value)
            if answer.between_headers:
                with contextlib.suppress(OSError):
                    request.flush_headers()
                time.sleep(answer.between_headers)
        request.send_header("Content-Length", str(len(answer.body) + answer.promised))
        request.end_headers()
        half = len(answer.body) // 2
        with contextlib.suppress(OSError):  # whoever asked may have left
            request.wfile.write(answer.body[:half])
            if answer.until is not None:
                answer.until.wait(20)
            with self._lock:
                self.at_once -= 1
            request.wfile.write(answer.body[half:])
