"""What the processes do that decide on the same orders at the same moment."""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.core import small_files
from tests.invoicing.races.settling import _each_together

DECIDERS = 6


def decide_together(index: int, approvals: list[int], people: list[int], guarded: bool, barrier: Any) -> list[str]:
    """Process 0 and 1 approve, 2 declines, 3 withdraws for the buyer, 4 lets it run out, 5 records paper."""
    from marketplace.core.actors import platform
    from marketplace.organisations.models import Person
    from marketplace.organisations.services.people import actor_for
    from marketplace.trading.models import Approval
    from marketplace.trading.services import Answer, closing, decide, record_paper, withdraw
    from tests.trading.conftest import ON

    if not guarded:
        _without_guard(closing)
    user = Person.objects.get(pk=people[index]).user
    assert user is not None
    actor = actor_for(user=user, on=ON)

    def attempt(number: int) -> None:
        approval = Approval.objects.select_related("order").get(pk=approvals[number])
        if index in (0, 1):
            decide(approval=approval, answer=Answer.APPROVE, on=ON, actor=actor)
        elif index == 2:
            decide(approval=approval, answer=Answer.DECLINE, reason="No", on=ON, actor=actor)
        elif index == 3:
            withdraw(approval=approval, on=ON, actor=actor)
        elif index == 4:
            _expire(closing, approval, ON + timedelta(days=30), platform("race"))
        else:
            record_paper(
                approval=approval, approved=True, minute_reference="FGB 1", minuted_on=ON, scan=small_files.PDF,
                scan_name="minutes.pdf", on=ON, actor=actor,
            )  # fmt: skip

    return _each_together(barrier, len(approvals), attempt)


def _expire(closing: Any, approval: Any, on: Any, actor: Any) -> None:
    """What the duty of a later day does with one of them."""
    from django.db import transaction

    from marketplace.trading.models import Approval

    with transaction.atomic():
        closing.close(approval=approval, state=Approval.State.EXPIRED, on=on, actor=actor)


def _without_guard(closing: Any) -> None:
    """The control: looks whether it still waits, then writes; the database's own guard is off as well."""
    from django.db import connection

    from marketplace.trading.models import Approval

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")

    def look_then_write(approval_id: int, state: Any, decision: Mapping[str, Any]) -> bool:
        if Approval.objects.get(pk=approval_id).state != Approval.State.WAITING:
            return False
        time.sleep(0.02)
        return Approval.objects.filter(pk=approval_id).update(state=state, **decision) == 1

    closing.claim_decision = look_then_write


def use_link_together(tokens: list[str], guarded: bool, barrier: Any) -> list[str]:
    """Everybody sends "not for me" by the same link, which leaves the order waiting: the link alone decides."""
    from datetime import UTC, datetime

    from marketplace.core.signed_links import digest_of
    from marketplace.trading.models import ApprovalLink
    from marketplace.trading.services import Answer, links
    from marketplace.trading.services.links import decide_by_link

    at = datetime(2026, 9, 2, 19, 0, tzinfo=UTC)
    if not guarded:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")

        def look_then_write(token: str, now: datetime) -> bool:
            if ApprovalLink.objects.get(digest=digest_of(token)).used_at is not None:
                return False
            time.sleep(0.02)
            return ApprovalLink.objects.filter(digest=digest_of(token)).update(used_at=now) == 1

        links.claim_link = look_then_write

    def attempt(number: int) -> None:
        decide_by_link(token=tokens[number], answer=Answer.NOT_FOR_ME, name="Mary Okonkwo", role="Chair", at=at)

    return _each_together(barrier, len(tokens), attempt)
