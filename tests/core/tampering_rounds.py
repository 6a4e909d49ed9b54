"""Tampering again and again with one log, each time taken back, and counting what the check finds."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random

from django.db import connection, transaction
from django.utils import timezone

from marketplace.core.log_check import LogReport, verify_log
from marketplace.core.models import EventSeal
from tests.core.log_tampering import COVERED, KINDS


@dataclass
class Outcome:
    """``missed`` says what was done and not found."""

    done: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        total = self.done.total()
        kinds = ", ".join(f"{how} {count}" for how, count in sorted(self.done.items()))
        return f"{total:,} tamperings: {total - len(self.missed):,} found ({kinds})"


def told_outside() -> dict[date, str]:
    """Today's anchor as an auditor would hold it, and the log proven whole at that moment."""
    anchors = {timezone.localdate(): EventSeal.objects.latest("number").hash}
    untouched = verify_log(anchors=anchors)
    assert untouched.ok and untouched.events > 0, untouched.broken
    return anchors


def after(tamper: Callable[[Random], str], chance: Random, anchors: Mapping[date, str]) -> tuple[str, LogReport]:
    """What was done with the guards off, and what the check says of it. All is taken back."""
    with transaction.atomic():
        mark = transaction.savepoint()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            done = tamper(chance)
            report = verify_log(anchors=anchors)
            transaction.savepoint_rollback(mark)
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    return done, report


def rounds(chance: Random, count: int, anchors: Mapping[date, str]) -> Outcome:
    """So many tamperings, every kind in its turn, each at random places."""
    outcome = Outcome()
    for number in range(count):
        done, report = after(KINDS[number % len(KINDS)], chance, anchors)
        outcome.done[done] += 1
        if report.ok:
            outcome.missed.append(done)
    assert verify_log(anchors=anchors).ok, "taking the tamperings back left something behind"
    return outcome


def cut_off_unseen(chance: Random, anchors: Mapping[date, str]) -> dict[str, tuple[int, int]]:
    """The control: what the check finds of a covered tampering without the anchor, and with it."""
    found = {}
    for tamper in COVERED:
        state = chance.getstate()
        _, blind = after(tamper, chance, {})
        chance.setstate(state)
        _, sighted = after(tamper, chance, anchors)
        found[tamper.__name__] = (blind.found, sighted.found)
    return found
