"""Opening and closing funds, the grants that fill them, and what is set aside or spent by a journal of two people.

| fund | meaning | moved by |
|---|---|---|
| open | gets and spends | ``open_fund``, ``reopen_fund`` |
| closed | has nothing left and takes nothing | ``close_fund`` |

A fund gets by grants (``claim_grant``, ``receive_grant``) or by what is set aside from the general reserve; it spends by
purchases and journals whose lines name it. What is spent never exceeds what it has: the ledger itself refuses.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from invoicing.journals.models import ManualJournal
from invoicing.journals.rules.lines import JournalLine
from invoicing.journals.services import prepare_journal, submit_journal
from invoicing.ledger import chart
from invoicing.ledger.fund_room import FundRefused, left_in
from invoicing.ledger.models import Fund
from invoicing.receivables import billing, grouping
from invoicing.receivables.allocation import allocate
from invoicing.receivables.charges import charge
from invoicing.receivables.models import Charge, ReceivableItem, UnallocatedItem
from invoicing.vat.rules.kinds import SupplyKind
from invoicing.vat.standing import ground_for
from invoicing.vat.verbs import pin_vat_rule
from marketplace.core import events
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership

GRANT_STREAM = "GR"


class FundExists(DomainError):
    """A code names one fund for ever."""

    code = "fund_exists"


class FundNotEmpty(DomainError):
    """A fund is closed once nothing is left in it and no claim waits for its invoice."""

    code = "fund_not_empty"


class GrantTooLarge(DomainError):
    """More than is left of the receipt that it is said to have come with."""

    code = "grant_too_large"


@transaction.atomic
def open_fund(
    *,
    code: str,
    name: str,
    kind: Fund.Kind,
    purpose: str,
    funder: Organisation | None,
    starts_on: date,
    ends_on: date | None,
    actor: Actor,
) -> Fund:
    """A fund for one purpose. ``ends_on`` is the first day on which nothing may be spent any more. By a finance manager.

    Refuses a code that is taken (FundExists), a funder of money that the partnership set aside itself, and an end that
    is not after the start.
    """
    actor.require(Role.FINANCE_MANAGER, to="open funds")
    code = clean_line(code, what="Code", limit=20).upper()
    if not code.replace("-", "").isalnum() or not code.isascii():
        raise WrongInput("Code must be letters, digits and hyphens, like NHS-LITERACY")
    if kind == Fund.Kind.DESIGNATED and funder is not None:
        raise WrongInput("Money that we set aside ourselves has no funder. Leave the funder empty.")
    if ends_on is not None and ends_on <= starts_on:
        raise WrongInput("The fund must end after it starts")
    try:
        with transaction.atomic():
            made = Fund.objects.create(
                code=code, name=clean_line(name, what="Name", limit=100), kind=kind,
                purpose=clean_line(purpose, what="Purpose", limit=240), funder=funder, starts_on=starts_on,
                ends_on=ends_on,
            )  # fmt: skip
    except IntegrityError as error:
        if not Fund.objects.filter(code=code).exists():
            raise
        raise FundExists(f"There is a fund {code} already. Choose another code.") from error
    _record("fund.opened", made, actor, of=str(kind), starts_on=starts_on.isoformat())
    return made


@transaction.atomic
def close_fund(*, fund: Fund, on: date, actor: Actor) -> Fund:
    """Ends a fund that has nothing left: nothing is posted to it any more. By a finance manager.

    Refuses one with a balance, or with a grant that waits to be invoiced (FundNotEmpty).
    """
    actor.require(Role.FINANCE_MANAGER, to="close funds")
    found = Fund.objects.select_for_update().get(pk=fund.pk)
    if found.closed_on is not None:
        raise FundRefused(f"{found.name} was closed on {found.closed_on:%-d %B %Y} already.")
    if on < found.starts_on:
        raise WrongInput(f"The fund must be closed on or after {found.starts_on:%-d %B %Y}, when it began")
    if left := left_in(found.pk):
        raise FundNotEmpty(
            f"{found.name} has {Money(left)} left. Spend it, give it back to the funder by a credit note, or to the general "
            "reserve by a journal, then close the fund.",
            remaining=left,
        )
    if Charge.objects.filter(fund=found, state=Charge.State.PENDING).exists():
        raise FundNotEmpty(f"A grant to {found.name} waits to be invoiced. Invoice it or take it off first.")
    Fund.objects.filter(pk=found.pk, closed_on__isnull=True).update(closed_on=on)
    found.refresh_from_db()
    _record("fund.closed", found, actor, on=on.isoformat())
    return found


@transaction.atomic
def reopen_fund(*, fund: Fund, reason: str, actor: Actor) -> Fund:
    """Lets a closed fund get and spend again, such as for a supplier's late credit. By a finance manager, with a reason."""
    actor.require(Role.FINANCE_MANAGER, to="reopen funds")
    text = clean_line(reason, what="Reason", limit=200)
    if Fund.objects.filter(pk=fund.pk, closed_on__isnull=False).update(closed_on=None) != 1:
        raise FundRefused(f"{fund.name} is open.")
    fund.refresh_from_db()
    _record("fund.reopened", fund, actor, text=text)
    return fund


@transaction.atomic
def claim_grant(
    *, fund: Fund, payer: Organisation, pence: int, on: date, description: str, source_key: str, actor: Actor
) -> Charge:
    """A grant to a fund as an item to invoice: outside the scope of VAT, its income the fund's when it is invoiced.

    The same source twice makes one item. Only a restricted fund gets grants, and only from its funder where it has one.
    Finance only; in law no grant passes within one legal person (NoSupply).
    """
    actor.require(*sorted(FINANCE), to="claim grants")
    fund = Fund.objects.select_for_update(of=("self",)).select_related("funder").get(pk=fund.pk)
    if fund.kind != Fund.Kind.RESTRICTED:
        raise FundRefused(f"{fund.name} is money that we set aside ourselves. A grant needs a restricted fund.")
    if fund.closed_on is not None:
        raise FundRefused(f"{fund.name} was closed on {fund.closed_on:%-d %B %Y}. Reopen it, or choose another fund.")
    if on < fund.starts_on:
        raise FundRefused(f"{fund.name} begins on {fund.starts_on:%-d %B %Y}, after {on:%-d %B %Y}.")
    if fund.funder_id is not None and fund.funder_id != payer.pk:
        raise WrongInput(f"{fund.name} is funded by {fund.funder}, not by {payer.name}")
    decided = ground_for(supplier=partnership(), customer=payer, on=on).decide(SupplyKind.GRANT)
    pin_vat_rule(rule_id=decided.rule.id)
    return charge(
        source_key=f"grant:{source_key}", consumer=payer, invoice_to=payer, description=description,
        quantity=Decimal(1), unit_price=Money(pence), net=Money(pence), vat=decided.treatment,
        account_code=chart.GRANTS, stream_code=GRANT_STREAM, bill_on=on, label=fund.name, fund=fund, actor=actor,
    )  # fmt: skip


@transaction.atomic
def receive_grant(*, fund: Fund, receipt: UnallocatedItem, pence: int, description: str, actor: Actor) -> Charge:
    """Takes ``pence`` of a receipt as a grant to the fund, at once: claimed, invoiced and settled by it on its day.

    For a funder that pays without being asked; the document it leaves says that it is no supply. Refuses more than is
    left of the receipt (GrantTooLarge), and taking the same receipt twice for one fund.
    """
    actor.require(*sorted(FINANCE), to="take in grants")
    found = UnallocatedItem.objects.select_for_update().select_related("organisation").get(pk=receipt.pk)
    if not 0 < pence <= found.remaining_pence:
        raise GrantTooLarge(
            f"{Money(found.remaining_pence)} of this receipt is not set against anything, so a grant of {Money(pence)} cannot "
            "be taken from it.",
            remaining=found.remaining_pence,
        )
    on = found.received_on
    made = claim_grant(
        fund=fund, payer=found.organisation, pence=pence, on=on, description=description,
        source_key=f"receipt:{found.pk}:{fund.pk}", actor=actor,
    )  # fmt: skip
    if made.state != Charge.State.PENDING:
        raise FundRefused(f"This receipt was taken as a grant to {fund.name} already.")
    facts = [fact for fact in billing.facts_of(found.organisation_id, on=on) if fact.id == made.pk]
    proposal = grouping.propose([fact._replace(rhythm="as_due") for fact in facts], on=on)
    report = billing.run_billing(on=on, actor=actor, proposal=proposal)
    if len(report.numbers) != 1:
        held = proposal.held[0].reason if proposal.held else "it changed meanwhile"
        raise FundRefused(f"The grant cannot be taken in yet: {held}.")
    item = ReceivableItem.objects.get(document__number=report.numbers[0])
    allocate(source=found, to=item, pence=pence, on=on, actor=actor)
    made.refresh_from_db()
    return made


@transaction.atomic
def set_aside(*, fund: Fund, pence: int, on: date, reason: str, today: date, actor: Actor) -> ManualJournal:
    """A journal from the general reserve to a designated fund, handed in for another person to approve."""
    if fund.kind != Fund.Kind.DESIGNATED:
        raise FundRefused(
            f"{fund.name} is restricted by its funder: it gets grants. Set money aside for a fund of our own."
        )
    line = JournalLine("3000", chart.FUNDS, pence, fund=fund.code)
    return _journal(line, on, reason, today, actor)


@transaction.atomic
def spend(
    *, fund: Fund, pence: int, cost_account: str, against: str, on: date, reason: str, today: date, actor: Actor
) -> ManualJournal:
    """A journal of a cost that the fund bears, handed in for another person to approve.

    ``against`` is what the cost is owed from or was posted to, such as accruals. A supplier's invoice is entered as a
    purchase instead.
    """
    return _journal(JournalLine(cost_account, against, pence, fund=fund.code), on, reason, today, actor)


def _journal(line: JournalLine, on: date, reason: str, today: date, actor: Actor) -> ManualJournal:
    made = prepare_journal(
        kind=ManualJournal.Kind.JOURNAL,
        on=on,
        reason=reason,
        lines=[line],
        auto_reverse_on=None,
        today=today,
        actor=actor,
    )
    return submit_journal(journal=made, actor=actor)


def _record(kind: str, fund: Fund, actor: Actor, *, text: str = "", **payload: Any) -> None:
    events.record(
        kind=kind, subject_kind="fund", subject=fund.code,
        organisation_ids=[], payload=payload, text={"reason": text}, actor=actor,
    )  # fmt: skip
