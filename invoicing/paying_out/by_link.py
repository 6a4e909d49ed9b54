"""Releasing a batch by a signed link: a governor or trustee without a login, named by a finance manager for this batch.

| state of a request | verb | becomes |
|---|---|---|
| open | release_by_link | released |
| open | decline_by_link | declined: the batch stays approved, and finance reads why |
| open | ask_no_longer | withdrawn: its links end |

The person counts like any other: not who prepared or approved the batch, nor who named them, not even by their address.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from invoicing.paying_out.errors import BatchMoved, SamePerson
from invoicing.paying_out.models import PaymentBatch, PaymentSending, ReleaseLink, ReleaseRequest
from invoicing.paying_out.preparing import locked, record
from invoicing.paying_out.releasing import release
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.signed_links import GONE, claim, make_link, usable
from marketplace.core.text import clean_line
from marketplace.core.wording import london_day
from marketplace.organisations.models import Person

_ANSWER = ReleaseRequest.Answer
# Whoever holds the link acts; who was asked stands with the request.
BY_LINK = Actor(person_id=None, user_id=None, name="By signed link")


class ReleaseLinkGone(DomainError):
    """The link cannot be used (any more). Never says why, nor whose it was."""

    code = "release_link_gone"
    status = 404


class NoReleaseLink(DomainError):
    """No link can be made: the request was answered, or the batch moved on."""

    code = "no_release_link"


class ReleaseAsked(DomainError):
    """One person at a time is asked to release a batch."""

    code = "release_asked"


@transaction.atomic
def ask_to_release(*, batch: PaymentBatch, person: Person, form: str, at: datetime, actor: Actor) -> ReleaseRequest:
    """Asks a person with an e-mail address to release an approved batch by a link. Finance managers only.

    Refused: whoever prepared or approved it, the manager themselves, or another record with the address of one of these
    (SamePerson); while somebody else is asked (ReleaseAsked); a batch that is not approved (BatchMoved). The link itself is
    made as the e-mail leaves.
    """
    actor.require(Role.FINANCE_MANAGER, to="name who releases a payment batch")
    if actor.person_id is None:
        raise WrongInput("Who releases a payment batch is named by a person.")
    if form not in PaymentSending.Form.values:
        raise WrongInput(
            f"There is no payment file of the form {form}. Choose one of {', '.join(PaymentSending.Form)}."
        )
    if not person.email:
        raise WrongInput(f"We know no e-mail address of {person.name}. Record it first.")
    found = locked(batch, PaymentBatch.State.APPROVED)
    _require_another(found, person, actor.person_id)
    if open_request(found):
        raise ReleaseAsked(f"Somebody is asked to release {found.number} already. Ask them no longer first.")
    made = ReleaseRequest.objects.create(
        batch=found, person=person, asked_by_id=actor.person_id, asked_at=at, form=form, content_hash=found.content_hash
    )
    record("payment_batch.release_asked", found, actor, request=made.pk, person=person.pk)
    return made


def _require_another(batch: PaymentBatch, person: Person, manager_id: int) -> None:
    others = {pk for pk in (batch.prepared_by_id, batch.approved_by_id, manager_id) if pk is not None}
    if person.pk in others:
        raise SamePerson(f"{person.name} prepared or approved this batch, or is you, so somebody else must release it.")
    same = Q(email__iexact=person.email) | Q(user__email__iexact=person.email)
    if Person.objects.filter(same, pk__in=others).exists():
        raise SamePerson(
            f"{person.email} is the address of somebody who prepared or approved this batch, or yours, so somebody else must "
            "release it."
        )


def person_named(*, name: str, email: str, actor: Actor) -> Person:
    """The person on record with that address, whatever their name there; a new record without a login where there is none.

    Of several with the address the oldest, since ``ask_to_release`` looks at the address as well.
    """
    actor.require(Role.FINANCE_MANAGER, to="name who releases a payment batch")
    same = Person.objects.filter(Q(email__iexact=email) | Q(user__email__iexact=email)).order_by("pk").first()
    if same is not None:
        return same
    made = Person.objects.create(name=clean_line(name, what="Name", limit=120), email=email)
    events.record(
        kind="person.added", subject_kind="person", subject=str(made.pk), organisation_ids=[], payload={}, actor=actor
    )
    return made


def open_request(batch: PaymentBatch) -> ReleaseRequest | None:
    """Who is asked to release a batch and has not answered; None where nobody is."""
    return batch.release_requests.filter(answer="").select_related("person", "asked_by").first()


def declined(batch: PaymentBatch) -> list[ReleaseRequest]:
    """Who was asked and did not release it, oldest first, each with the reason."""
    return list(batch.release_requests.filter(answer=_ANSWER.DECLINED).select_related("person").order_by("pk"))


@transaction.atomic
def ask_no_longer(*, request: ReleaseRequest, at: datetime, actor: Actor) -> ReleaseRequest:
    """Ends a request: its links work no more. Finance managers only; refused once it was answered (BatchMoved)."""
    actor.require(Role.FINANCE_MANAGER, to="name who releases a payment batch")
    _answer(request, _ANSWER.WITHDRAWN, at)
    record("payment_batch.release_not_asked", request.batch, actor, request=request.pk)
    return request


def new_release_link(*, request: ReleaseRequest, at: datetime) -> str:
    """A fresh token for the address ``/release/{token}``, as the e-mail leaves. Raises NoReleaseLink."""
    found = ReleaseRequest.objects.select_related("batch").get(pk=request.pk)
    if not _waits(found):
        raise NoReleaseLink("This release is no longer asked for.")
    return make_link(ReleaseLink, at=at, request=found)


def request_by_link(*, token: str, at: datetime) -> ReleaseRequest:
    """What the link asks for. Uses nothing up. Raises ReleaseLinkGone."""
    rows = usable(ReleaseLink, token=token, at=at).select_related(
        "request__person", "request__batch__prepared_by", "request__batch__approved_by", "request__asked_by"
    )
    found = rows.first()
    if found is None or not _waits(found.request):
        raise ReleaseLinkGone(GONE)
    return found.request


def _waits(request: ReleaseRequest) -> bool:
    """Whether the batch waits for this person still, as they were asked about it."""
    batch = request.batch
    unchanged = batch.content_hash == request.content_hash
    return request.answer == "" and batch.state == PaymentBatch.State.APPROVED and unchanged


@transaction.atomic
def release_by_link(*, token: str, at: datetime, user_number: str = "") -> PaymentSending:
    """Releases the batch as the person who was asked, and uses the link up: see ``release_batch`` for what is refused.

    What is refused leaves the link usable, since nothing was decided. Raises ReleaseLinkGone for any link that does not work.
    """
    asked = _claimed(token, at)
    sending = release(
        batch=asked.batch, form=asked.form, command_key=f"link:{asked.pk}", at=at, on=london_day(at), actor=BY_LINK,
        person_id=asked.person_id, user_number=user_number,
    )  # fmt: skip
    _answer(asked, _ANSWER.RELEASED, at)
    _record("payment_batch.released_by_link", asked)
    return sending


@transaction.atomic
def decline_by_link(*, token: str, reason: str, at: datetime) -> ReleaseRequest:
    """The person does not release it: the batch stays approved, nothing is sent, and finance reads why."""
    asked = request_by_link(token=token, at=at)
    words = clean_line(reason, what="Why you do not release it", limit=240)
    asked = _claimed(token, at)
    _answer(asked, _ANSWER.DECLINED, at, words)
    _record("payment_batch.release_declined", asked, text=words)
    return asked


def _claimed(token: str, at: datetime) -> ReleaseRequest:
    asked = request_by_link(token=token, at=at)
    if not claim(ReleaseLink, token=token, at=at):
        raise ReleaseLinkGone(GONE)
    return asked


def _answer(request: ReleaseRequest, answer: str, at: datetime, reason: str = "") -> None:
    waiting = ReleaseRequest.objects.filter(pk=request.pk, answer="")
    if waiting.update(answer=answer, answered_at=at, reason=reason) != 1:
        raise BatchMoved("This request was answered meanwhile. Nothing was changed.")
    request.refresh_from_db()


def _record(kind: str, request: ReleaseRequest, **more: Any) -> None:
    request.batch.refresh_from_db()
    record(kind, request.batch, BY_LINK, request=request.pk, person=request.person_id, **more)
