"""Payment reminders: proposed for a day, sent once for each open item and level."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from invoicing.credit_control.models import Reminder, ReminderItem, ReminderLevel, ReminderPause
from invoicing.credit_control.queries import in_query_by_item
from invoicing.credit_control.rules.reminding import JOURNAL, PAUSED, LeftOut, Level, Overdue, Proposed, due_reminders
from invoicing.receivables.models import ReceivableItem
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import CustomerTerms

CHUNK = 100


@dataclass(frozen=True)
class ReminderProposal:
    """What would be sent on a day, and who is left out with the reason. Pence."""

    on: date
    reminders: list[Proposed]
    left_out: list[LeftOut]

    @property
    def pence(self) -> int:
        return sum(one.pence for one in self.reminders)


@dataclass(frozen=True)
class SentReminders:
    """What a run has sent; ``changed`` customers owe something else by now than was shown and got none."""

    count: int
    pence: int
    changed: int


def propose_reminders(*, on: date, customers: Collection[int] | None = None, lock: bool = False) -> ReminderProposal:
    """The reminders of a day from the open items as they stand now, of all customers or of these.

    One for each customer, at the highest level due for an item and not sent for it yet; it asks for what is
    outstanding less in query. Never of a customer settled by council journal or paused on the day. A fixed number of queries,
    however many are late. ``lock`` holds the open items until the transaction ends.
    """
    levels = [
        Level(level.pk, level.position, level.days_after, level.minimum_pence)
        for level in ReminderLevel.objects.filter(used=True).order_by("position")
    ]
    late = ReceivableItem.objects.filter(outstanding_pence__gt=0, due_on__lt=on)
    if customers is not None:
        late = late.filter(organisation_id__in=customers)
    if lock:
        list(late.select_for_update().order_by("pk").values_list("pk"))
    rows = list(
        late.order_by("organisation__name", "organisation_id", "due_on", "pk").values_list(
            "pk", "organisation_id", "document__number", "due_on", "outstanding_pence"
        )
    )
    queried, sent = in_query_by_item(), _sent([row[0] for row in rows])
    items = [
        Overdue(pk, customer, number or "", due_on, pence, queried.get(pk, 0), frozenset(sent.get(pk, ())))
        for pk, customer, number, due_on, pence in rows
    ]
    reminders, left_out = due_reminders(items, levels, on=on, left_alone=_left_alone(on, {row[1] for row in rows}))
    return ReminderProposal(on, reminders, left_out)


def _sent(item_ids: Sequence[int]) -> dict[int, set[int]]:
    """Positions of the levels at which each open item was reminded of."""
    found: dict[int, set[int]] = {}
    for item_id, position in ReminderItem.objects.filter(item_id__in=item_ids).values_list(
        "item_id", "level__position"
    ):
        found.setdefault(item_id, set()).add(position)
    return found


def _left_alone(on: date, customers: Collection[int]) -> dict[int, str]:
    """Customers who are not reminded on a day, with the reason. A journal weighs more than a pause."""
    paused = ReminderPause.objects.filter(organisation_id__in=customers, from_on__lte=on, until_on__gt=on)
    found = dict.fromkeys(paused.values_list("organisation_id", flat=True), PAUSED)
    journal = CustomerTerms.objects.filter(
        organisation_id__in=customers, settlement=CustomerTerms.Settlement.COUNCIL_JOURNAL
    )
    return found | dict.fromkeys(journal.values_list("organisation_id", flat=True), JOURNAL)


def mark_of(reminder: Proposed) -> str:
    """What a preview shows of a reminder as a short digest: level, items, pence."""
    shown = f"{reminder.level_id}|{[(one.item_id, one.level_id, one.pence) for one in reminder.items]}"
    return hashlib.sha256(shown.encode()).hexdigest()[:12]


def send_reminders(*, on: date, shown: Mapping[int, str], actor: Actor) -> SentReminders:
    """Sends exactly what was shown (``mark_of`` by customer id), in chunks of one transaction each.

    A customer whose reminder is another one by now gets none and is counted. Run again, or by two at once, it sends
    nothing twice: open items are locked in id order and each is reminded of once for a level. E-mails go out with the
    events of the same transaction. Finance only.
    """
    actor.require(Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, to="send payment reminders")
    count = pence = 0
    customers = sorted(shown)
    for start in range(0, len(customers), CHUNK):
        with transaction.atomic():
            now = propose_reminders(on=on, customers=customers[start : start + CHUNK], lock=True)
            as_shown = [one for one in now.reminders if shown[one.customer_id] == mark_of(one)]
            _write(as_shown, on, actor)
        count += len(as_shown)
        pence += sum(one.pence for one in as_shown)
    return SentReminders(count, pence, len(customers) - count)


def _write(reminders: Sequence[Proposed], on: date, actor: Actor) -> None:
    levels = ReminderLevel.objects.in_bulk()
    rows = Reminder.objects.bulk_create(
        Reminder(
            organisation_id=one.customer_id, level_id=one.level_id, sent_on=on, pence=one.pence,
            in_query_pence=one.in_query_pence, channel=levels[one.level_id].channel,
            copied_to=levels[one.level_id].copied_to, words=levels[one.level_id].words,
        )
        for one in reminders
    )  # fmt: skip
    ReminderItem.objects.bulk_create(
        ReminderItem(reminder=row, item_id=item.item_id, level_id=item.level_id, pence=item.pence)
        for row, one in zip(rows, reminders, strict=True)
        for item in one.items
    )
    facts = [
        {
            "kind": "reminder.sent",
            "subject_kind": "reminder",
            "subject": str(row.pk),
            "organisation_ids": [row.organisation_id],
            "payload": {"pence": row.pence, "items": len(one.items), "level": levels[one.level_id].position},
        }
        for row, one in zip(rows, reminders, strict=True)
    ]
    if facts:
        events.record_many(facts=facts, actor=actor)
