"""E-mails about hubs: to schools that may apply, that are asked to apply with others, that have applied; to members of panels.

Neither what was written in an application nor the feedback on it stands in them: both are on the page alone.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from frontend.jinja import url
from frontend.notices.readers import absolute, to_person, to_roles
from frontend.notices.topics_of_hubs import HUBS, PANELS
from marketplace.core.actors import Role
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.services import To, send
from marketplace.organisations.models import Organisation, Person, RoleAssignment
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.people import on_day
from subscriptions.hubs.models import HubApplication, HubCall, HubPartner, PanelMember, ReviewPoint
from subscriptions.hubs.queries import APPLYING
from subscriptions.hubs.services.calls import minute_words
from subscriptions.outcomes.acting import claimant_organisation

_TO_SCHOOLS = {
    "hub_application.submitted": "received",
    "hub_application.deadline_near": "unsent",
    "hub_application.awarded": "awarded",
    "hub_application.declined": "declined",
}


@handles("hub_call.published", name="notices.hub_call")
def call_published(event: Event) -> None:
    """Tells whoever may apply for a school, once each."""
    call = HubCall.objects.get(number=event.subject)
    held = RoleAssignment.objects.filter(
        on_day(london_day(event.at)), role__in=[role.value for role in APPLYING],
        organisation__kind=Organisation.Kind.SCHOOL,
    )  # fmt: skip
    people = Person.objects.filter(pk__in=held.values("person")).select_related("user").order_by("pk")
    link = absolute(url("school-hub-call", number=call.number))
    _tell(event, "published", call, [to for one in people for to in to_person(one)], link)


@handles("hub_application.partner_named", name="notices.hub_partner")
def partner_asked(event: Event) -> None:
    """Asks the school that is named to confirm, unless it has answered since."""
    asked = HubPartner.objects.select_related("application__call", "application__lead", "organisation").filter(
        application__number=event.subject, organisation__number=event.payload["partner"], answer=HubPartner.Answer.ASKED
    )
    for one in asked:
        readers = to_roles(one.organisation_id, APPLYING, london_day(event.at))
        _tell(event, "partner", one.application.call, readers, _own(one.application), lead=one.application.lead.name)


@handles("hub_application.partner_confirmed", "hub_application.partner_declined", name="notices.hub_partner_answered")
def partner_answered(event: Event) -> None:
    """Tells whoever leads the application what the school answered."""
    found = _application(event)
    school = Organisation.objects.get(number=event.payload["partner"])
    what = event.kind.rsplit("_", 1)[1]
    readers = to_roles(found.lead_id, APPLYING, london_day(event.at))
    _tell(event, f"partner_{what}", found.call, readers, _own(found), lead=school.name)


@handles(*_TO_SCHOOLS, name="notices.hub_application")
def application_moved(event: Event) -> None:
    """Tells the application's schools; of a deadline, the lead that has to send it and partners that have not answered."""
    found, on = _application(event), london_day(event.at)
    what = _TO_SCHOOLS[event.kind]
    partners = found.partners.all()
    if what == "unsent":
        if found.state != HubApplication.State.DRAFT:
            return
        partners = partners.filter(answer=HubPartner.Answer.ASKED)
    schools = [found.lead_id, *partners.values_list("organisation_id", flat=True)]
    readers = {to.person_id: to for school in schools for to in to_roles(school, APPLYING, on)}
    _tell(event, what, found.call, readers.values(), _own(found), lead=found.lead.name)


@handles("hub_panel.invited", name="notices.hub_panel_invited")
def panel_invited(event: Event) -> None:
    """Tells somebody that they are on a panel, and what they do when."""
    member = PanelMember.objects.filter(pk=event.payload["member"], left_on=None)
    for one in member.select_related("call", "person__user"):
        what = "declare" if one.call.state == HubCall.State.CLOSED else "invited"
        _tell(event, what, one.call, to_person(one.person), _panel(one.call), topic=PANELS)


@handles("hub_call.closed", "hub_call.scored_again", name="notices.hub_panel_opened")
def panel_opened(event: Event) -> None:
    """Asks the members to declare their interests; those who have, to score."""
    call = HubCall.objects.get(number=event.subject)
    for one in call.members.filter(left_on=None).select_related("person__user").order_by("pk"):
        what = "score" if one.declared_on else "declare"
        _tell(event, what, call, to_person(one.person), _panel(call), topic=PANELS)


@handles("hub.review_near", name="notices.hub_review")
def review_near(event: Event) -> None:
    """Asks the lead to prepare the review, and the partnership to hold it."""
    review = ReviewPoint.objects.select_related("contract__party").get(
        contract__number=event.subject, ordinal=event.payload["review"]
    )
    if review.state != ReviewPoint.State.PLANNED:
        return
    contract, on = review.contract, london_day(event.at)
    link = absolute(url("hub-review", number=contract.number, ordinal=review.ordinal))
    told = {"title": contract.title, "number": contract.number, "due_on": review.due_on, "ordinal": review.ordinal}
    for what, readers in _sides(claimant_organisation(contract).pk, on):
        for to in readers:
            _send(event, what, to, link, HUBS, told | {"lead": contract.party.name})


def _sides(lead: int, on: date) -> Iterable[tuple[str, list[To]]]:
    leads = to_roles(lead, [Role.HUB_LEAD], on)
    known = {to.person_id for to in leads}
    yield "prepare", leads
    ours = to_roles(partnership().pk, [Role.ORGANISER], on)
    yield "hold", [to for to in ours if to.person_id not in known]


def _application(event: Event) -> HubApplication:
    return HubApplication.objects.select_related("call", "lead").get(number=event.subject)


def _own(application: HubApplication) -> str:
    return absolute(url("school-hub-application", number=application.number))


def _panel(call: HubCall) -> str:
    return absolute(url("panel-call", number=call.number))


def _tell(
    event: Event, what: str, call: HubCall, readers: Iterable[To], link: str, *, topic: str = HUBS, lead: str = ""
) -> None:
    told = {
        "title": call.title, "number": event.subject, "lead": lead, "opens": minute_words(call.opens_at),
        "closes": minute_words(call.closes_at), "monthly": call.monthly_pence, "kind": call.get_kind_display(),
    }  # fmt: skip
    for to in readers:
        _send(event, what, to, link, topic, told)


def _send(event: Event, what: str, to: To, link: str, topic: str, told: dict[str, Any]) -> None:
    send(
        key=f"hub:{event.pk}", topic=topic, to=to, template="mail/hub.jinja", context={"what": what, "link": link, **told},
        event=event,
    )  # fmt: skip
