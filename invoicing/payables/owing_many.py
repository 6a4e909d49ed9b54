"""Amounts due by the thousand: the same rows, entries and events as ``owe`` makes one by one, written by COPY."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from invoicing.ledger import chart
from invoicing.ledger.posting import NewEntry, NewMovement, post
from invoicing.payables.models import Payable, PayableMove
from invoicing.payables.owing import check_expense, hash_of_payable
from invoicing.payables.posting import KIND
from invoicing.vat.treatment import VatTreatment
from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.bulk import copy_rows, next_ids
from marketplace.core.errors import WrongInput
from marketplace.core.periods import Period
from marketplace.organisations.queries import partnership

EARNED = "Earned"


@dataclass(frozen=True, slots=True)
class NewPayable:
    """What one provider has earned at once; as ``owe`` takes it, by ids. Net in pence before VAT, above 0."""

    source_key: str
    provider_id: int
    description: str
    net_pence: int
    vat: VatTreatment
    account_code: str
    stream_code: str
    service: Period
    analysis_code: str = ""


_COLUMNS = (
    "id", "source_key", "facts_hash", "state", "provider_id", "description", "net_pence", "reduced_pence", "owed_pence",
    "vat_category", "vat_rate", "vat_reason", "account_id", "stream_id", "analysis_code", "service_from", "service_to",
    "made_on", "release_on_payment_of",
)  # fmt: skip


def owe_many(*, items: Sequence[NewPayable], on: date, actor: Actor) -> None:
    """Owes each at once (expense → payables of its provider), in the caller's transaction.

    A source that was owed before raises IntegrityError, and nothing of the batch is owed. Refuses what ``owe`` refuses.
    """
    if not items:
        return
    if any(item.net_pence <= 0 for item in items):
        raise WrongInput("An amount due must be more than £0.00.")
    ours = partnership()
    if any(item.provider_id == ours.pk for item in items):
        raise WrongInput(f"{ours.name} owes itself nothing. Choose another provider.")
    for account, stream in sorted({(item.account_code, item.stream_code) for item in items}):
        check_expense(account, stream)
    ids = next_ids(Payable, len(items))
    copy_rows(Payable, _COLUMNS, (_row(pk, item, on) for pk, item in zip(ids, items, strict=True)))
    entries = post(entries=[_entry(pk, item, on) for pk, item in zip(ids, items, strict=True)], actor=actor)
    copy_rows(
        PayableMove,
        ("payable_id", "pence", "made_on", "reason", "entry_id"),
        [(pk, item.net_pence, on, EARNED, entry) for pk, item, entry in zip(ids, items, entries, strict=True)],
    )
    events.record_many(
        facts=[
            {
                "kind": "payable.made",
                "subject_kind": "payable",
                "subject": str(pk),
                "organisation_ids": [item.provider_id],
                "payload": {"net_pence": item.net_pence, "state": str(Payable.State.OWED)},
            }
            for pk, item in zip(ids, items, strict=True)
        ],
        actor=actor,
    )


def _row(pk: int, item: NewPayable, on: date) -> tuple[object, ...]:
    facts_hash = hash_of_payable(
        provider_id=item.provider_id, net_pence=item.net_pence, vat=item.vat, account_code=item.account_code,
        stream_code=item.stream_code, service=item.service, waits_for="",
    )  # fmt: skip
    return (
        pk, item.source_key, facts_hash, "owed", item.provider_id, item.description[:240], item.net_pence, 0,
        item.net_pence, item.vat.category, item.vat.rate, item.vat.reason, item.account_code, item.stream_code,
        item.analysis_code[:60], item.service.start, item.service.end, on, "",
    )  # fmt: skip


def _entry(pk: int, item: NewPayable, on: date) -> NewEntry:
    """As ``posting`` makes the first entry of a payable."""
    movement = NewMovement(
        item.account_code, chart.PAYABLES, item.net_pence, credit_party=item.provider_id, stream=item.stream_code,
        analysis_code=item.analysis_code[:60],
    )  # fmt: skip
    return NewEntry(
        kind=KIND, source_key=f"payable:{pk}:1", on=on, narrative=f"{item.description[:240]}: {EARNED}",
        movements=[movement],
    )  # fmt: skip
