"""Four processes send the same 80 messages: each goes out once; without the claim many go out more than once."""

import re
from collections import Counter
from pathlib import Path

import pytest

from marketplace.messaging.models import Message
from marketplace.messaging.services import To
from marketplace.organisations.models import Organisation
from tests.invoicing.races.processes import CONTEXT, run_all
from tests.messaging.conftest import tell
from tests.messaging.races.senders import send_together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
SENDERS, MESSAGES = 4, 80


def sendings(oakfield: Organisation, folder: Path, *, guarded: bool) -> Counter[str]:
    """How often each Message-ID left."""
    for number in range(MESSAGES):
        tell(To("office@oakfield.example", organisation_id=oakfield.pk, purpose="all"), key=f"news:{number}")
    barrier = CONTEXT.Barrier(SENDERS)
    told = run_all(send_together, [(str(folder), guarded, barrier)] * SENDERS)
    text = "\n".join(path.read_text() for path in folder.iterdir())
    left = Counter(re.findall(r"^Message-ID: (\S+)", text, flags=re.MULTILINE))
    print(
        f"{SENDERS} senders {'with' if guarded else 'without'} claims: {MESSAGES} messages, {left.total()} sendings, {told}"
    )
    return left


def test_each_message_leaves_once_however_many_send(oakfield: Organisation, tmp_path: Path) -> None:
    left = sendings(oakfield, tmp_path / "out", guarded=True)
    assert len(left) == MESSAGES and set(left.values()) == {1}
    assert not Message.objects.exclude(state="sent").exists()


def test_control_without_claims_messages_leave_more_than_once(oakfield: Organisation, tmp_path: Path) -> None:
    left = sendings(oakfield, tmp_path / "out", guarded=False)
    assert len(left) == MESSAGES and left.total() > MESSAGES
