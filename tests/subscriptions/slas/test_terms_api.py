"""A program reads how a service is agreed, what it promises, and the terms that go with it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalogue.rules.classes import PriceClass
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from subscriptions.services import PromiseOf, draft_terms, publish_terms, set_promises, set_service_terms
from tests.api.calling import Program
from tests.shop import Shop, person, schools

pytestmark = pytest.mark.django_db


def test_how_a_service_is_agreed_is_told(partnership: Organisation, actor: Actor, tmp_path: Any) -> None:
    offer = Shop(actor).offer("it-support", prices={PriceClass.ANY: {"flat": "3600"}}, term_months=12)
    set_service_terms(offer=offer, years=[1, 3], maintained_starts="04-01", uplift=Decimal(4), actor=actor)
    set_promises(offer=offer, level="", promises=[PromiseOf("P1", 30, 60)], valid_from=date(2020, 1, 1), actor=actor)
    draft = draft_terms(code="services", title="Terms", body="We help.\nYou pay.", actor=actor)
    program = Program(person(schools(tmp_path, actor, {})[0], actor))
    assert program.get("/terms-of-service/services/1").status_code == 404
    publish_terms(terms=draft, on=date(2026, 1, 1), actor=actor)
    told = program.get("/service-terms/it-support").json()
    assert (told["years"], told["maintained_starts"], told["uplift"]) == ([1, 3], "04-01", "4.00")
    assert [(one["priority"], one["response_minutes"]) for one in told["promises"]] == [("P1", 30)]
    assert program.get("/terms-of-service/services/1").json()["paragraphs"] == ["We help.", "You pay."]
    assert program.get("/service-terms/nothing").status_code == 404
