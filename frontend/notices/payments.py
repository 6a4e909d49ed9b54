"""E-mails to providers about their bank account and their payments: no digits but the last four."""

from typing import Any

from frontend.notices.readers import Purpose, to_address, to_roles
from frontend.notices.topics_of_payments import PAYMENTS
from invoicing.payees.models import PayeeAccount
from invoicing.paying_out.models import PaymentBatchLine
from marketplace.core.actors import Role
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.services import send
from marketplace.organisations.models import Organisation


@handles("payee_account.asked", "payee_account.confirmed", name="notices.payee_account")
def account_moved(event: Event) -> None:
    """Tells those known before, at once, so that a change that nobody asked for is noticed before anything is paid."""
    account = PayeeAccount.objects.select_related("organisation").get(pk=event.subject)
    context = {
        "what": "account", "confirmed": event.kind == "payee_account.confirmed", "changed": event.payload["changed"],
        "ending": account.account_number[-4:], "provider": account.organisation.name, "usable_from": account.usable_from,
        "on": london_day(event.at),
    }  # fmt: skip
    _tell(event, account.organisation, f"payee-account:{account.pk}:{event.kind}", context)


@handles("payment_batch.sent", name="notices.payments_sent")
def payments_sent(event: Event) -> None:
    """The remittance advice: what is paid, on which day, for which invoices, less which credit notes."""
    rows = PaymentBatchLine.objects.filter(batch__number=event.subject).select_related(
        "provider", "batch", "payee_account"
    )
    for line in rows.prefetch_related("parts__provider_invoice").order_by("pk"):
        parts = [(part.provider_invoice.number, part.pence) for part in line.parts.all()]
        key = f"payment:{line.pk}:sent:{event.payload['sending']}"
        _tell(event, line.provider, key, {"what": "sent", "parts": parts, **_of(line)})


@handles("payment.rejected", name="notices.payment_rejected")
def payment_rejected(event: Event) -> None:
    """The bank did not pay: the sum is owed again, and the account should be looked at."""
    line = PaymentBatchLine.objects.select_related("provider", "batch", "payee_account").get(pk=event.subject)
    _tell(event, line.provider, f"payment:{line.pk}:rejected", {"what": "rejected", **_of(line)})


def _of(line: PaymentBatchLine) -> dict[str, Any]:
    return {
        "provider": line.provider.name, "pence": line.pence, "pay_on": line.batch.pay_on, "reference": line.reference,
        "ending": line.payee_account.account_number[-4:],
    }  # fmt: skip


def _tell(event: Event, provider: Organisation, key: str, context: dict[str, Any]) -> None:
    """Everybody who acts for the provider, and its shared address too: whoever reads the one may have changed the other."""
    readers = [*to_roles(provider.pk, {Role.PROVIDER}, london_day(event.at)), *to_address(provider, Purpose.INVOICES)]
    for to in readers:
        send(key=key, topic=PAYMENTS, to=to, template="mail/payment.jinja", context=context, event=event)
