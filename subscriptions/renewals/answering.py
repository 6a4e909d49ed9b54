"""What a school answers: it takes an offer with its terms, keeps several at once, or stops one."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import BUYING, FINANCE, Actor
from marketplace.core.errors import DomainError
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from subscriptions.agreements.models import Agreement
from subscriptions.agreements.queries import whole_term, whole_terms
from subscriptions.agreements.services import decline, give_notice
from subscriptions.agreements.services.agreeing import require_party
from subscriptions.plans.services import accept
from subscriptions.slas.queries import terms_to_accept
from subscriptions.slas.services.accepting import accept_terms


class OfferChanged(DomainError):
    """What is offered is not what was shown."""

    code = "offer_changed"


@transaction.atomic
def take_offer(*, agreement: Agreement, on: date, actor: Actor, expected_pence: int | None = None) -> Agreement:
    """Accepts an offer and the terms of service that go with it, which the page has shown.

    ``expected_pence`` is the whole term with VAT as it was shown; another sum refuses (OfferChanged).
    """
    gross = whole_term(agreement).gross
    if expected_pence is not None and expected_pence != gross.pence:
        raise OfferChanged(f"It now costs {gross} with VAT over its whole term. Nothing was agreed. Look at it again.")
    made = accept(agreement=agreement, on=on, actor=actor)
    if made.organisation_id in actor.organisations(*BUYING):
        for terms in terms_to_accept(made, on):
            accept_terms(agreement=made, terms=terms, on=on, actor=actor)
    return made


@transaction.atomic
def keep_all(*, renewals: Sequence[Agreement], expected_pence: int, on: date, actor: Actor) -> int:
    """Accepts all of these offers or none; ``expected_pence`` is their sum with VAT as it was shown."""
    gross = sum(value.gross.pence for value in whole_terms([one.pk for one in renewals]).values())
    if gross != expected_pence:
        raise OfferChanged(f"Together they now cost {Money(gross)} with VAT. Nothing was agreed. Look at them again.")
    for one in sorted(renewals, key=lambda each: each.pk):
        take_offer(agreement=one, on=on, actor=actor)
    return len(renewals)


@transaction.atomic
def stop_renewing(*, agreement: Agreement, on: date, actor: Actor) -> Agreement:
    """The school does not go on: a renewal that is offered is declined, and notice is given for the end of the term."""
    require_party(agreement=agreement, actor=actor)
    offered = agreement.successors.filter(state=Agreement.State.OFFERED).first()
    if offered is not None:
        decline(agreement=offered, reason="Not renewed", on=on, actor=actor)
    return give_notice(agreement=agreement, on=on, actor=actor)


@transaction.atomic
def accept_on_paper(*, agreement: Agreement, reference: str, on: date, actor: Actor) -> Agreement:
    """Finance records that the customer agreed on paper; ``reference`` says where the paper is found. It runs then."""
    actor.require(*FINANCE, to="record what was agreed on paper")
    reference = clean_line(reference, what="Reference of the paper", limit=60)
    made = accept(agreement=agreement, on=on, actor=actor)
    Agreement.objects.filter(pk=made.pk).update(paper=reference)
    made.paper = reference
    record_paper_reference(agreement=made, reference=reference, actor=actor)
    return made


def record_paper_reference(*, agreement: Agreement, reference: str, actor: Actor) -> None:
    """Where the paper is found on which an agreement was made."""
    events.record(
        kind="agreement.on_paper",
        subject_kind="agreement",
        subject=agreement.number,
        organisation_ids=[agreement.organisation_id],
        payload={},
        text={"reference": reference},
        actor=actor,
    )
