"""Reads of council journals: all for finance and the auditor; a council payments officer sees their own council's."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import QuerySet

from invoicing.council_journals.models import CouncilJournal, CouncilJournalItem
from invoicing.council_journals.rules import settled_by_line
from marketplace.core.actors import FINANCE_READERS, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.organisations.models import CustomerTerms, Organisation

State = CouncilJournal.State


def council_journals_for(actor: Actor) -> QuerySet[CouncilJournal]:
    """Council journals, latest first. A council sees what was sent to it, never a draft; others are told nothing."""
    found = CouncilJournal.objects.select_related("authority").order_by("-prepared_on", "-pk")
    if actor.system or actor.has(*FINANCE_READERS):
        return found
    own = actor.organisations(Role.COUNCIL_PAYMENTS)
    if not own:
        raise NotFound("There is no such page.")
    return found.filter(authority_id__in=own, sent_on__isnull=False)


def council_journal_for(actor: Actor, number: str) -> CouncilJournal:
    """One council journal by its number, or NotFound."""
    found = council_journals_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no council journal {number}.")
    return found


def journal_authorities() -> QuerySet[Organisation]:
    """Councils with a school that is settled by journal, by name."""
    schools = CustomerTerms.objects.filter(settlement=CustomerTerms.Settlement.COUNCIL_JOURNAL)
    councils = schools.filter(organisation__school__isnull=False).values("organisation__school__authority_id")
    return Organisation.objects.filter(pk__in=councils).order_by("name", "pk")


class FileLine(NamedTuple):
    """One line of the file: what one school's cost centre is charged under one CFR code of one invoice. Pence.

    ``settled_pence`` is what the confirmation settled of it, None before.
    """

    item_id: int
    customer: str
    school: str
    establishment: str
    cost_centre: str
    cfr_code: str
    invoice: str
    net_pence: int
    vat_pence: int
    gross_pence: int
    settled_pence: int | None


def file_lines(journal: CouncilJournal) -> Iterator[FileLine]:
    """The lines of a journal, school by school; their gross adds up to the journal's. Two queries."""
    parts = journal.items.select_related("item__document", "item__organisation__school")
    ordered = parts.order_by("item__organisation__name", "item__organisation_id", "item__document__number", "pk")
    for part in ordered.prefetch_related("lines"):
        yield from _lines_of(part)


def _lines_of(part: CouncilJournalItem) -> Iterator[FileLine]:
    lines = sorted(part.lines.all(), key=lambda line: line.cfr_code)
    settled: list[int | None] = [None] * len(lines)
    if part.settled_pence is not None:
        settled = [*settled_by_line(part.settled_pence, [line.gross_pence for line in lines])]
    school = part.item.organisation
    for line, share in zip(lines, settled, strict=True):
        yield FileLine(
            part.item_id, school.number, school.name, school.school.establishment_number, part.cost_centre,
            line.cfr_code, part.item.document.number or "", line.net_pence, line.vat_pence, line.gross_pence, share,
        )  # fmt: skip


FILE_HEADER = [
    "journal", "customer", "school", "establishment_number", "cost_centre", "cfr_code", "invoice", "net", "vat",
    "gross", "settled",
]  # fmt: skip
