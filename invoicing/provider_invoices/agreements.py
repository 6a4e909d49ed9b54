"""Self-billing agreements: offered by finance, signed by the provider, ended by either (VAT Notice 700/62, s2 and s3)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from invoicing.provider_invoices.agreement_models import SelfBillingAgreement
from invoicing.provider_invoices.vat_holders import vat_holders
from marketplace.core import events, series
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.errors import DomainError, NotAllowed, WrongInput
from marketplace.core.file_kinds import PDF
from marketplace.core.files import store_file, visible_to
from marketplace.core.periods import add_months
from marketplace.core.text import clean_line
from marketplace.core.wording import long_date
from marketplace.organisations.models import Organisation

SERIES, OWNER = "self-billing-agreement", "self_billing_agreement"
MONTHS = 12


class AgreementOverlaps(DomainError):
    """A provider has one self-billing agreement at a time."""

    code = "self_billing_agreement_overlaps"


class AgreementSettled(DomainError):
    """What is signed is not signed again, what ended is not ended again."""

    code = "self_billing_agreement_settled"


class NoVatNumber(DomainError):
    """No invoice may be written for a registered provider whose VAT number we do not know."""

    code = "self_billing_no_vat_number"


@visible_to(OWNER)
def sees_agreement(actor: Actor, owner: str) -> bool:
    """Finance, the auditor and the provider itself."""
    found = SelfBillingAgreement.objects.filter(number=owner).first()
    own = actor.organisations(Role.PROVIDER)
    return found is not None and (actor.has(*FINANCE, Role.AUDITOR) or found.provider_id in own)


@transaction.atomic
def offer_self_billing(
    *, provider: Organisation, valid_from: date, on: date, actor: Actor, valid_to: date | None = None
) -> SelfBillingAgreement:
    """Prepares an agreement of at most twelve months (``valid_to`` half-open, twelve months on unless given).

    It rests on the provider's VAT facts of its first day and is in force once the provider signs. Refuses dates that
    overlap another (AgreementOverlaps), and a registered provider without a VAT number on record (NoVatNumber).
    """
    actor.require(Role.FINANCE_MANAGER, to="offer self-billing agreements")
    until = valid_to or add_months(valid_from, MONTHS)
    if not valid_from < until <= add_months(valid_from, MONTHS):
        raise WrongInput("A self-billing agreement runs for twelve months at most. Choose an earlier last day.")
    if provider.kind == Organisation.Kind.PARTNERSHIP:
        raise WrongInput(f"{provider.name} writes no invoices to itself. Choose another provider.")
    held = vat_holders([provider], max(valid_from, on))[provider.pk]
    if held.registered and not held.number:
        raise NoVatNumber(
            f"{held.name} is registered for VAT, but its VAT number is not on record, so no invoice can be written for "
            f"{provider.name}. Record the VAT number first."
        )
    series.ensure_series(code=SERIES, prefix="SBA")
    _ensure_series(provider)
    [number] = series.claim(series=SERIES)
    try:
        with transaction.atomic():
            made = SelfBillingAgreement.objects.create(
                provider=provider, number=number, valid_from=valid_from, valid_to=until, offered_on=on,
                vat_registered=held.registered, vat_number=held.number, vat_holder=held.name if held.number else "",
                offered_by_id=actor.person_id,
            )  # fmt: skip
    except IntegrityError as error:
        if "self_billing_no_overlap" not in str(error):
            raise
        raise AgreementOverlaps(
            f"{provider.name} has a self-billing agreement on some of these days. End that one first."
        ) from None
    _record("self_billing.offered", made, actor)
    return made


def _ensure_series(provider: Organisation) -> None:
    """The provider's two number series; its number stands in the prefix where it is short enough for one."""
    label = provider.number if len(provider.number) <= 9 else str(provider.pk)
    series.ensure_series(code=f"self-billed:{provider.pk}", prefix=f"SB-{label}")
    series.ensure_series(code=f"self-billed:{provider.pk}:credit", prefix=f"SC-{label}")


@transaction.atomic
def sign_self_billing(*, agreement: SelfBillingAgreement, name: str, on: date, actor: Actor) -> SelfBillingAgreement:
    """The provider's own person agrees on its page. Refused for anybody else, and a second time (AgreementSettled)."""
    if agreement.provider_id not in actor.organisations(Role.PROVIDER):
        raise NotAllowed("Only the provider's own staff may sign its self-billing agreement.")
    return _signed(agreement, name, on, actor, signed_by_id=actor.person_id)


@transaction.atomic
def record_signed_paper(
    *, agreement: SelfBillingAgreement, name: str, upload: bytes, file_name: str, on: date, actor: Actor
) -> SelfBillingAgreement:
    """The provider signed on paper: a finance manager keeps the PDF and who signed."""
    actor.require(Role.FINANCE_MANAGER, to="record signed agreements")
    stored = store_file(
        upload=upload, name=file_name, owner_kind=OWNER, owner=agreement.number, allowed=[PDF],
        organisation_id=agreement.provider_id, actor=actor,
    )  # fmt: skip
    return _signed(agreement, name, on, actor, file=stored)


def _signed(agreement: SelfBillingAgreement, name: str, on: date, actor: Actor, **how: Any) -> SelfBillingAgreement:
    said = clean_line(name, what="Name of who signs", limit=120)
    if on >= agreement.valid_to:
        raise AgreementSettled(f"{agreement.number} has ended, so it cannot be signed. Offer a new agreement.")
    open_one = SelfBillingAgreement.objects.filter(pk=agreement.pk, signed_on__isnull=True)
    if open_one.update(signed_on=on, signed_name=said, **how) != 1:
        raise AgreementSettled(f"{agreement.number} is signed already.")
    agreement.refresh_from_db()
    _record("self_billing.signed", agreement, actor)
    return agreement


@transaction.atomic
def agree_self_billing(
    *, provider: Organisation, valid_from: date, signed_name: str, paper: bytes, on: date, actor: Actor,
    valid_to: date | None = None,
) -> SelfBillingAgreement:  # fmt: skip
    """An agreement that the provider has signed on paper already: offered and recorded at once."""
    made = offer_self_billing(provider=provider, valid_from=valid_from, valid_to=valid_to, on=on, actor=actor)
    return record_signed_paper(
        agreement=made, name=signed_name, upload=paper, file_name=f"{made.number}.pdf", on=on, actor=actor
    )


@transaction.atomic
def end_self_billing(
    *, agreement: SelfBillingAgreement, on: date, reason: str, actor: Actor
) -> SelfBillingAgreement | None:
    """From ``on`` we write no invoice under it. What was offered and never signed is withdrawn, and goes (None).

    By a finance manager or the provider's own staff. Refuses a day outside the agreement, and a second end.
    """
    if not actor.has(Role.FINANCE_MANAGER) and agreement.provider_id not in actor.organisations(Role.PROVIDER):
        raise NotAllowed("You may not end this agreement. Ask a finance manager or the provider's staff.")
    why = clean_line(reason, what="Reason", limit=240)
    locked = SelfBillingAgreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    if locked.signed_on is None:
        _record("self_billing.withdrawn", locked, actor, why)
        locked.delete()
        return None
    if locked.ended_on is not None:
        raise AgreementSettled(f"{locked.number} was ended already, for {long_date(locked.valid_to)}.")
    if not locked.valid_from < on <= locked.valid_to:
        raise WrongInput(
            f"{locked.number} runs from {long_date(locked.valid_from)} to {long_date(locked.valid_to)}. Choose a day "
            "after its first."
        )
    SelfBillingAgreement.objects.filter(pk=locked.pk).update(valid_to=on, ended_on=on, reason=why)
    locked.refresh_from_db()
    _record("self_billing.ended", locked, actor, why)
    return locked


def agreement_on(provider: Organisation, on: date) -> SelfBillingAgreement | None:
    """The signed agreement under which we write this provider's invoices on a day."""
    return agreements_on([provider.pk], on).get(provider.pk)


def agreements_on(provider_ids: Sequence[int], on: date) -> dict[int, SelfBillingAgreement]:
    """The same for several, by the provider's id: one query."""
    running = Q(valid_from__lte=on, valid_to__gt=on, signed_on__isnull=False)
    return {row.provider_id: row for row in SelfBillingAgreement.objects.filter(running, provider__in=provider_ids)}


def _record(kind: str, agreement: SelfBillingAgreement, actor: Actor, reason: str = "") -> None:
    events.record(
        kind=kind,
        subject_kind="self_billing_agreement",
        subject=agreement.number,
        organisation_ids=[agreement.provider_id],
        payload={
            "from": agreement.valid_from.isoformat(),
            "to": agreement.valid_to.isoformat(),
            "vat_registered": agreement.vat_registered,
        },
        text={"reason": reason} if reason else None,
        actor=actor,
    )
