"""Money for one purpose: a health grant that is half spent, and a fund that the partnership set aside itself."""

from datetime import timedelta
from decimal import Decimal

from frontend.demonstration.calendar import Year
from frontend.demonstration.directory import Directory
from invoicing.journals.rules.input_vat import NewPurchaseLine
from invoicing.ledger.models import Fund, LedgerAccount
from invoicing.services import (
    approve_journal,
    approve_purchase,
    open_fund,
    prepare_purchase,
    receive_grant,
    record_receipt,
    set_aside,
    spend,
)
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import Address, add_organisation

GRANT, BOUGHT, STAFF, ASIDE = 6_000_000, 1_840_000, 2_275_050, 1_000_000


def add_funds(directory: Directory, *, year: Year, actor: Actor) -> None:
    """Opened and approved by the finance manager, filled and spent by the finance officer."""
    officer, manager = directory.signed["finance_officer"], directory.signed["finance_manager"]
    health = add_organisation(
        kind=Organisation.Kind.OTHER, name="Tideway Health Trust", valid_from=year.first_day, actor=actor,
        address=Address(street="Spring Street", town="Tidewell", postcode="TW1 4DD"),
    )  # fmt: skip
    minds = open_fund(
        code="CALM-MINDS", name="Calm Minds", kind=Fund.Kind.RESTRICTED, funder=health, starts_on=year.first_day,
        purpose="Mental health leads in primary schools", ends_on=year.today + timedelta(days=200), actor=manager,
    )  # fmt: skip
    came = record_receipt(
        source_key="demonstration:grant", payer=health, pence=GRANT, received_on=year.today - timedelta(days=6),
        reference="Calm Minds", bank_account=LedgerAccount.objects.get(pk="1010"), actor=officer,
    )  # fmt: skip
    receive_grant(fund=minds, receipt=came, pence=GRANT, description="Grant to Calm Minds", actor=officer)
    _spent(minds, year, officer, manager, actor)
    peers = open_fund(
        code="PEER-REVIEW", name="Peer review fund", kind=Fund.Kind.DESIGNATED, funder=None, ends_on=None,
        purpose="Peer reviews between schools", starts_on=year.first_day, actor=manager,
    )  # fmt: skip
    aside = set_aside(
        fund=peers, pence=ASIDE, on=year.today - timedelta(days=5), reason="Set aside by the board for peer review",
        today=year.today, actor=officer,
    )  # fmt: skip
    approve_journal(journal=aside, version=aside.version, actor=manager)


def _spent(minds: Fund, year: Year, officer: Actor, manager: Actor, actor: Actor) -> None:
    trainers = add_organisation(
        kind=Organisation.Kind.OTHER, name="Quiet Water Training", valid_from=year.first_day, actor=actor
    )
    dated_on = year.today - timedelta(days=4)
    line = NewPurchaseLine("Trainers of mental health leads", "7400", BOUGHT, Decimal(0), 0, "exempt", minds.code)
    bought = prepare_purchase(
        supplier=trainers, supplier_number=f"QW-31/{dated_on.year}", dated_on=dated_on,
        due_on=dated_on + timedelta(days=30), lines=[line], today=year.today, actor=officer,
    )  # fmt: skip
    approve_purchase(purchase=bought, version=bought.version, actor=manager)
    staff = spend(
        fund=minds, pence=STAFF, cost_account="7900", against="2450", on=year.today - timedelta(days=2),
        reason="Staff of the programme", today=year.today, actor=officer,
    )  # fmt: skip
    approve_journal(journal=staff, version=staff.version, actor=manager)
