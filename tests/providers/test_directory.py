"""What consultants say they know, close links that a school reads, and the letter for its single central record."""

from datetime import date

import pytest

from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Event
from marketplace.organisations.models import Person
from providers.directory.declaring import ExpertiseTested
from providers.directory.papers import render_letter
from providers.directory.queries import NotAssured
from providers.models import Evidence
from providers.queries import letter_of_assurance, related_to
from providers.services import Interested, declare_expertise, declare_related_party, suspend, test_expertise
from tests.providers.making import accredited, acting, consultant, person, provider

pytestmark = pytest.mark.django_db
test_expertise.__test__ = False  # a verb, whose name begins like a test's
ON = date(2026, 9, 1)


@pytest.fixture
def dana(council, actor):
    return accredited(consultant(provider(council, actor), actor))


def test_a_school_gets_a_letter_and_its_sight_is_recorded(dana, oakfield):
    bea = acting(oakfield, Role.BUYER)
    letter = letter_of_assurance(actor=bea, school=oakfield, code=dana.code, on=ON)
    said = {one.label: one.words for one in letter.checks}
    assert said["Enhanced DBS check"] == "number 001, dated 1 September 2025"
    assert said["Children’s barred list"] == "Not needed for work that is not regulated activity"
    assert letter.until == date(2030, 9, 1)
    seen = Event.objects.get(kind="consultant.assurance_seen")
    assert (seen.actor_person_id, seen.payload["school"]) == (bea.person_id, oakfield.pk)
    assert "001" not in str(seen.payload)
    made = render_letter(letter, partnership="Tidewell Schools Partnership")
    assert made.startswith(b"%PDF-") and made == render_letter(letter, partnership="Tidewell Schools Partnership")


def test_there_is_no_letter_for_others_or_about_somebody_who_may_not_deliver(dana, oakfield, partnership, actor):
    for who in (acting(partnership, Role.BUYER), acting(oakfield, Role.DELEGATE)):
        with pytest.raises(NotFound):
            letter_of_assurance(actor=who, school=oakfield, code=dana.code, on=ON)
    suspend(consultant=dana, on=ON, reason="A complaint", actor=acting(partnership, Role.ORGANISER, person("Hana").pk))
    with pytest.raises(NotAssured, match="may not be booked"):
        letter_of_assurance(actor=acting(oakfield, Role.BUYER), school=oakfield, code=dana.code, on=ON)
    assert not Event.objects.filter(kind="consultant.assurance_seen").exists()


def test_a_letter_names_the_check_in_date_alone(dana, oakfield):
    kept = Evidence.objects.get(requirement__code="dbs")
    Evidence.objects.create(
        requirement=kept.requirement, consultant=dana, valid_from=date(2026, 8, 1), number="002", given_on=ON,
        checked_on=ON, state="accepted",
    )  # fmt: skip
    Evidence.objects.create(
        requirement=kept.requirement, consultant=dana, valid_from=date(2026, 8, 2), number="003", given_on=ON
    )
    letter = letter_of_assurance(actor=acting(oakfield, Role.BUYER), school=oakfield, code=dana.code, on=ON)
    assert "number 002" in {one.label: one.words for one in letter.checks}["Enhanced DBS check"]


def test_what_a_consultant_says_is_tested_once_by_somebody_without_an_interest(dana, council, partnership):
    dana.person = Person.objects.create(name="Dana")
    dana.save()
    own = acting(council, Role.CONSULTANT, dana.person_id)
    told = declare_expertise(consultant=dana, theme="Reading", phase="Primary", level="leads", on=ON, actor=own)
    assert (told.theme, told.phase, told.result) == ("reading", "primary", "")
    with pytest.raises(Interested):
        test_expertise(expertise=told, confirmed=True, on=ON, actor=acting(partnership, Role.PANEL, dana.person_id))
    hana = acting(partnership, Role.ORGANISER, person("Hana").pk)
    assert test_expertise(expertise=told, confirmed=True, on=ON, actor=hana).result == "confirmed"
    with pytest.raises(ExpertiseTested):
        test_expertise(expertise=told, confirmed=False, on=ON, actor=hana)
    again = declare_expertise(consultant=dana, theme="reading", phase="primary", level="trains", on=ON, actor=own)
    assert (again.pk, again.result, again.tested_on) == (told.pk, "", None)
    with pytest.raises(WrongInput):
        declare_expertise(consultant=dana, theme="reading", level="masters", on=ON, actor=own)
    with pytest.raises(NotAllowed):
        declare_expertise(consultant=dana, theme="reading", level="knows", on=ON, actor=acting(partnership, Role.BUYER))


def test_a_close_link_shows_to_its_school_while_it_lasts(dana, council, oakfield, partnership):
    staff = acting(council, Role.PROVIDER)
    given = {"organisation": oakfield, "valid_from": ON, "actor": staff}
    declare_related_party(consultant=dana, nature="Is a governor", valid_to=date(2027, 9, 1), **given)
    declare_related_party(provider=dana.provider, nature="Its director's sister is the head", **given)
    days = (date(2026, 8, 31), ON, date(2027, 8, 31), date(2027, 9, 1))
    assert [len(related_to(dana, oakfield, day)) for day in days] == [0, 2, 2, 1]
    assert related_to(dana, partnership, ON) == []
    with pytest.raises(NotAllowed):
        declare_related_party(consultant=dana, nature="Knows them", **given | {"actor": acting(oakfield, Role.BUYER)})
