"""What an agreed visit sets off: an item to invoice for each school that bears it, and what its provider is owed. Once each.

Sources are ``engagement:CB-000012:visit:3``, with ``:share:2`` where several schools share the booking and ``:travel`` for
the mileage. What was delivered is owed even where the consultant's accreditation ended since.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Sum

from invoicing.ledger.chart import CONSULTANTS
from invoicing.services import charge, owe, pin_vat_rule
from invoicing.vat.rules.deciding import NoSupply, NoVatRule
from invoicing.vat.rules.kinds import SupplyKind
from invoicing.vat.standing import ground_for
from invoicing.vat.treatment import VatTreatment
from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.money import Money, round_half_up
from marketplace.core.periods import Period
from marketplace.core.wording import london_day
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.registry import terms_of
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.rules.charging import grown_by, parts_of
from marketplace.trading.engagements.rules.terms import units_words
from marketplace.trading.engagements.services.holding import hold_gross
from marketplace.trading.engagements.services.prepaid import consume_included
from marketplace.trading.engagements.visit_models import Visit, VisitCharge

INCOME, STREAM = "4110", "SI"
DECIDED = (Visit.State.AGREED, Visit.State.TAKEN)
TIME, TRAVEL = VisitCharge.Kind.TIME, VisitCharge.Kind.TRAVEL
PaidBy = Engagement.PaidBy
# What is read with a visit, so that charging it asks for nothing twice.
WHOLE = (
    "date__engagement__school", "date__engagement__invoice_to",
    "date__engagement__consultant__provider__organisation", "date__engagement__consultant__home_school",
)  # fmt: skip


@dataclass(frozen=True)
class Worth:
    """What a visit comes to, in pence before VAT: for the schools, for the provider, and the mileage, which both share."""

    quantity: Decimal
    sell_pence: int
    buy_pence: int
    travel_pence: int

    @property
    def net_pence(self) -> int:
        """What the schools are charged, with the mileage."""
        return self.sell_pence + self.travel_pence


@dataclass(frozen=True)
class Bearer:
    """A school that bears a part: the only one at position 0 with a weight of 1, or one of the booking's shares."""

    position: int
    school: Organisation
    weight: Decimal
    purchase_order: str


def worth_of(visit: Visit) -> Worth:
    """What the visit comes to were it agreed now; what it came to where it was decided. One query for one not decided."""
    if visit.sell_pence is not None and visit.buy_pence is not None and visit.quantity is not None:
        return Worth(visit.quantity, visit.sell_pence, visit.buy_pence, visit.travel_pence or 0)
    booking = visit.date.engagement
    so_far = Visit.objects.filter(date__engagement=booking, state__in=DECIDED).aggregate(units=Sum("quantity"))
    before = so_far["units"] or Decimal(0)
    quantity = visit.date.quantity if visit.reduced_quantity is None else visit.reduced_quantity
    included = booking.paid_by == PaidBy.INCLUDED
    return Worth(
        quantity,
        0 if included else grown_by(before=before, quantity=quantity, unit_pence=booking.sell_pence),
        grown_by(before=before, quantity=quantity, unit_pence=booking.buy_pence),
        visit.miles * booking.mileage_pence,
    )


def bearers_of(booking: Engagement) -> list[Bearer]:
    """Who bears the booking, in the order of the shares."""
    shares = booking.shares.select_related("school").order_by("position")
    several = [Bearer(one.position, one.school, one.weight, one.purchase_order) for one in shares]
    return several or [Bearer(0, booking.school, Decimal(1), booking.purchase_order)]


def invoiced_to(booking: Engagement, school: Organisation) -> Organisation:
    """Who is invoiced for the school: as the booking says, as its terms say, or itself."""
    return booking.invoice_to or terms_of(school).invoice_to or school


def payee_of(booking: Engagement) -> Organisation:
    """Who is owed: the provider, or the home school of a leader who works for it. Load the consultant with both."""
    return booking.consultant.home_school or booking.consultant.provider.organisation


def visit_key(visit: Visit) -> str:
    """The source of what a visit sets off."""
    return f"engagement:{visit.date.engagement.number}:visit:{visit.date.ordinal}"


def parts_of_visit(visit: Visit) -> list[tuple[Bearer, int]]:
    """What each school bears of a visit before VAT, with its mileage: what it was charged, or would be were it agreed now."""
    booking, worth = visit.date.engagement, worth_of(visit)
    found: dict[int, int] = {}
    for kind, pence in ((TIME, worth.sell_pence), (TRAVEL, worth.travel_pence)):
        if visit.state in DECIDED:
            for row in visit.charges.filter(kind=kind):
                found[row.position] = found.get(row.position, 0) + row.net_pence
        elif pence:
            for bearer, part in _parts(visit, booking, kind, pence):
                found[bearer.position] = found.get(bearer.position, 0) + part
    return [(bearer, found.get(bearer.position, 0)) for bearer in bearers_of(booking)]


def charge_visit(*, visit: Visit, on: date, actor: Actor) -> list[VisitCharge]:
    """Charges the schools and owes the provider for a visit that was decided, in the caller's transaction.

    Called again it changes nothing and returns what was charged. The caller holds the booking, so that two visits of one
    booking are not worked out from the same running total.
    """
    made = list(visit.charges.order_by("kind", "position"))
    if made:
        return made
    booking, worth = visit.date.engagement, worth_of(visit)
    if worth.sell_pence:
        made += _charge_time(visit, booking, worth, on, actor)
    if worth.travel_pence:
        made += _charge_travel(visit, booking, worth, on, actor)
    if booking.paid_by == PaidBy.INCLUDED and worth.quantity:
        consume_included(visit=visit, quantity=worth.quantity, on=on, actor=actor)
    _owe(visit, booking, worth, on, actor)
    hold_gross(engagement=booking, on=on, actor=actor)
    return made


def _charge_time(visit: Visit, booking: Engagement, worth: Worth, on: date, actor: Actor) -> list[VisitCharge]:
    """The time, shared by the running total. What was paid in advance is used, and becomes income by itself later."""
    made = []
    for bearer, pence in _parts(visit, booking, TIME, worth.sell_pence):
        made.append(_charged(visit, TIME, bearer, pence, used=booking.paid_by != PaidBy.PREPAID))
        if booking.paid_by == PaidBy.PREPAID:
            continue
        alone = bearer.position == 0 and round_half_up(worth.quantity * booking.sell_pence) == pence
        _charge(
            visit, booking, bearer, made[-1], on, actor, what=units_words(worth.quantity, booking.unit),
            quantity=worth.quantity if alone else Decimal(1), unit_pence=booking.sell_pence if alone else pence,
            steps=_steps(booking, worth, pence),
        )  # fmt: skip
    return made


def _charge_travel(visit: Visit, booking: Engagement, worth: Worth, on: date, actor: Actor) -> list[VisitCharge]:
    made = []
    step = f"{visit.miles} miles × {Money(booking.mileage_pence)} a mile"
    for bearer, pence in _parts(visit, booking, TRAVEL, worth.travel_pence):
        made.append(_charged(visit, TRAVEL, bearer, pence))
        alone = bearer.position == 0
        _charge(
            visit, booking, bearer, made[-1], on, actor, what=f"travel, {visit.miles} miles",
            quantity=Decimal(visit.miles) if alone else Decimal(1), unit_pence=booking.mileage_pence if alone else pence,
            steps=[step] if alone else [step, f"Your part: {Money(pence)}"],
        )  # fmt: skip
    return made


def _parts(visit: Visit, booking: Engagement, kind: str, pence: int) -> list[tuple[Bearer, int]]:
    """What each school bears of it, those that bear nothing left out."""
    bearers = bearers_of(booking)
    rows = VisitCharge.objects.filter(visit__date__engagement=booking, kind=kind).exclude(visit=visit)
    so_far = {row["position"]: row["pence"] for row in rows.values("position").annotate(pence=Sum("net_pence"))}
    charged = [int(so_far.get(one.position, 0)) for one in bearers]
    parts = parts_of(total=sum(charged) + pence, weights=[one.weight for one in bearers], charged=charged)
    return [(bearer, part) for bearer, part in zip(bearers, parts, strict=True) if part]


def _charged(visit: Visit, kind: str, bearer: Bearer, pence: int, *, used: bool = True) -> VisitCharge:
    share = f":share:{bearer.position}" if bearer.position else ""
    key = f"{visit_key(visit)}{share}{':travel' if kind == TRAVEL else ''}"
    return VisitCharge.objects.create(
        visit=visit,
        kind=kind,
        position=bearer.position,
        school=bearer.school,
        net_pence=pence,
        source_key=key,
        used=used,
    )


def _charge(
    visit: Visit, booking: Engagement, bearer: Bearer, row: VisitCharge, on: date, actor: Actor, *, what: str,
    quantity: Decimal, unit_pence: int, steps: list[str],
) -> None:  # fmt: skip
    day = london_day(visit.date.starts_at)
    customer = invoiced_to(booking, bearer.school)
    charge(
        source_key=row.source_key,
        consumer=bearer.school,
        invoice_to=customer,
        description=f"{booking.title}: visit of {day:%-d %B %Y}, {what}",
        quantity=quantity,
        unit_price=Money(unit_pence),
        net=Money(row.net_pence),
        vat=_vat_for(customer, day),
        account_code=INCOME,
        stream_code=STREAM,
        cfr_code=booking.cfr_code,
        purchase_order=bearer.purchase_order or booking.purchase_order,
        label=booking.number,
        steps=steps,
        analysis_code=booking.number,
        service=Period(day, day + timedelta(days=1)),
        bill_on=on,
        actor=actor,
    )


def school_vat(customer: Organisation, day: date) -> VatTreatment:
    """How the visit is taxed: on the day on which it was made, which is when it was supplied. Raises NoVatRule."""
    return ground_for(supplier=partnership(), customer=customer, on=day).decide(SupplyKind.CONSULTANCY).treatment


def _vat_for(customer: Organisation, day: date) -> VatTreatment:
    """The same, with the rule frozen that decided."""
    decision = ground_for(supplier=partnership(), customer=customer, on=day).decide(SupplyKind.CONSULTANCY)
    pin_vat_rule(rule_id=decision.rule.id)
    return decision.treatment


def provider_vat(provider: Organisation, day: date) -> VatTreatment:
    """What the provider's own supply to us bears; undecided, its invoice says, and a school's answer never fails for it."""
    try:
        return ground_for(supplier=provider, customer=partnership(), on=day).decide(SupplyKind.CONSULTANCY).treatment
    except (NoSupply, NoVatRule):
        return VatTreatment("O", Decimal(0), "Not decided: see the provider's invoice")


def _owe(visit: Visit, booking: Engagement, worth: Worth, on: date, actor: Actor) -> None:
    """The provider's part of the time, and the mileage whole. The partnership's own consultants are owed nothing."""
    provider, day = payee_of(booking), london_day(visit.date.starts_at)
    if provider.kind == Organisation.Kind.PARTNERSHIP:
        return
    vat = provider_vat(provider, day)
    time = units_words(worth.quantity, booking.unit)
    for key, what, pence in [
        ("", time, worth.buy_pence),
        (":travel", f"travel, {visit.miles} miles", worth.travel_pence),
    ]:
        if pence:
            owe(
                source_key=f"{visit_key(visit)}{key}",
                provider=provider,
                description=f"{booking.number}, visit of {day:%-d %B %Y}, {what}",
                net=Money(pence),
                vat=vat,
                account_code=CONSULTANTS,
                stream_code=STREAM,
                analysis_code=booking.number,
                service=Period(day, day + timedelta(days=1)),
                on=on,
                actor=actor,
            )


def _steps(booking: Engagement, worth: Worth, pence: int) -> list[str]:
    """The sentences of the agreed price, then the visit's own."""
    steps = [step if isinstance(step, str) else str(step.get("text", "")) for step in booking.working]
    steps.append(
        f"{units_words(worth.quantity, booking.unit)} × {Money(booking.sell_pence)}: {Money(worth.sell_pence)}"
    )
    if pence != worth.sell_pence:
        steps.append(f"Your part of the visits so far, less what you were charged before: {Money(pence)}")
    return [step for step in steps if step]


def record_visit(
    kind: str, visit: Visit, actor: Actor, payload: Mapping[str, object] | None = None, **text: str
) -> None:
    """Writes an event of a visit, in the scope of its schools and its provider. What people wrote lies aside."""
    booking = visit.date.engagement
    schools = [booking.school_id, *booking.shares.values_list("school_id", flat=True)]
    events.record(
        kind=kind,
        subject_kind="visit",
        subject=f"{booking.number}/{visit.date.ordinal}",
        organisation_ids=[*schools, booking.consultant.provider.organisation_id],
        payload=dict(payload or {}),
        text=text,
        actor=actor,
    )
