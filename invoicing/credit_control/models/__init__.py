"""What is asked about invoices and what is asked of those who are late."""

from invoicing.credit_control.models.late import LateClaim, LatePaymentPolicy, ReferenceRate
from invoicing.credit_control.models.queries import InvoiceQuery, QueryLine, QueryMessage
from invoicing.credit_control.models.reminders import Reminder, ReminderItem, ReminderLevel, ReminderPause

__all__ = [
    "InvoiceQuery",
    "LateClaim",
    "LatePaymentPolicy",
    "QueryLine",
    "QueryMessage",
    "ReferenceRate",
    "Reminder",
    "ReminderItem",
    "ReminderLevel",
    "ReminderPause",
]
