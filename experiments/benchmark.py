"""`make bench`: how fast tagging is beside what people would otherwise run, on this machine, in one run.

Peers: jieba words, TF-IDF and logistic regression in scikit-learn; fastText. Both get paragraphs that are already cut and
in memory; jianghua gets raw files and writes JSONL. Every figure is a median; peers and jianghua take turns.
"""

import itertools
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fasttext
import jieba
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from jianghua.corpus import Paragraph, parse, read_text
from jianghua.corpus.views import views
from jianghua.labelling.gold import key_of, lay_labels, read_labels
from jianghua.labels import FUNCTIONS
from jianghua.model.evidence import context_features
from jianghua.model.store import load_model
from jianghua.model.trees import trees_from
from jianghua.resources import released_model
from jianghua.training.features import HashedNgrams

RAW = Path("data/raw")
OUT = Path("experiments/BENCHMARKS.md")
RUNS = 5
LARGE = 56_000
"""Bytes of a file; that many have web pages and reports with speeches, on average."""


@dataclass(frozen=True)
class Row:
    """One line of the table: what is compared, both figures, the ratio reached and the ratio aimed at."""

    what: str
    ours: str
    theirs: str
    ratio: float
    goal: float
    most: bool = False

    def line(self) -> str:
        """The line in Markdown."""
        reached = self.ratio <= self.goal if self.most else self.ratio >= self.goal
        sign = "≤" if self.most else "≥"
        return f"| {self.what} | {self.ours} | {self.theirs} | {self.ratio:.2f} | {sign} {self.goal:g} | {'yes' if reached else 'no'} |"


def seconds(work: Callable[[], Any]) -> float:
    """Wall time of a call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


median = statistics.median


def median_ratio(ours: list[float], theirs: list[float]) -> float:
    """Median of the ratios of each round: what slows the machine for a while slows both."""
    return median([a / b for a, b in zip(ours, theirs, strict=True)])


def command(arguments: list[str]) -> float:
    """Wall time in seconds of a command, run to its end."""
    return seconds(lambda: subprocess.run(arguments, check=True, stderr=subprocess.DEVNULL))


def tag(work: Path, name: str, path: str = "") -> list[str]:
    """The command that tags a folder below `work`."""
    arguments = [path or str(work / name), "--no-resume", "-o", str(work / f"out-{name}")]
    return [sys.executable, "-m", "jianghua", "tag", *arguments]


def peak_memory(arguments: list[str]) -> float:
    """Peak memory of a command in MiB; started from a small process, whose size a child is counted with."""
    code = "import os, subprocess, sys; print(os.wait4(subprocess.Popen(sys.argv[1:]).pid, 0)[2].ru_maxrss)"
    done = subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True)
    return int(done.stdout.split()[-1]) / 1024


def copies(folder: Path, texts: list[tuple[str, bytes]], megabytes: float, size: int = 0) -> float:
    """Fill a folder with copies of the corpus up to about so many MB; returns how many MB it holds.

    Args:
        size: bytes from which on a file is full: speeches are collected into one until then.
    """
    folder.mkdir()
    total, number = 0, 0
    held: list[bytes] = []
    for name, data in itertools.cycle(texts):
        held.append(data)
        if sum(map(len, held)) < size:
            continue
        whole = b"".join(f"第{n}篇\n".encode() + part + b"\n" for n, part in enumerate(held, 1)) if size else data
        (folder / f"{number:05d}-{name}").write_bytes(whole)
        number, total, held = number + 1, total + len(whole), []
        if total >= megabytes * 1e6:
            return total / 1e6
    raise ValueError("no texts")


def labelled() -> tuple[list[str], list[str]]:
    """Texts and hand labels of the project's corpus."""
    paragraphs: list[Paragraph] = []
    texts = {}
    for path in sorted(RAW.rglob("*.txt")):
        source = path.relative_to(RAW).as_posix()
        texts[source] = read_text(path).text
        paragraphs += parse(texts[source], source)
    gold, _ = lay_labels(paragraphs, read_labels(Path("data/labels/gold.csv")), texts)
    chosen = [p for p in paragraphs if key_of(p) in gold]
    return [p.text for p in chosen], [gold[key_of(p)].label for p in chosen]


def spaced(text: str) -> str:
    """Characters with spaces between them: fastText's words."""
    return " ".join("".join(text.split()))


def train_peers(texts: list[str], labels: list[str], work: Path) -> tuple[Any, Any]:
    """The two peers, trained on the same labels."""
    words = make_pipeline(
        TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, ngram_range=(1, 2)), LogisticRegression(max_iter=300)
    )
    words.fit(texts, labels)
    lines = [f"__label__{label} {spaced(text)}" for text, label in zip(texts, labels, strict=True)]
    (work / "fasttext.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    fast = fasttext.train_supervised(str(work / "fasttext.txt"), wordNgrams=3, epoch=25, lr=0.5, thread=1, verbose=0)
    return words, fast


def exactness() -> tuple[float, float, float]:
    """Largest difference between this project's arithmetic and scikit-learn's, with the released model's weights.

    Returns:
        of the probabilities of sentences (character n-grams, logistic regression); of paragraphs (boosted trees, fitted
        anew on the context features); share of equal labels.
    """
    tagger = load_model(released_model()).tagger
    speeches = [views(parse(read_text(path).text, path.name)) for path in sorted(RAW.rglob("*.txt"))[:60]]
    sentences = [sentence for seen in speeches for view in seen for sentence in view.sentences]
    plain = LogisticRegression()
    plain.classes_, plain.coef_, plain.intercept_ = np.arange(6), tagger.text.weights.T, tagger.text.intercept
    features = HashedNgrams(tagger.text.features)
    theirs = make_pipeline(features, plain).predict_proba(sentences)
    ours = tagger.text.predict_proba(sentences)
    assert tagger.context is not None
    rows = np.vstack(
        [context_features(seen, tagger.predict(seen).evidence, tagger.context.switches) for seen in speeches]
    )
    labels = np.concatenate([tagger.predict_proba(seen).argmax(axis=1) for seen in speeches])
    boosted = HistGradientBoostingClassifier(max_iter=120, max_leaf_nodes=12, random_state=0).fit(rows, labels)
    known = np.asarray(boosted.classes_, dtype=int)
    ours_trees = trees_from(boosted, len(FUNCTIONS)).predict_proba(rows)[:, known]
    theirs_trees = boosted.predict_proba(rows)
    same = np.concatenate([ours.argmax(1) == theirs.argmax(1), ours_trees.argmax(1) == theirs_trees.argmax(1)])
    return float(abs(ours - theirs).max()), float(abs(ours_trees - theirs_trees).max()), float(same.mean())


def main() -> None:
    """Measure, print and write the table."""
    files = [(path.name, read_text(path).text.encode()) for path in sorted(RAW.rglob("*.txt"))]
    texts, labels = labelled()
    size = sum(len(text.encode()) for text in texts) / 1e6
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        words, fast = train_peers(texts, labels, work)
        ready = [spaced(text) + "\n" for text in texts]
        large = copies(work / "large", files, 60, LARGE)
        small = copies(work / "small", files, 20)
        speeds: dict[str, list[float]] = {"large": [], "small": [], "words": [], "fasttext": []}
        starts: dict[str, list[float]] = {"tag": [], "imports": []}
        one_file = tag(work, "one", str(next(iter((work / "small").iterdir()))))
        imports = [sys.executable, "-c", "import sklearn.linear_model, pandas"]
        cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(cores)})  # what is started from here on has one core too
        for _ in range(RUNS):
            speeds["large"].append(large / command(tag(work, "large")))
            speeds["fasttext"].append(
                size / seconds(lambda: [fast.f.predict(line, 6, 0.0, "strict") for line in ready])
            )
            speeds["small"].append(small / command(tag(work, "small")))
            speeds["words"].append(size / seconds(lambda: words.predict_proba(texts)))
            starts["tag"].append(command(one_file))
            starts["imports"].append(command(imports))
        os.sched_setaffinity(0, cores)
        copies(work / "many", files, 240, LARGE)
        walls: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(RUNS):
            for jobs in walls:
                walls[jobs].append(command([*tag(work, "many"), "--jobs", str(jobs)]))
        copies(work / "little", files, 2)
        copies(work / "much", files, 200)
        memory = {name: peak_memory(tag(work, name)) for name in ("little", "much")}
    rows = []
    for name, kind in (("large", f"files of {LARGE // 1000} KB, as real ones"), ("small", "files of 9 KB")):
        speed = median(speeds[name])
        for peer, goal, what in (
            ("words", 25, "jieba + TF-IDF + logistic regression"),
            ("fasttext", 3, "fastText's predict, characters, 3-grams"),
        ):
            theirs = median(speeds[peer])
            rows.append(
                Row(
                    f"tag, {kind}, to JSONL, beside {what} on cut paragraphs, one core",
                    f"{speed:.2f} MB/s",
                    f"{theirs:.2f} MB/s",
                    median_ratio(speeds[name], speeds[peer]),
                    goal,
                )
            )
    one, two = median(walls[1]), median(walls[2])
    start, importing = median(starts["tag"]), median(starts["imports"])
    rows += [
        Row("two processes beside one (240 MB)", f"{two:.1f} s", f"{one:.1f} s", median_ratio(walls[1], walls[2]), 1.8),
        Row("one short file, whole process, beside importing scikit-learn and pandas",
            f"{start:.2f} s", f"{importing:.2f} s", median_ratio(starts["tag"], starts["imports"]), 0.5, most=True),
        Row("peak memory, 200 MB in files of 9 KB beside 2 MB",
            f"{memory['much']:.0f} MiB", f"{memory['little']:.0f} MiB", memory["much"] / memory["little"], 1.5, most=True),
    ]  # fmt: skip
    linear, trees, same = exactness()
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`; do not edit. Medians of five rounds (memory: one), in which jianghua and its peers take turns; ratios are medians of each round's.",
        f"Machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}. MB are a million bytes of UTF-8.",
        "",
        "| what | jianghua | peer | ratio | goal | reached |",
        "| --- | --- | --- | --- | --- | --- |",
        *(row.line() for row in rows),
        "",
        f"The same model in plain scikit-learn: probabilities of sentences differ by at most {linear:.1e}, of paragraphs by at",
        f"most {trees:.1e}; {same:.2%} of the labels are equal.",
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    OUT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
