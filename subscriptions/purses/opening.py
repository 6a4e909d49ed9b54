"""Opening a purse, paying into it, and who of its members may draw how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from invoicing.receivables.models import UnallocatedItem
from invoicing.second_person.models import PreparedAction
from invoicing.services import carry, prepare_carry
from marketplace.core import events
from marketplace.core.actors import BUYING, FINANCE, Actor
from marketplace.core.errors import DomainError, NotAllowed, WrongInput
from marketplace.core.periods import Period
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from subscriptions.membership.rules.methods import Method, shares_of
from subscriptions.membership.sharers import of_record
from subscriptions.purses.models import Purse, PurseMember

MOST_MEMBERS = 200
METHODS = (Method.EQUAL, Method.PUPILS, Method.WEIGHTS)


class PurseExists(DomainError):
    """The code belongs to another purse."""

    code = "purse_exists"


@dataclass(frozen=True)
class Joining:
    """Who belongs to a purse, with its weight, and the most that it may draw in pence with VAT (None: all that is left)."""

    organisation: Organisation
    weight: Decimal = Decimal(1)
    most_pence: int | None = None


@transaction.atomic
def open_purse(
    *,
    code: str,
    name: str,
    term: Period,
    lead: Organisation,
    members: Sequence[Joining],
    pence: int,
    method: Method,
    on: date,
    actor: Actor,
) -> Purse:
    """A purse over ``term`` into which its members agree to pay ``pence`` in all, divided to the penny by the method.

    By finance. It gets an account of its own as a customer; nothing is charged: what is paid in is money on account, a
    supply is only made with each order (VATA 1994 Sch 10B: for what, and at which rate, is not known before). The lead is
    a member. Raises PurseExists, and what ``shares_of`` raises for pupils that are not on record.
    """
    actor.require(*FINANCE, to="open purses")
    code = clean_line(code, what="Code", limit=20).lower()
    if not code.replace("-", "").isalnum() or not code.isascii():
        raise WrongInput("Code must be letters, digits and hyphens, like harbour-2026")
    if pence <= 0:
        raise WrongInput("What is paid in must be more than £0.00")
    if method not in METHODS:
        raise WrongInput(f"What is paid in is divided by one of {', '.join(one.words.lower() for one in METHODS)}")
    if Purse.objects.filter(code=code).exists():
        raise PurseExists(f"There is a purse {code} already. Choose another code.")
    everybody = _everybody(lead, members)
    name = clean_line(name, what="Name", limit=100)
    account = add_organisation(kind=Organisation.Kind.OTHER, name=name, valid_from=min(on, term.start), actor=actor)
    made = Purse.objects.create(
        code=code, name=name, lead=lead, account=account, valid_from=term.start, valid_to=term.end
    )
    facts = of_record([one.organisation for one in everybody], on)
    sharers = [fact.sharer(weight=one.weight) for fact, one in zip(facts, everybody, strict=True)]
    shares = {one.id: one for one in shares_of(pence=pence, method=method, terms={}, sharers=sharers)}
    PurseMember.objects.bulk_create(
        PurseMember(
            purse=made, organisation=one.organisation, most_pence=one.most_pence,
            agreed_pence=shares[one.organisation.pk].pence, steps=list(shares[one.organisation.pk].steps),
        )
        for one in everybody
    )  # fmt: skip
    record("purse.opened", made, actor, pence=pence, members=len(everybody))
    return made


def _everybody(lead: Organisation, members: Sequence[Joining]) -> list[Joining]:
    """The lead first unless it is named among the others, nobody twice."""
    ids = [one.organisation.pk for one in members]
    if len(set(ids)) != len(ids):
        raise WrongInput("Somebody is named twice among the members")
    if any(one.organisation.kind == Organisation.Kind.PARTNERSHIP for one in members):
        raise WrongInput("The partnership sells what is drawn and does not belong to a purse")
    if any(one.most_pence is not None and one.most_pence < 0 for one in members):
        raise WrongInput("The most that a member may draw cannot be below £0.00")
    found = list(members) if lead.pk in ids else [Joining(lead), *members]
    if not 2 <= len(found) <= MOST_MEMBERS:
        raise WrongInput(f"A purse has 2 to {MOST_MEMBERS} members")
    return found


@transaction.atomic
def pay_in(*, purse: Purse, source: UnallocatedItem, pence: int, on: date, actor: Actor) -> None:
    """Puts ``pence`` of a member's money on account into the purse. By finance.

    Refuses money of somebody who is no member, what was credited, and what carrying money to another account refuses: more than is left
    (MoreThanOnAccount), more than one person may carry alone (NeedsSecondPerson).
    """
    actor.require(*FINANCE, to="pay into purses")
    _check_member(purse, source)
    carry(source=source, to=purse.account, pence=pence, reason=f"Paid into {purse.name}", on=on, actor=actor)
    record("purse.paid_in", purse, actor, also=[source.organisation_id], pence=pence)


@transaction.atomic
def prepare_pay_in(*, purse: Purse, source: UnallocatedItem, pence: int, actor: Actor) -> PreparedAction:
    """Puts what is more than one person may carry alone before a finance manager; approved, it is in the purse."""
    actor.require(*FINANCE, to="pay into purses")
    _check_member(purse, source)
    return prepare_carry(source=source, to=purse.account, pence=pence, reason=f"Paid into {purse.name}", actor=actor)


def _check_member(purse: Purse, source: UnallocatedItem) -> None:
    if not purse.members.filter(organisation=source.organisation_id).exists():
        raise WrongInput(f"{source.organisation.name} does not belong to {purse.name}")
    if source.kind == UnallocatedItem.Kind.CREDIT_NOTE:
        raise WrongInput("What was credited is no payment. Set it against an invoice, or refund it.")


@transaction.atomic
def set_limit(*, member: PurseMember, may_draw: bool, most_pence: int | None, actor: Actor) -> PurseMember:
    """Whether a member may draw, and the most over the whole term in pence with VAT. By the lead, and by finance.

    What it drew stays drawn, also above a new limit: then nothing more may be drawn.
    """
    if member.purse.lead_id not in actor.organisations(*BUYING) and not actor.has(*FINANCE):
        raise NotAllowed(f"{member.purse.lead.name} decides who may draw. Ask them.")
    if most_pence is not None and most_pence < 0:
        raise WrongInput("The most that a member may draw cannot be below £0.00")
    before = {"may_draw": member.may_draw, "most_pence": member.most_pence}
    after = {"may_draw": may_draw, "most_pence": most_pence}
    if before != after:
        PurseMember.objects.filter(pk=member.pk).update(**after)
        member.may_draw, member.most_pence = may_draw, most_pence
        record("purse.limit_set", member.purse, actor, also=[member.organisation_id], before=before, after=after)
    return member


def record(kind: str, purse: Purse, actor: Actor, *, also: Sequence[int] = (), **payload: object) -> None:
    """An event of a purse, in the scope of its lead and of whom else it concerns."""
    events.record(
        kind=kind,
        subject_kind="purse",
        subject=purse.code,
        organisation_ids=sorted({purse.lead_id, *also}),
        payload=dict(payload),
        actor=actor,
    )
