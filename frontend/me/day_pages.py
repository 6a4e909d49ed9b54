"""Examples of the pages of registers, evaluations, certificates, records and networks, for frontend.pages."""

from collections.abc import Callable

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from catalogue.models import Meeting
from frontend.examples import Example, Pages, World
from frontend.notices.networks import SALT
from marketplace.trading.models import Attendance, Booking, Certificate, Network, Register
from marketplace.trading.queries_of_days import open_registers, own_places
from marketplace.trading.queries_of_networks import memberships_for
from marketplace.trading.services import evaluation_token
from marketplace.trading.services.evaluating import may_evaluate

ORGANISER, DELEGATE, BUYER, HEAD = "organiser", "delegate", "buyer", "head"


def _at(name: str, query: str = "", **keys: object) -> Callable[[World], str]:
    return lambda _: reverse(name, kwargs=keys or None) + query


def _register(meeting: Meeting) -> str:
    return reverse("organise-register", kwargs={"code": meeting.run.code, "meeting": meeting.position})


def _open(_: World) -> str:
    return _register(open_registers(timezone.now()).latest("starts_at"))


def _closed(_: World) -> str:
    return _register(Register.objects.select_related("meeting__run").filter(state="closed").latest("pk").meeting)


def _ahead(_: World) -> str:
    coming = Meeting.objects.filter(starts_at__gt=timezone.now(), run__taken__gt=0).select_related("run")
    return _register(coming.order_by("starts_at", "pk")[0])


def _correct(_: World) -> str:
    mark = Attendance.objects.filter(meeting__register__state="closed", booking__state="booked").latest("pk")
    keys = {"code": mark.meeting.run.code, "meeting": mark.meeting.position, "pk": mark.booking_id}
    return reverse("organise-register-correct", kwargs=keys)


def _report(_: World) -> str:
    code = Register.objects.filter(state="closed").latest("pk").run.offer.code
    return reverse("organise-report-course", kwargs={"offer": code})


def _evaluate(_: World) -> str:
    """The link of somebody who has not said what they thought."""
    today = timezone.localdate()
    waiting = Booking.objects.filter(state="booked", evaluation=None, attendances__state="here").select_related("run")
    place = next(one for one in waiting.order_by("-run__ends_at", "pk") if may_evaluate(one, today))
    return reverse("evaluate", kwargs={"token": evaluation_token(booking=place)})


def _certificate(name: str) -> Callable[[World], str]:
    def path(world: World) -> str:
        mine = Certificate.objects.filter(booking__delegate_person=world.actors[DELEGATE].person_id, withdrawn_on=None)
        return reverse(name, kwargs={"number": mine.latest("pk").number})

    return path


def _place(*, coming: bool) -> Callable[[World], str]:
    def path(world: World) -> str:
        mine, now = own_places(world.actors[DELEGATE]).filter(state="booked"), timezone.now()
        found = (
            mine.filter(run__starts_at__gt=now)
            if coming
            else mine.filter(run__ends_at__lt=now, attendances__isnull=False)
        )
        return reverse("me-course", kwargs={"pk": found.order_by("-run__starts_at")[0].pk})

    return path


def _network(name: str) -> Callable[[World], str]:
    return lambda _: reverse(name, kwargs={"code": Network.objects.earliest("pk").code})


def _member(key: str) -> Callable[[World], str]:
    return lambda world: reverse(
        "me-network", kwargs={"pk": memberships_for(world.actors[key], timezone.localdate())[0].pk}
    )


def _stop(_: World) -> str:

    token = signing.dumps(Network.objects.earliest("pk").members.earliest("pk").pk, salt=SALT)
    return reverse("network-stop", kwargs={"token": token})


PAGES: Pages = {
    "organise-registers": [Example(ORGANISER, "full", _at("organise-registers"), finds="Registers to take")],
    "organise-register": [
        Example(ORGANISER, "open", _open, finds="Close this register"),
        Example(ORGANISER, "closed", _closed, finds="Correct"),
        Example(ORGANISER, "ahead", _ahead, finds="can be taken from"),
        Example(ORGANISER, "error", _open, post={"mark-1": "asleep", "do": "save"}, finds="There is a problem"),
    ],
    "organise-register-correct": [
        Example(ORGANISER, "full", _correct, finds="What is right"),
        Example(ORGANISER, "error", _correct, post={"mark": "here"}, finds="Enter why the register was wrong"),
    ],
    "organise-report-courses": [
        Example(ORGANISER, "full", _at("organise-report-courses"), finds="Courses with a closed register")
    ],
    "organise-report-course": [Example(ORGANISER, "full", _report, finds="In their words")],
    "evaluate": [
        Example("anonymous", "full", _evaluate, finds="How was the course?"),
        Example("anonymous", "error", _evaluate, post={"recommends": "yes"}, finds="Choose a score from 1 to 5"),
        Example("anonymous", "gone", _at("evaluate", token="gone"), finds="This link no longer works"),  # noqa: S106
    ],
    "evaluated": [Example("anonymous", "full", _at("evaluated"), finds="Thank you")],
    "certificate-check": [
        Example("anonymous", "valid", _certificate("certificate-check"), finds="This certificate is valid"),
        Example(
            "anonymous", "none", _at("certificate-check", number="CPD-0000-0000-0000"), finds="No valid certificate"
        ),
    ],
    "me-courses": [
        Example(DELEGATE, "full", _at("me-courses"), finds="Coming"),
        Example(HEAD, "empty", _at("me-courses"), finds="No course of yours lies ahead"),
    ],
    "me-course": [
        Example(DELEGATE, "coming", _place(coming=True), finds="Save what you need"),
        Example(DELEGATE, "past", _place(coming=False), finds="Booked by"),
        Example(DELEGATE, "error", _place(coming=True), post={"needs": "x" * 501}, finds="500 characters or fewer"),
    ],
    "me-record": [
        Example(DELEGATE, "full", _at("me-record"), finds="Reading group"),
        Example(HEAD, "empty", _at("me-record"), finds="Your record is empty"),
    ],
    "me-record-add": [
        Example(DELEGATE, "full", _at("me-record-add"), finds="Add to your record"),
        Example(DELEGATE, "error", _at("me-record-add"), post={"title": ""}, finds="Enter what it was"),
    ],
    "school-cpd": [
        Example(BUYER, "full", lambda world: world.page(BUYER, "school-cpd"), finds="Staff development"),
        Example(BUYER, "before", lambda world: world.page(BUYER, "school-cpd") + "?year=2001", finds="Nobody of yours"),
    ],
    "organise-networks": [Example(ORGANISER, "full", _at("organise-networks"), finds="Early reading network")],
    "organise-network-new": [
        Example(ORGANISER, "full", _at("organise-network-new"), finds="Open it"),
        Example(ORGANISER, "error", _at("organise-network-new"), post={"name": ""}, finds="Enter the name"),
    ],
    "organise-network": [Example(ORGANISER, "full", _network("organise-network"), finds="Places booked, by meeting")],
    "organise-network-member-new": [
        Example(ORGANISER, "full", _network("organise-network-member-new"), finds="Customer number"),
        Example(
            ORGANISER, "error", _network("organise-network-member-new"),
            post={"customer": "C-999999", "kind": "member"}, finds="No organisation has this customer number",
        ),
    ],
    "organise-network-meeting-new": [
        Example(ORGANISER, "full", _network("organise-network-meeting-new"), finds="Places"),
        Example(ORGANISER, "error", _network("organise-network-meeting-new"), post={"venue": "x"}, finds="There is a problem"),
    ],
    "organise-network-letter-new": [
        Example(ORGANISER, "full", _network("organise-network-letter-new"), finds="Send it"),
        Example(ORGANISER, "error", _network("organise-network-letter-new"), post={"subject": "x"}, finds="There is a problem"),
    ],
    "me-networks": [
        Example(HEAD, "full", _at("me-networks"), finds="Early reading network"),
        Example("finance_officer", "empty", _at("me-networks"), finds="You are in no network"),
    ],
    "me-network": [
        Example(HEAD, "member", _member(HEAD), finds="Book"),
        Example(BUYER, "associate", _member(BUYER), finds="Associates book from"),
    ],
    "network-stop": [Example("anonymous", "full", _stop, finds="Stop the letters")],
}  # fmt: skip
NOT_PAGES: dict[str, str] = {
    "me-certificate": "a PDF",
    "me-record-pdf": "a PDF",
    "me-record-remove": "only posts",
    "organise-network-member-end": "only posts",
    "me-network-mail": "only posts",
    "me-network-book": "only posts",
    "school-network-join": "only posts",
    "school-service-asked-withdraw": "only posts",
}
