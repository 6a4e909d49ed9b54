"""The register of secondments and support in kind: what is given free is only written down, what is paid is charged."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from marketplace.core import events, series
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.core.text import clean_line
from marketplace.core.wording import period_words
from marketplace.organisations.models import Organisation
from marketplace.trading.engagements.review_models import SupportEntry
from marketplace.trading.engagements.rules.reciprocity import worth_of
from marketplace.trading.engagements.services.one_charge import charge_sum

SERIES, PREFIX = "support", "SK"
MOST_YEARS = 5
MOST_PENCE = 1_000_000_00


@transaction.atomic
def record_support(
    *,
    kind: SupportEntry.Kind,
    giver: Organisation,
    receiver: Organisation,
    what: str,
    year_pence: int,
    held: Period,
    on: date,
    actor: Actor,
    days_a_week: Decimal | None = None,
    paid: bool = False,
) -> SupportEntry:
    """Writes down who lends or gives what to whom, at what it would cost a year, in pence before VAT.

    Given free it never touches the ledger. ``paid`` charges the receiver the cost of its days, once, on ``on``: only what
    the partnership itself gives can be charged by it. Refuses a giver that receives, and more than five years.
    """
    actor.require(Role.ORGANISER, Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, to="write in the register of support")
    _check(giver, receiver, year_pence, held, days_a_week, paid)
    series.ensure_series(code=SERIES, prefix=PREFIX)
    [number] = series.claim(series=SERIES)
    made = SupportEntry.objects.create(
        number=number,
        kind=kind,
        giver=giver,
        receiver=receiver,
        what=clean_line(what, what="What", limit=160),
        days_a_week=days_a_week,
        year_pence=year_pence,
        valid_from=held.start,
        valid_to=held.end,
        paid=paid,
        source_key=f"support:{number}" if paid else "",
    )
    if paid:
        _charge(made, held, on, actor)
    events.record(
        kind="support.recorded",
        subject_kind="support",
        subject=number,
        organisation_ids=[giver.pk, receiver.pk],
        payload={"kind": str(kind), "year_pence": year_pence, "paid": paid},
        actor=actor,
    )
    return made


def worth_within(entry: SupportEntry, within: Period) -> int:
    """What the entry comes to on the days of a period, for the register and the annual report."""
    return worth_of(year_pence=entry.year_pence, held=Period(entry.valid_from, entry.valid_to), within=within)


def _check(
    giver: Organisation,
    receiver: Organisation,
    year_pence: int,
    held: Period,
    days_a_week: Decimal | None,
    paid: bool,
) -> None:
    if giver.pk == receiver.pk:
        raise WrongInput("Nobody supports themselves. Choose another organisation")
    if not 0 < year_pence <= MOST_PENCE:
        raise WrongInput("A year must cost more than £0.00 and at most £1,000,000.00")
    if held.days > 366 * MOST_YEARS:
        raise WrongInput(f"Support must be for {MOST_YEARS} years or fewer")
    if days_a_week is not None and not 0 < days_a_week <= 5:
        raise WrongInput("Days a week must be more than 0 and at most 5")
    if paid and giver.kind != Organisation.Kind.PARTNERSHIP:
        raise WrongInput("Only what we give is charged by us. Others invoice what they lend for money themselves")


def _charge(entry: SupportEntry, held: Period, on: date, actor: Actor) -> None:
    pence = worth_within(entry, held)
    charge_sum(
        source_key=entry.source_key,
        school=entry.receiver,
        description=f"{entry.get_kind_display()}: {entry.what}, {period_words(held.start, held.end)}",
        pence=pence,
        label=entry.number,
        steps=[f"{Money(entry.year_pence)} a year", f"{held.days} days: {Money(pence)}"],
        service=held,
        on=on,
        actor=actor,
    )
