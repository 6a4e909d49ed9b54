"""Another organisation buys a share of an item itself: one order, two items to invoice, each with a VAT invoice.

That is a purchase of its own, unlike a payment towards a school's purchase (``payment_requests``): the share is its
supply, and its VAT is what the rules say of it as the customer.
"""

from datetime import date
from decimal import Decimal

from django.db import transaction

from invoicing.receivables.charges import NotPending, charge
from invoicing.receivables.models import Charge
from invoicing.receivables.reducing import reduce
from invoicing.vat.rules.kinds import SupplyKind
from invoicing.vat.standing import ground_for
from invoicing.vat.treatment import VatTreatment
from invoicing.vat.verbs import pin_vat_rule
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation


class SharedAlready(DomainError):
    """One organisation buys one share of an item."""

    code = "shared_already"


@transaction.atomic
def share_item(
    *, item: Charge, buyer: Organisation, pence: int, kind: SupplyKind | None, on: date, actor: Actor
) -> Charge:
    """Takes ``pence`` before VAT off an item that waits to be invoiced and makes them an item invoiced to ``buyer``.

    Returns the buyer's item: the same consumer, service, account and day, with the working in both. Its VAT is decided
    for the buyer as customer by ``kind`` of supply; without one it stays as on the item, for a treatment that a person
    chose. Finance only. Refuses an item that was invoiced (NotPending), a grant, a buyer who has a share of it already
    (SharedAlready) or pays it anyway, and a share that leaves nothing.
    """
    actor.require(*sorted(FINANCE), to="split items to invoice")
    found = Charge.objects.select_for_update(of=("self",)).select_related("consumer", "supplier").get(pk=item.pk)
    _check(found, buyer, pence)
    whole = f"{found.description[:160]}, {Money(found.due_pence)}"
    decided = _vat(found, buyer, kind)
    reduce(
        source_key=f"share:{found.pk}:{buyer.number}:off", of=found.source_key, pence=pence,
        reason=f"{buyer.name[:160]} buys a share itself", on=on, actor=actor,
    )  # fmt: skip
    words = f"{buyer.name[:160]} buys a share itself: −{Money(pence)}"
    Charge.objects.filter(pk=found.pk).update(steps=[*(found.steps or [whole]), words])
    return charge(
        source_key=_key(found, buyer), consumer=found.consumer, invoice_to=buyer, supplier=found.supplier,
        description=f"{found.description[:160]} (share of {Money(found.due_pence)} for {found.consumer.name[:40]})",
        quantity=Decimal(1), unit_price=Money(pence), net=Money(pence), vat=decided, account_code=found.account_id,
        stream_code=found.stream_id, bill_on=found.bill_on, service=_service(found), label=found.label,
        steps=[whole, f"The share that {buyer.name[:160]} buys: {Money(pence)}"], analysis_code=found.analysis_code,
        recognition=found.recognition, instalments=found.instalments, actor=actor,
    )  # fmt: skip


def _check(item: Charge, buyer: Organisation, pence: int) -> None:
    if item.state != Charge.State.PENDING:
        raise NotPending(f"{item.description} does not wait to be invoiced any more, so nobody can buy a share of it.")
    if item.fund_id is not None:
        raise WrongInput("A grant is no purchase, so nobody buys a share of it")
    if buyer.pk == item.invoice_to_id:
        raise WrongInput(f"{buyer.name} is invoiced for this item already. Choose another organisation")
    if Charge.objects.filter(source_key=_key(item, buyer)).exists():
        raise SharedAlready(f"{buyer.name} buys a share of {item.description} already.")
    if not 0 < pence < item.due_pence:
        raise WrongInput(f"The share must be more than £0.00 and less than {Money(item.due_pence)}, the whole item")


def _key(item: Charge, buyer: Organisation) -> str:
    return f"share:{item.pk}:{buyer.number}"


def _service(item: Charge) -> Period | None:
    return Period(item.service_from, item.service_to) if item.service_from and item.service_to else None


def _vat(item: Charge, buyer: Organisation, kind: SupplyKind | None) -> VatTreatment:
    if kind is None:
        return VatTreatment(item.vat_category, item.vat_rate, item.vat_reason)
    decided = ground_for(supplier=item.supplier, customer=buyer, on=item.bill_on).decide(kind)
    pin_vat_rule(rule_id=decided.rule.id)
    return decided.treatment
