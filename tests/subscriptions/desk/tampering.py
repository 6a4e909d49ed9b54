"""How the invariants of the desk are broken by someone who has switched the guards off."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal

from invoicing.services import seed_chart
from marketplace.core.actors import platform
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import Address, add_organisation
from subscriptions.desk.rules.promises import Priority, Promise
from subscriptions.services import mark_missed, open_ticket, set_desk_hours
from tests.invoicing.books import run_sql
from tests.shop import START
from tests.subscriptions.agreements.terms import agreed, line

ACTOR = platform("test")
OPENED, LATER = datetime(2026, 6, 15, 8, tzinfo=UTC), datetime(2026, 6, 15, 10, tzinfo=UTC)


def _missed() -> None:
    """A ticket with a missed promise and £10.00 of June's £100.00 proposed."""
    seed_chart()
    home = Address(street="1 Harbour Row", town="Tidewell", postcode="TW1 1AA")
    for kind, name in ((Organisation.Kind.PARTNERSHIP, "Tidewell"), (Organisation.Kind.OTHER, "Fernhill Nursery")):
        if not Organisation.objects.filter(kind=kind).exists():
            add_organisation(kind=kind, name=name, valid_from=START, actor=ACTOR, address=home)
    customer = Organisation.objects.filter(kind=Organisation.Kind.OTHER).earliest("pk")
    set_desk_hours(
        weekdays=range(5), opens=time(8, 30), closes=time(16, 30), valid_from=START, on=START,
        promises=[Promise(Priority.P2, 30, 480, Decimal(10))], actor=ACTOR,
    )  # fmt: skip
    payroll = agreed(customer, line(120_000), actor=ACTOR, on=date(2026, 4, 1), key="tampering:desk").lines.get()
    open_ticket(
        organisation=customer, line=payroll, priority="P2", subject="Payslips", text="None", at=OPENED, actor=ACTOR
    )
    mark_missed(at=LATER, actor=ACTOR)


def _more_than_the_month() -> None:
    _missed()
    run_sql("UPDATE subscriptions_servicecredit SET pence = 9999")


def _approved_by_hand() -> None:
    _missed()
    run_sql("UPDATE subscriptions_servicecredit SET state = 'approved', charge_key = 'x', decided_on = '2026-06-16'")


def _clock_stopped() -> None:
    _missed()
    run_sql(
        "INSERT INTO subscriptions_ticketpause (ticket_id, why, started_at) SELECT id, 'with_school', opened_at FROM subscriptions_ticket"
    )


TAMPERINGS: dict[str, Callable[[], None]] = {
    "service-credits-within-months": _more_than_the_month,
    "service-credits-once": _approved_by_hand,
    "tickets-and-their-pauses": _clock_stopped,
}
