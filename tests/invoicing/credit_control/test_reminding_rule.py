"""Who is reminded: one reminder for a customer, the highest level due, never what is in query."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from invoicing.credit_control.rules.in_query import in_query_of_items
from invoicing.credit_control.rules.reminding import Level, Overdue, due_reminders

ON = date(2026, 11, 2)
LEVELS = [Level(11, 1, 7), Level(12, 2, 21), Level(13, 3, 45)]


def late(item: int, days: int, pence: int = 10_000, *, customer: int = 1, queried: int = 0, sent: tuple[int, ...] = ()) -> Overdue:  # fmt: skip
    return Overdue(item, customer, f"INV-{item:06d}", ON - timedelta(days=days), pence, queried, frozenset(sent))


def remind(*items: Overdue, alone: dict[int, str] | None = None, levels: list[Level] = LEVELS):  # type: ignore[no-untyped-def]
    return due_reminders(items, levels, on=ON, left_alone=alone or {})


def test_a_day_before_the_first_level_nothing_is_due() -> None:
    assert remind(late(1, 6)) == ([], [])


def test_one_reminder_a_customer_at_its_highest_level_each_item_at_its_own() -> None:
    [one], left_out = remind(late(1, 50, 135_000), late(2, 8, 2_000))
    assert (one.level_id, one.pence, left_out) == (13, 137_000, [])
    assert [(item.item_id, item.level_id) for item in one.items] == [(1, 13), (2, 11)]


def test_a_level_is_sent_once_and_a_lower_one_never_after_a_higher() -> None:
    assert remind(late(1, 8, sent=(1,))) == ([], [])
    assert remind(late(1, 30, sent=(3,))) == ([], [])
    [one], _ = remind(late(1, 30, sent=(1,)))
    assert one.level_id == 12


def test_what_is_in_query_is_not_asked_for() -> None:
    [one], left_out = remind(late(1, 8, 10_000, queried=4_000), late(2, 8, 500, queried=500))
    assert (one.pence, one.in_query_pence, len(one.items), left_out) == (6_000, 4_500, 1, [])
    reminders, [left] = remind(late(1, 8, 500, queried=500))
    assert (reminders, left.reason) == ([], "in_query")


def test_who_is_left_alone_is_named_with_the_reason() -> None:
    reminders, left_out = remind(late(1, 8, customer=1), late(2, 8, customer=2), alone={2: "journal"})
    assert [one.customer_id for one in reminders] == [1]
    assert [(one.customer_id, one.pence, one.reason) for one in left_out] == [(2, 10_000, "journal")]


def test_too_little_is_not_asked_for() -> None:
    levels = [Level(11, 1, 7, minimum_pence=10_001)]
    reminders, [left] = remind(late(1, 8, 10_000), levels=levels)
    assert (reminders, left.reason) == ([], "small")


@given(queried=st.integers(0, 10**6), outstanding=st.lists(st.integers(0, 10**5), max_size=12))
def test_in_query_is_shared_whole_and_never_above_an_item(queried: int, outstanding: list[int]) -> None:
    shares = in_query_of_items(queried, outstanding)
    assert sum(shares) == min(queried, sum(outstanding))
    assert all(0 <= share <= left for share, left in zip(shares, outstanding, strict=True))
