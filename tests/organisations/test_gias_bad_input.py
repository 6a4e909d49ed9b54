"""What the import answers to lines and files that are wrong: what, where, and nothing half done."""

import re
from datetime import date
from pathlib import Path

import pytest

from marketplace.core.models import Event
from marketplace.organisations.models import Organisation, School
from marketplace.organisations.services.gias import Counts, NotARegisterFile
from marketplace.organisations.services.gias.reading import encoding_of
from tests.organisations.register_files import SCHOOL, RunImport, WriteFile

pytestmark = pytest.mark.django_db

GOOD = SCHOOL | {"URN": "900009"}


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"URN": ""}, "URN is empty"),
        ({"URN": "12A456"}, "URN must be 1 to 8 digits, not “12A456”"),
        ({"EstablishmentName": "  "}, "EstablishmentName is empty"),
        ({"EstablishmentName": "Oak\x07field"}, "EstablishmentName must not contain control characters"),
        ({"EstablishmentName": "O" * 201}, "EstablishmentName must be 200 characters or fewer"),
        ({"Street": "1 Mill\x00 Lane"}, "Street must not contain control characters"),
        ({"LA (code)": ""}, "LA (code) is empty"),
        ({"LA (code)": "98"}, "LA (code) must be 3 digits, not “98”"),
        ({"EstablishmentStatus (code)": "7"}, "EstablishmentStatus (code) must be 1, 2, 3 or 4, not 7"),
        ({"TypeOfEstablishment (code)": ""}, "TypeOfEstablishment (code) is empty"),
        ({"NumberOfPupils": "-1"}, "NumberOfPupils must be a whole number up to 100,000, not “-1”"),
        ({"NumberOfPupils": "412.5"}, "NumberOfPupils must be a whole number up to 100,000, not “412.5”"),
        (
            {"OpenDate": "29-02-2023"},
            "OpenDate “29-02-2023” is not a date of the calendar written like 31-08-2026",
        ),
        (
            {"CloseDate": "2023-08-31"},
            "CloseDate “2023-08-31” is not a date of the calendar written like 31-08-2026",
        ),
    ],
)
def test_a_line_that_is_wrong_is_refused_alone_with_its_number_and_reason(
    run: RunImport, cells: dict[str, str], reason: str
) -> None:
    report = run([GOOD, SCHOOL | cells, SCHOOL | {"URN": "900002"}])

    assert [str(refusal) for refusal in report.refusals] == [f"line 3: {reason}"]
    assert report.schools == Counts(created=2, refused=1)
    assert sorted(School.objects.values_list("urn", flat=True)) == ["900002", "900009"]


def test_a_urn_that_comes_twice_is_refused_naming_the_first_line(run: RunImport) -> None:
    report = run([SCHOOL, GOOD, SCHOOL | {"EstablishmentName": "Impostor School"}])
    assert [str(refusal) for refusal in report.refusals] == ["line 4: URN 900001 stands on line 2 already"]
    assert School.objects.get(urn="900001").organisation.name == "Oakfield Primary School"


def test_a_refused_line_does_not_reserve_its_urn(run: RunImport) -> None:
    report = run([SCHOOL | {"EstablishmentName": ""}, SCHOOL])
    assert report.schools == Counts(created=1, refused=1)


def test_a_line_with_too_few_cells_is_refused(run: RunImport, write_csv: WriteFile) -> None:
    path = write_csv([SCHOOL, GOOD])
    path.write_bytes(path.read_bytes() + b"900003,987,Tidewell\r\n\r\n")
    report = run(path)
    assert [str(refusal) for refusal in report.refusals] == [f"line 4: it has 3 cells instead of {len(SCHOOL)}"]
    assert report.schools == Counts(created=2, refused=1)


def test_white_space_in_names_is_collapsed(run: RunImport) -> None:
    run([SCHOOL | {"EstablishmentName": " Oakfield   Primary\u00a0 School\t", "Street": "1  Mill\n Lane"}])
    organisation = Organisation.objects.get(kind="school")
    assert organisation.name == "Oakfield Primary School"
    assert organisation.identities.get().street == "1 Mill Lane"
    assert run([SCHOOL]).schools == Counts(unchanged=1)


def test_29_february_of_a_leap_year_and_slashes_are_dates(run: RunImport) -> None:
    run([SCHOOL | {"OpenDate": "29-02-2024", "LastChangedDate": "28/02/2025"}])
    school = School.objects.get()
    assert (school.opened_on, school.register_changed_on) == (date(2024, 2, 29), date(2025, 2, 28))


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-8"])
def test_the_register_s_encoding_and_utf_8_are_read(run: RunImport, write_csv: WriteFile, encoding: str) -> None:
    path = write_csv([SCHOOL | {"EstablishmentName": "St Brânwen’s School – Llys"}], encoding=encoding)
    run(path)
    assert School.objects.get().organisation.name == "St Brânwen’s School – Llys"


def test_an_emoji_and_chinese_in_a_name_are_kept(run: RunImport, write_csv: WriteFile) -> None:
    path = write_csv([SCHOOL | {"EstablishmentName": "Oakfield 🌳 中文"}], encoding="utf-8-sig")
    run(path)
    assert School.objects.get().organisation.name == "Oakfield 🌳 中文"


def test_a_byte_that_the_encoding_does_not_know_refuses_its_line(run: RunImport, write_csv: WriteFile) -> None:
    path = write_csv([GOOD, SCHOOL])
    path.write_bytes(path.read_bytes().replace(b"900001,987,Tidewell", b"900001,987,Tide\x81well"))
    report = run(path)
    assert [str(refusal) for refusal in report.refusals] == ["line 3: LA (name) must not contain control characters"]


def test_an_encoding_is_found_beyond_the_first_megabyte(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"a,b\r\n" * 300_000 + b"caf\xe9,b\r\n")
    assert encoding_of(path, what="a file") == "cp1252"
    path.write_bytes(b"x" * ((1 << 20) - 1) + "é".encode() + b"\r\n")  # cut in the middle of a character
    assert encoding_of(path, what="a file") == "utf-8-sig"


def test_a_file_without_the_register_s_columns_is_refused_naming_them(run: RunImport, write_csv: WriteFile) -> None:
    some = {name: SCHOOL[name] for name in SCHOOL if name not in ("URN", "OpenDate")}
    with pytest.raises(NotARegisterFile, match="the columns are missing: URN, OpenDate"):
        run([some])
    with pytest.raises(NotARegisterFile, match="file of groups: the columns are missing: group_uid"):
        run([SCHOOL], groups=[SCHOOL])
    with pytest.raises(NotARegisterFile, match="file of links: the columns are missing: LinkURN"):
        run([SCHOOL], links=[SCHOOL])
    assert not Organisation.objects.exists() and not Event.objects.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \r\n\r\n", "is empty"),
        (b"\xef\xbb\xbf", "the columns are missing: URN"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00", "not a CSV text file"),
        ("URN,LA (code)\r\n900001,987\r\n".encode("utf-16"), "not a CSV text file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "the columns are missing: URN"),
        (b'"URN,LA (code)\r\n', "its first line cannot be read"),
    ],
)
def test_a_file_that_is_no_register_is_refused(run: RunImport, tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "upload.csv"
    path.write_bytes(content)
    with pytest.raises(NotARegisterFile, match=re.escape(message)):
        run(path)
    assert not Organisation.objects.exists()


def test_a_file_that_does_not_exist_or_is_a_folder_is_refused(run: RunImport, tmp_path: Path) -> None:
    for path in (tmp_path / "absent.csv", tmp_path):
        with pytest.raises(NotARegisterFile, match="cannot be opened"):
            run(path)


def test_a_file_cut_inside_a_quoted_cell_is_refused_whole(run: RunImport, write_csv: WriteFile) -> None:
    path = write_csv([GOOD, SCHOOL | {"Street": "Mill House, 1 Mill Lane"}])
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b", 1 Mill Lane") + 4])

    with pytest.raises(NotARegisterFile, match="is cut off: it ends inside the quoted cell that opens on line 3"):
        run(path)
    assert not Organisation.objects.exists() and not Event.objects.exists()


def test_a_quotation_mark_that_swallows_lines_is_refused_whole(run: RunImport, write_csv: WriteFile) -> None:
    path = write_csv([GOOD, SCHOOL, SCHOOL | {"URN": "900002"}])
    lines = path.read_bytes().split(b"\r\n")
    lines[1] = lines[1].replace(b",Oakfield", b',"Oakfield')
    lines[3] = lines[3] + b'"'
    path.write_bytes(b"\r\n".join(lines))
    with pytest.raises(
        NotARegisterFile, match="quotation mark opened on line 2 is closed in the wrong place, on line 4"
    ):
        run(path)

    path.write_bytes(path.read_bytes().replace(b'"', b"").replace(b"Oakfield Primary", b'"Oakfield" Primary', 1))
    with pytest.raises(NotARegisterFile, match="cannot be read at line 2"):
        run(path)
    assert not Organisation.objects.exists()


def test_a_links_file_that_is_wrong_takes_the_schools_back(run: RunImport, tmp_path: Path) -> None:
    with pytest.raises(NotARegisterFile):
        run([SCHOOL], links=[{"URN": "900001"}])
    assert not School.objects.exists()


def test_a_formula_in_a_cell_is_kept_as_text(run: RunImport) -> None:
    run([SCHOOL | {"EstablishmentName": '=HYPERLINK("http://example.com")'}])
    assert School.objects.get().organisation.name == '=HYPERLINK("http://example.com")'
