from pathlib import Path

import pytest

from jianghua.corpus import fingerprint, parse, read_text
from jianghua.labelling.gold import key_of, lay_labels, read_labels
from tests.speeches import COUNTY

HEADER = "fingerprint,source,label,secondary,annotator,date,note\n"


def write(path: Path, rows: str) -> Path:
    path.write_text(HEADER + rows, encoding="utf-8")
    return path


def test_a_label_finds_its_paragraph_and_the_later_one_wins(tmp_path: Path) -> None:
    records = parse(COUNTY, "county.txt")
    last = records[-1]
    mark = fingerprint(last.text)
    path = write(
        tmp_path / "gold.csv", f"{mark},county.txt,context,,a,2026-01-01,\n{mark},county.txt,closing,,b,2026-01-02,\n"
    )
    found, report = lay_labels(records, read_labels(path), {"county.txt": COUNTY})
    assert {key: label.label for key, label in found.items()} == {key_of(last): "closing"}
    assert report.lines() == []


def test_a_renamed_file_keeps_its_labels(tmp_path: Path) -> None:
    records = parse(COUNTY, "new-name.txt")
    path = write(tmp_path / "gold.csv", f"{fingerprint(records[-1].text)},old-name.txt,closing,,a,2026-01-01,\n")
    assert len(lay_labels(records, read_labels(path), {})[0]) == 1


@pytest.mark.parametrize("own_comes_first", [True, False])
def test_a_label_of_a_removed_speech_does_not_win_over_that_of_a_speech_that_is_there(
    own_comes_first: bool, tmp_path: Path
) -> None:
    records = parse(COUNTY, "county.txt")
    mark = fingerprint(records[-1].text)
    rows = [f"{mark},county.txt,closing,,a,2026-01-01,\n", f"{mark},removed.txt,context,,a,2026-01-02,\n"]
    path = write(tmp_path / "gold.csv", "".join(rows if own_comes_first else rows[::-1]))
    found, _ = lay_labels(records, read_labels(path), {"county.txt": COUNTY})
    assert [label.label for label in found.values()] == ["closing"]


def test_a_correction_for_a_paragraph_that_is_gone_is_reported(tmp_path: Path) -> None:
    path = write(tmp_path / "corrections.csv", "0123456789ab,county.txt,closing,,a,2026-01-01,\n")
    found, report = lay_labels(parse(COUNTY, "county.txt"), read_labels(path), {})
    assert found == {}
    (message,) = report.lines()
    assert "1 hand labels name a paragraph that no longer occurs" in message
    assert "corrections.csv line 2 (county.txt, 0123456789ab, closing)" in message


def test_a_label_that_is_not_in_the_set_is_refused_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path / "gold.csv", "0123456789ab,county.txt,praise,,a,2026-01-01,\n")
    with pytest.raises(ValueError, match=r"gold\.csv line 2: label 'praise' is not known; use one of achievements"):
        read_labels(path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gold.csv"
    path.write_text("fingerprint,label\nx,closing\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"lacks the columns \['source'\]; found \['fingerprint', 'label'\]"):
        read_labels(path)


def test_a_missing_file_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.csv: no such file; expected a CSV of hand labels"):
        read_labels(tmp_path / "none.csv")


def line_file(path: Path, text: str, rows: list[tuple[int, int, str]], mark: str | None = None) -> Path:
    lines = ["file,start,end,fingerprint,label,secondary,confidence"]
    lines += [f"a.txt,{start},{end},{mark or fingerprint(text[start:end])},{label},,3" for start, end, label in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_joined_paragraph_takes_the_label_that_covers_most_and_reports_the_rest(tmp_path: Path) -> None:
    text = "同志们：\n一年来，全县上下团结一心，顽强拼搏，克服了旱灾带来的各种困难，各项工作\n都有进步，要继续。\n"
    cut = text.index("都有")
    path = line_file(tmp_path / "gold.csv", text, [(5, cut - 1, "achievements"), (cut, len(text) - 1, "requirements")])
    found, report = lay_labels(parse(text, "a.txt"), read_labels(path), {"a.txt": text})
    assert [label.label for label in found.values()] == ["achievements"]
    (message,) = report.lines()
    assert "1 labelled lines are swallowed" in message
    assert "(requirements, in a paragraph of achievements)" in message


def test_a_line_whose_text_has_changed_is_reported(tmp_path: Path) -> None:
    text = "同志们：\n散会。\n"
    path = line_file(tmp_path / "gold.csv", text, [(5, 8, "closing")], mark="0" * 12)
    found, report = lay_labels(parse(text, "a.txt"), read_labels(path), {"a.txt": text})
    assert found == {}
    assert "no longer occurs" in report.lines()[0]


def test_own_gold_labels_all_find_their_paragraph(root: Path) -> None:
    for folder, file in (("raw", "gold.csv"), ("unseen", "unseen.csv")):
        sources = sorted((root / "data" / folder).glob("*.txt"))
        texts = {path.name: read_text(path).text for path in sources}
        records = [p for name, text in texts.items() for p in parse(text, name)]
        found, report = lay_labels(records, read_labels(root / "data/labels" / file), texts)
        assert report.lines() == []
        unlabelled = [p.text for p in records if p.kind == "paragraph" and key_of(p) not in found]
        assert unlabelled == []
