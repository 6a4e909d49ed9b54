"""The remittance advice of one payment, from the invoices that it pays and the credit notes that are taken from it."""

from collections.abc import Mapping
from datetime import date

from invoicing.documents.issue import parties_on
from invoicing.documents.pdf import Remittance, RemittanceLine, render_remittance
from invoicing.documents.snapshot import Party
from invoicing.provider_invoices.models import ProviderInvoice
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership


def remittance_advice(
    *,
    number: str,
    provider: Organisation,
    paid_on: date,
    written_on: date,
    pence: Mapping[int, int],
    account: str = "",
    demonstration: bool = False,
) -> bytes:
    """The advice as a PDF. ``pence`` says, by the id of each invoice or credit note, how much of it this payment pays or
    takes; credit notes come last. ``account`` is the last four digits of the account."""
    us = partnership()
    parties = parties_on({us.pk, provider.pk}, written_on)
    papers = sorted(
        ProviderInvoice.objects.filter(pk__in=pence), key=lambda paper: (paper.is_credit, paper.dated_on, paper.pk)
    )
    advice = Remittance(
        number=number, provider=Party(**parties[provider.pk]), payer=Party(**parties[us.pk]), paid_on=paid_on,
        written_on=written_on, account=account, demonstration=demonstration,
        lines=[
            RemittanceLine(one.number, one.dated_on, one.gross_pence, pence[one.pk], one.is_credit) for one in papers
        ],
    )  # fmt: skip
    return render_remittance(advice)
