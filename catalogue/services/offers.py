"""Making, publishing and withdrawing offers."""

from typing import Any

from django.db import transaction

from catalogue.models import Offer
from catalogue.rules import supply
from catalogue.rules.cancellation import DEFAULT_POLICY, check_policy
from catalogue.rules.phases import PHASES
from invoicing.ledger.models import IncomeStream, LedgerAccount
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation
from providers.models import Provider

DESCRIPTION_LIMIT = 5_000


class NotPublishable(DomainError):
    """The offer lacks something that a buyer needs, or is not a draft; nothing was published."""

    code = "not_publishable"


@transaction.atomic
def add_offer(
    *,
    code: str,
    kind: Offer.Kind,
    title: str,
    provider: Provider,
    supply_kind: Offer.SupplyKind,
    cfr_code: str,
    actor: Actor,
    vat_category: str = "",
    summary: str = "",
    description: str = "",
    themes: list[str] | None = None,
    phases: list[str] | None = None,
    aar_code: str = "",
    vat_reason: str = "",
    account_code: str = "",
    stream_code: str = "",
    term_months: int | None = None,
    cancellation: dict[str, Any] | None = None,
    sold_by: Organisation | None = None,
) -> Offer:
    """A draft offer. Account and income stream follow from the kind of supply unless given; so does VAT, by the dated
    rules, unless ``vat_category`` says otherwise with its ``vat_reason``. ``sold_by`` is the legal supplier where it is not
    the partnership, which then sells in its name and needs its mandate.

    Refuses a code in use, an unknown account, stream or phase, a VAT category without its reason, and a
    cancellation policy that cannot be read.
    """
    actor.require(Role.ORGANISER, Role.ADMINISTRATOR, to="add offers")
    themes = [clean_line(theme, what="Theme", limit=40) for theme in themes or []]
    policy = cancellation if cancellation is not None else DEFAULT_POLICY
    check_policy(policy)
    if unknown := sorted(set(phases or []) - set(PHASES)):
        raise WrongInput(f"Phase must be one of {', '.join(PHASES)}, not {', '.join(unknown)}")
    _check_vat(vat_category, vat_reason)
    if Offer.objects.filter(code=code).exists():
        raise WrongInput(f"The code {code} belongs to another offer. Choose another code.")
    offer = Offer(
        code=code,
        kind=kind,
        title=clean_line(title, what="Title", limit=120),
        summary=clean_line(summary, what="Summary", limit=300, required=False),
        description=clean_text(description, what="Description", limit=DESCRIPTION_LIMIT),
        provider=provider,
        sold_by=sold_by,
        themes=themes,
        phases=phases or [],
        keywords=" ".join([*themes, *(phases or []), provider.organisation.name])[:600],
        cfr_code=clean_line(cfr_code, what="CFR code", limit=6),
        aar_code=clean_line(aar_code, what="AAR code", limit=8, required=False),
        supply_kind=supply_kind,
        vat_category=vat_category,
        vat_reason=clean_line(vat_reason, what="VAT reason", limit=200, required=False),
        account_code=account_code or supply.ACCOUNT[supply_kind],
        stream_code=stream_code or supply.STREAM[supply_kind],
        term_months=term_months,
        cancellation=policy,
    )
    _check_income(offer)
    offer.clean_fields(exclude=["description"])
    offer.save()
    _record("offer.added", offer, actor)
    return offer


def _check_vat(category: str, reason: str) -> None:
    """Nothing at all, or a category with its reason."""
    if not category and reason.strip():
        raise WrongInput("Choose the VAT category that the reason is for, or leave both empty: the VAT rules decide")
    if category and category not in Offer.VatCategory.values:
        raise WrongInput(f"VAT category must be one of {', '.join(Offer.VatCategory.values)}")
    if category not in ("", Offer.VatCategory.STANDARD) and not reason.strip():
        raise WrongInput("Enter the reason for the VAT treatment: all but the standard rate need one")


def clean_text(text: str, *, what: str, limit: int) -> str:
    """Several lines of a person's text, each cleaned; empty lines between paragraphs stay."""
    if len(text.strip()) > limit:
        raise WrongInput(f"{what} must be {limit:,} characters or fewer")
    lines = [clean_line(line, what=what, limit=limit, required=False) for line in text.strip().splitlines()]
    return "\n".join(lines)


def _check_income(offer: Offer) -> None:
    income = LedgerAccount.objects.filter(code=offer.account_code, type=LedgerAccount.Type.INCOME)
    if not income.exists():
        raise WrongInput(f"{offer.account_code} is not an income account of the ledger")
    if not IncomeStream.objects.filter(code=offer.stream_code).exists():
        raise WrongInput(f"{offer.stream_code} is not an income stream")


@transaction.atomic
def publish_offer(*, offer: Offer, actor: Actor) -> Offer:
    """Draft → published. Refuses an offer without a price or of an unpublished provider."""
    actor.require(Role.ORGANISER, Role.ADMINISTRATOR, to="publish offers")
    if not offer.prices.exists():
        raise NotPublishable(f"{offer.title} has no price yet, so it cannot be published. Add a price first.")
    if not offer.provider.published:
        raise NotPublishable(f"The provider of {offer.title} is not published. Publish the provider first.")
    _move(offer, Offer.State.DRAFT, Offer.State.PUBLISHED, actor)
    return offer


@transaction.atomic
def withdraw_offer(*, offer: Offer, actor: Actor) -> Offer:
    """Published → withdrawn: nobody finds or orders it any more; what was ordered stays."""
    actor.require(Role.ORGANISER, Role.ADMINISTRATOR, to="withdraw offers")
    _move(offer, Offer.State.PUBLISHED, Offer.State.WITHDRAWN, actor)
    return offer


def _move(offer: Offer, before: Offer.State, after: Offer.State, actor: Actor) -> None:
    if Offer.objects.filter(pk=offer.pk, state=before).update(state=after) != 1:
        current = Offer.State(Offer.objects.values_list("state", flat=True).get(pk=offer.pk))
        words = f"{offer.title} is {current.label.lower()}, so it cannot become {after.label.lower()}."
        raise NotPublishable(words)
    offer.state = after
    _record(f"offer.{after}", offer, actor, before={"state": str(before)})


def _record(kind: str, offer: Offer, actor: Actor, before: dict[str, str] | None = None) -> None:
    events.record(
        kind=kind,
        subject_kind="offer",
        subject=offer.code,
        organisation_ids=[offer.provider.organisation_id],
        payload={"before": before, "after": {"state": str(offer.state)}},
        actor=actor,
    )
