"""The levels of reminding as data, and customers who are left alone for a while."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.db.models import Q

from invoicing.credit_control.models import ReminderLevel, ReminderPause
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation

WORDS_LIMIT = 2000
LONGEST_PAUSE = 366
_Channel, _Copy = ReminderLevel.Channel, ReminderLevel.Copy
_FIRST: list[tuple[str, int, str, str, str]] = [
    (
        "Reminder", 7,
        "The invoices below are past the day on which they were to be paid. They may have been overlooked: pay them now, or "
        "query what is not right.",
        _Channel.EMAIL, _Copy.NOBODY,
    ),
    (
        "Second reminder", 21,
        "We wrote to you about these invoices and have not been paid. Pay them within seven days, or tell us what holds "
        "them up.",
        _Channel.EMAIL, _Copy.APPROVERS,
    ),
    (
        "Last reminder", 45,
        "These invoices are more than six weeks late. Pay them now. If there is a reason why you cannot, write to us by "
        "return, so that we can settle it with you.",
        _Channel.LETTER, _Copy.TRUST,
    ),
]  # fmt: skip


@transaction.atomic
def seed_reminder_levels() -> None:
    """Makes the three usual levels (7, 21 and 45 days) where there is none yet; what is there stays as it is."""
    if ReminderLevel.objects.exists():
        return
    ReminderLevel.objects.bulk_create(
        [
            ReminderLevel(position=place, name=name, days_after=days, words=words, channel=channel, copied_to=copied)
            for place, (name, days, words, channel, copied) in enumerate(_FIRST, 1)
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def change_level(
    *,
    level: ReminderLevel,
    name: str,
    days_after: int,
    words: str,
    channel: str,
    copied_to: str,
    minimum_pence: int,
    used: bool,
    actor: Actor,
) -> ReminderLevel:
    """Changes a level for reminders from now on; those that were sent keep their words. A finance manager only.

    ``days_after`` must lie between those of its neighbours. ``minimum_pence`` is the least that a reminder asks for.
    """
    actor.require(Role.FINANCE_MANAGER, to="change the levels of reminders")
    others = list(ReminderLevel.objects.select_for_update().exclude(pk=level.pk).order_by("position"))
    before = max((one.days_after for one in others if one.position < level.position), default=0)
    after = min((one.days_after for one in others if one.position > level.position), default=366)
    if not before < days_after < after:
        raise WrongInput(f"Days after the due date must be between {before + 1} and {after - 1}")
    if channel not in _Channel.values or copied_to not in _Copy.values:
        raise WrongInput("Choose how it is sent and who gets a copy")
    if minimum_pence < 0:
        raise WrongInput("Least amount must be £0.00 or more")
    level.name = clean_line(name, what="Name", limit=60)
    level.words = _words(words)
    level.days_after, level.channel, level.copied_to = days_after, channel, copied_to
    level.minimum_pence, level.used = minimum_pence, used
    level.save()
    _record("reminder_level.changed", "reminder_level", str(level.position), [], {"days_after": days_after, "channel": channel, "copied_to": copied_to, "minimum_pence": minimum_pence, "used": used}, "", actor)  # fmt: skip
    return level


def _words(words: str) -> str:
    kept = "\n".join(clean_line(line, what="Words", limit=WORDS_LIMIT, required=False) for line in words.splitlines())
    if not kept.strip():
        raise WrongInput("Enter the words of the reminder")
    if len(kept) > WORDS_LIMIT:
        raise WrongInput(f"Words must be {WORDS_LIMIT:,} characters or fewer")
    return kept.strip()


@transaction.atomic
def pause_reminders(
    *, customer: Organisation, from_on: date, until_on: date, reason: str, actor: Actor
) -> ReminderPause:
    """Sends the customer no reminders ``[from_on, until_on)``, at most a year; what is owed stays owed. Finance only.

    A pause that runs is ended by the new one.
    """
    actor.require(Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, to="pause reminders")
    if not 0 < (until_on - from_on).days <= LONGEST_PAUSE:
        raise WrongInput("The last day of a pause must be on or after its first, and at most a year later")
    reason = clean_line(reason, what="Reason", limit=240)
    _end(customer, from_on)
    pause = ReminderPause.objects.create(organisation=customer, from_on=from_on, until_on=until_on, reason=reason)
    payload = {"from_on": from_on.isoformat(), "until_on": until_on.isoformat()}
    _record("reminders.paused", "organisation", customer.number, [customer.pk], payload, reason, actor)
    return pause


@transaction.atomic
def end_pause(*, customer: Organisation, on: date, actor: Actor) -> None:
    """Reminders may go out again from a day on."""
    actor.require(Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, to="end a pause of reminders")
    if _end(customer, on):
        _record("reminders.resumed", "organisation", customer.number, [customer.pk], {"on": on.isoformat()}, "", actor)


def _end(customer: Organisation, on: date) -> int:
    """Ends what runs on a day, and what would begin later never begins."""
    runs = ReminderPause.objects.filter(organisation=customer, until_on__gt=on)
    later = runs.filter(from_on__gt=on).delete()[0]
    return later + runs.update(until_on=on)


def pause_on(customer: Organisation, on: date) -> ReminderPause | None:
    """The pause that runs on a day."""
    running = ReminderPause.objects.filter(Q(organisation=customer), from_on__lte=on, until_on__gt=on)
    return running.order_by("-pk").first()


def _record(
    kind: str,
    subject_kind: str,
    subject: str,
    scope: list[int],
    payload: Mapping[str, object],
    reason: str,
    actor: Actor,
) -> None:
    events.record(
        kind=kind, subject_kind=subject_kind, subject=subject, organisation_ids=scope, payload=dict(payload), actor=actor,
        text={"reason": reason},
    )  # fmt: skip
