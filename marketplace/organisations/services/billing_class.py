"""A person decides how a school is billed where the register's type does not tell."""

from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.organisations.models import School
from marketplace.organisations.models.schools import BillingClass

# Why: a code, because the event log holds no free text.
REASONS = {
    "funding_agreement": "Its funding agreement says so",
    "council": "Its council says so",
    "school": "The school says so",
    "legal_advice": "Legal advice says so",
}


@transaction.atomic
def decide_billing_class(*, school: School, billing_class: BillingClass, reason: str, actor: Actor) -> School:
    """Sets the class by hand; imports leave it alone from then on. May be decided again.

    ``reason`` is a key of ``REASONS``. Refuses to decide for "needs a decision".
    """
    actor.require(Role.ADMINISTRATOR, to="decide how a school is billed")
    if billing_class == BillingClass.OTHER:
        raise WrongInput("Choose how the school is billed")
    if reason not in REASONS:
        raise WrongInput("Choose the reason")
    School.objects.filter(pk=school.pk).update(billing_class=billing_class, billing_class_decided=True)
    events.record(
        kind="school.billing_class_decided",
        subject_kind="school",
        subject=school.urn,
        organisation_ids=[school.pk],
        payload={"before": {"class": school.billing_class}, "after": {"class": str(billing_class)}, "reason": reason},
        actor=actor,
    )
    school.billing_class, school.billing_class_decided = billing_class, True
    return school
