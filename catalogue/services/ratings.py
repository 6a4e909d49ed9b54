"""Ratings of offers, told by whoever asks people afterwards; and what is bought together, told by who sees orders."""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F

from catalogue.models import BoughtTogether, Offer, OfferRating, PushedStatistic, Rating
from catalogue.models.finding import FEWEST_SCHOOLS
from marketplace.core.errors import DomainError, WrongInput


class DifferentRating(DomainError):
    """The same source rated before, otherwise; the first rating stands."""

    code = "different_rating"


@transaction.atomic
def record_rating(*, source_key: str, offer: Offer, score: int, given_on: date) -> Rating:
    """One person's score of an offer, from 1 to 5, once for a source. The same call again returns the first rating.

    Refuses another score, and DifferentRating where the source said something else before. Who rated is not kept: the
    source's key must name nobody.
    """
    if isinstance(score, bool) or not isinstance(score, int) or not 1 <= score <= 5:
        raise WrongInput("A rating must be a whole number from 1 to 5")
    try:
        with transaction.atomic():
            rating = Rating.objects.create(source_key=source_key, offer=offer, score=score, given_on=given_on)
    except IntegrityError:
        held = Rating.objects.filter(source_key=source_key).first()
        if held is None:
            raise
        if (held.offer_id, held.score) != (offer.pk, score):
            raise DifferentRating(
                "This evaluation was sent before, with another rating. The first one stands."
            ) from None
        return held
    _add_up(offer.pk, score)
    return rating


def _add_up(offer_id: int, score: int) -> None:
    """The first rating makes the row, every other adds to it: whoever comes second waits and then adds."""
    more = {"people": F("people") + 1, "points": F("points") + score}
    if OfferRating.objects.filter(pk=offer_id).update(**more) == 1:
        return
    _, made = OfferRating.objects.get_or_create(offer_id=offer_id, defaults={"people": 1, "points": score})
    if not made and OfferRating.objects.filter(pk=offer_id).update(**more) != 1:
        raise RuntimeError(f"The ratings of offer {offer_id} could not be added up")


def claim_statistic(*, name: str, on: date) -> bool:
    """Whether the caller is the one who works out a statistic on a day: true once, whoever asks."""
    if PushedStatistic.objects.filter(name=name, pushed_on__lt=on).update(pushed_on=on) == 1:
        return True
    return PushedStatistic.objects.get_or_create(name=name, defaults={"pushed_on": on})[1]


@transaction.atomic
def record_bought_together(*, pairs: Iterable[tuple[int, int, int]]) -> int:
    """Replaces what is known of offers bought together: offer, other offer, how many schools bought both.

    Pairs of fewer than five schools are left out, however they came. Returns how many are kept.
    """
    kept = [
        BoughtTogether(offer_id=offer, other_id=other, schools=schools)
        for offer, other, schools in pairs
        if schools >= FEWEST_SCHOOLS and offer != other
    ]
    BoughtTogether.objects.all().delete()
    BoughtTogether.objects.bulk_create(kept, batch_size=2_000)
    return len(kept)
