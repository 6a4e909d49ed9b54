"""The letter of a payment reminder on paper: the same words, items and sum as its e-mail."""

from datetime import timedelta

from django.conf import settings

from frontend.finance.papers import pay_to
from invoicing.credit_control.models import Reminder
from invoicing.documents.issue import parties_on
from invoicing.documents.pdf import LetterItem, ReminderLetter, render_reminder
from invoicing.documents.snapshot import Party
from marketplace.organisations.queries import partnership


def letter_pdf(reminder: Reminder) -> bytes:
    """The PDF, the same whenever it is asked for."""
    us = partnership()
    parties = parties_on({us.pk, reminder.organisation_id}, reminder.sent_on)
    items = reminder.items.select_related("item__document").order_by("item__due_on", "pk")
    return render_reminder(
        ReminderLetter(
            customer=Party(**parties[reminder.organisation_id]),
            seller=Party(**parties[us.pk]),
            title=reminder.level.name,
            written_on=reminder.sent_on,
            words=[line for line in reminder.words.splitlines() if line.strip()],
            items=[
                LetterItem(
                    number=one.item.document.number or "",
                    issued_on=one.item.document.issued_on,
                    due_on=one.item.due_on,
                    days_late=(reminder.sent_on - one.item.due_on) // timedelta(days=1),
                    pence=one.pence,
                )
                for one in items
            ],
            in_query_pence=reminder.in_query_pence,
            pay_to=pay_to(),
            demonstration=settings.DEMONSTRATION,
        )
    )
