"""The certificate and the CPD record as PDFs, set like our other papers: archival and accessible."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from invoicing.documents.pdf.document_view import DEMONSTRATION
from invoicing.documents.pdf.engine import typeset
from invoicing.documents.pdf.glyphs import printable_values
from marketplace.core.wording import long_date, short_date
from marketplace.trading.rules.attending import hours_words


@dataclass(frozen=True)
class CertificatePaper:
    """What a certificate says. ``check_at`` is the address at which its number is checked."""

    number: str
    name: str
    course: str
    provider: str
    school: str
    first: date
    last: date
    minutes: int
    attended: int
    meetings: int
    issued_on: date
    partnership: str
    check_at: str
    demonstration: bool = False


@dataclass(frozen=True)
class RecordPaper:
    """A person's record: ``lines`` of day, what, by whom and minutes, newest first."""

    name: str
    lines: Sequence[tuple[date, str, str, int]]
    written_on: date
    partnership: str
    demonstration: bool = False


def render_certificate(paper: CertificatePaper) -> bytes:
    """The PDF; the same paper gives the same bytes."""
    days = long_date(paper.first)
    if paper.last != paper.first:
        days = f"{days} to {long_date(paper.last)}"
    facts = [("Dates", days), ("Time", hours_words(paper.minutes)), ("Given by", paper.provider)]
    if paper.meetings > 1:
        facts.append(("Meetings", f"{paper.attended} of {paper.meetings}"))
    view = _shared(paper.partnership, paper.demonstration, "Certificate of attendance", paper.number) | {
        "metadata_title": f"Certificate of attendance {paper.number}, {paper.course}",
        "name": paper.name or "The person who attended",
        "school": paper.school,
        "course": paper.course,
        "facts": [{"name": name, "value": value} for name, value in facts],
        "issued": f"Issued on {long_date(paper.issued_on)}.",
        "check": f"Anybody may check this certificate by its number at {paper.check_at}.",
    }
    return typeset(template="certificate.typ", data=printable_values(view), dated=paper.issued_on)


def render_record(paper: RecordPaper) -> bytes:
    """The PDF of a record, with its total."""
    view = _shared(paper.partnership, paper.demonstration, "Record of professional development", "") | {
        "metadata_title": f"Record of professional development, {long_date(paper.written_on)}",
        "name": paper.name,
        "lines": [
            {"on": short_date(day), "what": what, "by": by, "time": hours_words(minutes)}
            for day, what, by, minutes in paper.lines
        ],
        "total": hours_words(sum(line[3] for line in paper.lines)),
        "written": f"Written on {long_date(paper.written_on)}.",
    }
    return typeset(template="cpd-record.typ", data=printable_values(view), dated=paper.written_on)


def _shared(partnership: str, demonstration: bool, title: str, number: str) -> dict[str, Any]:
    return {
        "title": title,
        "number": number,
        "seller": {"name": partnership, "address": [], "numbers": []},
        "demonstration": DEMONSTRATION if demonstration else "",
    }
