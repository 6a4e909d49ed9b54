"""Consultants of the demonstration: who they work for, what they showed, who is accredited and who asks to be."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from frontend.demonstration import partners, places
from frontend.demonstration.directory import Directory
from frontend.demonstration.people import office_of
from invoicing.documents.pdf.engine import typeset
from invoicing.services import set_vat_facts
from marketplace.core.actors import Actor, Grant, Role
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.services.registry import add_organisation
from providers.accreditation.rules.declarations import DECLARATIONS
from providers.models import Application, Consultant, Provider, Requirement
from providers.services import (
    accept_evidence,
    add_consultant,
    add_provider,
    answer_reference,
    countersign,
    decide_application,
    declare,
    declare_expertise,
    declare_related_party,
    give_evidence,
    name_referee,
    new_reference_link,
    seed_requirements,
    sign_agreement,
    start_application,
    submit_application,
    test_expertise,
)

RIDGEWAY, PRIORY, HOME = "Ridgeway Learning", "Priory Lane Coaching", "Saltpans Primary School"
_FIRMS = [
    (RIDGEWAY, "ridgeway-learning", "T", "Teaching, reading and subject leadership, in schools of every phase.", True),
    (PRIORY, "priory-lane", "M", "Coaching for heads and those who will be.", False),
]


@dataclass(frozen=True)
class Invented:
    """A consultant; ``asks`` that they only applied."""

    code: str
    name: str
    provider: str
    grade: str
    themes: tuple[str, ...]
    phases: tuple[str, ...]
    summary: str
    asks: bool = False


TEAM = [
    Invented(
        "dana-whitlock", "Dana Whitlock", "ridgeway-learning", "Senior consultant", ("Reading and writing", "Leadership"),
        ("primary",), "Reading across a primary school: lessons watched, plans made, leaders coached.",
    ),
    Invented(
        "tomas-hale", "Tomas Hale", "priory-lane", "Consultant", ("Leadership", "Governance"), ("primary", "secondary"),
        "A former head who sits beside new ones.",
    ),
    Invented(
        "ines-marlow", "Ines Marlow", "saltpans-primary", "Specialist leader", ("Mathematics",), ("primary",),
        "Leads mathematics at Saltpans and helps other schools two days a month.",
    ),
    Invented(
        "elin-sandoval", "Elin Sandoval", "ridgeway-learning", "Consultant", ("Science",), ("secondary",),
        "Practical science that technicians like too.", asks=True,
    ),
    Invented(
        "marek-osei", "Marek Osei", "ridgeway-learning", "Consultant", ("Behaviour",), ("secondary",),
        "Calm corridors, term by term.", asks=True,
    ),
]  # fmt: skip


def add_firms(directory: Directory, *, actor: Actor) -> None:
    """The organisations that consultants work for, before people get their roles there."""
    for name, code, town, summary, registered in _FIRMS:
        made = add_organisation(
            kind=Organisation.Kind.OTHER, name=name, valid_from=directory.since, actor=actor,
            address=places.address_in(town, name), notify_email=office_of(name),
            vat_number=partners.RIDGEWAY_VAT if registered else "",
        )  # fmt: skip
        directory.organisations[name] = made
        set_vat_facts(
            organisation=made, valid_from=directory.since, registered=registered, eligible_body=False,
            vat_number=partners.RIDGEWAY_VAT if registered else "", actor=actor,
            evidence="VAT certificate" if registered else "Told us they are below the threshold",
        )  # fmt: skip
        add_provider(organisation=made, code=code, summary=summary, actor=actor)
    # A maintained school is registered under its council's number, which stands on what we write for the school.
    set_vat_facts(
        organisation=directory.find(places.AUTHORITY_NAME), valid_from=directory.since, registered=True,
        vat_number=partners.COUNCIL_VAT, evidence="The council's VAT certificate", actor=actor,
    )  # fmt: skip
    add_provider(
        organisation=directory.find(HOME), code="saltpans-primary", actor=actor,
        summary="A school whose leaders help others.",
    )  # fmt: skip


def add_consultants(directory: Directory, *, today: date, actor: Actor) -> None:
    """Five people: three accredited with everything in date, two who applied. All through the services."""
    seed_requirements()
    paper = _paper(today)
    joined = today - timedelta(days=420)
    hana = directory.signed["organiser"]
    for one in TEAM:
        provider = Provider.objects.select_related("organisation").get(code=one.provider)
        person = Person.objects.filter(user__email="dana@ridgeway-learning.example", name=one.name).first()
        staff = _staff(directory, provider)
        made = add_consultant(
            provider=provider, code=one.code, name=one.name, joined_on=joined, grade=one.grade, summary=one.summary,
            themes=one.themes, phases=one.phases, person=person, published=not one.asks, actor=actor,
            home_school=provider.organisation if one.provider == "saltpans-primary" else None,
            biography="Taught for twelve years before advising. Plans each visit with the school and writes it up after.",
        )  # fmt: skip
        _show_all(made, paper, today, staff, hana)
        _apply(made, one, today, staff, directory)
    dana = Consultant.objects.select_related("provider__organisation").get(code="dana-whitlock")
    _know(dana, today, directory)
    ridgeway = _staff(directory, dana.provider)
    again = Requirement.objects.get(code="safeguarding")
    elin = Consultant.objects.select_related("provider__organisation").get(code="elin-sandoval")
    for whom in (dana, elin):  # newer certificates, which wait to be checked
        give_evidence(
            requirement=again, consultant=whom, valid_from=today - timedelta(days=2), on=today, actor=ridgeway,
            upload=paper, file_name="safeguarding certificate.pdf",
        )  # fmt: skip


def _staff(directory: Directory, provider: Provider) -> Actor:
    """Whoever acts for the provider: who signs in there, or an unnamed person of theirs."""
    if provider.organisation.name == RIDGEWAY:
        return directory.signed["ridgeway"]
    person, _ = Person.objects.get_or_create(name=f"Office of {provider.organisation.name}")
    grants = frozenset({Grant(Role.PROVIDER, provider.organisation_id)})
    return Actor(person_id=person.pk, user_id=None, name=person.name, grants=grants)


def _paper(today: date) -> bytes:
    """A certificate that says that it is invented."""
    view = {
        "title": "Certificate", "number": "", "metadata_title": "An invented certificate", "demonstration": "Invented",
        "seller": {"name": "An invented body", "address": [], "numbers": []}, "facts": [], "checks": [], "related": [],
        "opening": "This certificate is invented.",
    }  # fmt: skip
    return typeset(template="assurance.typ", data=view, dated=today)


def _show_all(made: Consultant, paper: bytes, today: date, staff: Actor, hana: Actor) -> None:
    """Everything that is required, and two checks more, given by the provider and accepted by an organiser.

    What ends soon: the professional indemnity of Priory Lane, in 45 days.
    """
    for need in Requirement.objects.all():
        own = need.holder == Requirement.Holder.CONSULTANT
        if need.code == "references" or (not need.required and need.code not in ("prohibition", "qualifications")):
            continue
        held = made.evidence if own else made.provider.evidence
        if held.filter(requirement=need).exists():
            continue
        soon = need.code == "professional-indemnity" and made.provider.code == "priory-lane"
        file = need.file == Requirement.File.NEEDED
        given = give_evidence(
            requirement=need, consultant=made if own else None, provider=None if own else made.provider,
            valid_from=today - timedelta(days=320), number=f"00{made.pk}{need.pk}4471" if need.needs_number else "",
            valid_to=today + timedelta(days=45 if soon else 330) if need.months else None,
            decision="Enhanced, nothing recorded" if need.code == "dbs" else "",
            upload=paper if file else None, file_name=f"{need.code}.pdf" if file else "", on=today, actor=staff,
        )  # fmt: skip
        accept_evidence(evidence=given, on=today, actor=hana)


def _apply(made: Consultant, one: Invented, today: date, staff: Actor, directory: Directory) -> None:
    """The journey to where this consultant stands: accredited, with the panel, or waiting for a reference."""
    begun = today - timedelta(days=9 if one.asks else 300)
    application = start_application(consultant=made, on=begun, actor=staff)
    declare(application=application, codes=list(DECLARATIONS), actor=staff)
    for position, (name, relation) in enumerate(
        [("Greta Holm", "Head of a school where they worked"), ("Osman Reid", "Chair of a trust that booked them")], 1
    ):
        email = f"{name.split()[0].lower()}@{made.code}.example"
        name_referee(application=application, position=position, name=name, email=email, relation=relation, actor=staff)
    submit_application(application=application, on=begun, actor=staff)
    if made.code == "marek-osei":
        return
    now = timezone.now()
    for reference in application.references.all():
        token = new_reference_link(reference=reference, at=now)
        answer_reference(token=token, recommends=True, words="Thorough, kind, always prepared.", at=now)
    if one.asks:
        return
    application = Application.objects.select_related("consultant__provider__organisation").get(pk=application.pk)
    decide_application(application=application, accredit=True, on=begun, actor=directory.signed["panel"])
    sign_agreement(application=application, on=begun, actor=staff)
    end = today + timedelta(days=330)
    countersign(
        application=application, valid_from=begun, valid_to=end, on=begun,
        actor=directory.signed["organiser"],
    )  # fmt: skip


def _know(dana: Consultant, today: date, directory: Directory) -> None:
    """What Dana says she knows, of which one was tested, and a close link to a school."""
    own, hana = directory.signed["consultant"], directory.signed["organiser"]
    told = [
        declare_expertise(consultant=dana, theme=theme, phase="primary", level=level, on=today, actor=own)
        for theme, level in (("reading and writing", "trains"), ("leadership", "leads"))
    ]
    test_expertise(expertise=told[0], confirmed=True, on=today, actor=hana)
    declare_related_party(
        organisation=directory.find("Marrambridge School"), nature="Is a governor of the school", consultant=dana,
        valid_from=today - timedelta(days=200), actor=own,
    )  # fmt: skip
