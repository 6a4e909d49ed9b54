"""How the invariants of quotes in approval and of retainers are broken by someone who has switched the guards off."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from marketplace.core.actors import Role, platform
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.registry import add_organisation
from marketplace.trading.engagements.services.approving import ask_booking_approval
from marketplace.trading.engagements.services.asking import Need, ask_consultants
from marketplace.trading.engagements.services.ir35 import Ir35Answer
from marketplace.trading.engagements.services.quoting import Answer, answer_request
from marketplace.trading.engagements.services.retainer_periods import open_periods
from marketplace.trading.engagements.services.retaining import agree_retainer, offer_retainer
from marketplace.trading.services import Answer as Decision
from marketplace.trading.services import decide
from tests.conftest import START
from tests.invoicing.books import run_sql
from tests.invoicing.tampering import drop_constraints
from tests.shop import person
from tests.trading.engagements.world import ON, consultant_of, on_day, provider_of, rate_of


def asked_and_retained() -> None:
    """One quote that waits, one that was approved, and a retainer in its first month, owed by the period."""
    actor = platform("test")
    school = add_organisation(kind=Organisation.Kind.OTHER, name="Fernhill Nursery", valid_from=START, actor=actor)
    firm = provider_of(actor, "Quayside Advice")
    una = consultant_of(firm, actor, name="Una Quayle")
    rate_of(una, audience="other")
    office = person(firm.organisation, actor, name="Office of Quayside", role=Role.PROVIDER)
    small = person(school, actor, name="Sal Small", limit=10_000)
    head = person(school, actor, name="Hal Head", role=Role.APPROVER)
    need = Need("Phonics", "New teachers", "day", Decimal(1), date(2026, 11, 1), date(2027, 1, 1))
    orders = []
    for number in range(2):
        asked = ask_consultants(
            school=school, consultants=[una], need=need, answer_by=ON + timedelta(days=9), on=ON, actor=small
        )
        offer = Answer(Decimal(1), 1, ON + timedelta(days=20))
        quote = answer_request(quote=asked.quotes.get(), answer=offer, on=ON, actor=office)
        dates = [on_day(date(2026, 11, 4 + number))]
        given = {"expected_pence": quote.gross_pence, "ir35": Ir35Answer(own_company=False), "on": ON, "dates": dates}
        orders.append(ask_booking_approval(quote=quote, actor=small, **given))
    decide(approval=orders[0].approval, answer=Decision.APPROVE, on=ON, actor=head)
    olga = person(partnership(), actor, name="Olga Organiser", role=Role.ORGANISER)
    made = offer_retainer(
        school=school, consultant=una, title="Reading", unit="day", quantity=Decimal(2), fee_pence=80_000,
        earned_pence=60_000, every="month", periods=2, valid_from=ON, unused="lapse", owed="period", on=ON, actor=olga,
    )  # fmt: skip
    agree_retainer(retainer=made, on=ON, actor=head)
    agree_retainer(retainer=made, on=ON, actor=office)
    open_periods(on=ON, actor=actor)


def _sql(statement: str, *tables: str) -> Callable[[], None]:
    def tamper() -> None:
        run_sql("SET LOCAL session_replication_role = DEFAULT")
        asked_and_retained()
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")
        run_sql("SET LOCAL session_replication_role = replica")
        for table in tables:
            drop_constraints(table)
        assert run_sql(statement) >= 1, f"Nothing was tampered with by: {statement}"

    return tamper


TAMPERINGS: dict[str, Callable[[], None]] = {
    "asked-bookings-match-their-approvals": _sql(
        "UPDATE trading_askedbooking SET state = 'ended' WHERE state = 'waiting'"
    ),
    "retainers-charged-by-period": _sql("UPDATE invoicing_charge SET net_pence = net_pence + 1", "invoicing_charge"),
}

FURTHER: list[tuple[str, str, Callable[[], None]]] = [
    (
        "asked-bookings-match-their-approvals",
        "another quote than the one that was approved",
        _sql(
            "UPDATE trading_askedbooking SET quote_id = (SELECT max(id) FROM trading_consultantquote) WHERE state = 'booked'"
        ),
    ),
    (
        "asked-bookings-match-their-approvals",
        "a time that is kept for nobody",
        _sql("UPDATE providers_slot SET source_key = 'approval:ORD-0:date:1' WHERE source_key LIKE 'approval:%'"),
    ),
    (
        "retainers-charged-by-period",
        "the period is not owed",
        _sql("UPDATE trading_retainer SET owed = 'visit'"),
    ),
    (
        "retainers-charged-by-period",
        "more lapsed than was left",
        _sql(
            "UPDATE trading_retainerperiod SET lapsed = 3, lapsed_pence = 0, closed_on = usable_to",
            "trading_retainerperiod",
        ),
    ),
]
