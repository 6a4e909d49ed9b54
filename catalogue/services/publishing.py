"""The life of an offer: submitted, sent back, published as a version, withdrawn."""

from datetime import date
from typing import Any

from django.db import transaction

from catalogue.models import Offer, OfferAsk, OfferDraft
from catalogue.offer_queries import LOOKING, stage_of
from catalogue.rules.offer_content import Content, check_whole, clean_text, missing
from catalogue.services.offers import locked, record
from catalogue.services.versions import content_of, pending_of, set_content, write_levels, write_version
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError

ASK_LIMIT = 1_000
_SUBMITTABLE = (Offer.State.DRAFT, Offer.State.CHANGES_ASKED)


class NotPublishable(DomainError):
    """The offer lacks something that a buyer needs, or stands where it cannot be published; nothing was published."""

    code = "not_publishable"


class NotComplete(DomainError):
    """The offer does not say yet what a school would ask; nothing was submitted. ``detail`` has a sentence each."""

    code = "offer_not_complete"


class NotSubmitted(DomainError):
    """Only what was submitted can be sent back."""

    code = "offer_not_submitted"


@transaction.atomic
def submit_offer(*, offer: Offer, actor: Actor) -> Offer:
    """Draft or changes asked → submitted, for organisers to look at; of a published offer, its working copy.

    Refuses what leaves a school's questions open (``detail`` says which) and what has no changes to submit.
    """
    offer = locked(offer, actor)
    content = pending_of(offer)
    if stage_of(offer) not in _SUBMITTABLE:
        raise NotPublishable(f"{offer.title} has nothing to submit. Change it first, or wait for our answer.")
    if open_questions := missing(content):
        raise NotComplete(f"{offer.title} is not complete yet, so it was not submitted.", detail=open_questions)
    check_whole(content)
    _move(offer, _SUBMITTABLE, Offer.State.SUBMITTED)
    record("offer.submitted", offer, actor)
    return offer


@transaction.atomic
def ask_for_changes(*, offer: Offer, text: str, on: date, actor: Actor) -> OfferAsk:
    """Submitted → changes asked, with what is to be changed: the provider reads it, so it names nobody."""
    actor.require(*LOOKING, to="ask for changes")
    offer = locked(offer, actor)
    said = " ".join(clean_text(text, what="What is to be changed", limit=ASK_LIMIT).split())
    if not said:
        raise NotComplete("Enter what is to be changed")
    if stage_of(offer) != Offer.State.SUBMITTED:
        raise NotSubmitted(
            f"{offer.title} is not submitted, so nothing can be asked of it. Change it yourself instead."
        )
    _move(offer, (Offer.State.SUBMITTED,), Offer.State.CHANGES_ASKED)
    made = OfferAsk.objects.create(offer=offer, text=said, asked_on=on, asked_by_id=actor.person_id)
    record("offer.changes_asked", offer, actor, text={"asked": said})
    return made


@transaction.atomic
def publish_offer(*, offer: Offer, actor: Actor, on: date | None = None) -> Offer:
    """Draft, submitted or withdrawn → published, or the working copy of a published offer → its next version.

    What is published is frozen as a version, dated ``on`` (the present day unless said), for those who buy it. Refuses an
    offer without a price (unless it is booked elsewhere), of an unpublished provider, and one that waits for its provider.
    """
    actor.require(*LOOKING, to="publish offers")
    offer = locked(offer, actor)
    content = pending_of(offer)
    _check_publishable(offer, content)
    before = offer.state
    draft = OfferDraft.objects.filter(offer=offer)
    if draft.exists():
        set_content(offer, content)
        offer.save()
        write_levels(offer, content)
        draft.delete()
        offer._state.fields_cache.pop("draft", None)  # the copy is gone
    version = write_version(offer, content_of(offer), on)
    offer.current_version = version
    shown = {"state": Offer.State.PUBLISHED, "current_version": version}
    if Offer.objects.filter(pk=offer.pk, state=before).update(**shown) != 1:
        raise _meanwhile(offer)
    offer.state = Offer.State.PUBLISHED
    record("offer.published", offer, actor, version=version.number)
    return offer


def _check_publishable(offer: Offer, content: Content) -> None:
    """Everything that stands in the way of publishing, the first of it said."""
    if offer.state == Offer.State.PUBLISHED and not hasattr(offer, "draft"):
        raise NotPublishable(f"{offer.title} is published, and nothing of it was changed.")
    if stage_of(offer) == Offer.State.CHANGES_ASKED:
        raise NotPublishable(f"{offer.title} waits for its provider's changes, so it cannot become published.")
    if not content["signposted_url"] and not offer.prices.exists():
        raise NotPublishable(f"{offer.title} has no price yet, so it cannot be published. Add a price first.")
    if content["signposted_url"] and offer.prices.exists():
        raise NotPublishable(
            f"{offer.title} is booked elsewhere, so it must have no price of ours. End its prices first."
        )
    if not offer.provider.published:
        raise NotPublishable(f"The provider of {offer.title} is not published. Publish the provider first.")
    check_whole(content)


@transaction.atomic
def withdraw_offer(*, offer: Offer, actor: Actor) -> Offer:
    """Published → withdrawn: nobody finds or orders it any more; what was ordered stays."""
    actor.require(*LOOKING, to="withdraw offers")
    offer = locked(offer, actor)
    if Offer.objects.filter(pk=offer.pk, state=Offer.State.PUBLISHED).update(state=Offer.State.WITHDRAWN) != 1:
        raise NotPublishable(f"{offer.title} is {offer.get_state_display().lower()}, so it cannot become withdrawn.")
    offer.state = Offer.State.WITHDRAWN
    record("offer.withdrawn", offer, actor)
    return offer


def _move(offer: Offer, before: tuple[Offer.State, ...], after: Offer.State) -> None:
    """The working copy's state where there is one, else the offer's; by a conditional update of exactly one row."""
    rows: Any = OfferDraft.objects.filter(offer=offer) if hasattr(offer, "draft") else Offer.objects.filter(pk=offer.pk)
    if rows.filter(state__in=before).update(state=after) != 1:
        raise _meanwhile(offer)
    if hasattr(offer, "draft"):
        offer.draft.state = OfferDraft.State(after)
    else:
        offer.state = after


def _meanwhile(offer: Offer) -> NotPublishable:
    return NotPublishable(f"{offer.title} was changed by somebody else meanwhile. Look at it again.")
