"""The partnership's own fund lowers a price: the school is charged less, the fund is spent by the difference.

No money moves and nobody is invoiced for it: what the fund bears goes back to the general reserve, which goes without that
much income. The school's invoice is of the lower price alone, and so is its VAT (VAT Notice 700, section 7: a price
that is reduced is the consideration).
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from invoicing.funds.models import FundSupport
from invoicing.ledger import chart
from invoicing.ledger.fund_room import FundRefused
from invoicing.ledger.models import Fund
from invoicing.ledger.posting import NewEntry, NewMovement, post, reverse
from invoicing.receivables.charges import NotPending
from invoicing.receivables.models import Charge
from invoicing.receivables.reducing import left_of, reduce
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money, round_half_up
from marketplace.core.text import clean_line

SURPLUS = "3000"


class SupportedAlready(DomainError):
    """A price is lowered from a fund once."""

    code = "supported_already"


class StillOwed(DomainError):
    """A fund gets its money back when nothing is owed any more on what it helped to pay."""

    code = "still_owed"


def supported_pence(*, due_pence: int, share: Decimal) -> int:
    """What the fund pays of an item, half up to a penny: 60% of £1,500.00 is £900.00."""
    return round_half_up(due_pence * share)


@transaction.atomic
def lower_price(*, charge: Charge, fund: Fund, share: Decimal, on: date, actor: Actor) -> FundSupport:
    """Takes ``share`` (a fraction) off an item that waits to be invoiced, and spends as much from the fund, on a day.

    The reduction's reason and a step of the item's working say so to the school. By a finance manager. Refuses an item that
    was invoiced (NotPending) or is supported already, a fund restricted by its funder, and more than the fund has left.
    """
    actor.require(Role.FINANCE_MANAGER, to="lower prices from a fund")
    if not 0 < share < 1:
        raise WrongInput("The fund must pay more than 0% and less than 100% of the price")
    if fund.kind != Fund.Kind.DESIGNATED:
        raise FundRefused(f"{fund.name} is restricted by its funder. Choose a fund that we set aside ourselves.")
    found = Charge.objects.select_for_update().get(pk=charge.pk)
    if FundSupport.objects.filter(charge=found).exists():
        raise SupportedAlready(f"A fund pays a share of {found.description} already.")
    if found.state != Charge.State.PENDING:
        raise NotPending(f"{found.description} does not wait to be invoiced any more, so its price stays.")
    pence = supported_pence(due_pence=found.due_pence, share=share)
    if not 0 < pence < found.due_pence:
        raise WrongInput("The price is too small to be shared with a fund")
    words = f"{fund.name} pays {(share * 100).normalize():f}%"
    made = reduce(
        source_key=f"fund-support:{found.pk}", of=found.source_key, pence=pence, reason=words, on=on, actor=actor
    )
    steps = [*(found.steps or [f"{found.description[:200]}: {Money(found.due_pence)}"]), f"{words}: −{Money(pence)}"]
    Charge.objects.filter(pk=found.pk).update(steps=steps)
    [entry] = post(
        entries=[
            NewEntry(
                kind="fund_support", source_key=f"fund-support:{found.pk}", on=on,
                narrative=f"{words} of {found.description} for {found.consumer.name}",
                movements=[NewMovement(chart.FUNDS, SURPLUS, pence, fund=fund.pk)],
            )
        ],
        actor=actor,
    )  # fmt: skip
    support = FundSupport.objects.create(
        charge=found, fund=fund, share=share, pence=pence, supported_on=on, reduction=made, entry_id=entry
    )
    _record("fund.lowered_price", support, actor)
    return support


@transaction.atomic
def return_support(*, support: FundSupport, on: date, reason: str, actor: Actor) -> FundSupport:
    """Gives the fund its money back by a reversing entry, once the item was cancelled or credited whole.

    By a finance manager. Refuses while anything of the item is owed (StillOwed), and a second time.
    """
    actor.require(Role.FINANCE_MANAGER, to="give money back to a fund")
    text = clean_line(reason, what="Reason", limit=200)
    found = FundSupport.objects.select_for_update().select_related("charge", "fund").get(pk=support.pk)
    if found.returned_entry_id is not None:
        raise SupportedAlready(f"{found.fund.name} has its {Money(found.pence)} back already.")
    if left := left_of(found.charge.source_key):
        raise StillOwed(
            f"{Money(left)} of {found.charge.description} still stands. Cancel it or credit it first, then give the fund its "
            "money back.",
            remaining=left,
        )
    entry = reverse(entry_id=found.entry_id, on=on, narrative=f"{found.fund.name} gets back: {text}", actor=actor)
    FundSupport.objects.filter(pk=found.pk, returned_entry__isnull=True).update(returned_entry_id=entry)
    found.refresh_from_db()
    _record("fund.price_returned", found, actor, text=text)
    return found


def _record(kind: str, support: FundSupport, actor: Actor, *, text: str = "") -> None:
    payload: dict[str, Any] = {"charge": support.charge_id, "pence": support.pence, "share": str(support.share)}
    events.record(
        kind=kind, subject_kind="fund", subject=support.fund.code, organisation_ids=[], payload=payload,
        text={"reason": text}, actor=actor,
    )  # fmt: skip
