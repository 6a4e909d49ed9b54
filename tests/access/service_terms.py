"""Terms of service in the world of the access matrix: a published version."""

from datetime import date
from typing import Any

from marketplace.core.actors import Actor
from subscriptions.services import draft_terms, publish_terms


def terms_keys(today: date, actor: Actor) -> dict[str, Any]:
    draft = draft_terms(code="services", title="Terms for services", body="We help.", actor=actor)
    terms = publish_terms(terms=draft, on=today, actor=actor)
    return {"terms_code": terms.code, "terms_version": terms.version}
