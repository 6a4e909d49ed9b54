"""Calendars in the form of RFC 5545, for feeds and for invitations by e-mail (RFC 5546).

Times are written in UTC, so no calendar program needs to know our time zone. Lines end in CRLF and are folded at 75 octets,
never inside a character.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from django.utils import timezone

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]
MEDIA_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Schools marketplace//Course dates//EN"
LINE_OCTETS = 75
REFRESHED = "PT6H"
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Occasion:
    """Something held at a time. ``uid`` stays the same for ever; ``sequence`` grows with every change of time or state.

    Times know their zone. ``where``, ``text``, ``url`` and ``attendee`` (an e-mail address) may be empty.
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    title: str
    where: str = ""
    text: str = ""
    sequence: int = 0
    cancelled: bool = False
    tentative: bool = False
    url: str = ""
    attendee: str = ""


def calendar_file(
    occasions: Iterable[Occasion],
    *,
    name: str,
    method: Method = "PUBLISH",
    organiser: str = "",
    at: datetime | None = None,
) -> bytes:
    """The calendar as a file. ``organiser`` is an e-mail address, ``at`` when the file is made: now, where it is not said.

    Refuses (ValueError: a mistake of the caller) an invitation or its cancelling without an organiser, times without a
    zone and an end before its start.
    """
    if method != "PUBLISH" and not organiser:
        raise ValueError("An invitation names who organises it")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", f"METHOD:{method}"]
    if method == "PUBLISH":
        lines += [
            f"NAME:{escaped(name)}",
            f"X-WR-CALNAME:{escaped(name)}",
            f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESHED}",
            f"X-PUBLISHED-TTL:{REFRESHED}",
        ]
    stamp = _moment(at or timezone.now())
    for occasion in occasions:
        lines += _event(occasion, method, organiser, stamp)
    lines.append("END:VCALENDAR")
    return b"".join(part for line in lines for part in folded(line))


def _event(occasion: Occasion, method: Method, organiser: str, stamp: str) -> Iterator[str]:
    if occasion.ends_at < occasion.starts_at:
        raise ValueError(f"{occasion.uid} ends before it starts")
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(occasion.uid)}"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART:{_moment(occasion.starts_at)}"
    yield f"DTEND:{_moment(occasion.ends_at)}"
    yield f"SEQUENCE:{occasion.sequence}"
    yield f"STATUS:{_status(occasion, method)}"
    yield f"SUMMARY:{escaped(occasion.title)}"
    if occasion.where:
        yield f"LOCATION:{escaped(occasion.where)}"
    if occasion.text:
        yield f"DESCRIPTION:{escaped(occasion.text)}"
    if occasion.url:
        yield f"URL:{_plain(occasion.url)}"
    if organiser:
        yield f"ORGANIZER:mailto:{_plain(organiser)}"
    if occasion.attendee:
        yield f"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{_plain(occasion.attendee)}"
    yield "TRANSP:OPAQUE"
    yield "END:VEVENT"


def _status(occasion: Occasion, method: Method) -> str:
    if occasion.cancelled or method == "CANCEL":
        return "CANCELLED"
    return "TENTATIVE" if occasion.tentative else "CONFIRMED"


def _moment(at: datetime) -> str:
    if timezone.is_naive(at):
        raise ValueError("The times of a calendar must know their zone")
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    """A TEXT value: backslash, semicolon and comma escaped, line ends as ``\\n``, other control characters left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROLS.sub("", text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\n", "\\n")


def _plain(text: str) -> str:
    """An address: nothing that could begin another line."""
    return "".join(char for char in text if char.isprintable() and not char.isspace())


def folded(line: str) -> Iterator[bytes]:
    """The line in pieces of 75 octets or fewer, each ended by CRLF; all but the first begin with a space."""
    room, piece = LINE_OCTETS, b""
    for char in line:
        octets = char.encode("utf-8", "replace")
        if len(octets) > room:
            yield piece + b"\r\n"
            piece, room = b" ", LINE_OCTETS - 1
        piece += octets
        room -= len(octets)
    yield piece + b"\r\n"
