"""Near-duplicate speeches and paragraphs, found by MinHash and verified, and the groups of documents that they tie."""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from datasketch import MinHash, MinHashLSH

from jianghua.corpus.script import simplify
from jianghua.corpus.speech import Paragraph
from jianghua.errors import UsageError

THRESHOLD = 0.6
SHORTEST = 40
"""Characters below which a text is not compared: greetings and thanks are alike without being copies."""

_SHINGLE = 4
_PERMUTATIONS = 128
_SEED = 1
_KEPT = 256
"""Texts whose shingles are kept for the next comparison."""
_WEIGHTS = (0.05, 0.95)  # of false positives, which verification removes, and of false negatives, which are lost
_NO_CHARACTER = re.compile(r"[\W_]+")
_SPOKEN = ("heading", "paragraph")

SpeechKey = tuple[str, int]


@dataclass(frozen=True, slots=True)
class SpeechCluster:
    """Speeches (source, index in the source) that are near-duplicates, in order, each of at least one other.

    `jaccard` is the lowest similarity among the ties that hold it together; other pairs of it were not compared.
    """

    speeches: tuple[SpeechKey, ...]
    jaccard: float


@dataclass(frozen=True, slots=True)
class ParagraphCluster:
    """Near-duplicate paragraphs of at least two speeches, in order; `jaccard` as for speeches."""

    paragraphs: tuple[Paragraph, ...]
    jaccard: float


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Clusters, those of speeches and those of paragraphs, each in order of its first one."""

    speeches: tuple[SpeechCluster, ...]
    paragraphs: tuple[ParagraphCluster, ...]


def content(text: str) -> str:
    """Simplified characters, letters and digits of `text`: what is compared.

    >>> content("同志們，大家 好！（掌聲）")
    '同志们大家好掌声'
    """
    return _NO_CHARACTER.sub("", simplify(text))


def jaccard(left: str, right: str) -> float:
    """Share of the four-character shingles of either content that both have (Broder 1997), 0 where both are too short.

    >>> jaccard("夏粮总产达到八万吨", "夏粮总产达到九万吨")
    0.3333333333333333
    """
    return _overlap(_shingles(left), _shingles(right))


def find_duplicates(paragraphs: Iterable[Paragraph], threshold: float = THRESHOLD) -> Duplicates:
    """Find near-duplicates among speeches and, across speeches, among paragraphs; shorter ones than SHORTEST are left out.

    Candidates come from MinHash with banding (Broder 1997; Leskovec, Rajaraman & Ullman 2020, section 3.4) with fixed
    permutations, and each is then verified exactly: none is reported wrongly, though of pairs at the threshold itself some
    are missed (about 1 in 28 at 0.6, 1 in 700 at 0.7). The result does not depend on the order of the paragraphs. Pairs of
    what is one cluster already are not compared, so that a text with many copies takes no longer than as many others.

    Args:
        paragraphs: records of all kinds of any number of documents; a speech is its headings and paragraphs.
        threshold: least Jaccard similarity of the sets of four-character shingles, above 0, at most 1.

    Raises:
        ValueError: the threshold is outside its range.

    >>> from jianghua.corpus import parse
    >>> text = "各乡镇要在月底前检修完所有收割机，确保机等粮、不让粮等机，做到颗粒归仓，不误农时，让群众满意。"
    >>> found = find_duplicates(parse("同志们：\\n" + text, "a.txt") + parse("各位：\\n谢谢。\\n" + text, "b.txt"))
    >>> found.speeches
    (SpeechCluster(speeches=(('a.txt', 0), ('b.txt', 0)), jaccard=0.95),)
    >>> [([p.source for p in cluster.paragraphs], cluster.jaccard) for cluster in found.paragraphs]
    [(['a.txt', 'b.txt'], 1.0)]
    """
    if not 0 < threshold <= 1:
        raise UsageError(f"threshold {threshold} is no Jaccard similarity to reach; use one above 0 and at most 1")
    ordered = sorted(paragraphs, key=lambda p: (p.source, p.speech, p.paragraph))
    parts: dict[SpeechKey, list[str]] = {}
    chosen, contents = [], []
    for p in ordered:
        if p.kind not in _SPOKEN:
            continue
        text = content(p.text)
        parts.setdefault((p.source, p.speech), []).append(text)
        if p.kind == "paragraph" and len(text) >= SHORTEST:
            chosen.append(p)
            contents.append(text)
    speeches = {key: text for key, texts in parts.items() if len(text := "".join(texts)) >= SHORTEST}
    keys = list(speeches)
    of_speeches = _near_clusters(list(speeches.values()), threshold)
    of_paragraphs = [
        (members, similarity)
        for members, similarity in _near_clusters(contents, threshold)
        if len({(chosen[at].source, chosen[at].speech) for at in members}) > 1
    ]
    return Duplicates(
        tuple(SpeechCluster(tuple(keys[at] for at in members), similarity) for members, similarity in of_speeches),
        tuple(
            ParagraphCluster(tuple(chosen[at] for at in members), similarity) for members, similarity in of_paragraphs
        ),
    )


def document_groups(documents: Iterable[str], duplicates: Duplicates) -> dict[str, int]:
    """Group number of each document, the same for documents that share a near-duplicate speech, directly or by others.

    Args:
        documents: sources; those that no cluster names are groups of their own.

    Returns:
        source → number, from 0 without gaps, in the order of each group's first source.

    >>> copies = Duplicates((SpeechCluster((("b.txt", 0), ("c.txt", 2)), 0.9),), ())
    >>> document_groups(["c.txt", "d.txt", "b.txt", "a.txt"], copies)
    {'a.txt': 0, 'b.txt': 1, 'c.txt': 1, 'd.txt': 2}
    """
    wanted = sorted(set(documents))
    # a document that is not wanted can still tie two that are
    names = sorted({*wanted, *(source for cluster in duplicates.speeches for source, _ in cluster.speeches)})
    number = {name: index for index, name in enumerate(names)}
    groups = _Clusters(len(names))
    for cluster in duplicates.speeches:
        for source, _ in cluster.speeches:
            groups.tie(number[cluster.speeches[0][0]], number[source], cluster.jaccard)
    renumbered: dict[int, int] = {}
    return {name: renumbered.setdefault(groups.of(number[name]), len(renumbered)) for name in wanted}


def _shingles(text: str) -> set[str]:
    return {text[start : start + _SHINGLE] for start in range(len(text) - _SHINGLE + 1)}


def _overlap(left: set[str], right: set[str]) -> float:
    either = len(left | right)
    return len(left & right) / either if either else 0.0


class _Clusters:
    """Numbers that are tied to each other (union–find: Tarjan 1975), and the lowest similarity among the ties of each cluster."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))
        self._lowest = [1.0] * count

    def of(self, number: int) -> int:
        """The cluster of a number."""
        while self._above[number] != number:
            self._above[number] = number = self._above[self._above[number]]
        return number

    def tie(self, left: int, right: int, similarity: float) -> None:
        """Make one cluster of the clusters of two numbers."""
        first, second = self.of(left), self.of(right)
        self._above[second] = first
        self._lowest[first] = min(self._lowest[first], self._lowest[second], similarity)

    def found(self) -> list[tuple[list[int], float]]:
        """Clusters of two numbers or more, with their lowest similarity, in order of their first numbers."""
        members: dict[int, list[int]] = {}
        for number in range(len(self._above)):
            members.setdefault(self.of(number), []).append(number)
        return [(numbers, self._lowest[cluster]) for cluster, numbers in members.items() if len(numbers) > 1]


def _near_clusters(texts: Sequence[str], threshold: float) -> list[tuple[list[int], float]]:
    """Places of texts that are near-duplicates of each other, directly or by others, in order, and the lowest similarity."""
    clusters = _Clusters(len(texts))
    first: dict[str, int] = {}
    for at, text in enumerate(texts):
        if first.setdefault(text, at) != at:
            clusters.tie(first[text], at, 1.0)
    # a higher threshold would only make the bands sharper and miss more
    index = MinHashLSH(threshold=min(threshold, THRESHOLD), num_perm=_PERMUTATIONS, weights=_WEIGHTS)
    bands: list[dict[bytes, dict[int, list[int]]]] = [{} for _ in range(index.b)]
    shingles = lru_cache(_KEPT)(lambda at: _shingles(texts[at]))
    tokens = ([shingle.encode("utf-8", "surrogatepass") for shingle in _shingles(text)] for text in first)
    # datasketch mixes the bits of hashes itself; CRC-32 takes a third off the time of its default, SHA-1
    sketches = MinHash.generator(tokens, num_perm=_PERMUTATIONS, seed=_SEED, hashfunc=zlib.crc32)
    for at, sketch in zip(first.values(), sketches, strict=True):
        values = sketch.hashvalues.reshape(-1)[: index.b * index.r].reshape(index.b, index.r)
        # of each band: texts that have its values too, by the cluster that they were in when they came
        alike = [band.setdefault(row.tobytes(), {}) for band, row in zip(bands, values, strict=True)]
        compared: set[int] = set()
        for others in (others for known in alike for others in known.values()):
            if clusters.of(others[0]) == clusters.of(at):
                continue
            for other in others:
                if other in compared:
                    continue
                compared.add(other)
                similarity = _overlap(shingles(other), shingles(at))
                if similarity >= threshold:
                    clusters.tie(other, at, similarity)
                    break
        for known in alike:
            known.setdefault(clusters.of(at), []).append(at)
    return clusters.found()
