"""The table of input formats: a row that is wrong shows here, not to the user whose file is the first of its kind."""

from collections import Counter

import pytest

from jianghua.corpus.formats.table import INPUT_FORMATS, InputFormat, find_format

NAMES = [format.name for format in INPUT_FORMATS]


@pytest.mark.parametrize("format", INPUT_FORMATS, ids=NAMES)
def test_no_row_names_a_reader_that_is_not_there(format: InputFormat) -> None:
    assert format.reader is None or callable(format.load_reader())
    assert format.markup is None or callable(format.load_markup())


@pytest.mark.parametrize("format", INPUT_FORMATS, ids=NAMES)
def test_there_is_one_way_to_the_text_and_one_to_know_the_format(format: InputFormat) -> None:
    assert sum(way is not None for way in (format.reader, format.office, format.markup)) <= 1
    assert format.is_of is not None or format.members
    assert bool(format.office) == bool(format.what)


def test_no_suffix_belongs_to_two_formats() -> None:
    suffixes = Counter(suffix for format in INPUT_FORMATS for suffix in format.suffixes)
    assert [suffix for suffix, count in suffixes.items() if count > 1] == []


@pytest.mark.parametrize("format", INPUT_FORMATS, ids=NAMES)
def test_text_is_never_parsed_as_something_else_whatever_its_name_is(format: InputFormat) -> None:
    for suffix in format.suffixes:
        if not format.name_promises:
            known = find_format("同志们：今天开会。".encode(), f"talk{suffix}").name
            assert known == (format.name if format.name in ("text", "markdown", "html") else "text")
