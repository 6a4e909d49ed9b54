"""Income that comes when somebody tells of it: a use of something prepaid, a verification."""

from datetime import date

from django.db import transaction

from invoicing.ledger.posting import post
from invoicing.recognition.models import Deferral, DeferralPart
from invoicing.recognition.releasing import WaitingPart, entry_of, mark_released
from invoicing.recognition.rules import ON_USE, ON_VERIFICATION
from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.money import Money

_WORDS = {ON_USE: "used", ON_VERIFICATION: "verified"}
_KINDS = {ON_USE: "income.used", ON_VERIFICATION: "income.verified"}


class ToldDifferently(DomainError):
    """The same use or verification was told before for another amount."""

    code = "told_differently"


class MoreThanDeferred(DomainError):
    """More was used or verified than is left in deferred income; ``remaining`` is what is left, in pence."""

    code = "more_than_deferred"


def use_deferred(*, charge_source_key: str, source_key: str, pence: int, on: date, actor: Actor) -> DeferralPart:
    """So many pence of what was prepaid were used on a day, and are income on it, or on the invoice's day if later.

    ``source_key`` is of the use: told again it changes nothing, told with another amount it raises ToldDifferently. Raises
    NotFound for an item of which nothing is deferred for use, MoreThanDeferred beyond what is left.
    """
    return _tell(ON_USE, charge_source_key, source_key, pence, on, actor)


def verify_deferred(
    *, charge_source_key: str, source_key: str, on: date, actor: Actor, pence: int | None = None
) -> DeferralPart:
    """What had to be verified was verified on a day: all that is left, or so many pence of it, becomes income.

    The same promises and refusals as ``use_deferred``.
    """
    return _tell(ON_VERIFICATION, charge_source_key, source_key, pence, on, actor)


@transaction.atomic
def _tell(
    pattern: str, charge_source_key: str, source_key: str, pence: int | None, on: date, actor: Actor
) -> DeferralPart:
    if not source_key:
        raise ValueError("A use or a verification has a source of its own")
    if pence is not None and pence <= 0:
        raise WrongInput(f"What is {_WORDS[pattern]} must be more than £0.00")
    deferral = (
        Deferral.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(source_key=charge_source_key, pattern=pattern)
        .first()
    )
    if deferred_part := DeferralPart.objects.filter(source_key=source_key).first():
        return _same(deferred_part, deferral, pence)
    if deferral is None:
        raise NotFound(f"Nothing that is still to be {_WORDS[pattern]} was invoiced for {charge_source_key}")
    wanted = deferral.open_pence if pence is None else pence
    if not 0 < wanted <= deferral.open_pence:
        raise MoreThanDeferred(
            f"{Money(deferral.open_pence)} is left to be {_WORDS[pattern]} of what was invoiced, not {Money(wanted)}. "
            "The rest is income already, or was credited.",
            remaining=deferral.open_pence,
        )
    return _release(deferral, wanted, source_key, on, actor)


def _same(part: DeferralPart, deferral: Deferral | None, pence: int | None) -> DeferralPart:
    if deferral is None or part.deferral_id != deferral.pk or (pence is not None and part.pence != pence):
        raise ToldDifferently(
            f"{part.source_key} was told before as {Money(part.pence)} on {part.income_on:%-d %B %Y}. "
            "Give another use or verification a source of its own."
        )
    return part


def _release(deferral: Deferral, pence: int, source_key: str, on: date, actor: Actor) -> DeferralPart:
    part = DeferralPart.objects.create(deferral=deferral, income_on=on, pence=pence, source_key=source_key)
    waiting = WaitingPart(
        part.pk,
        deferral.pk,
        deferral.organisation_id,
        max(on, deferral.since),
        deferral.account_id,
        deferral.stream_id,
        deferral.analysis_code,
        pence,
    )
    name = deferral.organisation.name
    entries = post(entries=[entry_of([waiting], source_key=f"release:{part.pk}", of=name)], actor=actor)
    mark_released([waiting], entries)
    events.record(
        kind=_KINDS[deferral.pattern],
        subject_kind="deferral",
        subject=str(deferral.pk),
        organisation_ids=[deferral.organisation_id],
        payload={"pence": pence, "on": on.isoformat()},
        actor=actor,
    )
    part.refresh_from_db()
    return part
