"""What may stand below a heading, and which family of markers stands above which."""

import itertools
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Mapping

from jianghua.corpus.kinds import Block
from jianghua.corpus.markers import RANK


def paragraphs_below(blocks: Iterable[Block], ranks: Mapping[str, float] = RANK) -> dict[int, tuple[int | None, bool]]:
    """For each marked block that is or has a heading: how many unmarked paragraphs can stand below, and whether it is the
    last of its run; by the identity of the block.

    The last item of a list holds no more paragraphs than those before it; what follows belongs to the section again.
    """
    below: dict[int, int] = {}
    runs: dict[int, list[Block]] = {}
    open_blocks: list[tuple[Block, int]] = []  # each with the number of paragraphs before it
    paragraphs = 0

    def close(at: int) -> None:
        for other, before in open_blocks[at:]:
            below[id(other)] = paragraphs - before
        del open_blocks[at:]

    for block in blocks:
        marker = block.marker
        if marker is not None and marker.family != "dash" and (block.kind == "heading" or block.run_in):
            rank = ranks[marker.family]
            for at, (other, _) in enumerate(open_blocks):
                family = other.marker.family  # type: ignore[union-attr]
                if family == marker.family or ranks[family] > rank:
                    close(at)
                    break
            open_blocks.append((block, paragraphs))
            runs.setdefault(id(block.first.run), []).append(block)
        elif block.kind == "paragraph":
            paragraphs += 1
    close(0)
    found: dict[int, tuple[int | None, bool]] = {}
    for run in runs.values():
        for block in run[:-1]:
            found[id(block)] = (None, False)
        last = run[-1]
        is_section = RANK[last.marker.family] <= RANK["han_bracket"]  # type: ignore[union-attr]
        if last.kind == "heading" and (is_section or len(run) == 1 or last.role):
            limit = None
        else:
            limit = max((below[id(block)] for block in run[:-1]), default=0)
        found[id(last)] = (limit, True)
    return found


def ranks_of(blocks: Iterable[Block]) -> Mapping[str, float]:
    """Which family of markers stands above which in a speech: as usual (`RANK`), unless lists of one are found between the
    items of another that is usually below it, and never the other way round.
    """
    runs: dict[int, tuple[str, list[int]]] = {}
    for number, block in enumerate(blocks):
        if block.marker is not None and block.marker.number and (block.kind == "heading" or block.run_in):
            runs.setdefault(id(block.first.run), (block.marker.family, []))[1].append(number)
    ranks: dict[str, float] = dict(RANK)
    families = {family for family, _ in runs.values()}
    if len(families) < 2:
        return ranks
    holds: Counter[tuple[str, str]] = Counter()
    ordered = sorted((items[0], items[-1], family) for family, items in runs.values())
    for family in families:
        gaps = sorted(gap for name, items in runs.values() if name == family for gap in itertools.pairwise(items))
        begins = [begin for begin, _ in gaps]
        for first, last, other in ordered:
            at = bisect(begins, first) - 1
            if other != family and at >= 0 and last < gaps[at][1]:
                holds[family, other] += 1
    for (above, below), count in sorted(holds.items()):
        if count and not holds[below, above] and ranks[above] > ranks[below]:
            if any(holds[other, above] for other in families):
                ranks[below] = ranks[above] + 0.5
            else:
                ranks[above] = ranks[below] - 0.5
    return ranks
