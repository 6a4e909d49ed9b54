"""What visits do by themselves: unanswered ones are taken as agreed, schools are reminded, prepaid ones become income."""

from django.utils import timezone

from marketplace.core.periodic import every
from marketplace.trading.engagements.services.prepaid import use_prepaid
from marketplace.trading.engagements.services.visits import ACTOR, remind_schools, take_as_agreed


def taken_today() -> int:
    return take_as_agreed(on=timezone.localdate())


def reminded_today() -> int:
    return remind_schools(on=timezone.localdate())


def used_today() -> int:
    return use_prepaid(on=timezone.localdate(), actor=ACTOR)


every(1800, "trading.visits_taken", taken_today)
every(1800, "trading.visits_reminded", reminded_today)
every(600, "trading.visits_prepaid", used_today)
