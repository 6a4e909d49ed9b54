"""Verbs of the desk."""

from subscriptions.desk.services.answering import (
    assign_ticket,
    close_ticket,
    reopen_ticket,
    reply,
    resolve_ticket,
    write_note,
)
from subscriptions.desk.services.crediting import approve_credit, waive_credit
from subscriptions.desk.services.forgetting import close_resolved, forget_tickets
from subscriptions.desk.services.missing import mark_missed
from subscriptions.desk.services.opening import open_ticket
from subscriptions.desk.terms import set_desk_hours

__all__ = [
    "approve_credit",
    "assign_ticket",
    "close_resolved",
    "close_ticket",
    "forget_tickets",
    "mark_missed",
    "open_ticket",
    "reopen_ticket",
    "reply",
    "resolve_ticket",
    "set_desk_hours",
    "waive_credit",
    "write_note",
]
