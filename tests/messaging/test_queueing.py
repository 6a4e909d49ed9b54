"""What is told is written down once, in the transaction of what it tells, as its reader chose."""

from dataclasses import replace
from uuid import UUID

import pytest
from django.db import transaction

from marketplace.core.actors import Actor, Grant, Role, platform
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Event, EventText
from marketplace.messaging.models import Message, NotificationAddress, Preference
from marketplace.messaging.queries import address_for
from marketplace.messaging.services import (
    To,
    choose,
    read_stop_token,
    set_notification_address,
    stop,
    stop_token,
)
from marketplace.organisations.models import Organisation
from tests.messaging.conftest import reader, tell
from tests.shop import person

pytestmark = pytest.mark.django_db
Purpose = NotificationAddress.Purpose


def test_the_same_thing_told_twice_is_one_message(sam: Actor, django_assert_num_queries) -> None:
    with django_assert_num_queries(2):  # what Sam chose, and the insert
        tell(reader(sam))
    tell(reader(sam), who="Somebody else")
    assert Message.objects.get().subject == "News for Sam"


def test_a_shared_address_costs_one_query_and_two_readers_are_told_apart(
    oakfield: Organisation, sam: Actor, django_assert_num_queries
) -> None:
    with django_assert_num_queries(1):
        tell(To("office@oakfield.example", organisation_id=oakfield.pk, purpose="invoices"))
    tell(reader(sam))
    assert Message.objects.count() == 2


def test_nothing_is_told_of_what_is_taken_back(sam: Actor) -> None:
    with pytest.raises(RuntimeError, match="taken back"), transaction.atomic():
        tell(reader(sam))
        raise RuntimeError("taken back")
    assert not Message.objects.exists()


def test_both_forms_say_the_same_and_names_are_escaped_in_html_alone(sam: Actor) -> None:
    tell(reader(sam), who="<b>Zoë & Co</b>", link="https://trade.example/x?a=1&b=2")
    made = Message.objects.get()
    assert made.subject == "News for <b>Zoë & Co</b>"
    assert "Dear <b>Zoë & Co</b>" in made.plain and "Dear &lt;b&gt;Zoë &amp; Co&lt;/b&gt;" in made.html
    assert "<b>Zoë" not in made.html
    for words in ("£1,234.50", "Tidewell Schools Partnership", "You asked.", "Stop these e-mails"):
        assert words in made.plain and words in made.html
    assert "https://trade.example/x?a=1&b=2" in made.plain
    assert made.html.count("<a ") == 2, "one link, and the one that stops"
    assert "<img" not in made.html and "<script" not in made.html and "<link" not in made.html


@pytest.mark.parametrize(
    "nasty", ["Sam\nBcc: all@example.org", "Sam\r\nBcc: all@example.org", "Sam\x00\x1b[2J", "S\u2028am"]
)
def test_a_name_adds_no_header_to_the_subject(sam: Actor, nasty: str) -> None:
    tell(reader(sam), who=nasty)
    subject = Message.objects.get().subject
    assert subject.isprintable() and len(subject.splitlines()) == 1


def test_a_long_name_is_cut_in_the_subject_and_kept_in_the_text(sam: Actor) -> None:
    tell(reader(sam), who="x" * 400)
    made = Message.objects.get()
    assert len(made.subject) == 180 and made.subject.endswith("…") and "x" * 400 in made.html


def test_a_topic_that_was_switched_off_is_not_written_and_one_for_the_summary_is_kept(sam: Actor) -> None:
    choose(choices={"test-news": "never"}, actor=sam)
    tell(reader(sam))
    assert not Message.objects.exists()
    choose(choices={"test-news": "digest"}, actor=sam)
    tell(reader(sam), key="news:2")
    assert Message.objects.get().state == "held"


def test_what_cannot_be_switched_off_is_sent_and_has_no_link_to_stop_it(sam: Actor) -> None:
    with pytest.raises(WrongInput, match="not among those listed"):
        choose(choices={"test-duty": "never"}, actor=sam)
    with pytest.raises(NotAllowed, match="cannot be switched off"):
        stop(token=stop_token(person_id=sam.person_id or 0, topic="test-duty"))
    tell(reader(sam), topic="test-duty")
    made = Message.objects.get()
    assert made.state == "waiting" and made.stop_token == "" and "Stop these" not in made.html
    assert not Preference.objects.exists()


def test_a_choice_is_recorded_with_before_and_after_and_the_same_again_is_none(sam: Actor) -> None:
    for _ in range(2):
        choose(choices={"test-news": "digest"}, actor=sam)
    event = Event.objects.get(kind="message.preferences_changed")
    assert event.payload == {"before": {"test-news": "at_once"}, "after": {"test-news": "digest"}}
    with pytest.raises(WrongInput):
        choose(choices={"test-news": "sometimes"}, actor=sam)
    with pytest.raises(NotAllowed, match="Only a person"):
        choose(choices={"test-news": "never"}, actor=platform("test"))


def test_the_link_stops_one_topic_of_one_person_and_names_nobody(
    sam: Actor, oakfield: Organisation, actor: Actor
) -> None:
    tell(reader(sam))
    token = Message.objects.get().stop_token
    assert "sam" not in token.lower() and "oakfield" not in token.lower()
    assert read_stop_token(token)[0] == sam.person_id
    for _ in range(2):
        stop(token=token)
    kept = Preference.objects.get()
    assert (kept.person_id, kept.topic, kept.choice) == (sam.person_id, "test-news", "never")
    tell(reader(sam), key="news:2")
    assert Message.objects.count() == 1
    assert Event.objects.get(kind="message.preferences_changed").actor_person_id == sam.person_id


@pytest.mark.parametrize("wrong", ["", "x", "WzEsInRlc3QtbmV3cyJd~forged", "~"])
def test_a_link_that_we_did_not_make_does_nothing(sam: Actor, wrong: str) -> None:
    with pytest.raises(NotFound):
        stop(token=wrong)
    real = stop_token(person_id=sam.person_id or 0, topic="test-news")
    with pytest.raises(NotFound):
        stop(token=real[:-1] + ("A" if real[-1] != "A" else "B"))
    assert not Preference.objects.exists()


def test_a_link_made_with_the_earlier_secret_key_works_while_that_key_is_named(sam: Actor, settings) -> None:
    token = stop_token(person_id=sam.person_id or 0, topic="test-news")
    settings.SECRET_KEY, earlier = "x" * 60, settings.SECRET_KEY
    with pytest.raises(NotFound):
        stop(token=token)
    settings.SECRET_KEY_FALLBACKS = [earlier]
    stop(token=token)
    assert Preference.objects.get().person_id == sam.person_id


def test_a_text_for_one_use_is_never_kept(sam: Actor) -> None:
    tell(reader(sam), fills={"decide": {"kind": "test-link", "of": "7"}})
    made = Message.objects.get()
    assert f"fill-{made.number}-decide" in made.plain and f"fill-{made.number}-decide" in made.html
    assert isinstance(made.number, UUID)


def test_an_approver_keeps_the_shared_addresses_and_the_event_keeps_them_aside(
    oakfield: Organisation, actor: Actor
) -> None:
    ruth = person(oakfield, actor, name="Ruth Head", role=Role.APPROVER)
    set_notification_address(
        organisation=oakfield, purpose=Purpose.INVOICES, email=" Office@Oakfield.example ", actor=ruth
    )
    assert address_for(oakfield, "invoices") == "office@oakfield.example" and address_for(oakfield, "orders") == ""
    event = Event.objects.get(kind="organisation.address_changed")
    assert event.payload == {"purpose": "invoices", "before": False, "after": True}
    assert EventText.objects.get(event=event).words == {"after": "office@oakfield.example"}
    set_notification_address(organisation=oakfield, purpose=Purpose.ALL, email="head@oakfield.example", actor=ruth)
    assert address_for(oakfield, "orders") == "head@oakfield.example"
    set_notification_address(organisation=oakfield, purpose=Purpose.INVOICES, email="", actor=ruth)
    assert address_for(oakfield, "invoices") == "head@oakfield.example"


@pytest.mark.parametrize("wrong", ["office", "a@b", "office@school.example\nBcc: x@example.org", "@school.example"])
def test_what_is_no_address_is_refused_and_nothing_is_kept(oakfield: Organisation, actor: Actor, wrong: str) -> None:
    with pytest.raises(WrongInput, match="must be like"):
        set_notification_address(organisation=oakfield, purpose=Purpose.ALL, email=wrong, actor=actor)
    assert not NotificationAddress.objects.exists()
    assert not Event.objects.filter(kind="organisation.address_changed").exists()


def test_a_buyer_may_not_redirect_invoices_and_an_outsider_is_told_nothing(
    oakfield: Organisation, council: Organisation, sam: Actor, actor: Actor
) -> None:
    outsider = person(council, actor, name="Olive Outsider", role=Role.APPROVER)
    with pytest.raises(NotAllowed, match="Ask an approver"):
        set_notification_address(organisation=oakfield, purpose=Purpose.ALL, email="sam@oakfield.example", actor=sam)
    with pytest.raises(NotFound):
        set_notification_address(organisation=oakfield, purpose=Purpose.ALL, email="x@oakfield.example", actor=outsider)
    assert not NotificationAddress.objects.exists()


def test_a_deputy_does_not_say_where_e_mails_go(oakfield: Organisation, sam: Actor, actor: Actor) -> None:
    ruth = person(oakfield, actor, name="Ruth Head", role=Role.APPROVER)
    stands_in = Grant(Role.APPROVER, oakfield.pk, on_behalf_of_person_id=ruth.person_id)
    with pytest.raises(NotAllowed, match="Ask an approver"):
        set_notification_address(
            organisation=oakfield,
            purpose=Purpose.INVOICES,
            email="elsewhere@oakfield.example",
            actor=replace(sam, grants=sam.grants | {stands_in}),
        )
    assert address_for(oakfield, "invoices") == ""
