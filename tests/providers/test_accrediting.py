"""From an application to an accreditation: who may do what, in which state, and what nobody may do about themselves."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from invoicing.payees.models import PaymentHold
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.file_kinds import WrongFile
from marketplace.core.files import files_of, open_file
from marketplace.core.models import Event, EventText
from marketplace.organisations.models import Organisation, Person, RoleAssignment
from marketplace.organisations.services.people import add_person, give_role
from providers.accreditation.duties import erase_references, tell_of_endings
from providers.accreditation.rules.declarations import DECLARATIONS
from providers.accreditation.services.applying import ApplicationIncomplete, ApplicationMoved
from providers.accreditation.services.deciding import AccreditationOverlaps, DecidedByThem, EvidenceMissing
from providers.accreditation.services.evidence import EvidenceChecked, OwnEvidence, ends_after
from providers.accreditation.services.suspending import NEUTRAL, Suspended
from providers.accreditation.services.vouching import ReferenceLinkGone, reference_by_link
from providers.models import Application, Consultant, Evidence, ReferenceLink, Requirement, Suspension
from providers.queries import application_for, applications_for, evidence_for, standing_on
from providers.services import (
    Interested,
    accept_evidence,
    answer_reference,
    appeal_decision,
    countersign,
    decide_appeal,
    decide_application,
    declare,
    end_suspension,
    give_evidence,
    name_referee,
    new_reference_link,
    refuse_evidence,
    renew_accreditation,
    seed_requirements,
    sign_agreement,
    start_application,
    submit_application,
    suspend,
    withdraw_application,
)
from tests.core import small_files as small
from tests.providers.making import accredited, acting, consultant, person, provider

pytestmark = pytest.mark.django_db
ON = date(2026, 9, 1)
AT = datetime(2026, 9, 2, 9, tzinfo=ZoneInfo("Europe/London"))


class Story:
    """Ridgeway (here Oakfield's organisation) applies for Dana; two of the panel decide, an organiser countersigns."""

    def __init__(self, partnership, oakfield, actor):
        seed_requirements()
        self.firm = provider(oakfield, actor)
        self.dana = consultant(self.firm, actor, joined_on=date(2026, 1, 1))
        self.staff = acting(oakfield, Role.PROVIDER, person("Joana Petty").pk)
        self.panel = acting(partnership, Role.PANEL, person("Lorna Fitch").pk)
        self.other = acting(partnership, Role.PANEL, person("Iqbal Stone").pk)
        self.hana = acting(partnership, Role.ORGANISER, person("Hana Dell").pk)

    def show_all(self):
        """Everything but the references, given by the provider and accepted."""
        for need in Requirement.objects.filter(required=True).exclude(code="references"):
            own = need.holder == "consultant"
            made = give_evidence(
                requirement=need, consultant=self.dana if own else None, provider=None if own else self.firm,
                valid_from=ON, number="7", on=ON, actor=self.staff,
                upload=small.PDF if need.file == "needed" else None, file_name="paper.pdf",
            )  # fmt: skip
            accept_evidence(evidence=made, on=ON, actor=self.hana)

    def submitted(self):
        made = start_application(consultant=self.dana, on=ON, actor=self.staff)
        declare(application=made, codes=list(DECLARATIONS), actor=self.staff)
        for position, email in ((1, "greta@example.org"), (2, "osman@example.org")):
            name_referee(
                application=made, position=position, name="Somebody", email=email, relation="Head", actor=self.staff
            )
        return submit_application(application=made, on=ON, actor=self.staff)

    def with_panel(self):
        made = self.submitted()
        for reference in made.references.all():
            token = new_reference_link(reference=reference, at=AT)
            answer_reference(token=token, recommends=True, words="Thorough.", at=AT)
        made.refresh_from_db()
        return made

    def signed(self):
        made = decide_application(application=self.with_panel(), accredit=True, on=ON, actor=self.panel)
        return sign_agreement(application=made, on=ON, actor=self.staff)


@pytest.fixture
def story(partnership, oakfield, actor):
    return Story(partnership, oakfield, actor)


def test_a_consultant_is_accredited_for_a_year_at_the_end_of_the_journey(story, ledger_holds):
    story.show_all()
    made = countersign(application=story.signed(), valid_from=ON, on=ON, actor=story.hana)
    assert (made.valid_from, made.valid_to) == (ON, date(2027, 9, 1))
    stands = standing_on(story.dana, ON)
    assert stands.accredited and stands.until == date(2027, 9, 1)
    assert made.application.state == "accredited" and "Dana Whitlock" in made.application.agreement


def test_nobody_is_accredited_while_something_required_is_missing(story):
    signed = story.signed()
    with pytest.raises(EvidenceMissing) as refused:
        countersign(application=signed, valid_from=ON, on=ON, actor=story.hana)
    assert "Enhanced DBS check: nothing accepted yet." in refused.value.detail
    assert not any(line.startswith("References") for line in refused.value.detail)
    signed.refresh_from_db()
    assert signed.state == "signed" and not story.dana.accreditations.exists()


def test_a_draft_is_submitted_whole_or_not_at_all(story):
    made = start_application(consultant=story.dana, on=ON, actor=story.staff)
    assert start_application(consultant=story.dana, on=ON, actor=story.staff) == made
    with pytest.raises(ApplicationIncomplete) as refused:
        submit_application(application=made, on=ON, actor=story.staff)
    assert refused.value.detail == ["Tick all 6 statements.", "Name 2 people who know the work."]
    given = {"application": made, "name": "Greta", "relation": "Head", "actor": story.staff}
    name_referee(position=1, email="greta@example.org", **given)
    with pytest.raises(WrongInput, match="different e-mail"):
        name_referee(position=2, email="GRETA@example.org", **given)
    with pytest.raises(WrongInput, match="like name@"):
        name_referee(position=2, email="greta", **given)


def test_nobody_of_the_provider_is_a_referee(story, oakfield, actor):
    started = start_application(consultant=story.dana, on=ON, actor=story.staff)
    herself = Person.objects.create(name="Dana Whitlock", email="dana@ridgeway.example")
    Consultant.objects.filter(pk=story.dana.pk).update(person=herself)
    Organisation.objects.filter(pk=oakfield.pk).update(notify_email="office@ridgeway.example")
    made = Application.objects.get(pk=started.pk)
    given = {"application": made, "position": 1, "name": "Greta", "relation": "Head", "actor": story.staff}
    signed_in = add_person(name="Joana Petty", email="joana@ridgeway.example", password=None, actor=actor)
    give_role(person=signed_in, role=Role.PROVIDER, organisation=oakfield, valid_from=ON, actor=actor)
    for own in ("Joana@ridgeway.example", "dana@ridgeway.example", "office@ridgeway.example"):
        with pytest.raises(WrongInput, match="somebody from outside"):
            name_referee(email=own, **given)
    name_referee(email="greta@ridgeway.example", **given)


@pytest.mark.parametrize(
    "state", ["draft", "references", "panel", "signing", "signed", "refused", "closed", "withdrawn"]
)
def test_each_verb_works_in_its_own_state_alone(story, state):
    journeys = {
        "draft": lambda: start_application(consultant=story.dana, on=ON, actor=story.staff),
        "references": story.submitted,
        "panel": story.with_panel,
        "signing": lambda: decide_application(application=story.with_panel(), accredit=True, on=ON, actor=story.panel),
        "signed": story.signed,
        "refused": lambda: decide_application(
            application=story.with_panel(), accredit=False, reason="No", on=ON, actor=story.panel
        ),
        "closed": lambda: _closed(story),
        "withdrawn": lambda: withdraw_application(application=story.submitted(), on=ON, actor=story.staff),
    }
    made = journeys[state]()
    verbs = {
        "draft": lambda: declare(application=made, codes=[], actor=story.staff),
        "panel": lambda: decide_application(application=made, accredit=True, on=ON, actor=story.panel),
        "signing": lambda: sign_agreement(application=made, on=ON, actor=story.staff),
        "signed": lambda: countersign(application=made, valid_from=ON, on=ON, actor=story.hana),
        "refused": lambda: appeal_decision(application=made, why="Look again", on=ON, actor=story.staff),
    }
    for own, verb in verbs.items():
        if own == state:
            continue
        with pytest.raises(ApplicationMoved):
            verb()
    made.refresh_from_db()
    assert made.state == state


def _closed(story):
    made = decide_application(application=story.with_panel(), accredit=False, reason="No", on=ON, actor=story.panel)
    appeal_decision(application=made, why="Look again", on=ON, actor=story.staff)
    return decide_appeal(application=made, uphold=False, answer="It stays", on=ON, actor=story.other)


def test_an_appeal_is_decided_by_another_person(story):
    made = decide_application(application=story.with_panel(), accredit=False, reason="No", on=ON, actor=story.panel)
    assert not Event.objects.filter(kind="application.refused", payload__contains={"reason": "No"}).exists()
    appeal_decision(application=made, why="Look again", on=ON, actor=story.staff)
    with pytest.raises(DecidedByThem):
        decide_appeal(application=made, uphold=True, answer="Yes", on=ON, actor=story.panel)
    made = decide_appeal(application=made, uphold=True, answer="Yes after all", on=ON, actor=story.other)
    assert (made.state, made.appeal_answer) == ("signing", "Yes after all")


def test_whoever_works_for_the_provider_or_the_home_school_decides_nothing(story, partnership, oakfield, council):
    made = story.with_panel()
    two_hats = acting(partnership, Role.PANEL, story.staff.person_id)  # another login of the same person
    with pytest.raises(Interested):
        decide_application(application=made, accredit=True, on=ON, actor=two_hats)
    colleague = person("Rhona Vale")
    RoleAssignment.objects.create(person=colleague, role="buyer", organisation=oakfield, valid_from=date(2020, 1, 1))
    with pytest.raises(Interested):
        decide_application(application=made, accredit=True, on=ON, actor=acting(partnership, Role.PANEL, colleague.pk))
    head = person("Ada Home")
    RoleAssignment.objects.create(person=head, role="approver", organisation=council, valid_from=date(2020, 1, 1))
    story.dana.home_school, story.dana.person = council, Person.objects.create(name="Dana")
    story.dana.save()
    made.refresh_from_db()
    for who in (head.pk, story.dana.person_id):
        with pytest.raises(Interested):
            decide_application(application=made, accredit=True, on=ON, actor=acting(partnership, Role.PANEL, who))
    made.refresh_from_db()
    assert made.state == "panel"
    with pytest.raises(NotAllowed):
        decide_application(application=made, accredit=True, on=ON, actor=acting(council, Role.BUYER))


def test_a_referees_link_works_once_and_for_seven_days(story):
    made = story.submitted()
    first, second = made.references.all()
    token = new_reference_link(reference=first, at=AT)
    assert "greta" not in token and not ReferenceLink.objects.filter(digest=token).exists()
    assert reference_by_link(token=token, at=AT) == first
    with pytest.raises(WrongInput):
        answer_reference(token=token, recommends=True, words=" ", at=AT)
    answer_reference(token=token, recommends=True, words="Thorough.", at=AT)
    with pytest.raises(ReferenceLinkGone):
        answer_reference(token=token, recommends=False, words="Again.", at=AT)
    late = new_reference_link(reference=second, at=AT)
    with pytest.raises(ReferenceLinkGone):
        answer_reference(token=late, recommends=True, words="Late.", at=AT + timedelta(days=7))
    with pytest.raises(ReferenceLinkGone):
        reference_by_link(token="nobody-knows-it", at=AT)
    made.refresh_from_db()
    assert made.state == "references" and made.references.filter(answered_on=None).get() == second


def test_evidence_is_checked_by_another_person_and_once(story):
    need = Requirement.objects.get(code="safeguarding")
    made = give_evidence(
        requirement=need, consultant=story.dana, valid_from=ON, on=ON, actor=story.staff, upload=small.PDF,
        file_name="certificate.pdf",
    )  # fmt: skip
    assert made.valid_to == date(2028, 9, 1)
    file = files_of("evidence", str(made.pk))[0]
    assert open_file(file_id=file.pk, actor=story.panel).name == "certificate.pdf"
    with pytest.raises(NotFound):
        open_file(file_id=file.pk, actor=acting(story.firm.organisation, Role.BUYER, person("A Buyer").pk))
    refuse_evidence(evidence=made, reason="Cut off at the side", on=ON, actor=story.hana)
    with pytest.raises(EvidenceChecked):
        accept_evidence(evidence=made, on=ON, actor=story.panel)
    own = give_evidence(requirement=Requirement.objects.get(code="identity"), consultant=story.dana, valid_from=ON,
                        on=ON, actor=story.hana)  # fmt: skip
    with pytest.raises(OwnEvidence):
        accept_evidence(evidence=own, on=ON, actor=story.hana)
    assert evidence_for(acting(story.firm.organisation, Role.BUYER)).count() == 0


def test_what_is_shown_is_checked_by_its_content(story):
    def give(code, **more):
        return give_evidence(
            requirement=Requirement.objects.get(code=code), consultant=story.dana, valid_from=more.pop("first", ON),
            on=ON, actor=story.staff, **more,
        )  # fmt: skip

    with pytest.raises(WrongFile):
        give("safeguarding", upload=b"MZ\x90 a program", file_name="certificate.pdf")
    with pytest.raises(WrongInput, match="No copy is kept"):
        give("dbs", upload=small.PDF, file_name="dbs.pdf", number="001")
    with pytest.raises(WrongInput, match="Choose the document"):
        give("safeguarding")
    with pytest.raises(WrongInput, match="Enter the number"):
        give("dbs")
    with pytest.raises(WrongInput, match="is over"):
        give("dbs", number="001", first=date(2023, 9, 1))
    with pytest.raises(WrongInput, match="today or earlier"):
        give("identity", first=ON + timedelta(days=1))
    assert not Evidence.objects.exists()
    assert ends_after(date(2024, 2, 29), 12) == date(2025, 2, 28)


def test_a_suspension_shows_neutral_words_and_keeps_the_reason_apart(story):
    accredited(story.dana)
    made = suspend(consultant=story.dana, on=ON, reason="A complaint of a parent", actor=story.hana)
    assert standing_on(story.dana, ON).missing == (NEUTRAL,)
    began = Event.objects.get(kind="suspension.began")
    assert "complaint" not in str(began.payload) and not EventText.objects.filter(event=began).exists()
    assert Event.objects.get(kind="suspension.reason_kept").organisation_ids == []
    with pytest.raises(Suspended):
        suspend(consultant=story.dana, on=ON, reason="Again", actor=story.hana)
    with pytest.raises(NotAllowed):
        end_suspension(suspension=made, on=ON, actor=story.staff)
    hold = PaymentHold.objects.get(source_key=f"suspension:{made.pk}")
    assert (hold.provider, hold.reason, hold.lifted_on) == (story.firm.organisation, NEUTRAL, None)
    end_suspension(suspension=made, on=ON + timedelta(days=3), actor=story.hana)
    hold.refresh_from_db()
    assert hold.lifted_on == ON + timedelta(days=3)
    assert standing_on(story.dana, ON + timedelta(days=3)).accredited
    with pytest.raises(Suspended):
        end_suspension(suspension=made, on=ON + timedelta(days=4), actor=story.hana)
    assert Suspension.objects.count() == 1


def test_what_colleagues_earned_is_paid_while_one_of_several_is_suspended(story, actor):
    consultant(story.firm, actor, name="Elin Sand")
    suspend(consultant=story.dana, on=ON, reason="A complaint", actor=story.hana)
    assert not PaymentHold.objects.exists()
    suspend(provider=story.firm, on=ON, reason="A complaint", actor=story.hana)
    assert PaymentHold.objects.get().provider == story.firm.organisation


def test_a_renewal_begins_where_the_last_ends_with_evidence_in_date(story):
    accredited(story.dana, date(2026, 1, 1), ON)
    with pytest.raises(AccreditationOverlaps):
        renew_accreditation(consultant=story.dana, valid_from=ON - timedelta(days=1), on=ON, actor=story.hana)
    with pytest.raises(EvidenceMissing):
        renew_accreditation(consultant=story.dana, valid_from=ON, on=ON, actor=story.hana)
    assert not standing_on(story.dana, ON).accredited


def test_what_ends_soon_is_told_three_times_and_not_again(story):
    accredited(story.dana, date(2026, 1, 1), date(2030, 1, 1), ends={"dbs": ON + timedelta(days=60)})
    told = [tell_of_endings(on=ON + timedelta(days=day)) for day in (-1, 0, 0, 29, 30, 53, 59, 60)]
    assert told == [0, 1, 0, 0, 1, 1, 0, 0]
    steps = Event.objects.filter(kind="evidence.ending").order_by("pk").values_list("payload__days", flat=True)
    assert list(steps) == [60, 30, 7]


def test_who_vouched_is_erased_a_year_after_an_application_that_led_to_nothing(story):
    made = _closed(story)
    assert erase_references(on=ON + timedelta(days=364)) == 0
    assert erase_references(on=ON + timedelta(days=365)) == 1
    assert erase_references(on=ON + timedelta(days=366)) == 0
    assert {(one.name, one.email, one.words) for one in made.references.all()} == {("", "", "")}


def test_drafts_are_the_providers_own_and_others_see_nothing(story, council):
    made = start_application(consultant=story.dana, on=ON, actor=story.staff)
    assert application_for(story.staff, made.number) == made
    for who in (story.hana, story.panel, acting(council, Role.PROVIDER)):
        with pytest.raises(NotFound):
            application_for(who, made.number)
    assert not applications_for(acting(council, Role.BUYER)).exists()
