"""What makes the pages of agreements longer."""

from datetime import timedelta

from django.urls import reverse

from marketplace.core.actors import platform
from marketplace.core.periods import Period
from subscriptions.asking.services import ask_change
from subscriptions.plans.queries import SOURCE
from tests.frontend.lists.world import World
from tests.subscriptions.agreements import terms
from tests.subscriptions.renewals.agreed import agreed, line


def running(world: World, numbers: range) -> None:
    """Agreements of the customer that end within the year, with two services each."""
    term = Period.months_from(world.today - timedelta(days=60), 12)
    lines = [line(term=term), line(2, title="Payroll", term=term)]
    for number in numbers:
        agreed(world.customer, key=f"list:{number}", term=term, lines=lines, on=term.start, offered=False)


def window(world: World) -> str:
    """The renewals of all of them."""
    last = world.today + timedelta(days=400)
    return f"{reverse('finance-renewals')}?first={world.today.isoformat()}&last={last.isoformat()}&years=1&uplift=0"


def subscribers(world: World, numbers: range) -> None:
    """Subscriptions of the customer to one level."""
    term = Period.months_from(world.today - timedelta(days=60), 12)
    for number in numbers:
        gold = terms.line(200_000, term, title="Gold", source=f"{SOURCE}1", level="gold")
        terms.agreed(world.customer, gold, actor=platform("test"), term=term, key=f"gold:{number}", kind="subscription")


def asked(world: World, numbers: range) -> None:
    """A request of the customer for each number, each for an agreement of its own."""
    term = Period.months_from(world.today - timedelta(days=60), 12)
    for number in numbers:
        made = agreed(world.customer, key=f"asked:{number}", term=term, lines=[line(term=term)], on=term.start)
        ask_change(
            agreement=made, kind="end", on=world.today + timedelta(days=40), reason="School closes", today=world.today,
            actor=platform("test"),
        )  # fmt: skip
