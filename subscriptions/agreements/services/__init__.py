"""Verbs over agreements."""

from subscriptions.agreements.services.agreeing import (
    accept,
    agree,
    decline,
    give_notice,
    renew,
    require_to_commit,
    withdraw_offer,
)
from subscriptions.agreements.services.changing import (
    change,
    end,
    end_those_over,
    preview_change,
    preview_end,
    preview_resume,
    preview_suspend,
    resume,
    suspend,
)
from subscriptions.agreements.services.charging import charge_due

__all__ = [
    "accept",
    "agree",
    "change",
    "charge_due",
    "decline",
    "end",
    "end_those_over",
    "give_notice",
    "preview_change",
    "preview_end",
    "preview_resume",
    "preview_suspend",
    "renew",
    "require_to_commit",
    "resume",
    "suspend",
    "withdraw_offer",
]
