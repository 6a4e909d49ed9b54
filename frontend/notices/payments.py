"""E-mails to providers about their bank account and their payments: no digits but the last four; a link to release."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone

from frontend.jinja import url
from frontend.notices.readers import Purpose, absolute, to_address, to_roles
from frontend.notices.topics_of_payments import PAYMENTS, RELEASERS
from invoicing.payees.models import PayeeAccount
from invoicing.paying_out.advice import advice_number, advice_of
from invoicing.paying_out.by_link import NoReleaseLink, new_release_link
from invoicing.paying_out.models import PaymentBatchLine, ReleaseRequest
from marketplace.core.actors import Role
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.references import Attachment, NoLongerNeeded, Reference, attaches, fills
from marketplace.messaging.services import To, send
from marketplace.organisations.models import Organisation

RELEASE_LINK, ADVICE = "release-link", "remittance-advice"


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
        attached: list[Reference] = [{"kind": ADVICE, "of": str(line.pk)}]
        _tell(event, line.provider, key, {"what": "sent", "parts": parts, **_of(line)}, attached)


@attaches(ADVICE)
def _advice(pk: str) -> Attachment:
    line = PaymentBatchLine.objects.select_related("batch", "provider", "payee_account").get(pk=int(pk))
    content = advice_of(line, written_on=timezone.localdate(), demonstration=settings.DEMONSTRATION)
    return Attachment(f"{advice_number(line)}.pdf", content, "application/pdf")


@handles("payment.rejected", name="notices.payment_rejected")
def payment_rejected(event: Event) -> None:
    """The bank did not pay: the sum is owed again, and the account should be looked at."""
    line = PaymentBatchLine.objects.select_related("provider", "batch", "payee_account").get(pk=event.subject)
    _tell(event, line.provider, f"payment:{line.pk}:rejected", {"what": "rejected", **_of(line)})


@handles("payment_batch.release_asked", name="notices.release_asked")
def release_asked(event: Event) -> None:
    """Asks somebody without a login to release a batch; the link is made only as the e-mail leaves."""
    asked = ReleaseRequest.objects.select_related("person", "asked_by", "batch").get(pk=event.payload["request"])
    if asked.answer:
        return
    send(
        key=f"release:{asked.pk}", topic=RELEASERS, template="mail/release.jinja", event=event,
        to=To(asked.person.email, person_id=asked.person_id),
        context={"name": asked.person.name, "by": asked.asked_by.name, "number": asked.batch.number, "pence": asked.batch.pence,
                 "count": asked.batch.count, "pay_on": asked.batch.pay_on},
        fills={"release": {"kind": RELEASE_LINK, "of": str(asked.pk)}},
        why=f"You get this because {asked.asked_by.name} named you as a third person.",
    )  # fmt: skip


@fills(RELEASE_LINK)
def _release_link(pk: str) -> str:
    try:
        token = new_release_link(request=ReleaseRequest.objects.get(pk=pk), at=timezone.now())
    except NoReleaseLink as gone:
        raise NoLongerNeeded(gone.message) from gone
    return absolute(url("release-by-link", token=token))


def _of(line: PaymentBatchLine) -> dict[str, Any]:
    return {
        "provider": line.provider.name, "pence": line.pence, "pay_on": line.batch.pay_on, "reference": line.reference,
        "ending": line.payee_account.account_number[-4:],
    }  # fmt: skip


def _tell(
    event: Event, provider: Organisation, key: str, context: dict[str, Any], attached: Sequence[Reference] = ()
) -> None:
    """Everybody who acts for the provider, and its shared address too: whoever reads the one may have changed the other."""
    readers = [*to_roles(provider.pk, {Role.PROVIDER}, london_day(event.at)), *to_address(provider, Purpose.INVOICES)]
    for to in readers:
        send(
            key=key, topic=PAYMENTS, to=to, template="mail/payment.jinja", context=context, event=event,
            attachments=attached,
        )  # fmt: skip
