"""Schools that apply together with a lead: named by it, each answering in its own name before the application is sent.

| answer | meaning | who moves it |
|---|---|---|
| asked | named, or named with another part | the school: ``answer_partner`` |
| confirmed | it applies with the lead, in that part | the school, until the application is sent: declined |
| declined | it does not; the lead takes it off or names it anew | the school: confirmed; ``name_partner``: asked |
"""

from datetime import datetime

from django.db import transaction

from marketplace.core.actors import Actor
from marketplace.core.errors import NotFound, WrongInput
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation
from subscriptions.hubs.models import HubApplication, HubPartner
from subscriptions.hubs.services.calls import require_open
from subscriptions.hubs.services.writing import move_application, record_application, require_applicant

MOST_PARTNERS = 10
Answer = HubPartner.Answer
State = HubApplication.State


@transaction.atomic
def name_partner(*, application: HubApplication, school: Organisation, part: str, actor: Actor) -> HubPartner:
    """Asks another school to apply together with the lead. Of a draft alone. Its answer is its own.

    Named again, it is asked anew where its part is another or it had declined; else nothing changes.
    """
    require_applicant(actor, application.lead, to="change this application")
    if school.pk == application.lead_id:
        raise WrongInput("Your own school leads the application. Name another one.")
    if school.kind != Organisation.Kind.SCHOOL:
        raise WrongInput("A partner must be a school")
    move_application(application, State.DRAFT, State.DRAFT)
    known = application.partners.exclude(organisation=school).count()
    if known >= MOST_PARTNERS:
        raise WrongInput(f"An application names {MOST_PARTNERS} partners or fewer")
    part = clean_line(part, what="Its part", limit=200, required=False)
    made, new = HubPartner.objects.get_or_create(application=application, organisation=school, defaults={"part": part})
    if not new and made.part == part and made.answer != Answer.DECLINED:
        return made
    if not new:
        HubPartner.objects.filter(pk=made.pk).update(
            part=part, answer=Answer.ASKED, answered_at=None, answered_by=None, words=""
        )
        made.refresh_from_db()
    record_application("hub_application.partner_named", application, actor, partner=school.number)
    return made


@transaction.atomic
def drop_partner(*, application: HubApplication, school: Organisation, actor: Actor) -> HubApplication:
    """The school does not apply with the lead after all. Of a draft alone."""
    require_applicant(actor, application.lead, to="change this application")
    move_application(application, State.DRAFT, State.DRAFT)
    dropped, _ = application.partners.filter(organisation=school).delete()
    if not dropped:
        raise NotFound("This school is no partner of the application.")
    record_application("hub_application.partner_dropped", application, actor, partner=school.number)
    return application


@transaction.atomic
def answer_partner(*, partner: HubPartner, confirms: bool, at: datetime, actor: Actor, words: str = "") -> HubPartner:
    """The school confirms that it applies with the lead, in its part, or declines; ``words`` are what the lead reads.

    By its own head teacher or hub lead, while the call is open (CallNotOpen) and nothing is sent (ApplicationMoved). It may
    answer otherwise until then.
    """
    require_applicant(actor, partner.organisation, to="answer for this school")
    application = partner.application
    require_open(application.call, at)
    words = "" if confirms else clean_line(words, what="Why", limit=200, required=False)
    # Waits for a submission under way: whoever comes second is told how it stands.
    move_application(application, State.DRAFT, State.DRAFT)
    answer = Answer.CONFIRMED if confirms else Answer.DECLINED
    known = HubPartner.objects.filter(pk=partner.pk, part=partner.part)
    if known.update(answer=answer, answered_at=at, answered_by_id=actor.person_id, words=words) != 1:
        raise WrongInput("What you are asked for has changed. Look at it again. Nothing was recorded.")
    partner.refresh_from_db()
    kind = "hub_application.partner_confirmed" if confirms else "hub_application.partner_declined"
    record_application(kind, application, actor, partner=partner.organisation.number)
    return partner


def unconfirmed(application: HubApplication) -> list[str]:
    """Which schools keep an application from being sent, in sentences."""
    found = application.partners.exclude(answer=Answer.CONFIRMED).select_related("organisation")
    return [
        f"{one.organisation.name} declined. Take it off." if one.answer == Answer.DECLINED
        else f"{one.organisation.name} has not confirmed yet. Wait for it, or take it off."
        for one in found.order_by("organisation__name", "pk")
    ]  # fmt: skip
