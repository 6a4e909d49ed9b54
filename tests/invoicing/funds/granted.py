"""Grants and what is spent from them, made through the public services."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from invoicing.documents.models import Document
from invoicing.journals.models import ManualJournal, Purchase
from invoicing.journals.rules.input_vat import NewPurchaseLine
from invoicing.ledger.models import Fund
from invoicing.services import approve_journal, approve_purchase, claim_grant, open_fund, prepare_purchase
from marketplace.core.actors import Actor, Role, platform
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import Address, add_organisation
from tests.conftest import START
from tests.invoicing.books import bill
from tests.invoicing.journals.beyond_sales import TODAY, finance_person, supplier_of

APRIL = date(2026, 4, 1)


class Cast(NamedTuple):
    """Our finance officer and manager, the auditor, a supplier, who grants, and a fund that it restricts."""

    priya: Actor
    morgan: Actor
    edith: Actor
    supplier: Organisation
    health: Organisation
    minds: Fund


def cast_of(partnership: Organisation, actor: Actor) -> Cast:
    """They, with a restricted fund of the financial year from 1 April 2026."""
    priya = finance_person(partnership, "Priya Shah", Role.FINANCE_OFFICER, actor)
    morgan = finance_person(partnership, "Morgan Ellis", Role.FINANCE_MANAGER, actor)
    edith = finance_person(partnership, "Edith Marlow", Role.AUDITOR, actor)
    health = add_organisation(
        kind=Organisation.Kind.OTHER, name="Tideway Health Trust", valid_from=START, actor=actor,
        address=Address(street="Spring Street", town="Tidewell", postcode="TW1 4DD"),
    )  # fmt: skip
    minds = open_fund(
        code="minds", name="Calm Minds", kind=Fund.Kind.RESTRICTED, purpose="Mental health leads in primary schools",
        funder=health, starts_on=APRIL, ends_on=date(2027, 4, 1), actor=morgan,
    )  # fmt: skip
    return Cast(priya, morgan, edith, supplier_of(actor), health, minds)


def own_fund(by: Actor) -> Fund:
    """Money that the partnership sets aside itself."""
    return open_fund(
        code="PEER", name="Peer review fund", kind=Fund.Kind.DESIGNATED, purpose="Peer review between schools",
        funder=None, starts_on=APRIL, ends_on=None, actor=by,
    )  # fmt: skip


def granted(fund: Fund, payer: Organisation, pence: int, *, key: str = "1", on: date = APRIL) -> Document:
    """A grant that is claimed and invoiced on its day."""
    claim_grant(
        fund=fund, payer=payer, pence=pence, on=on, description=f"Grant to {fund.name}", source_key=key,
        actor=platform("test"),
    )  # fmt: skip
    [document] = bill(on=on)
    return document


def approved(journal: ManualJournal, by: Actor) -> ManualJournal:
    return approve_journal(journal=journal, version=journal.version, actor=by)


def entered(
    fund: Fund,
    supplier: Organisation,
    net: int,
    *,
    by: Actor,
    number: str = "HR-7",
    rate: str = "0",
    tag: str = "exempt",
) -> Purchase:
    """A supplier's invoice of 10 June 2026 whose one line the fund bears; it waits for approval."""
    share = Decimal(rate)
    line = NewPurchaseLine("Trainer's days", "7400", net, share, round(net * share), tag, fund.code)
    return prepare_purchase(
        supplier=supplier, supplier_number=number, dated_on=date(2026, 6, 10), due_on=date(2026, 7, 10), lines=[line],
        today=TODAY, actor=by,
    )  # fmt: skip


def bought(fund: Fund, supplier: Organisation, net: int, *, by: Actor, then: Actor, **more: str) -> Purchase:
    """The same, entered by one and approved by the other."""
    made = entered(fund, supplier, net, by=by, **more)
    return approve_purchase(purchase=made, version=made.version, actor=then)
