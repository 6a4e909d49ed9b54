"""Items to invoice: pushed down once, changed while they wait, reduced when less is owed."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from invoicing.documents.instalment_plan import MOST
from invoicing.ledger import chart
from invoicing.ledger.models import Fund
from invoicing.mandates.granting import require_mandate, require_two_persons
from invoicing.receivables.models import Charge
from invoicing.vat.treatment import VatTreatment
from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.bulk import insert_once, rows_prepared
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.core.text import clean_line
from marketplace.core.transactions import in_transaction
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership

PURCHASE_ORDER_LIMIT = 20


class DifferentFacts(DomainError):
    """The same source was charged before with other commercial facts."""

    code = "different_facts"


class NotPending(DomainError):
    """An item that was invoiced or cancelled does not change any more."""

    code = "not_pending"


def commercial_facts(
    *,
    consumer_id: int,
    supplier_id: int,
    quantity: Decimal,
    unit_pence: int,
    net_pence: int,
    vat: VatTreatment,
    account_code: str,
    stream_code: str,
    service: Period | None,
    recognition: str,
    instalments: int,
    fund_id: int | None = None,
) -> dict[str, Any]:
    """What must be the same for the same source to be the same charge; sums in pence before VAT."""
    facts: dict[str, Any] = {
        "consumer": consumer_id,
        "supplier": supplier_id,
        "quantity": str(quantity.normalize()),
        "unit": unit_pence,
        "net": net_pence,
        "vat": [vat.category, str(vat.rate.normalize())],
        "account": account_code,
        "stream": stream_code,
        "service": [service.start, service.end] if service else None,
    }
    if (recognition, instalments) != (Charge.Recognition.AT_ONCE, 1):
        facts["recognition"], facts["instalments"] = str(recognition), instalments
    if fund_id is not None:
        facts["fund"] = fund_id
    return facts


def hash_of_facts(facts: dict[str, Any]) -> str:
    """The commercial facts of an item as one text: the same source with other facts is refused."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()


def charge(
    *,
    source_key: str,
    consumer: Organisation,
    invoice_to: Organisation,
    description: str,
    quantity: Decimal,
    unit_price: Money,
    net: Money,
    vat: VatTreatment,
    account_code: str,
    stream_code: str,
    bill_on: date,
    actor: Actor,
    service: Period | None = None,
    supplier: Organisation | None = None,
    cfr_code: str = "",
    aar_code: str = "",
    purchase_order: str = "",
    label: str = "",
    steps: list[str] | None = None,
    analysis_code: str = "",
    recognition: str = Charge.Recognition.AT_ONCE,
    instalments: int = 1,
    fund: Fund | None = None,
) -> Charge:
    """What a customer owes for one thing, once.

    The same call again returns the charge that exists; with other commercial facts it raises DifferentFacts. The net
    is in whole pence before VAT and above zero: what costs nothing is not charged. ``supplier`` is the legal
    supplier, the partnership unless said; another one needs a mandate (NoMandate, SameLegalPerson), and what it sells
    is no income of ours, whatever ``account_code`` says. ``recognition`` says when it becomes income; ``instalments`` (1 to 12) in how
    many monthly payments it is paid, for a service over time only (SI 1995/2518, reg. 90(2)). ``fund`` is whose income
    it is, at once when invoiced.
    """
    if net.pence <= 0:
        raise WrongInput("An item to invoice must be more than £0.00. What costs nothing is not invoiced.")
    if quantity <= 0:
        raise WrongInput("Quantity must be more than 0")
    supplier = supplier or partnership()
    if supplier.pk == invoice_to.pk:
        raise WrongInput(f"{supplier.name} cannot be invoiced by itself. Choose another organisation to invoice.")
    check_codes(account_code, stream_code)
    if supplier.kind != Organisation.Kind.PARTNERSHIP:
        require_mandate(supplier=supplier, invoice_to=invoice_to, on=bill_on)
        account_code, recognition, instalments = chart.PAYABLES, Charge.Recognition.AT_ONCE, 1
    _check_instalments(instalments, service)
    facts = commercial_facts(
        consumer_id=consumer.pk, supplier_id=supplier.pk, quantity=quantity, unit_pence=unit_price.pence,
        net_pence=net.pence, vat=vat, account_code=account_code, stream_code=stream_code, service=service,
        recognition=recognition, instalments=instalments, fund_id=fund.pk if fund else None,
    )  # fmt: skip
    facts_hash = hash_of_facts(facts)
    values: dict[str, Any] = {
        "facts_hash": facts_hash,
        "consumer": consumer,
        "invoice_to": invoice_to,
        "supplier": supplier,
        "description": clean_line(description, what="Description", limit=240),
        "label": _small_print(label, "Label", 120),
        "quantity": quantity,
        "unit_price_pence": unit_price.pence,
        "net_pence": net.pence,
        "vat_category": vat.category,
        "vat_rate": vat.rate,
        "vat_reason": vat.reason,
        "account_id": account_code,
        "stream_id": stream_code,
        "analysis_code": _small_print(analysis_code, "Analysis code", 60),
        "cfr_code": _small_print(cfr_code, "CFR code", 6),
        "aar_code": _small_print(aar_code, "AAR code", 8),
        "service_from": service.start if service else None,
        "service_to": service.end if service else None,
        "bill_on": bill_on,
        "recognition": recognition,
        "instalments": instalments,
        "fund": fund,
        "purchase_order": clean_purchase_order(purchase_order),
        "steps": [_small_print(step, "Working", 240) for step in steps or []],
    }
    with in_transaction():
        found = Charge(source_key=source_key, **values)
        if insert_once(found):
            record_charge("charge.made", found, {"net_pence": net.pence, "bill_on": bill_on.isoformat()}, actor)
            return found
        found = Charge.objects.get(source_key=source_key)
        if found.facts_hash != facts_hash:
            raise DifferentFacts(
                f"{source_key} was charged before as {Money(found.net_pence)}, not {net}. Reduce it or charge anew.",
                source_key=source_key,
            )
    return found


_HAS_CODES = """
SELECT EXISTS (SELECT FROM invoicing_ledgeraccount WHERE code = %s AND NOT control),
EXISTS (SELECT FROM invoicing_incomestream WHERE code = %s)
"""


def check_codes(account_code: str, stream_code: str) -> None:
    """Refused here, not in the invoice batch, where one item would stop its whole chunk."""
    [[has_account, has_stream]] = rows_prepared(_HAS_CODES, [account_code, stream_code])
    if not has_account:
        raise WrongInput(f"There is no ledger account {account_code} for income. Choose one of the chart of accounts.")
    if not has_stream:
        raise WrongInput(f"There is no income stream {stream_code}. Choose one of the chart of accounts.")


def _check_instalments(count: int, service: Period | None) -> None:
    if not 1 <= count <= MOST:
        raise WrongInput(f"Instalments must be 1 to {MOST}, as one invoice may list the payments of a year.")
    if count > 1 and service is None:
        raise WrongInput("Only a service over time is paid in instalments. Say from when to when it is given.")


def _small_print(text: str, what: str, limit: int) -> str:
    """One line that the platform itself wrote: cut to its column, control characters refused."""
    return clean_line(text[:limit], what=what, limit=limit, required=False)


def clean_purchase_order(text: str) -> str:
    """A purchase-order number or cost code as the payer writes it: at most 20 characters on one line."""
    return clean_line(text, what="Purchase order", limit=PURCHASE_ORDER_LIMIT, required=False)


@transaction.atomic
def amend_unbilled(
    *,
    source_key: str,
    actor: Actor,
    purchase_order: str | None = None,
    invoice_to: Organisation | None = None,
    held_reason: str | None = None,
    bill_on: date | None = None,
) -> Charge:
    """Changes what may change before invoicing: purchase order, invoice to, hold, date. Raises NotPending after it."""
    changes: dict[str, Any] = {}
    if purchase_order is not None:
        changes["purchase_order"] = clean_purchase_order(purchase_order)
    if invoice_to is not None:
        changes["invoice_to_id"] = invoice_to.pk
    if held_reason is not None:
        changes["held_reason"] = clean_line(held_reason, what="Reason", limit=120, required=False)
    if bill_on is not None:
        changes["bill_on"] = bill_on
    if not changes:
        raise ValueError("Nothing to change")
    items = Charge.objects.select_for_update(of=("self",)).select_related("supplier")
    found = items.filter(source_key=source_key).first()
    if found is None:
        raise NotFound(f"There is no item to invoice {source_key}")
    if invoice_to is not None:
        _check_two_parties(found, invoice_to)
    if Charge.objects.filter(source_key=source_key, state=Charge.State.PENDING).update(**changes) != 1:
        raise NotPending("This item was invoiced or cancelled, so it cannot change. Credit the invoice instead.")
    amended = Charge.objects.get(source_key=source_key)
    payload = {"before": _told(found, changes), "after": _told(amended, changes)}
    record_charge("charge.amended", amended, payload, actor, text={"held": changes.get("held_reason", "")})
    return amended


def _check_two_parties(found: Charge, invoice_to: Organisation) -> None:
    if found.supplier_id == invoice_to.pk:
        raise WrongInput(f"{invoice_to.name} cannot be invoiced by itself. Choose another organisation to invoice.")
    if found.supplier.kind != Organisation.Kind.PARTNERSHIP:
        require_two_persons(supplier=found.supplier, invoice_to=invoice_to, on=found.bill_on)


def _told(charge_: Charge, names: Iterable[str]) -> dict[str, Any]:
    """What an event says of a charge's changed fields; why it is held is text, so only that it is."""
    told: dict[str, Any] = {}
    for name in names:
        value = getattr(charge_, name)
        told[name] = bool(value) if name == "held_reason" else value.isoformat() if name == "bill_on" else value
    return told


def record_charge(
    kind: str, charge_: Charge, payload: dict[str, Any], actor: Actor, text: Mapping[str, str] | None = None
) -> None:
    events.record(
        kind=kind,
        subject_kind="charge",
        subject=str(charge_.pk),
        organisation_ids=[charge_.consumer_id, charge_.invoice_to_id],
        payload=payload,
        text=text,
        actor=actor,
    )
