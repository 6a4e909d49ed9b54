"""Making offers and changing what they say."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from catalogue.models import BudgetCode, Offer, OfferDraft
from catalogue.offer_queries import LOOKING, offers_for, stage_of, writable_for
from catalogue.rules import supply
from catalogue.rules.cancellation import DEFAULT_POLICY, check_policy
from catalogue.rules.offer_content import (
    DESCRIPTION_LIMIT,
    ORGANISERS_OWN,
    Content,
    check_whole,
    clean_changes,
    clean_text,
)
from catalogue.rules.phases import PHASES
from catalogue.services.versions import named, pending_of, set_content, write_levels
from invoicing.ledger.models import IncomeStream, LedgerAccount
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound, WrongInput
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.people import on_day
from providers.models import Provider

DEFAULT_SUPPLY = {
    Offer.Kind.COURSE: Offer.SupplyKind.TRAINING,
    Offer.Kind.CONSULTANCY: Offer.SupplyKind.CONSULTANCY,
    Offer.Kind.SERVICE: Offer.SupplyKind.OTHER,
    Offer.Kind.RESOURCE: Offer.SupplyKind.GOODS,
    Offer.Kind.DEAL: Offer.SupplyKind.OTHER,
}


class OfferIsLookedAt(DomainError):
    """The offer was submitted: its provider changes it again when changes are asked for, or once it is published."""

    code = "offer_is_looked_at"


class NoChanges(DomainError):
    """There is no working copy to drop."""

    code = "no_changes"


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
    record("offer.added", offer, actor)
    return offer


def _check_vat(category: str, reason: str) -> None:
    """Nothing at all, or a category with its reason."""
    if not category and reason.strip():
        raise WrongInput("Choose the VAT category that the reason is for, or leave both empty: the VAT rules decide")
    if category and category not in Offer.VatCategory.values:
        raise WrongInput(f"VAT category must be one of {', '.join(Offer.VatCategory.values)}")
    if category not in ("", Offer.VatCategory.STANDARD) and not reason.strip():
        raise WrongInput("Enter the reason for the VAT treatment: all but the standard rate need one")


def _check_income(offer: Offer) -> None:
    income = LedgerAccount.objects.filter(code=offer.account_code, type=LedgerAccount.Type.INCOME)
    if not income.exists():
        raise WrongInput(f"{offer.account_code} is not an income account of the ledger")
    if not IncomeStream.objects.filter(code=offer.stream_code).exists():
        raise WrongInput(f"{offer.stream_code} is not an income stream")


@transaction.atomic
def start_offer(*, provider: Provider, kind: Offer.Kind, title: str, on: date, actor: Actor) -> Offer:
    """A draft with nothing but its kind and title, by its provider or an organiser. Its code is made from the title; kind
    of supply, budget codes and cancellation are those usual for the kind until an organiser says otherwise.
    """
    if not actor.has(*LOOKING) and provider.organisation_id not in actor.organisations(Role.PROVIDER):
        raise NotAllowed("You may not write offers of this provider. Ask an organiser to do it.")
    title = clean_line(title, what="Title", limit=120)
    kind = Offer.Kind(kind)
    codes = budget_codes_for(kind, on)
    offer = Offer(
        code=_free_code(title), kind=kind, title=title, provider=provider, supply_kind=DEFAULT_SUPPLY[kind],
        keywords=provider.organisation.name[:600], cfr_code=codes[0], aar_code=codes[1],
        account_code=supply.ACCOUNT[DEFAULT_SUPPLY[kind]], stream_code=supply.STREAM[DEFAULT_SUPPLY[kind]],
    )  # fmt: skip
    _check_income(offer)
    offer.save()
    record("offer.added", offer, actor)
    return offer


def budget_codes_for(kind: Offer.Kind, on: date) -> tuple[str, str]:
    """CFR and academies' code proposed for a kind on a day; those of professional services where none is."""
    row = BudgetCode.objects.filter(on_day(on), for_kind=kind).order_by("pk").first()
    return (row.cfr_code, row.aar_code) if row else ("E28a", "BAE300")


def _free_code(title: str) -> str:
    """The title as a code; with a number where another offer has it."""
    stem = slugify(title)[:50].strip("-")
    stem = stem if stem not in ("", "new") else "offer"  # the page for a new one has that address
    taken = set(Offer.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(code for code in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if code not in taken)


@transaction.atomic
def change_offer(*, offer: Offer, changes: Mapping[str, Any], actor: Actor) -> Offer:
    """Changes what the offer says, in the form of ``rules.offer_content``; keys that are not given stay.

    Until it is published the offer itself changes; after that a working copy does, which nobody is shown before it is
    published. Its provider writes what is offered, an organiser also what it is in the accounts and who sells it. Refuses a
    provider while the offer is being looked at, and whoever may not write it is told nothing of it.
    """
    changed = clean_changes(changes)
    offer = locked(offer, actor)
    if not actor.has(*LOOKING):
        if kept := sorted(set(changed) & ORGANISERS_OWN):
            raise NotAllowed(f"Only an organiser may change {kept[0].replace('_', ' ')}. Ask one to do it.")
        if stage_of(offer) == Offer.State.SUBMITTED:
            raise OfferIsLookedAt(
                f"{offer.title} is being looked at. You can change it when changes are asked for, or once it is published."
            )
    before = pending_of(offer)
    content = named(before, changed)
    check_whole(content)
    if content != before:
        _write(offer, content)
        fields = sorted(name for name in content if content[name] != before[name])
        record("offer.changed", offer, actor, fields=fields)
    return offer


def _write(offer: Offer, content: Content) -> None:
    """On the offer while nobody has bought it; after that on the working copy."""
    if offer.state in (Offer.State.PUBLISHED, Offer.State.WITHDRAWN):
        draft, _ = OfferDraft.objects.update_or_create(offer=offer, defaults={"content": content})
        offer.draft = draft
        return
    set_content(offer, content)
    offer.clean_fields(exclude=["description"])
    offer.save()
    write_levels(offer, content)


@transaction.atomic
def drop_changes(*, offer: Offer, actor: Actor) -> None:
    """Throws the working copy away: what is published stays as it is. Refuses while it is being looked at."""
    offer = locked(offer, actor)
    open_states = (OfferDraft.State.DRAFT, OfferDraft.State.CHANGES_ASKED)
    if not OfferDraft.objects.filter(offer=offer, state__in=open_states).delete()[0]:
        raise NoChanges(f"{offer.title} has no changes to drop, or they are being looked at.")
    record("offer.changes_dropped", offer, actor)


def locked(offer: Offer, actor: Actor) -> Offer:
    """The offer read again and locked until the transaction ends. Raises NotFound where it is not the actor's to see,
    NotAllowed where it is not theirs to write."""
    if not offers_for(actor).filter(pk=offer.pk).exists():
        raise NotFound("Page not found")
    if not list(Offer.objects.select_for_update().filter(pk=offer.pk, pk__in=writable_for(actor).values("pk"))):
        raise NotAllowed("You may not change offers. Ask an organiser to do it.")
    offer.refresh_from_db(from_queryset=Offer.objects.select_related("provider__organisation", "sold_by", "of_event"))
    return offer


def record(kind: str, offer: Offer, actor: Actor, *, text: Mapping[str, str] | None = None, **facts: Any) -> None:
    """An event of the offer's life, for its provider to see."""
    events.record(
        kind=kind,
        subject_kind="offer",
        subject=offer.code,
        organisation_ids=[offer.provider.organisation_id],
        payload={"before": None, "after": {"state": str(offer.state)}, **facts},
        actor=actor,
        text=text,
    )
