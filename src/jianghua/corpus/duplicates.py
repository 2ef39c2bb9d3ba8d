"""Near-duplicate speeches and paragraphs, found by MinHash and verified, and the groups of documents that they tie."""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from datasketch import MinHash, MinHashLSH
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from jianghua.corpus.script import simplify
from jianghua.corpus.speech import Paragraph
from jianghua.errors import UsageError

THRESHOLD = 0.6
SHORTEST = 40
"""Characters below which a text is not compared: greetings and thanks are alike without being copies."""

_SHINGLE = 4
_PERMUTATIONS = 128
_SEED = 1
_WEIGHTS = (0.05, 0.95)  # of false positives, which verification removes, and of false negatives, which are lost
_NO_CHARACTER = re.compile(r"[\W_]+")
_SPOKEN = ("heading", "paragraph")

SpeechKey = tuple[str, int]


@dataclass(frozen=True, slots=True)
class SpeechCluster:
    """Speeches (source, index in the source) that are near-duplicates, in order, each of at least one other.

    `jaccard` is the lowest verified similarity among the pairs that were found.
    """

    speeches: tuple[SpeechKey, ...]
    jaccard: float


@dataclass(frozen=True, slots=True)
class ParagraphPair:
    """Two near-duplicate paragraphs of different speeches."""

    first: Paragraph
    second: Paragraph
    jaccard: float


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Clusters in order of their first speech; pairs in order of their paragraphs."""

    speeches: tuple[SpeechCluster, ...]
    paragraphs: tuple[ParagraphPair, ...]


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
    are missed (about 1 in 28 at 0.6, 1 in 700 at 0.7). The result does not depend on the order of the paragraphs.

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
    >>> [(pair.first.source, pair.second.source, pair.jaccard) for pair in found.paragraphs]
    [('a.txt', 'b.txt', 1.0)]
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
    pairs = [
        ParagraphPair(chosen[left], chosen[right], similarity)
        for left, right, similarity in _near_pairs(contents, threshold)
        if (chosen[left].source, chosen[left].speech) != (chosen[right].source, chosen[right].speech)
    ]
    return Duplicates(_clusters(list(speeches), _near_pairs(list(speeches.values()), threshold)), tuple(pairs))


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
    ties = [
        (number[cluster.speeches[0][0]], number[source])
        for cluster in duplicates.speeches
        for source, _ in cluster.speeches
    ]
    component = _components(len(names), ties)
    renumbered: dict[int, int] = {}
    return {name: renumbered.setdefault(component[number[name]], len(renumbered)) for name in wanted}


def _shingles(text: str) -> set[str]:
    return {text[start : start + _SHINGLE] for start in range(len(text) - _SHINGLE + 1)}


def _overlap(left: set[str], right: set[str]) -> float:
    either = len(left | right)
    return len(left & right) / either if either else 0.0


def _near_pairs(texts: Sequence[str], threshold: float) -> list[tuple[int, int, float]]:
    """Verified pairs (left < right) in order."""
    tokens = ([shingle.encode("utf-8", "surrogatepass") for shingle in _shingles(text)] for text in texts)
    # datasketch mixes the bits of hashes itself; CRC-32 takes a third off the time of its default, SHA-1
    sketches = MinHash.bulk(tokens, num_perm=_PERMUTATIONS, seed=_SEED, hashfunc=zlib.crc32)
    # a higher threshold would only make the bands sharper and miss more
    index = MinHashLSH(threshold=min(threshold, THRESHOLD), num_perm=_PERMUTATIONS, weights=_WEIGHTS)
    candidates: list[tuple[int, int]] = []
    for right, sketch in enumerate(sketches):
        candidates += [(left, right) for left in index.query(sketch)]
        index.insert(right, sketch, check_duplication=False)
    shingles = {at: _shingles(texts[at]) for pair in candidates for at in pair}
    verified = ((left, right, _overlap(shingles[left], shingles[right])) for left, right in sorted(candidates))
    return [pair for pair in verified if pair[2] >= threshold]


def _clusters(keys: Sequence[SpeechKey], pairs: Sequence[tuple[int, int, float]]) -> tuple[SpeechCluster, ...]:
    component = _components(len(keys), [(left, right) for left, right, _ in pairs])
    members: dict[int, set[int]] = {}
    lowest: dict[int, float] = {}
    for left, right, similarity in pairs:
        members.setdefault(component[left], set()).update((left, right))
        lowest[component[left]] = min(similarity, lowest.get(component[left], 1.0))
    clusters = [SpeechCluster(tuple(keys[at] for at in sorted(members[one])), lowest[one]) for one in members]
    return tuple(sorted(clusters, key=lambda cluster: cluster.speeches))


def _components(count: int, ties: Sequence[tuple[int, int]]) -> list[int]:
    if not ties:
        return list(range(count))
    rows, columns = np.array(ties).T
    graph = coo_array((np.ones(len(ties)), (rows, columns)), shape=(count, count))
    numbers: list[int] = connected_components(graph, directed=False)[1].tolist()
    return numbers
