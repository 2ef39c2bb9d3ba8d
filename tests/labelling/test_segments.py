import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianghua.corpus import cut_sentences
from jianghua.errors import LabelsError
from jianghua.labelling.segments import functions_of_sentences, read_segments, write_segments
from jianghua.labels import FUNCTIONS

TEXT = "去年粮食增产。 但仓储缺口仍大；有的同志坐等。今年要建三座粮库。"


@given(st.lists(st.sampled_from(FUNCTIONS), min_size=4, max_size=4), st.sampled_from(["", " ", "\n", "\u3000"]))
def test_what_is_written_is_read_again_whatever_the_spaces(labels: list[str], space: str) -> None:
    assert len(cut_sentences(TEXT)) == 4
    segments = read_segments(write_segments(TEXT, labels), "labels.csv line 2")
    spaced = space.join(cut_sentences(TEXT.replace(" ", "")))
    assert [FUNCTIONS[label] for label in functions_of_sentences(spaced, segments)] == labels


def test_a_border_in_the_middle_of_a_sentence_gives_it_to_the_longer_part() -> None:
    segments = ((0, "achievements"), (2, "shortcomings"))
    assert functions_of_sentences("去年增产不多。", segments).tolist() == [FUNCTIONS.index("shortcomings")]


def test_segments_beyond_the_text_do_no_harm() -> None:
    assert functions_of_sentences("散会。", ((0, "closing"), (900, "context"))).tolist() == [FUNCTIONS.index("closing")]
    assert functions_of_sentences("", ((0, "closing"),)).dtype == np.int64


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("57", "labels.csv line 3: segment '57' is none; expected OFFSET:FUNCTION, such as 57:shortcomings"),
        ("0:closing x:context", "segment 'x:context' is none"),
        ("0:closing ９:context", "segment '９:context' is none"),
        ("0:blame", "label 'blame' is not known"),
        ("3:closing", "segments begin at [3]; expected 0 first"),
        ("0:closing 9:context 9:discipline", "segments begin at [0, 9, 9]; expected 0 first, then growing offsets"),
    ],
)
def test_segments_that_are_none_are_refused_by_name(written: str, message: str) -> None:
    with pytest.raises(LabelsError) as refusal:
        read_segments(written, "labels.csv line 3")
    assert message in str(refusal.value)
