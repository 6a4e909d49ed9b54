"""Taking in a provider's own invoice or credit note as an e-invoice: what it says is filled in and tied to what is owed."""

from datetime import date

from django.db import transaction

from invoicing.provider_invoices.matching import owed_amounts
from invoicing.provider_invoices.models import ProviderInvoice
from invoicing.provider_invoices.receiving import receive_invoice
from invoicing.provider_invoices.tying import Due, tie
from invoicing.provider_invoices.ubl_paper import Paper, PaperUnreadable, read_paper
from invoicing.provider_invoices.vat_holders import vat_holders
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from marketplace.core.file_kinds import XML
from marketplace.organisations.models import Organisation


class PaperDoesNotTie(DomainError):
    """What the e-invoice asks for is not what is owed; ``detail`` says of each line why."""

    code = "einvoice_does_not_tie"


@transaction.atomic
def receive_ubl(*, provider: Organisation, upload: bytes, file_name: str, on: date, actor: Actor) -> ProviderInvoice:
    """Takes in a UBL invoice or credit note: every line tied to an amount due, ready to be agreed. Keeps the file.

    Refused with nothing kept: a file that is no sound UBL (PaperUnreadable), lines that are for nothing that is owed, the
    VAT number of somebody else, a credit note of no invoice of its own (PaperDoesNotTie); and as in ``receive_invoice``.
    """
    paper = read_paper(upload)
    credits = _credited(provider, paper) if paper.credit else None
    owed = [
        Due(row.payable.pk, row.payable.description, row.pence, row.payable.vat_rate)
        for row in owed_amounts(provider, credit=paper.credit)
    ]
    chosen, reasons = tie(paper, owed)
    if reasons := [*_of_seller(provider, paper), *reasons]:
        raise PaperDoesNotTie(
            f"{paper.number} is not what is owed, so nothing was sent. Correct it, or send a PDF, which waits for us to see "
            "what it is for.",
            detail=reasons,
        )
    return receive_invoice(
        provider=provider, number=paper.number, dated_on=paper.dated_on, net_pence=paper.net_pence,
        vat_pence=paper.vat_pence, upload=upload, file_name=file_name, on=on, actor=actor, payable_ids=chosen,
        credits=credits, allowed=[XML],
    )  # fmt: skip


def _credited(provider: Organisation, paper: Paper) -> ProviderInvoice:
    own = ProviderInvoice.objects.filter(provider=provider, kind=ProviderInvoice.Kind.OWN, number=paper.credits)
    found = own.exclude(state=ProviderInvoice.State.REFUSED).first()
    if found is None:
        raise PaperUnreadable(
            f"{paper.number} credits {paper.credits or 'no invoice'}, and you sent no such invoice. Name the invoice that it "
            "credits as its billing reference."
        )
    return found


def _of_seller(provider: Organisation, paper: Paper) -> list[str]:
    """Whether the seller's VAT number, where it names one, is the one that we know."""
    held = vat_holders([provider], paper.dated_on)[provider.pk]
    said, known = _plain(paper.vat_number), _plain(held.number)
    if not said or said == known or (not known and not paper.vat_pence):
        return []
    if not known:
        return [
            f"The seller's VAT number is {paper.vat_number}, and we know of none. Tell us of the VAT registration first."
        ]
    return [f"The seller's VAT number is {paper.vat_number}, and we know {held.number}."]


def _plain(number: str) -> str:
    return "".join(char for char in number.upper() if char.isalnum()).removeprefix("GB")
