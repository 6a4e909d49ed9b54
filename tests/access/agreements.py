"""What is agreed for a term in the world of the access matrix: one that runs, one that waits for an answer."""

from datetime import date, timedelta
from typing import Any

from marketplace.core.actors import platform
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation, School
from subscriptions.asking.services import ask_change
from tests.subscriptions.renewals.agreed import agreed, line


def services_agreed(organisation: Organisation, today: date) -> dict[str, Any]:
    """The numbers of both, and the year of which the renewals are asked for. Once for an organisation."""
    term = Period.months_from(today - timedelta(days=30), 12)
    given = {"term": term, "on": today, "lines": [line(term=term), line(2, title="Payroll", term=term)]}
    running = agreed(organisation, key=f"access:{organisation.pk}:runs", **given)
    offered = agreed(organisation, key=f"access:{organisation.pk}:offered", offered=True, **given)
    other = agreed(organisation, key=f"access:{organisation.pk}:asked", **given)
    asked = ask_change(
        agreement=other, kind="end", on=today + timedelta(days=40), reason="School closes", today=today,
        actor=platform("access"),
    )  # fmt: skip
    return {
        "asked_agreement": other.number, "asked_change": asked.pk,
        "agreement": running.number, "offered_agreement": offered.number, "renewal_year": term.end.year,
        "agreement_change": "notice",
    }  # fmt: skip


def agreement_bodies(keys: dict[str, Any], today: date) -> dict[str, dict[str, Any]]:
    """What each write of the API about agreements is asked to do."""
    later = (today + timedelta(days=40)).isoformat()
    return {
        "POST /agreements": {
            "organisation": keys["customer"], "title": "Clerking", "term_from": later,
            "term_to": (today + timedelta(days=400)).isoformat(), "pence_a_year": 1_000, "account": "4200",
            "stream": "BS",
        },
        "POST /agreements/rounds": {
            "key": "access", "title": "Clerking for all", "offers": ["clerking"], "first_day": later,
            "urns": [School.objects.values_list("urn", flat=True).earliest("urn")], "preview": True,
        },
        "POST /agreements/{number}/accept": {"paper": "Letter of 1 April"},
        "POST /agreements/{number}/decline": {"reason": "Too dear"},
        "POST /agreements/{number}/asked-changes": {"kind": "pause", "on": later, "reason": "Building works"},
        "POST /asked-changes/{id}/answer": {"do": "withdraw"},
        "POST /agreements/{number}/notice": {},
        "POST /agreements/{number}/change": {"stop": [2], "on": later},
        "POST /agreements/{number}/suspend": {"on": later, "reason": "Building works"},
        "POST /agreements/{number}/resume": {"on": later},
        "POST /agreements/{number}/end": {"on": later, "credit": "months", "reason": "School closes"},
    }  # fmt: skip
