"""The letter of assurance as a PDF, set like our other papers: archival and accessible."""

from datetime import timedelta

from invoicing.documents.pdf.document_view import DEMONSTRATION
from invoicing.documents.pdf.engine import typeset
from invoicing.documents.pdf.glyphs import printable_values
from marketplace.core.wording import long_date
from providers.directory.queries import Assurance


def render_letter(letter: Assurance, *, partnership: str, demonstration: bool = False) -> bytes:
    """The PDF; the same letter gives the same bytes."""
    consultant = letter.consultant
    firm = consultant.provider.organisation.name
    until = f" They are accredited until {long_date(letter.until - timedelta(days=1))}." if letter.until else ""
    view = {
        "title": "Letter of assurance",
        "number": "",
        "metadata_title": f"Letter of assurance for {letter.school.name}, {long_date(letter.on)}",
        "seller": {"name": partnership, "address": [], "numbers": []},
        "demonstration": DEMONSTRATION if demonstration else "",
        "facts": [
            {"name": "For", "value": letter.school.name},
            {"name": "Consultant", "value": f"{consultant.name}, {consultant.grade}"},
            {"name": "Works for", "value": firm},
            {"name": "Date", "value": long_date(letter.on)},
        ],
        "opening": (
            f"{partnership} carried out, or saw the record of, the checks below. The school may enter them in its "
            f"single central record.{until} On arrival, ask to see a document with a photograph."
        ),
        "checks": [
            {"label": one.label, "words": one.words, "seen": long_date(one.seen_on) if one.seen_on else ""}
            for one in letter.checks
        ],
        "related": [f"Close link to your school: {one.nature}." for one in letter.related],
    }
    return typeset(template="assurance.typ", data=printable_values(view), dated=letter.on)
