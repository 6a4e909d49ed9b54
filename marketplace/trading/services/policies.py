"""The library of cancellation policies: named, in versions, applied to offers."""

from datetime import date

from django.db import transaction

from catalogue.models import Offer
from catalogue.rules.cancellation import Policy, check_policy
from catalogue.services.cancelling import set_cancellation
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.core.text import clean_line
from marketplace.trading.models import CancellationPolicy

TITLE_LIMIT, CODE_LIMIT = 80, 40


@transaction.atomic
def keep_policy(*, code: str, title: str, rule: Policy, on: date, actor: Actor) -> CancellationPolicy:
    """Puts a policy into the library: the first version of a new code, or the next version of one that was applied.

    A version that no offer was given is changed in place. Refuses a rule that is not of the form (WrongPolicy).
    """
    actor.require(Role.ORGANISER, Role.ADMINISTRATOR, to="keep cancellation policies")
    check_policy(rule)
    code = clean_line(code, what="Code", limit=CODE_LIMIT)
    if not code.replace("-", "").isalnum() or not code.isascii() or code != code.lower():
        raise WrongInput("Code must be of small letters, digits and hyphens, like four-working-days")
    title = clean_line(title, what="Title", limit=TITLE_LIMIT)
    newest = CancellationPolicy.objects.select_for_update().filter(code=code, newest=True).first()
    if newest is not None and (newest.title, newest.rule) == (title, rule):
        return newest
    if newest is not None and not newest.used:
        CancellationPolicy.objects.filter(pk=newest.pk).update(title=title, rule=rule)
        newest.refresh_from_db()
        kept = newest
    else:
        CancellationPolicy.objects.filter(code=code, newest=True).update(newest=False)
        kept = CancellationPolicy.objects.create(
            code=code,
            version=newest.version + 1 if newest else 1,
            title=title,
            rule=rule,
            added_on=on,
            added_by_person_id=actor.person_id,
        )
    _record("cancellation_policy.kept", kept, actor)
    return kept


@transaction.atomic
def apply_policy(*, policy: CancellationPolicy, offer: Offer, actor: Actor) -> Offer:
    """Gives an offer the policy, for what is ordered from now on; the version does not change any more."""
    policy = CancellationPolicy.objects.select_for_update().get(pk=policy.pk)
    if not policy.newest:
        raise WrongInput(f"{policy.title} has a newer version. Apply that one.")
    name = f"{policy.code}/{policy.version}"
    given = set_cancellation(offer=offer, policy=policy.rule, name=name, actor=actor)
    CancellationPolicy.objects.filter(pk=policy.pk).update(used=True)
    return given


def _record(kind: str, policy: CancellationPolicy, actor: Actor) -> None:
    events.record(
        kind=kind,
        subject_kind="cancellation_policy",
        subject=policy.code,
        organisation_ids=[],
        payload={"version": policy.version, "rule": policy.rule},
        actor=actor,
    )
