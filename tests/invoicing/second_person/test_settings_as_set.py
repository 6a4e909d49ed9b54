"""Limits, rates and steps of schemes that were changed past their services are named; what services do leaves nothing."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from invoicing.credit_control.models import LatePaymentPolicy, ReferenceRate
from invoicing.journals.models import RecoveryRate
from invoicing.second_person.models import Action, FinanceLimit
from invoicing.services import load_reference_rate, set_late_payment, set_limit, set_recovery_rate
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import ApprovalRule, Organisation
from marketplace.organisations.services.delegation import end_approval_rule, set_approval_rule
from tests.invariants import answer

pytestmark = pytest.mark.django_db
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


def named(invariant: str) -> list[str]:
    return list(answer()[invariant]["violations"])


@pytest.fixture
def settings_made(partnership: Organisation, actor: Actor) -> None:
    set_limit(action=Action.REFUND, pence=10_000, valid_from=SEPTEMBER, actor=actor)
    set_limit(action=Action.REFUND, pence=20_000, valid_from=OCTOBER, actor=actor)
    set_recovery_rate(valid_from=SEPTEMBER, rate=Decimal("0.41"), actor=actor)
    set_recovery_rate(valid_from=OCTOBER, rate=Decimal("0.43"), actor=actor)
    load_reference_rate(half_from=date(2026, 7, 1), rate=Decimal("0.04"), actor=actor)
    load_reference_rate(half_from=date(2026, 7, 1), rate=Decimal("0.0375"), actor=actor)
    set_late_payment(from_on=SEPTEMBER, claims=True, actor=actor)


def test_what_is_set_and_corrected_holds(settings_made: None) -> None:
    assert named("settings-as-set") == []


@pytest.mark.parametrize(
    "change",
    [
        lambda: FinanceLimit.objects.filter(valid_from=OCTOBER).update(pence=1),
        lambda: FinanceLimit.objects.filter(valid_from=OCTOBER).delete(),
        lambda: FinanceLimit.objects.create(action=Action.WRITE_OFF, valid_from=SEPTEMBER, pence=10**9),
        lambda: RecoveryRate.objects.filter(valid_to=None).update(rate=Decimal("0.99")),
        lambda: RecoveryRate.objects.filter(valid_from=SEPTEMBER).update(valid_to=date(2026, 9, 20)),
        lambda: ReferenceRate.objects.update(rate=Decimal("0.04")),
        lambda: LatePaymentPolicy.objects.update(claims=False),
    ],
)
def test_what_was_written_past_the_service_is_named(settings_made: None, change: Callable[[], object]) -> None:
    change()
    assert len(named("settings-as-set")) == 1


@pytest.fixture
def scheme(oakfield: Organisation, actor: Actor) -> ApprovalRule:
    """Two steps, of which one was replaced and one ended on the day on which it began."""
    given = {"organisation": oakfield, "actor": actor}
    set_approval_rule(from_pence=50_000, valid_from=SEPTEMBER, role=Role.APPROVER, **given)
    set_approval_rule(from_pence=90_000, valid_from=SEPTEMBER, role=Role.TRUST_FINANCE, **given)
    end_approval_rule(from_pence=90_000, on=SEPTEMBER, **given)
    return set_approval_rule(
        from_pence=50_000, valid_from=OCTOBER, email="chair@oakfield.example", title="the chair", **given
    )


def test_a_scheme_that_is_set_replaced_and_ended_holds(scheme: ApprovalRule) -> None:
    assert named("schemes-as-set") == []


@pytest.mark.parametrize(
    "change",
    [
        {"from_pence": 5_000_000}, {"keeps_days": 60}, {"valid_from": date(2027, 10, 1)}, {"valid_to": date(2026, 11, 1)},
    ],
)  # fmt: skip
def test_a_step_that_was_loosened_is_named(scheme: ApprovalRule, change: dict[str, object]) -> None:
    ApprovalRule.objects.filter(pk=scheme.pk).update(**change)
    assert len(named("schemes-as-set")) == 1


def test_a_step_that_is_gone_is_named(scheme: ApprovalRule) -> None:
    ApprovalRule.objects.filter(pk=scheme.pk).delete()
    assert "it was set and is gone" in named("schemes-as-set")[0]
