from jianghua.tagging.segments import borders


def test_a_border_of_a_text_that_is_not_in_the_file_stays_inside_the_span() -> None:
    assert list(borders("要抓紧", 6, None)) == [0, 2, 4, 6]
    assert list(borders("要抓紧", 2, "去年")) == [0, 0, 0, 2]
