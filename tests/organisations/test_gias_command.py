"""The command line of the import: its options, its lines, its exit."""

import io

import pytest
from django.core.management import CommandError, call_command

from marketplace.organisations.models import Organisation, School
from tests.organisations.register_files import ACADEMY, GROUP, SCHOOL, WriteFile

pytestmark = pytest.mark.django_db

NORTH = SCHOOL | {"URN": "900002", "LA (code)": "986", "LA (name)": "Northmere"}
WEST = SCHOOL | {"URN": "900003", "LA (code)": "985", "LA (name)": "Westhithe"}


def lines_of(*arguments: object) -> list[str]:
    out = io.StringIO()
    call_command("import_gias", *[str(argument) for argument in arguments], stdout=out)
    return out.getvalue().splitlines()


def test_the_last_line_gives_the_counts_and_a_second_run_changes_nothing(write_csv: WriteFile) -> None:
    path = write_csv([SCHOOL, NORTH])
    assert lines_of(path)[-1] == "created 2, updated 0, unchanged 0, closed 0, refused 0"
    assert lines_of(path)[-1] == "created 0, updated 0, unchanged 2, closed 0, refused 0"


def test_refused_lines_are_listed_before_the_counts(write_csv: WriteFile) -> None:
    lines = lines_of(write_csv([SCHOOL, SCHOOL | {"URN": ""}]))
    assert lines[0] == "line 3: URN is empty"
    assert lines[-1] == "created 1, updated 0, unchanged 0, closed 0, refused 1"


def test_groups_and_links_have_lines_of_their_own(write_csv: WriteFile) -> None:
    link = {"URN": "900010", "LinkURN": "900001", "LinkType": "Predecessor", "LinkEstablishedDate": ""}
    academy = {name: cell for name, cell in ACADEMY.items() if name in SCHOOL}
    lines = lines_of(write_csv([SCHOOL, academy]), "--links", write_csv([link]), "--groups", write_csv([GROUP]))
    left_out = "left out 0 federations, 0 school sponsors, 0 other groups"
    assert f"groups: created 1, updated 0, unchanged 0, refused 0; {left_out}" in lines
    assert any(line.startswith("links: created 1, updated 0, unchanged 0, refused 0;") for line in lines)


@pytest.mark.parametrize("options", [["--la", "987", "986"], ["--la", "987", "--la", "986"], ["--la", "987,986"]])
def test_several_authorities_may_be_chosen(write_csv: WriteFile, options: list[str]) -> None:
    path = write_csv([SCHOOL, NORTH, WEST])
    assert lines_of(path, *options)[-1].startswith("created 2,")
    assert sorted(School.objects.values_list("authority__code", flat=True)) == ["986", "987"]


def test_the_file_may_follow_the_authorities(write_csv: WriteFile) -> None:
    assert lines_of("--la", "986", write_csv([SCHOOL, NORTH, WEST]))[-1].startswith("created 1,")


def test_an_authority_without_a_school_in_the_file_is_said(write_csv: WriteFile) -> None:
    lines = lines_of(write_csv([SCHOOL]), "--la", "111")
    assert lines[0] == "The file has no school of LA 111."
    assert lines[-1] == "created 0, updated 0, unchanged 0, closed 0, refused 0"


def test_a_dry_run_prints_the_same_counts_and_writes_nothing(write_csv: WriteFile) -> None:
    path = write_csv([SCHOOL, NORTH])
    rehearsed = lines_of(path, "--dry-run")
    assert "A dry run: nothing was written." in rehearsed
    assert not Organisation.objects.exists()
    assert rehearsed[-1] == lines_of(path)[-1]


def test_wrong_arguments_and_files_are_command_errors(write_csv: WriteFile) -> None:
    with pytest.raises(CommandError, match="Name the register's file"):
        lines_of()
    with pytest.raises(CommandError, match="codes of three digits, like 202, not 20"):
        lines_of(write_csv([SCHOOL]), "--la", "20")
    with pytest.raises(CommandError, match=r"absent\.csv cannot be opened: No such file"):
        lines_of("absent.csv")
    with pytest.raises(CommandError, match="the columns are missing: URN"):
        lines_of(write_csv([GROUP]))
    assert not Organisation.objects.exists()
