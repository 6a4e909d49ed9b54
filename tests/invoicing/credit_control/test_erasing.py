"""What a person wrote in a query can be erased; that it was written stays."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from invoicing.credit_control.models import QueryMessage
from invoicing.credit_control.services.erasing import ERASED_WORDS
from invoicing.services import erase_query_text, open_query, write_message
from marketplace.core.actors import Actor, Grant, Role
from marketplace.core.erasure import NothingToErase
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from tests.invoicing.books import nothing_written
from tests.invoicing.credit_control.conftest import ASKED, member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
ADMINISTRATOR = Actor(3, 3, "Ada", frozenset({Grant(Role.ADMINISTRATOR, 1)}))
SECRET = "Mrs Lowe was ill that day."


@pytest.fixture
def query(trust, officer):
    asked = open_query(
        document=trust.invoice, organisation=trust.oakfield, text=SECRET, at=ASKED, actor=member(trust.oakfield)
    )
    return write_message(query=asked, text="The record says three.", at=ASKED, actor=officer)


def texts() -> list[str]:
    return list(QueryMessage.objects.order_by("pk").values_list("text", flat=True))


def test_one_message_is_erased_for_good_and_the_log_says_so_without_it(query):
    erased = erase_query_text(query=query, message=1, reason_code="asked", actor=ADMINISTRATOR)
    assert texts() == [ERASED_WORDS, "The record says three."]
    assert (erased.side, erased.written_at) == ("customer", ASKED)
    event = Event.objects.get(kind="query.message_erased")
    assert (event.subject, event.payload) == (query.number, {"message": 1, "reason": "asked"})
    with nothing_written(), pytest.raises(NothingToErase, match="was erased before"):
        erase_query_text(query=query, message=1, reason_code="asked", actor=ADMINISTRATOR)


def test_nobody_else_erases_and_nothing_else_is_erased(query, officer, trust):
    for actor in (officer, member(trust.oakfield)):
        with nothing_written(), pytest.raises(NotAllowed):
            erase_query_text(query=query, message=1, reason_code="asked", actor=actor)
    for message, reason, error in ((3, "asked", NothingToErase), (0, "asked", NothingToErase), (1, "why", WrongInput)):
        with nothing_written(), pytest.raises(error):
            erase_query_text(query=query, message=message, reason_code=reason, actor=ADMINISTRATOR)
    assert texts()[0] == SECRET


def test_the_command_erases_and_refuses_in_words(query):
    out = StringIO()
    call_command("erase_query_text", query.number, "1", "kept_long_enough", stdout=out)
    assert texts()[0] == ERASED_WORDS and out.getvalue() == f"Message 1 of {query.number} is erased.\n"
    with pytest.raises(CommandError, match="was erased before"):
        call_command("erase_query_text", query.number, "1", "asked")
    with pytest.raises(CommandError, match="There is no query Q-999999"):
        call_command("erase_query_text", "Q-999999", "1", "asked")
