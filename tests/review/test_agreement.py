import math
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jianghua.cli import main
from jianghua.corpus import fingerprint, parse
from jianghua.labelling.gold import HandLabel
from jianghua.labels import FUNCTIONS
from jianghua.review.agreement import agreement
from tests.speeches import COUNTY, COUNTY_LABELS, HOSPITAL, HOSPITAL_LABELS

HEADER = "fingerprint,source,label,secondary,annotator,date,note\n"


def labels(names: Sequence[str], sources: int = 1) -> list[HandLabel]:
    return [HandLabel(f"{row % sources}.txt", f"{row:012x}", name) for row, name in enumerate(names)]


def write(path: Path, changed: dict[str, str] | None = None) -> Path:
    """Labels of the two shared speeches; `changed` gives another label to the paragraph that begins so."""
    rows = []
    for source, text, names in (("county.txt", COUNTY, COUNTY_LABELS), ("hospital.txt", HOSPITAL, HOSPITAL_LABELS)):
        paragraphs = [p.text for p in parse(text) if p.kind == "paragraph"]
        for body, name in zip(paragraphs, names, strict=True):
            other = next((new for start, new in (changed or {}).items() if body.startswith(start)), name)
            rows.append(f"{fingerprint(body)},{source},{other},,reader,2026-11-22,")
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_statistics_are_those_of_the_worked_example_in_the_literature() -> None:
    # Krippendorff 2011, section B: alpha of these twelve units is 0.692
    first, second = ([FUNCTIONS["abcde".index(letter)] for letter in row] for row in ("aabbdcccedda", "babbbccceddd"))
    found = agreement(labels(first), labels(second))
    assert found.alpha.value == pytest.approx(0.692, abs=0.0005)
    assert found.observed.value == pytest.approx(9 / 12)
    assert found.paragraphs == 12


def test_kappa_corrects_for_the_function_that_both_give_most_of_the_time() -> None:
    # 20 units: both requirements 15, both closing 1, two each way
    first = ["requirements"] * 17 + ["closing"] * 3
    second = ["requirements"] * 15 + ["closing"] * 3 + ["requirements"] * 2
    found = agreement(labels(first, 5), labels(second, 5))
    chance = 0.85 * 0.85 + 0.15 * 0.15
    assert found.observed.value == pytest.approx(0.8)
    assert found.kappa.value == pytest.approx((0.8 - chance) / (1 - chance))


def test_perfect_agreement_has_no_disagreements_and_an_interval_of_one_point() -> None:
    names = list(FUNCTIONS) * 3
    found = agreement(labels(names, 3), labels(names, 3))
    for estimate in (found.observed, found.kappa, found.alpha):
        assert (estimate.value, estimate.low, estimate.high) == (1.0, 1.0, 1.0)
    assert found.disagreements.empty


def test_two_readers_who_give_one_function_throughout_have_no_kappa() -> None:
    found = agreement(labels(["context"] * 4, 2), labels(["context"] * 4, 2))
    assert found.observed.value == 1.0
    assert math.isnan(found.kappa.value)
    assert math.isnan(found.alpha.value)


def test_the_interval_is_over_speeches_and_holds_the_value() -> None:
    first = list(FUNCTIONS) * 10
    second = [*first[:45], *reversed(first[45:])]
    narrow = agreement(labels(first, 60), labels(second, 60)).observed
    one_speech = agreement(labels(first, 1), labels(second, 1)).observed
    assert narrow.low < narrow.value < narrow.high
    assert one_speech.low == one_speech.value == one_speech.high


def test_what_only_one_reader_labelled_is_counted_and_not_compared() -> None:
    first = [*labels(["context", "closing"]), HandLabel("0.txt", "f" * 12, "heading")]
    second = labels(["context", "closing", "discipline"])
    found = agreement(first, second)
    assert (found.paragraphs, found.only_first, found.only_second) == (2, 0, 1)


def test_the_later_label_of_a_paragraph_counts_as_it_does_in_training() -> None:
    found = agreement([*labels(["context"]), *labels(["closing"])], labels(["closing"]))
    assert found.observed.value == 1.0


def test_labels_of_other_files_are_refused_with_their_number() -> None:
    with pytest.raises(ValueError, match="no paragraph is in both: 1 labels in the first, 2 in the second"):
        agreement([HandLabel("other.txt", "0" * 12, "context")], labels(["context", "closing"]))


@settings(deadline=None, max_examples=20)
@given(
    st.lists(st.tuples(st.sampled_from(FUNCTIONS), st.sampled_from(FUNCTIONS)), min_size=1, max_size=12), st.randoms()
)
def test_the_order_of_rows_changes_nothing_and_swapped_readers_transpose(
    pairs: list[tuple[str, str]], random: Random
) -> None:
    first, second = (labels([pair[side] for pair in pairs], 3) for side in (0, 1))
    found = agreement(first, second, resamples=50)
    again = agreement(random.sample(first, len(first)), random.sample(second, len(second)), resamples=50)
    assert repr(again) == repr(found)
    swapped = agreement(second, first, resamples=50)
    assert (swapped.confusion.to_numpy() == found.confusion.to_numpy().T).all()
    pd.testing.assert_series_equal(swapped.disagreements["first"], found.disagreements["second"], check_names=False)


def test_the_command_prints_statistics_confusions_and_disagreements(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = write(tmp_path / "a.csv")
    second = write(tmp_path / "b.csv", {"但是我们的短板": "requirements"})
    assert main(["review", "agreement", str(first), str(second)]) == 0
    printed = capsys.readouterr().out
    assert "Agreement on 14 paragraphs of 2 speeches" in printed
    assert "0.929" in printed  # 13 of 14
    assert "1 disagreements" in printed
    mark = fingerprint("但是我们的短板也很突出：排队时间长，窗口态度生硬，投诉比去年还多。")
    (line,) = [line for line in printed.splitlines() if mark in line]
    assert "hospital.txt" in line
    assert line.index("shortcomings") < line.index("requirements")


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = write(tmp_path / "a.csv")
    assert main(["review", "agreement", str(first), str(tmp_path / "none.csv")]) == 1
    assert "jianghua review agreement: " in (error := capsys.readouterr().err)
    assert "none.csv: no such file" in error
    assert main(["review", "agreement", str(first)]) == 2
    assert "B.csv" in capsys.readouterr().err
    assert main(["review", "agreement", "--help"]) == 0
