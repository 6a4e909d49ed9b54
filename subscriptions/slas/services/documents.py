"""Writing and publishing versions of terms of service."""

import unicodedata
from datetime import date

from django.db import transaction
from django.db.models import Max

from catalogue.offer_queries import LOOKING
from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.text import clean_line
from subscriptions.slas.models import TermsDocument

WRITERS = LOOKING
"""Organisers and administrators."""
BODY_LIMIT = 40_000


class TermsPublished(DomainError):
    """A published version is what customers accepted: it never changes."""

    code = "terms_published"


@transaction.atomic
def draft_terms(*, code: str, title: str, body: str, actor: Actor) -> TermsDocument:
    """The next version of the terms of that code as a draft: a new one, or the draft that stands with these words.

    ``body`` is plain paragraphs, one to a line, at most 40,000 characters.
    """
    actor.require(*WRITERS, to="write terms of service")
    title, body = clean_line(title, what="Title", limit=120), _body(body)
    rows = TermsDocument.objects.filter(code=code)
    list(rows.select_for_update().order_by("pk"))
    draft = rows.filter(published_on__isnull=True).first()
    if draft is None:
        newest = rows.aggregate(newest=Max("version"))["newest"] or 0
        draft = TermsDocument(code=code, version=newest + 1)
    draft.title, draft.body = title, body
    draft.save()
    _record("terms.drafted", draft, actor)
    return draft


def _body(text: str) -> str:
    lines = [clean_line(line, what="Terms", limit=BODY_LIMIT, required=False) for line in text.splitlines()]
    body = unicodedata.normalize("NFC", "\n".join(line for line in lines if line))
    if not body:
        raise WrongInput("Enter the terms")
    if len(body) > BODY_LIMIT:
        raise WrongInput(f"Terms must be {BODY_LIMIT:,} characters or fewer")
    return body


@transaction.atomic
def publish_terms(*, terms: TermsDocument, on: date, actor: Actor) -> TermsDocument:
    """From this day on, what is agreed is agreed under this version. Twice is refused (TermsPublished)."""
    actor.require(*WRITERS, to="publish terms of service")
    row = TermsDocument.objects.select_for_update().filter(pk=terms.pk).first()
    if row is None:
        raise NotFound("Page not found")
    if row.published_on is not None:
        raise TermsPublished(
            f"Version {row.version} was published on {row.published_on:%-d %B %Y}. Write the next version."
        )
    TermsDocument.objects.filter(pk=row.pk, published_on__isnull=True).update(published_on=on)
    row.published_on = on
    _record("terms.published", row, actor)
    return row


def _record(kind: str, terms: TermsDocument, actor: Actor) -> None:
    events.record(
        kind=kind, subject_kind="terms", subject=f"{terms.code}-{terms.version}", organisation_ids=[],
        payload={"version": terms.version}, actor=actor,
    )  # fmt: skip
