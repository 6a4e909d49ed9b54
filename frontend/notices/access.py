"""E-mails about roles: to the person whose role it is, and to those who keep the organisation's people where another
comes to keep them, so that nobody's slips in unseen."""

from datetime import date

from django.urls import reverse
from django.utils import timezone

from frontend.notices.readers import absolute, to_person, to_roles
from frontend.notices.telling import Told, tell
from frontend.notices.topics_of_access import ACCESS
from frontend.people.words import MAY, limit_words, name_of
from marketplace.core.actors import Role
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import long_date
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.rules.roles_held import KEEPERS


@handles("role.given", "role.ended", name="notices.role")
def role_changed(event: Event) -> None:
    """Tells of what a person gave or ended; what the platform itself sets up is told by whoever did it."""
    if event.actor_person_id is None:
        return
    person = Person.objects.select_related("user").get(pk=int(event.subject))
    place = Organisation.objects.get(pk=event.organisation_ids[0])
    by = Person.objects.filter(pk=event.actor_person_id).values_list("name", flat=True).first() or ""
    if event.kind == "role.given":
        _given(event, person, place, by)
    elif not _goes_on(event):
        _ended(event, person, place, by)


def _goes_on(event: Event) -> bool:
    """Whether the role was given again from the same day, with another limit: then that is told alone."""
    same = Event.objects.filter(kind="role.given", subject_kind="person", subject=event.subject, pk__gt=event.pk)
    return same.filter(
        organisation_ids=event.organisation_ids, payload__role=event.payload["role"], payload__from=event.payload["to"]
    ).exists()


def _given(event: Event, person: Person, place: Organisation, by: str) -> None:
    role, since = Role(event.payload["role"]), long_date(date.fromisoformat(event.payload["from"]))
    limit = limit_words(role, event.payload.get("limit_pence"))
    facts = [
        ("Organisation", place.name), ("Role", name_of(role)), ("What it lets you do", MAY[role]),
        ("Orders", limit.capitalize()), ("From", since), ("Given by", by),
    ]  # fmt: skip
    new = person.user is not None and person.user.last_login is None
    first = "You sign in with this e-mail address. Set your password first: the next page sends you a link."
    said = Told(
        f"From {since} you are {role.words} of {place.name}",
        facts,
        [first] if new else ["Did nobody tell you of this? Then ask whoever gave it."],
        "Set your password" if new else "Sign in",
        absolute(reverse("account_reset_password" if new else "home")),
    )
    tell(to_person(person), said, key=f"role:{event.pk}", topic=ACCESS, event=event)
    if role in KEEPERS:
        keepers = to_roles(place.pk, sorted(KEEPERS), timezone.localdate())
        others = [to for to in keepers if to.person_id not in (person.pk, event.actor_person_id)]
        also = Told(
            f"From {since} {person.name} is {role.words} of {place.name}",
            [("Given by", by), ("What it lets them do", MAY[role]), ("Orders", limit.capitalize())],
            ["Should this not be? You may end it on the page of people."],
            "See the people",
            absolute(reverse("person", args=[person.pk])),
        )
        tell(others, also, key=f"role:{event.pk}:keepers", topic=ACCESS, event=event)


def _ended(event: Event, person: Person, place: Organisation, by: str) -> None:
    role, end = Role(event.payload["role"]), long_date(date.fromisoformat(event.payload["to"]))
    said = Told(
        f"From {end} you are no longer {role.words} of {place.name}",
        [("Ended by", by)],
        ["What you ordered or sent stays on record. Is this a mistake? Ask whoever ended it."],
        "Sign in",
        absolute("/"),
    )
    tell(to_person(person), said, key=f"role:{event.pk}", topic=ACCESS, event=event)
