"""Where the thing that an event tells of has its page, for those who may open it."""

from django.urls import NoReverseMatch

from frontend.jinja import url
from marketplace.core.actors import FINANCE_READERS, Actor, Role
from marketplace.core.models import Event

# The page and the name of its argument; the subject is what the argument takes.
_OF_FINANCE = {
    "document": ("finance-invoice", "number"),
    "charge": ("finance-item", "pk"),
    "organisation": ("finance-customer", "number"),
    "payable": ("finance-payable", "pk"),
    "payment_batch": ("finance-payment-batch", "number"),
    "payee_account": ("finance-payee-account", "pk"),
    "provider_invoice": ("finance-provider-invoice", "pk"),
    "vat_return": ("finance-vat-return", "key"),
    "self_billing_agreement": ("finance-self-billing-agreement", "number"),
}
_OF_CONTRACTS = {"outcome_contract": ("organise-outcome-contract", "number")}
_OF_SUPPORT = {
    "support_plan": ("organise-support-plan", "number"), "matched_scheme": ("organise-matched-scheme", "code"),
}  # fmt: skip
_OF_LOG_READERS = {"event": ("audit-event", "pk"), "job": ("job", "number")}


def page_of_subject(event: Event, actor: Actor) -> str:
    """The address of the subject's page, or "" where there is none for this actor."""
    if event.subject_kind == "school" and actor.has(Role.ADMINISTRATOR):
        return _address("organisation-decide", "urn", event.subject)
    pages = {**_OF_LOG_READERS, **(_OF_FINANCE | _OF_CONTRACTS if actor.has(*FINANCE_READERS) else {})}
    if actor.has(Role.ORGANISER):
        pages |= _OF_CONTRACTS | _OF_SUPPORT
    page, argument = pages.get(event.subject_kind, ("", ""))
    return _address(page, argument, event.subject) if page else ""


def _address(page: str, argument: str, subject: str) -> str:
    try:
        return url(page, **{argument: subject})
    except NoReverseMatch:
        return ""
