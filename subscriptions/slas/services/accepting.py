"""Evidence of what was accepted: with an order, on the page of an agreement, or on paper."""

from datetime import date
from typing import BinaryIO

from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import BUYING, FINANCE, Actor
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.file_kinds import SCANS
from marketplace.core.files import store_file
from marketplace.core.text import clean_line
from subscriptions.agreements.models import Agreement
from subscriptions.agreements.queries import agreements_for
from subscriptions.slas.models import Acceptance, TermsDocument
from subscriptions.slas.papers import OWNER_KIND


def accept_terms(*, agreement: Agreement, terms: TermsDocument, on: date, actor: Actor) -> Acceptance:
    """The actor accepts a version for the agreement's customer, on the page. Twice is once.

    The caller has made sure that the actor may commit the organisation, and showed the version. Refuses a draft.
    """
    _check_published(terms, on)
    made, new = Acceptance.objects.get_or_create(
        agreement=agreement,
        terms=terms,
        defaults={"person_id": actor.person_id, "on": on, "how": Acceptance.How.PAGE},
    )
    if new:
        _record(made, agreement, actor)
    return made


@transaction.atomic
def accept_own_terms(*, agreement: Agreement, terms: TermsDocument, on: date, actor: Actor) -> Acceptance:
    """The same from the page of an agreement: whoever buys or approves for its customer, and nobody else."""
    if agreement.organisation_id not in actor.organisations(*BUYING):
        raise NotAllowed(
            "Terms are accepted by somebody who buys or approves for the school. Ask one of them to do it."
        )
    return accept_terms(agreement=agreement, terms=terms, on=on, actor=actor)


@transaction.atomic
def record_paper(
    *,
    agreement: Agreement,
    terms: TermsDocument,
    signed_on: date,
    note: str,
    scan: bytes | BinaryIO | None,
    scan_name: str,
    on: date,
    actor: Actor,
) -> Acceptance:
    """Finance records terms that were signed on paper, with a scan (PDF, PNG or JPEG) and where the paper is kept.

    ``note`` names the paper, never a person. Refuses a day of the future or before the version was published, a second
    acceptance of the same version, and a file that is no scan.
    """
    actor.require(*FINANCE, to="record what was signed on paper")
    agreement = agreements_for(actor).get(pk=agreement.pk)
    _check_published(terms, on)
    if not (terms.published_on or on) <= signed_on <= on:
        first = f"{terms.published_on:%-d %B %Y}"
        raise WrongInput(f"Day of signing must be from {first}, when the version was published, to {on:%-d %B %Y}")
    note = clean_line(note, what="Reference of the paper", limit=120)
    if Acceptance.objects.filter(agreement=agreement, terms=terms).exists():
        raise WrongInput(f"Version {terms.version} is accepted already. Nothing was recorded")
    if scan is None:
        raise WrongInput("Choose a scan of the signed paper")
    stored = store_file(
        upload=scan, name=scan_name, owner_kind=OWNER_KIND, owner=agreement.number,
        organisation_id=agreement.organisation_id, allowed=SCANS, actor=actor,
    )  # fmt: skip
    made = Acceptance.objects.create(
        agreement=agreement, terms=terms, person_id=actor.person_id, on=signed_on, how=Acceptance.How.PAPER, note=note,
        scan=stored,
    )  # fmt: skip
    _record(made, agreement, actor)
    return made


def _check_published(terms: TermsDocument, on: date) -> None:
    if terms.published_on is None or terms.published_on > on:
        raise WrongInput("A draft of terms is accepted by nobody. Publish it first")


def _record(made: Acceptance, agreement: Agreement, actor: Actor) -> None:
    events.record(
        kind="terms.accepted",
        subject_kind="agreement",
        subject=agreement.number,
        organisation_ids=[agreement.organisation_id],
        payload={
            "terms": made.terms.code,
            "version": made.terms.version,
            "how": str(made.how),
            "on": made.on.isoformat(),
        },
        actor=actor,
    )
