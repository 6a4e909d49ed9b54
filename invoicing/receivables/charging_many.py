"""Items to invoice by the thousand: the same rows, checks and events as ``charge`` makes one by one, written by COPY."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from invoicing.receivables.charges import check_codes, commercial_facts, hash_of_facts
from invoicing.receivables.models import Charge
from invoicing.vat.treatment import VatTreatment
from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.bulk import copy_rows, next_ids
from marketplace.core.errors import WrongInput
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class NewCharge:
    """One quantity of something sold by the partnership, over time unless said; as ``charge`` takes it, by ids.

    Net in pence, above 0.
    """

    source_key: str
    consumer_id: int
    invoice_to_id: int
    description: str
    label: str
    net_pence: int
    vat: VatTreatment
    account_code: str
    stream_code: str
    analysis_code: str
    cfr_code: str
    aar_code: str
    bill_on: date
    service: Period
    purchase_order: str
    steps: list[str]
    recognition: str = "over_time"


_COLUMNS = (
    "id", "source_key", "facts_hash", "state", "consumer_id", "invoice_to_id", "supplier_id", "description", "label",
    "quantity", "unit_price_pence", "net_pence", "reduced_pence", "vat_category", "vat_rate", "vat_reason",
    "account_id", "stream_id", "analysis_code", "cfr_code", "aar_code", "service_from", "service_to", "bill_on",
    "purchase_order", "held_reason", "recognition", "instalments", "steps", "created_at",
)  # fmt: skip


def charge_many(*, items: Sequence[NewCharge], supplier: Organisation, actor: Actor) -> None:
    """Charges what the partnership (``supplier``) sells, in the caller's transaction.

    A source that was charged before raises IntegrityError, and nothing of the batch is charged. Refuses codes that the
    chart of accounts has not, and what costs nothing.
    """
    if any(item.net_pence <= 0 for item in items):
        raise WrongInput("An item to invoice must be more than £0.00. What costs nothing is not invoiced.")
    if any(item.invoice_to_id == supplier.pk for item in items):
        raise WrongInput(f"{supplier.name} cannot be invoiced by itself. Choose another organisation to invoice.")
    for account, stream in sorted({(item.account_code, item.stream_code) for item in items}):
        check_codes(account, stream)
    ids = next_ids(Charge, len(items))
    now = timezone.now().isoformat()
    copy_rows(Charge, _COLUMNS, (_row(pk, item, supplier.pk, now) for pk, item in zip(ids, items, strict=True)))
    events.record_many(
        facts=[
            {
                "kind": "charge.made",
                "subject_kind": "charge",
                "subject": str(pk),
                "organisation_ids": [item.consumer_id, item.invoice_to_id],
                "payload": {"net_pence": item.net_pence, "bill_on": item.bill_on.isoformat()},
            }
            for pk, item in zip(ids, items, strict=True)
        ],
        actor=actor,
    )


def _row(pk: int, item: NewCharge, supplier_id: int, now: str) -> tuple[object, ...]:
    facts = commercial_facts(
        consumer_id=item.consumer_id, supplier_id=supplier_id, quantity=ONE, unit_pence=item.net_pence,
        net_pence=item.net_pence, vat=item.vat, account_code=item.account_code, stream_code=item.stream_code,
        service=item.service, recognition=item.recognition, instalments=1,
    )  # fmt: skip
    return (
        pk, item.source_key, hash_of_facts(facts), "pending", item.consumer_id, item.invoice_to_id, supplier_id,
        item.description[:240], item.label[:120], ONE, item.net_pence, item.net_pence, 0, item.vat.category,
        item.vat.rate, item.vat.reason, item.account_code, item.stream_code, item.analysis_code[:60],
        item.cfr_code, item.aar_code, item.service.start, item.service.end, item.bill_on, item.purchase_order, "",
        item.recognition, 1, [step[:240] for step in item.steps], now,
    )  # fmt: skip
