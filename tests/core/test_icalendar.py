"""Calendar files follow RFC 5545: line ends, folding, escapes, and one entry that keeps its name when it changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.icalendar import LINE_OCTETS, Occasion, calendar_file, escaped, folded

LONDON = ZoneInfo("Europe/London")
MADE = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SUMMER = Occasion(
    uid="date-9@marketplace.example",
    starts_at=datetime(2027, 5, 11, 9, 30, tzinfo=LONDON),
    ends_at=datetime(2027, 5, 11, 15, 30, tzinfo=LONDON),
    title="Phonics; leading it, well",
    where="Lantern Street Centre, Tidewell",
    text="Bring a laptop.\nLunch is included.",
    url="https://marketplace.example/find/phonics",
)


def lines(file: bytes) -> list[str]:
    return file.decode().replace("\r\n ", "").split("\r\n")


def test_a_date_in_summer_is_written_in_universal_time_with_its_words_escaped() -> None:
    found = lines(calendar_file([SUMMER], name="Course dates", at=MADE))
    assert found[0] == "BEGIN:VCALENDAR" and found[-2:] == ["END:VCALENDAR", ""]
    assert {"VERSION:2.0", "METHOD:PUBLISH", "X-WR-CALNAME:Course dates"} <= set(found)
    assert {"DTSTART:20270511T083000Z", "DTEND:20270511T143000Z", "DTSTAMP:20261120T080000Z"} <= set(found)
    assert {"SUMMARY:Phonics\\; leading it\\, well", "LOCATION:Lantern Street Centre\\, Tidewell"} <= set(found)
    assert {"DESCRIPTION:Bring a laptop.\\nLunch is included.", "URL:https://marketplace.example/find/phonics"} <= set(
        found
    )
    assert {"UID:date-9@marketplace.example", "SEQUENCE:0", "STATUS:CONFIRMED"} <= set(found)


def test_a_cancelled_date_keeps_its_name_and_says_so() -> None:
    gone = Occasion(SUMMER.uid, SUMMER.starts_at, SUMMER.ends_at, SUMMER.title, sequence=2, cancelled=True)
    found = lines(calendar_file([gone], name="Course dates", at=MADE))
    assert {f"UID:{SUMMER.uid}", "SEQUENCE:2", "STATUS:CANCELLED"} <= set(found)
    assert not [line for line in found if line.startswith(("LOCATION", "DESCRIPTION", "URL"))]


def test_a_date_that_is_not_certain_says_so_until_it_is_cancelled() -> None:
    open_still = replace(SUMMER, tentative=True)
    assert "STATUS:TENTATIVE" in lines(calendar_file([open_still], name="Course dates", at=MADE))
    gone = replace(open_still, cancelled=True)
    assert "STATUS:CANCELLED" in lines(calendar_file([gone], name="Course dates", at=MADE))


def test_an_invitation_names_its_organiser_and_the_one_invited() -> None:
    asked = Occasion(SUMMER.uid, SUMMER.starts_at, SUMMER.ends_at, "Phonics", attendee="ada@school.example\r\nX:1")
    found = lines(calendar_file([asked], name="", method="REQUEST", organiser="courses@partnership.example", at=MADE))
    assert "METHOD:REQUEST" in found and "ORGANIZER:mailto:courses@partnership.example" in found
    assert next(line for line in found if line.startswith("ATTENDEE")).endswith(":mailto:ada@school.exampleX:1")
    assert "X:1" not in found
    taken_back = lines(calendar_file([SUMMER], name="", method="CANCEL", organiser="courses@partnership.example"))
    assert "STATUS:CANCELLED" in taken_back


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_an_invitation_of_nobody_is_refused(method: str) -> None:
    with pytest.raises(ValueError, match="who organises"):
        calendar_file([SUMMER], name="", method=method)  # type: ignore[arg-type]


def test_times_without_a_zone_and_an_end_before_the_start_are_refused() -> None:
    naive = Occasion("a", datetime(2027, 5, 11), datetime(2027, 5, 12), "A")
    backwards = Occasion("a", SUMMER.starts_at, SUMMER.starts_at - timedelta(hours=1), "A")
    for wrong in (naive, backwards):
        with pytest.raises(ValueError, match=r"zone|ends before"):
            calendar_file([wrong], name="", at=MADE)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_whatever_is_written_comes_back_from_lines_of_75_octets(text: str) -> None:
    written = b"".join(folded(f"DESCRIPTION:{escaped(text)}"))
    pieces = written.split(b"\r\n")
    assert pieces[-1] == b"" and all(len(piece) <= LINE_OCTETS for piece in pieces)
    assert all(piece.decode() is not None for piece in pieces)  # no character is cut in two
    assert b"\n" not in written.replace(b"\r\n", b"") and b"\r" not in written.replace(b"\r\n", b"")
    whole = written.decode().replace("\r\n ", "").removesuffix("\r\n").removeprefix("DESCRIPTION:")
    assert _read(whole) == escaped_free(text)


def _read(value: str) -> str:
    """What a calendar program makes of a TEXT value."""
    said, parts = "", iter(value)
    for char in parts:
        if char == "\\":
            char = next(parts)
            char = "\n" if char == "n" else char
        said += char
    return said


def escaped_free(text: str) -> str:
    """The text with line ends alike and without control characters, as the file keeps it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in text if char in "\t\n" or not (char < " " or char == "\x7f"))
