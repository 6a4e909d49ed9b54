"""A sum that is charged once for consultancy, not for a visit: one item to invoice with its VAT of the day."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from invoicing.receivables.models import Charge
from invoicing.services import charge, pin_vat_rule
from invoicing.vat.rules.kinds import SupplyKind
from invoicing.vat.standing import ground_for
from marketplace.core.actors import Actor
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.registry import terms_of

INCOME, STREAM, CFR = "4110", "SI", "E27"


def charge_sum(
    *,
    source_key: str,
    school: Organisation,
    description: str,
    pence: int,
    label: str,
    on: date,
    actor: Actor,
    steps: Sequence[str] = (),
    service: Period | None = None,
    invoice_to: Organisation | None = None,
    cfr_code: str = CFR,
    purchase_order: str = "",
    recognition: str = Charge.Recognition.AT_ONCE,
) -> Charge:
    """Charges ``pence`` before VAT to a school, once for the source: invoiced as its terms say where not said otherwise.

    The VAT is what consultancy bears for whoever is invoiced on ``on``; the rule that decided is frozen.
    """
    customer = invoice_to or terms_of(school).invoice_to or school
    decision = ground_for(supplier=partnership(), customer=customer, on=on).decide(SupplyKind.CONSULTANCY)
    pin_vat_rule(rule_id=decision.rule.id)
    return charge(
        source_key=source_key,
        consumer=school,
        invoice_to=customer,
        description=description,
        quantity=Decimal(1),
        unit_price=Money(pence),
        net=Money(pence),
        vat=decision.treatment,
        account_code=INCOME,
        stream_code=STREAM,
        cfr_code=cfr_code,
        purchase_order=purchase_order,
        label=label,
        steps=list(steps),
        analysis_code=label,
        recognition=recognition,
        service=service,
        bill_on=on,
        actor=actor,
    )
