"""What a hub's money was spent on: lines with a category and a receipt, against what was paid."""

from datetime import date
from typing import BinaryIO

from django.db import transaction
from django.db.models import Max

from marketplace.core.actors import Actor
from marketplace.core.errors import WrongInput
from marketplace.core.file_kinds import SCANS
from marketplace.core.files import store_file
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from subscriptions.hubs.models import HubSpend
from subscriptions.hubs.papers import SPEND
from subscriptions.hubs.services.life import require_lead
from subscriptions.hubs.services.writing import record_hub
from subscriptions.outcomes.models import OutcomeContract


@transaction.atomic
def record_spend(
    *,
    contract: OutcomeContract,
    spent_on: date,
    category: str,
    words: str,
    amount: Money,
    on: date,
    actor: Actor,
    receipt: bytes | BinaryIO | None = None,
    file_name: str = "",
) -> HubSpend:
    """One line of what the money was spent on, as paid, with its receipt (a PDF or a picture by its content, WrongFile).

    May come to more than was paid so far: the hub's own school bears the rest, and the page says so.
    """
    require_lead(contract, actor, on, to="enter what this hub spent")
    if category not in HubSpend.Category.values:
        raise WrongInput("Choose what it was spent on")
    if spent_on > on or spent_on < contract.valid_from:
        raise WrongInput("The day must be within the contract's term and not in the future")
    if amount.pence <= 0:
        raise WrongInput("Amount must be more than £0.00")
    OutcomeContract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    last = HubSpend.objects.filter(contract=contract).aggregate(last=Max("ordinal"))["last"] or 0
    made = HubSpend.objects.create(
        contract=contract, ordinal=last + 1, spent_on=spent_on, category=category, pence=amount.pence,
        words=clean_line(words, what="What for", limit=200), recorded_by_id=actor.person_id, recorded_on=on,
    )  # fmt: skip
    if receipt is not None:
        store_file(
            upload=receipt, name=file_name, owner_kind=SPEND, owner=str(made.pk), organisation_id=contract.party_id,
            actor=actor, allowed=SCANS,
        )  # fmt: skip
    record_hub("hub.spend_recorded", contract, actor, spend=made.ordinal, category=category, pence=amount.pence)
    return made


@transaction.atomic
def take_spend_off(*, spend: HubSpend, why: str, on: date, actor: Actor) -> HubSpend:
    """The line counts no longer, with the reason. Its receipt stays. Enter it anew where it was wrong."""
    require_lead(spend.contract, actor, on, to="change what this hub spent")
    why = clean_line(why, what="Why", limit=200)
    if HubSpend.objects.filter(pk=spend.pk, taken_off_on=None).update(taken_off_on=on, taken_off_why=why) != 1:
        raise WrongInput("This line was taken off already")
    spend.refresh_from_db()
    record_hub("hub.spend_taken_off", spend.contract, actor, spend=spend.ordinal, pence=spend.pence)
    return spend
