"""Eight writers and two sealers at once: each committed event is in exactly one seal, and late ones are not lost."""

import pytest

from marketplace.core.log_check import verify_log
from tests.core.races.sealing import WRITERS, race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
EACH = 60


def test_each_committed_event_is_in_exactly_one_seal() -> None:
    found = race(each=EACH, seed=1)
    print(
        f"sealing, {WRITERS} writers and 2 sealers: {len(found.committed)} committed, {found.taken_back} rolled back, "
        f"{found.seals} seals ({' and '.join(map(str, found.sealers))} events): {found.lost} lost, {found.twice} twice"
    )
    assert len(found.committed) + found.taken_back == WRITERS * EACH
    assert found.taken_back > 0 and min(found.sealers) > 0, "the race was not run"
    assert sorted(found.sealed) == sorted(found.committed)
    report = verify_log()
    assert report.ok and report.events == len(found.committed), report.broken


def test_control_an_id_cursor_loses_late_committers() -> None:
    found = race(each=EACH, seed=2, by_cursor=True)
    print(f"control, sealing by an id cursor: {len(found.committed)} committed, {found.lost} lost")
    assert found.lost > 0
