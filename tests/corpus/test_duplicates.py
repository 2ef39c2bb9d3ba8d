import time
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jianghua.corpus import Paragraph, duplicates, parse
from jianghua.corpus.duplicates import (
    Duplicates,
    SpeechCluster,
    content,
    document_groups,
    find_duplicates,
    jaccard,
)
from jianghua.corpus.folder import Document, read_folders
from tests.speeches import COUNTY, HOSPITAL

OTHER_YEAR = COUNTY.replace("2019年8月20日", "2020年8月18日").replace("8.4万吨", "9.1万吨").replace("6%", "8%")
TRADITIONAL = (
    "各鄉鎮要在月底前檢修完所有收割機,確保機等糧、不讓糧等機;要落實包村責任,加大督促力度,推進各項措施到戶到田。"
)
SIMPLIFIED = (
    "各乡镇要在月底前检修完所有收割机，确保机等粮、不让粮等机；要落实包村责任，加大督促力度，推进各项措施到户到田。"
)


def corpus(**texts: str) -> list[Paragraph]:
    return [p for name, text in texts.items() for p in parse(text, f"{name}.txt")]


def test_a_speech_given_again_with_new_figures_is_found() -> None:
    found = find_duplicates(corpus(old=COUNTY, hospital=HOSPITAL, new=OTHER_YEAR))
    (cluster,) = found.speeches
    assert cluster.speeches == (("new.txt", 0), ("old.txt", 0))
    assert cluster.jaccard == pytest.approx(_whole(COUNTY, OTHER_YEAR))
    assert 0.9 < cluster.jaccard < 1


def _whole(left: str, right: str) -> float:
    first, second = (
        "".join(content(p.text) for p in parse(text) if p.kind in ("heading", "paragraph")) for text in (left, right)
    )
    return jaccard(first, second)


def test_a_copy_in_traditional_characters_is_found() -> None:
    found = find_duplicates(corpus(a="同志们：\n" + SIMPLIFIED, b="同志們:\n" + TRADITIONAL))
    assert [cluster.speeches for cluster in found.speeches] == [(("a.txt", 0), ("b.txt", 0))]
    assert [copied.jaccard for copied in found.paragraphs] == [1.0]


def test_one_paragraph_taken_over_does_not_make_speeches_duplicates_but_is_listed() -> None:
    found = find_duplicates(
        corpus(
            county=COUNTY,
            hospital=HOSPITAL.replace("下半年要加快", SIMPLIFIED + "\n下半年要加快"),
            third=SIMPLIFIED,
        )
    )
    assert found.speeches == ()
    (cluster,) = found.paragraphs
    assert [(p.source, p.text) for p in cluster.paragraphs] == [("hospital.txt", SIMPLIFIED), ("third.txt", SIMPLIFIED)]


def test_thanks_and_greetings_are_no_duplicates() -> None:
    short = "同志们：\n各位代表，请予审议。\n谢谢大家！\n"
    assert find_duplicates(corpus(a=short, b=short)) == Duplicates((), ())


def test_a_paragraph_repeated_within_its_speech_is_not_listed() -> None:
    found = find_duplicates(corpus(a=f"同志们：\n{SIMPLIFIED}\n散会前再说一遍。\n{SIMPLIFIED}\n"))
    assert found == Duplicates((), ())


def test_nothing_below_the_threshold_is_reported() -> None:
    similarity = _whole(COUNTY, OTHER_YEAR)
    speeches = corpus(a=COUNTY, b=OTHER_YEAR)
    assert len(find_duplicates(speeches, similarity).speeches) == 1
    assert find_duplicates(speeches, similarity + 0.001).speeches == ()


@pytest.mark.parametrize("threshold", [0.0, -0.5, 1.5])
def test_a_threshold_that_is_no_similarity_is_refused(threshold: float) -> None:
    with pytest.raises(ValueError, match=f"threshold {threshold} is no Jaccard similarity to reach; use one above 0"):
        find_duplicates([], threshold)


@settings(deadline=None, max_examples=25)
@given(st.randoms(use_true_random=False))
def test_the_order_of_files_changes_nothing(random: Random) -> None:
    records = corpus(a=COUNTY, b=HOSPITAL, c=OTHER_YEAR, d=HOSPITAL.replace("门诊量", "住院人数"), e=SIMPLIFIED)
    shuffled = random.sample(records, len(records))
    assert find_duplicates(shuffled) == find_duplicates(records)
    sources = [p.source for p in shuffled]
    groups = {"a.txt": 0, "b.txt": 1, "c.txt": 0, "d.txt": 1, "e.txt": 2}
    assert document_groups(sources, find_duplicates(shuffled)) == groups


def test_documents_tied_by_a_third_one_are_one_group_even_where_it_is_left_out() -> None:
    tied = Duplicates(
        (SpeechCluster((("a.txt", 0), ("b.txt", 1)), 0.8), SpeechCluster((("b.txt", 0), ("c.txt", 0)), 0.7)), ()
    )
    assert document_groups(["a.txt", "c.txt", "d.txt"], tied) == {"a.txt": 0, "c.txt": 0, "d.txt": 1}


@pytest.mark.slow
def test_the_reference_corpus_takes_less_than_five_seconds(reference: Path) -> None:
    documents = [item for item in read_folders([reference / "raw"]) if isinstance(item, Document)]
    started = time.process_time()
    find_duplicates([p for document in documents for p in document.paragraphs])
    assert time.process_time() - started < 5


def test_a_paragraph_in_every_speech_is_compared_about_once_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    comparisons = 0

    def counted(left: set[str], right: set[str]) -> float:
        nonlocal comparisons
        comparisons += 1
        return overlap(left, right)

    overlap = duplicates._overlap
    monkeypatch.setattr(duplicates, "_overlap", counted)
    number = 150
    copies = {
        f"town {at:03}": SIMPLIFIED.replace("月底", f"{at}日").replace("到户到田", f"到{at}户") for at in range(number)
    }
    found = find_duplicates(corpus(**{name: f"同志们：\n{copies[name]}\n{SIMPLIFIED}" for name in copies}))
    assert [len(cluster.paragraphs) for cluster in found.paragraphs] == [2 * number]
    assert [len(cluster.speeches) for cluster in found.speeches] == [number]
    assert comparisons < 4 * number, "every pair was compared, and a long list of them kept"
