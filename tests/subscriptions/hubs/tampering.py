"""How the invariants of hubs are broken by someone who has switched the guards off."""

from collections.abc import Callable

from invoicing.services import seed_chart
from marketplace.core.actors import Role, platform
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.registry import add_organisation
from subscriptions.hubs.services.awarding import award, decline
from tests.invoicing.books import run_sql
from tests.shop import START, person
from tests.subscriptions.hubs.calling import AWARDED_ON, applied, closed, gave, member, on_panel, opened, scored

ACTOR = platform("test")


def _decided() -> None:
    """A call with two applications, scored by two members, one awarded and one declined."""
    seed_chart()
    if not Organisation.objects.filter(kind=Organisation.Kind.PARTNERSHIP).exists():
        add_organisation(kind=Organisation.Kind.PARTNERSHIP, name="Tidewell", valid_from=START, actor=ACTOR)
    *schools, partner = [
        add_organisation(kind=Organisation.Kind.SCHOOL, name=name, valid_from=START, actor=ACTOR)
        for name in ("Ash School", "Beech School", "Chestnut School")
    ]
    us = partnership()
    organiser = person(us, ACTOR, name="Una Organiser", role=Role.ORGANISER)
    call = opened(organiser)
    bids = [applied(call, ACTOR, school, *others) for school, others in zip(schools, ([partner], []), strict=True)]
    closed(call, organiser)
    judges = [member(us, ACTOR, "Ivy Panel"), member(us, ACTOR, "Jon Panel")]
    on_panel(call, organiser, *judges)
    for bid in bids:
        for judge in judges:
            gave(bid, judge, 4, 4, 4)
    scored(call, organiser)
    award(application=bids[0], feedback="Yes", on=AWARDED_ON, actor=organiser)
    decline(application=bids[1], feedback="No", on=AWARDED_ON, actor=organiser)


def _sql(statement: str) -> Callable[[], None]:
    def tamper() -> None:
        _decided()
        assert run_sql(statement) >= 1, f"Nothing was tampered with by: {statement}"

    return tamper


_INTEREST = """
INSERT INTO subscriptions_panelinterest (member_id, application_id, own, words, declared_on)
SELECT m.id, a.id, false, 'A friend', '2026-05-02' FROM subscriptions_panelmember m, subscriptions_hubapplication a
WHERE {which}"""


def _decider_with_an_interest() -> None:
    _decided()
    run_sql(
        "INSERT INTO subscriptions_panelmember (call_id, person_id, invited_on)"
        " SELECT call_id, decided_by_id, '2026-05-01' FROM subscriptions_hubapplication WHERE state = 'awarded'"
    )
    which = "a.state = 'awarded' AND m.person_id = a.decided_by_id"
    assert run_sql(_INTEREST.format(which=which)) == 1


TAMPERINGS: dict[str, Callable[[], None]] = {
    "hub-awards-within-budget": _sql("UPDATE subscriptions_hubcall SET awarded_pence = awarded_pence - 1"),
    "hub-partners-confirmed": _sql(
        "UPDATE subscriptions_hubpartner SET answer = 'asked', answered_at = NULL, answered_by_id = NULL"
    ),
    "hub-scores-without-interest": _sql(_INTEREST.format(which="a.state = 'awarded'")),
    "hub-decisions-without-interest": _decider_with_an_interest,
    "hub-applications-in-time": _sql("UPDATE subscriptions_hubapplication SET submitted_at = '2026-05-01 12:00+01'"),
}
