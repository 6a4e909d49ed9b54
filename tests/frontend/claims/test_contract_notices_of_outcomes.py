"""E-mails about contracts that pay on results: to the right side, once, and of a confidential one the number alone."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from frontend.notices.outcome_dates import tell_decisions_near, tell_overdue
from marketplace.core import outbox
from marketplace.core.models import Delivery
from marketplace.core.money import Money
from marketplace.messaging.models import Message
from subscriptions.outcomes.models import Statement
from subscriptions.outcomes.services.changes import Changes
from subscriptions.outcomes.services.contracting import agree_contract, decline_contract, offer_contract
from subscriptions.outcomes.services.ending import terminate_contract
from subscriptions.outcomes.services.stating import freeze_statement
from subscriptions.outcomes.services.varying import (
    approve_variation,
    decline_variation,
    propose_variation,
    withdraw_variation,
)
from tests.subscriptions.outcomes import claims
from tests.subscriptions.outcomes.claims import (
    BEGIN,
    DECIDED,
    Cast,
    accepted,
    hub_contract,
    hub_draft,
    rejected,
    submitted,
)

pytestmark = pytest.mark.django_db
Post = Callable[[str], list[tuple[str, Message]]]


@pytest.fixture
def post() -> Post:
    """Delivers every event, then returns who got which message about a topic that was not returned before."""
    seen: set[int] = set()

    def deliver(topic: str) -> list[tuple[str, Message]]:
        Delivery.objects.update(next_at=timezone.now())
        while outbox.deliver():
            pass
        ours = Delivery.objects.filter(handler__startswith="notices.").exclude(last_error="")
        assert list(ours.values_list("handler", "last_error")) == []
        found = Message.objects.filter(topic=topic).exclude(pk__in=seen).order_by("to", "pk")
        rows = [(one.to.split(".")[0], one) for one in found]
        seen.update(one.pk for _, one in rows)
        return rows

    return deliver


def told(rows: list[tuple[str, Message]]) -> list[tuple[str, str]]:
    return [(name, one.subject) for name, one in rows]


def test_an_offer_asks_the_other_party_and_its_answer_is_told_to_the_partnership(cast: Cast, post: Post) -> None:
    contract = hub_draft(cast)
    offer_contract(contract=contract, on=BEGIN, actor=cast.organiser)
    [(who, mail)] = post("outcomes")
    assert (who, mail.subject) == ("lena", "Agree a contract: Reading hub, up to £10,400.00")
    assert f"/hub/{contract.number}/contract" in mail.plain
    agree_contract(contract=contract, on=BEGIN, actor=cast.lead)
    assert told(post("outcomes")) == [("mia", "Agreed: Reading hub"), ("olu", "Agreed: Reading hub")]


def test_a_declined_one_is_told_without_its_reason(cast: Cast, post: Post) -> None:
    contract = hub_draft(cast)
    offer_contract(contract=contract, on=BEGIN, actor=cast.organiser)
    decline_contract(contract=contract, reason="Too little money", on=BEGIN, actor=cast.lead)
    found = post("outcomes")
    assert told(found) == [("mia", "Declined: Reading hub"), ("olu", "Declined: Reading hub")]
    assert all("Too little" not in one.plain for _, one in found), "and nobody is asked to agree what is declined"


def test_a_confidential_contract_is_told_by_its_number_alone(cast: Cast, post: Post) -> None:
    contract = hub_contract(cast, confidential=True)
    submitted(cast, contract)
    found = [*post("outcomes"), *post("deciding"), *post("returns")]
    assert found
    for _, one in found:
        words = one.subject + one.plain + one.html
        assert contract.number in words
        assert not [word for word in ("Reading hub", "Elm Park", "£", "Autumn outputs") if word in words]


def test_a_frozen_statement_says_what_is_paid_when_and_what_is_missing(contract, cast: Cast, post: Post) -> None:
    post("outcomes")
    rejected(cast, contract)
    first = Statement.objects.get(contract=contract, ordinal=1)
    freeze_statement(statement=first, on=DECIDED, actor=cast.manager)
    [(who, mail)] = post("outcomes")
    assert (who, mail.subject) == (
        "lena", "Nothing to pay on the statement to 31 December 2026: Reading hub",
    )  # fmt: skip
    assert "Autumn outputs, £2,800.00: sent back" in mail.plain and "Spring outputs" not in mail.plain
    assert "unsigned" not in mail.plain
    assert f"/statements/{contract.number}/1" in mail.plain or f"{contract.number}" in mail.plain


def test_one_that_pays_names_the_day_the_sum_and_what_is_held_back(cast: Cast, post: Post) -> None:
    contract = hub_contract(cast, retention=claims.Decimal("0.1"), retention_due_on=date(2027, 9, 30))
    post("outcomes")
    accepted(cast, contract)
    for ordinal in (1, 2):
        one = Statement.objects.get(contract=contract, ordinal=ordinal)
        freeze_statement(statement=one, on=date(2027, 5, 4), actor=cast.manager)
    ((_, mail),) = [row for row in post("outcomes") if row[1].subject.startswith("Paid")]
    assert mail.subject == "Paid on 25 May 2027: Reading hub, £2,520.00"
    assert "Held back until 30 September 2027: £280.00" in mail.plain


def test_the_council_hears_of_the_invoice_to_come(cast: Cast, council, post: Post) -> None:
    contract = claims.council_contract(cast, council)
    post("outcomes")
    accepted(Cast(**{**vars(cast), "lead": cast.organiser, "vera": claims.commissioner_of(council)}), contract)
    for ordinal in (1, 2):
        one = Statement.objects.get(contract=contract, ordinal=ordinal)
        freeze_statement(statement=one, on=date(2027, 5, 4), actor=cast.manager)
    found = [row for row in told(post("outcomes")) if "Invoice to come" in row[1]]
    assert found == [("cora", "Invoice to come: Reading for the council to 30 April 2027, £2,800.00")]


def _proposed(contract, cast: Cast) -> Any:
    return propose_variation(
        contract=contract, valid_from=date(2027, 5, 1), value=Money(6_800_00), changes=Changes(left_out=["reading"]),
        reason="Less money", on=BEGIN, actor=cast.organiser,
    )  # fmt: skip


def test_a_variation_is_told_to_who_waits_for_it_and_its_end_to_the_other_side(
    contract, cast: Cast, post: Post
) -> None:
    post("outcomes")
    version = _proposed(contract, cast)
    found = post("outcomes")
    subject = "Decide a variation of Reading hub from 1 May 2027"
    assert told(found) == [("lena", subject), ("mia", subject)], "not who proposed it"
    assert "£6,800.00" in found[0][1].plain and "Less money" not in found[0][1].plain
    approve_variation(version=version, on=BEGIN, actor=cast.manager)
    assert told(post("outcomes")) == [
        ("lena", "Approved by the other side: a variation of Reading hub from 1 May 2027")
    ]
    approve_variation(version=version, on=BEGIN, actor=cast.lead)
    assert [who for who, subject in told(post("outcomes")) if subject.startswith("Agreed: a var")] == ["mia", "olu"]


def test_declined_and_withdrawn_ones_too(contract, cast: Cast, post: Post) -> None:
    post("outcomes")
    decline_variation(version=_proposed(contract, cast), reason="Never", on=BEGIN, actor=cast.lead)
    found = post("outcomes")
    assert [who for who, _ in found] == ["mia", "olu"]
    assert {one.subject for _, one in found} == {"Declined: a variation of Reading hub from 1 May 2027"}
    version = _proposed(contract, cast)
    post("outcomes")
    withdraw_variation(version=version, on=BEGIN, actor=cast.organiser)
    assert told(post("outcomes")) == [("lena", "Withdrawn: a variation of Reading hub from 1 May 2027")]


def test_an_early_end_says_the_last_day_and_what_it_cancels(contract, cast: Cast, post: Post) -> None:
    post("outcomes")
    terminate_contract(contract=contract, ended_on=date(2026, 12, 31), reason="x y z", on=BEGIN, actor=cast.manager)
    [(who, mail)] = post("outcomes")
    assert (who, mail.subject) == ("lena", "Ends on 31 December 2026: Reading hub")
    assert "Cancelled, for later days: £" in mail.plain and "x y z" not in mail.plain


def test_an_overdue_return_is_told_once_until_it_is_given_another_day(contract, cast: Cast, post: Post) -> None:
    day = date(2027, 2, 2)
    assert (tell_overdue(on=date(2027, 1, 31)), tell_overdue(on=day), tell_overdue(on=day)) == (0, 1, 1)
    assert told(post("returns")) == [
        ("lena", "Overdue: ask for more time for the return due 31 January 2027: Autumn outputs, £2,800.00")
    ]
    assert tell_overdue(on=date(2027, 2, 9)) == 0, "a week later it is known"


def test_a_decision_is_told_to_be_near_two_days_before_its_day(contract, cast: Cast, post: Post) -> None:
    claim = submitted(cast, contract)
    post("deciding")
    by = claim.decide_by
    assert tell_decisions_near(on=by.replace(day=by.day - 3)) == 0
    assert tell_decisions_near(on=by) == 1 == tell_decisions_near(on=by)
    found = post("deciding")
    assert [who for who, _ in found] == ["vera", "vic"]
    assert found[0][1].subject.startswith(f"Decide by {by.day} {by:%B} on a return due 31 January 2027: Autumn outputs")
