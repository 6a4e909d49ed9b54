"""What must fit before a line is quoted: for whom the offer is, and which of its levels was chosen."""

from datetime import date

from catalogue.models import Offer
from marketplace.core.errors import DomainError
from marketplace.organisations.models import Organisation
from marketplace.trading.models import BasketLine
from subscriptions.plans.queries import levels_with, may_join
from subscriptions.plans.rules.includes import Kind

LEVEL = "level"
_SCHOOLS = (Organisation.Kind.SCHOOL, Organisation.Kind.TRUST)


class CannotBeOrdered(DomainError):
    """The offer or its date cannot be bought (any more)."""

    code = "cannot_be_ordered"


class LevelMissing(DomainError):
    """The offer has levels, and none of them was chosen; ``fact`` names the question."""

    code = "level_missing"


def check_audience(line: BasketLine) -> None:
    """Refuses an event of others, and a package for exhibitors to a school or a trust."""
    offer = line.offer
    if offer.signposted_url:
        raise CannotBeOrdered(f"{offer.title} is booked with {offer.provider.organisation.name}, not here.")
    if offer.audience == Offer.Audience.EXHIBITORS and line.basket.organisation.kind in _SCHOOLS:
        raise CannotBeOrdered(f"{offer.title} is for exhibitors and sponsors. Schools book places instead.")


def check_deal(line: BasketLine, on: date) -> None:
    """Refuses a group deal that a subscription level opens to a school whose own level does not; a deal of no level is
    open to everybody."""
    if line.offer.kind != Offer.Kind.DEAL:
        return
    levels = levels_with(line.offer, on)
    if levels and (Kind.GROUP_DEAL.value, line.offer.code) not in may_join(line.school, on):
        names = " or ".join(levels)
        raise CannotBeOrdered(f"{line.offer.title} comes with {names}. {line.school.name} takes that level first.")


def check_level(line: BasketLine) -> None:
    """Refuses a line whose stated level is none of the offer's. An offer without levels asks for none."""
    titles = _titles(line)
    if titles and line.facts.get(LEVEL) not in titles:
        raise LevelMissing(f"Choose a level of {line.offer.title}: {', '.join(titles.values())}", fact=LEVEL)


def with_level(line: BasketLine) -> str:
    """The offer's title with the level that was chosen: "Data protection, Plus"."""
    if not (chosen := line.facts.get(LEVEL)):
        return line.offer.title
    title = _titles(line).get(chosen)
    return f"{line.offer.title}, {title}" if title else line.offer.title


def _titles(line: BasketLine) -> dict[str, str]:
    """The offer's levels by their codes; a whole basket reads them at once."""
    return {level.code: level.title for level in line.offer.levels.all()}
