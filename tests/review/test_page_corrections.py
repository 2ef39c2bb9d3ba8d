from pathlib import Path

import pytest

from jianghua.review.corrections import Incoming
from jianghua.review.page_corrections import read_page


def test_cells_come_back_as_they_were_before_the_page_guarded_them(tmp_path: Path) -> None:
    file = tmp_path / "a.corrections.csv"
    rows = "fingerprint,source,label,secondary,annotator,date,note,text\r\n0,'-,closing,,,,'=1+1,''再见'\r\n"
    file.write_bytes(b"\xef\xbb\xbf" + rows.encode())
    assert read_page(file) == [Incoming("line 2", "0", "-", "'再见'", "closing", "", "=1+1")]


def test_a_table_that_no_page_saved_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("fingerprint,source,label\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"lacks the columns \['secondary', 'note', 'text'\]"):
        read_page(file)


def test_a_table_saved_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes("fingerprint,备注\n".encode("gb18030"))
    with pytest.raises(ValueError, match="is not UTF-8"):
        read_page(file)
