"""What the processes do that award, send, close, agree and answer at the same moment."""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from tests.invoicing.races.settling import _each_together
from tests.subscriptions.races.two_at_once import unguarded

PAUSE = 0.3


def _look_then_move() -> None:
    """The control: an application moves from wherever it stands by then."""
    from subscriptions.hubs.models import HubApplication
    from subscriptions.hubs.services import applying, partnering

    def move(application: HubApplication, before: str, after: str, **values: Any) -> None:
        time.sleep(PAUSE)
        HubApplication.objects.filter(pk=application.pk).update(state=after, **values)
        application.refresh_from_db()

    unguarded()
    applying.move_application = move
    partnering.move_application = lambda *args, **values: None


def award_together(index: int, bids: Sequence[Sequence[int]], organiser: int, guarded: bool, barrier: Any) -> list[str]:
    """Each awards another application of the same calls, whose budget is enough for one."""
    from marketplace.core.actors import Actor, Grant, Role
    from subscriptions.hubs.models import HubApplication, HubCall
    from subscriptions.hubs.services import awarding
    from tests.subscriptions.hubs.calling import AWARDED_ON

    if not guarded:
        unguarded()

        def take(call: HubCall, worth: Any) -> None:
            call.refresh_from_db()
            if call.left_pence < worth.pence:
                raise awarding.BudgetTooSmall("Too late")
            time.sleep(PAUSE)
            HubCall.objects.filter(pk=call.pk).update(awarded_pence=call.awarded_pence + worth.pence)

        awarding._take_budget = take
    actor = Actor(None, None, f"Organiser {index}", frozenset({Grant(Role.ORGANISER, organiser)}))

    def attempt(number: int) -> None:
        bid = HubApplication.objects.select_related("call", "lead").get(pk=bids[number][index])
        awarding.award(application=bid, feedback="Yes", on=AWARDED_ON, actor=actor)

    return _each_together(barrier, len(bids), attempt)


def send_or_close(index: int, bids: Sequence[int], guarded: bool, barrier: Any) -> list[str]:
    """One sends a draft in the last minute, the other closes its call."""
    from marketplace.core.actors import platform
    from subscriptions.hubs.models import HubApplication
    from subscriptions.hubs.services import applying, calls
    from tests.subscriptions.hubs.calling import CLOSES

    if not guarded:
        _look_then_move()

    def attempt(number: int) -> None:
        bid = HubApplication.objects.select_related("call", "lead").get(pk=bids[number])
        if index == 0:
            at = CLOSES - timedelta(minutes=1)
            applying.submit_application(application=bid, at=at, actor=platform("race"))
        else:
            if not guarded:
                time.sleep(PAUSE / 3)
            calls.close_call(call=bid.call, at=CLOSES, actor=platform("race"))

    return _each_together(barrier, len(bids), attempt)


def agree_or_finish(index: int, bids: Sequence[int], guarded: bool, barrier: Any) -> list[str]:
    """One writes down what the panel agreed, the other ends the scoring."""
    from decimal import Decimal

    from marketplace.core.actors import platform
    from subscriptions.hubs.models import HubApplication
    from subscriptions.hubs.services import panel
    from tests.subscriptions.hubs.calling import SCORED_ON

    if not guarded:
        unguarded()
        required = panel._require_scoring

        def slowly(*args: Any) -> None:
            required(*args)
            time.sleep(PAUSE)

        panel._require_scoring = slowly

    def attempt(number: int) -> None:
        bid = HubApplication.objects.select_related("call", "lead").get(pk=bids[number])
        if index == 0:
            panel.agree_points(
                application=bid, criterion=bid.call.criteria.first(), points=Decimal(1), reason="Agreed",
                on=SCORED_ON, actor=platform("race"),
            )  # fmt: skip
        else:
            if not guarded:
                time.sleep(PAUSE / 3)
            panel.finish_scoring(call=bid.call, on=SCORED_ON, actor=platform("race"))

    return _each_together(barrier, len(bids), attempt)


def send_or_decline(index: int, partners: Sequence[int], guarded: bool, barrier: Any) -> list[str]:
    """The lead sends the application while a partner that had confirmed declines."""
    from marketplace.core.actors import platform
    from subscriptions.hubs.models import HubPartner
    from subscriptions.hubs.services import applying, partnering
    from tests.subscriptions.hubs.calling import APPLIED

    if not guarded:
        _look_then_move()

    def attempt(number: int) -> None:
        found = HubPartner.objects.select_related("application__call", "application__lead", "organisation")
        partner = found.get(pk=partners[number])
        if index == 0:
            applying.submit_application(application=partner.application, at=APPLIED, actor=platform("race"))
        else:
            if not guarded:
                time.sleep(PAUSE / 3)
            partnering.answer_partner(partner=partner, confirms=False, at=APPLIED, actor=platform("race"))

    return _each_together(barrier, len(partners), attempt)
