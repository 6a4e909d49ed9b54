"""Text as it comes in and as it goes out to spreadsheets."""

import pytest

from marketplace.core.errors import WrongInput
from marketplace.core.text import clean_line, collapse, safe_cell


def test_white_space_is_collapsed_and_letters_are_composed() -> None:
    assert collapse("  Oakfield \t Primary\u00a0\n School ") == "Oakfield Primary School"
    assert clean_line("Ste\u0301phane  Roux", what="Name") == "St\u00e9phane Roux"


@pytest.mark.parametrize("name", ["Oakfield 🌳", "中文学校", "Llanfair–Pwll’s", "O'Brien & Daughters"])
def test_names_of_every_script_are_kept(name: str) -> None:
    assert clean_line(name, what="Name") == name


@pytest.mark.parametrize("char", ["\x00", "\x07", "\x1b", "\x7f", "\ud800", "\ue000", "\u202e", "\u2066"])
def test_control_characters_are_refused(char: str) -> None:
    with pytest.raises(WrongInput, match="Name must not contain control characters"):
        clean_line(f"Oak{char}field", what="Name")


def test_nothing_and_too_much_are_refused() -> None:
    with pytest.raises(WrongInput, match="Enter name"):
        clean_line(" \n ", what="Name")
    assert clean_line(" ", what="Name", required=False) == ""
    assert clean_line("x" * 20, what="Name", limit=20) == "x" * 20
    with pytest.raises(WrongInput, match="Name must be 20 characters or fewer"):
        clean_line("x" * 21, what="Name", limit=20)


@pytest.mark.parametrize("formula", ["=1+1", "+44 20", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")'])
def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(formula: str) -> None:
    assert safe_cell(formula) == "'" + formula


@pytest.mark.parametrize("plain", ["-19.75", "-5", "1234.50", "Oakfield", "", "a=b", "'x"])
def test_numbers_and_plain_text_leave_as_they_are(plain: str) -> None:
    assert safe_cell(plain) == plain
