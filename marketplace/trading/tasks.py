"""What trading does by itself."""

from django.utils import timezone

from marketplace.core.actors import platform
from marketplace.core.periodic import every
from marketplace.trading.services import (
    claim_places,
    close_lists,
    expire_approvals,
    lapse_offers,
    offer_everywhere,
)
from marketplace.trading.services.included import use_included_places
from marketplace.trading.services.together import tell_bought_together
from subscriptions.services import expire_allowances

EVERY_SECONDS = 600


def expire_due() -> int:
    """Ends the approvals whose last day in London is over."""
    return expire_approvals(on=timezone.localdate(), actor=platform("Approvals that ran out"))


every(EVERY_SECONDS, "trading.expire_approvals", expire_due)


def claim_due() -> int:
    """Gives places to the people whose confirmed address stands on them."""
    return claim_places(actor=platform("Places of people who signed in"))


every(EVERY_SECONDS, "trading.claim_places", claim_due)


def keep_waiting_lists() -> int:
    """Passes places on whose offer ran out, offers what was added to a date, closes the lists of dates that are over."""
    now = timezone.now()
    return lapse_offers(at=now) + close_lists(at=now) + offer_everywhere(on=timezone.localdate(now))


every(60, "trading.waiting_lists", keep_waiting_lists)


def tell_together() -> int:
    """Tells the catalogue once a day what schools buy together."""
    return tell_bought_together(on=timezone.localdate())


every(EVERY_SECONDS, "trading.bought_together", tell_together)


def settle_allowances() -> int:
    """Included places of courses that have been are used; those left in an allowance that ended lapse."""
    on = timezone.localdate()
    return use_included_places(on=on) + expire_allowances(on=on)


every(EVERY_SECONDS, "trading.allowances", settle_allowances)
