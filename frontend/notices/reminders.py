"""E-mails of payment reminders, with the statement: to the address for invoices, else to those who buy, and copies."""

from datetime import date
from typing import Any

from django.db.models import Prefetch

from frontend.buying import buyer_of
from frontend.finance.papers import statement_pdf
from frontend.notices.readers import Purpose, absolute, to_address, to_roles
from frontend.notices.topics import REMINDERS
from invoicing.credit_control.models import Reminder, ReminderItem, ReminderLevel
from marketplace.core.actors import APPROVING, BUYING, Role, platform
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.messaging.references import Attachment, attaches
from marketplace.messaging.services import To, send
from marketplace.organisations.models import Organisation, TrustMembership
from marketplace.organisations.services.people import on_day

ACTOR = platform("notices")
STATEMENT = "statement-pdf"


@handles("reminder.sent", name="notices.reminder")
def reminder_sent(event: Event) -> None:
    """Tells the customer, and whom the level copies; also where the letter goes by post."""
    items = ReminderItem.objects.select_related("item__document").order_by("item__due_on", "pk")
    rows = Reminder.objects.select_related("organisation__school", "organisation__trust", "level")
    reminder = rows.prefetch_related(Prefetch("items", items)).get(pk=int(event.subject))
    for to in _readers(reminder):
        send(
            key=f"reminder:{reminder.pk}",
            topic=REMINDERS,
            to=to,
            template="mail/reminder.jinja",
            context=_context(reminder),
            event=event,
            attachments=[{"kind": STATEMENT, "of": f"{reminder.organisation.number}:{reminder.sent_on.isoformat()}"}],
        )


def _readers(reminder: Reminder) -> list[To]:
    """Each once, in the order of address, buyers, approvers, trust."""
    customer, on = reminder.organisation, reminder.sent_on
    found = to_address(customer, Purpose.INVOICES) or to_roles(customer.pk, BUYING, on)
    if reminder.copied_to != ReminderLevel.Copy.NOBODY:
        found += to_roles(customer.pk, APPROVING, on)
    if reminder.copied_to == ReminderLevel.Copy.TRUST:
        for trust_id in TrustMembership.objects.filter(on_day(on), school_id=customer.pk).values_list("trust_id"):
            found += to_roles(trust_id[0], [Role.TRUST_FINANCE], on)
    return list({to.email: to for to in reversed(found)}.values())[::-1]


def _context(reminder: Reminder) -> dict[str, Any]:
    customer = reminder.organisation
    council = customer.kind == Organisation.Kind.AUTHORITY
    rows = [
        {
            "text": one.item.document.number,
            "due": one.item.due_on,
            "pence": one.pence,
        }
        for one in reminder.items.all()
    ]
    return {
        "reminder": reminder,
        "customer": customer.name,
        "rows": rows,
        "paragraphs": [line for line in reminder.words.splitlines() if line.strip()],
        "link": "" if council else absolute(buyer_of(customer).url("school-invoices") + "?show=overdue"),
    }


@attaches(STATEMENT)
def _statement(of: str) -> Attachment:
    """The statement to the day of the reminder."""
    number, _, day = of.partition(":")
    customer = Organisation.objects.get(number=number)
    content = statement_pdf(customer, as_at=date.fromisoformat(day))
    return Attachment(f"statement-{number}-{day}.pdf", content, "application/pdf")
