"""Self-billing agreements that end are told of 60 and 30 days before, where no other follows."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from invoicing.provider_invoices.agreement_models import SelfBillingAgreement
from marketplace.core import events
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.models import Event

REMINDED_DAYS = (60, 30)


def remind_endings(*, on: date, actor: Actor) -> int:
    """Records each reminder once, on its day or as soon after as this runs: how many. Finance and the platform may."""
    actor.require(*FINANCE, to="remind of self-billing agreements")
    later = SelfBillingAgreement.objects.filter(provider=OuterRef("provider"), valid_from__gte=OuterRef("valid_to"))
    ending = SelfBillingAgreement.objects.filter(
        signed_on__isnull=False, ended_on__isnull=True, valid_to__gt=on,
        valid_to__lte=on + timedelta(days=REMINDED_DAYS[0]),
    )  # fmt: skip
    count = 0
    for row in ending.exclude(Exists(later)).order_by("valid_to", "pk"):
        days = min(days for days in REMINDED_DAYS if (row.valid_to - on).days <= days)
        with transaction.atomic():
            SelfBillingAgreement.objects.select_for_update().get(pk=row.pk)
            told = Event.objects.filter(
                kind="self_billing.ending", subject_kind="self_billing_agreement", subject=row.number,
                payload__days=days,
            )  # fmt: skip
            if told.exists():
                continue
            events.record(
                kind="self_billing.ending", subject_kind="self_billing_agreement", subject=row.number,
                organisation_ids=[row.provider_id], payload={"days": days}, actor=actor,
            )  # fmt: skip
            count += 1
    return count
