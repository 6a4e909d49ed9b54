"""Amounts, dates, periods and states read as the style of the pages says, and refuse what cannot be said."""

from datetime import UTC, date, datetime, time

import pytest

from frontend.formats import (
    STATES,
    UnknownState,
    clock,
    long_date,
    money,
    money_whole,
    percent_change,
    period,
    plural,
    short_date,
    state_tag,
)


@pytest.mark.parametrize(
    ("pence", "words"),
    [
        (0, "£0.00"),
        (5, "£0.05"),
        (123450, "£1,234.50"),
        (-1975, "−£19.75"),
        (-5, "−£0.05"),
        (8431040_00, "£8,431,040.00"),
    ],
)
def test_money_has_two_decimals_thousands_and_a_true_minus(pence: int, words: str) -> None:
    assert money(pence) == words


@pytest.mark.parametrize("wrong", [12.5, "1250", None, True])
def test_money_refuses_anything_but_whole_pence(wrong: object) -> None:
    with pytest.raises(TypeError, match="whole pence"):
        money(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pence", "words"), [(1840049, "£18,400"), (1840050, "£18,401"), (-150, "−£2"), (-49, "£0"), (0, "£0")]
)
def test_whole_pounds_round_half_up_and_never_show_minus_nothing(pence: int, words: str) -> None:
    assert money_whole(pence) == words


def test_dates_read_in_words_and_short_in_tables() -> None:
    assert long_date(date(2026, 9, 1)) == "1 September 2026"
    assert short_date(date(2026, 9, 1)) == "1 Sep 2026"
    assert long_date(date(2028, 2, 29)) == "29 February 2028"


def test_a_moment_is_read_in_london_where_summer_time_moves_the_day() -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert long_date(late) == "1 July 2026"
    assert short_date(late) == "1 Jul 2026"
    assert clock(late) == "12:30am"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (time(10, 30), "10:30am"),
        (time(17, 0), "5pm"),
        (time(12, 0), "midday"),
        (time(0, 0), "midnight"),
        (time(12, 5), "12:05pm"),
        (time(0, 5), "12:05am"),
        (datetime(2026, 1, 5, 9, 0, tzinfo=UTC), "9am"),
    ],
)
def test_times_of_day(moment: time | datetime, words: str) -> None:
    assert clock(moment) == words


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2026, 4, 1), date(2027, 4, 1), "April 2026 to March 2027"),
        (date(2026, 4, 1), date(2026, 5, 1), "April 2026"),
        (date(2026, 9, 1), date(2027, 5, 15), "1 September 2026 to 14 May 2027"),
        (date(2026, 9, 1), date(2026, 9, 2), "1 September 2026"),
        (date(2026, 12, 1), date(2027, 1, 1), "December 2026"),
        (date(2028, 2, 29), date(2028, 3, 1), "29 February 2028"),
    ],
)
def test_periods_show_their_last_day_though_stored_half_open(start: date, end: date, words: str) -> None:
    assert period(start, end) == words


def test_an_empty_period_is_refused() -> None:
    with pytest.raises(ValueError, match="end after it starts"):
        period(date(2026, 4, 1), date(2026, 4, 1))


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (10420, 10000, "+4.2%"),
        (9700, 10000, "−3.0%"),
        (10000, 10000, "0.0%"),
        (500, 0, "new"),
        (0, 0, "0.0%"),
        (100005, 100000, "0.0%"),
        (100050, 100000, "+0.1%"),
        (-50, -100, "+50.0%"),
    ],
)
def test_percent_change_is_signed_with_one_decimal(now: int, before: int, words: str) -> None:
    assert percent_change(now, before) == words


def test_plural_counts_with_thousands() -> None:
    assert plural(1, "place") == "1 place"
    assert plural(0, "place") == "0 places"
    assert plural(1200, "person", "people") == "1,200 people"


OFFER_STAGES = ("draft", "submitted", "changes asked", "published", "withdrawn")


def test_every_state_the_pages_use_has_a_word_and_a_colour_that_the_stylesheet_knows() -> None:
    expected = {
        *("draft", "pending", "held", "ready", "issued", "open", "part paid", "paid", "overdue", "credited"),
        *("written off", "part written off"),
        *("cancelled", "confirmed", "waiting", "in query", "unmatched", "matched", "suggested"),
        *("unidentified", "ignored", "closed", "withdrawn", "published"),
        *("queued", "running", "done", "failed"),
        *("sent", "given up", "refused", "for summary", "in summary"),
        *("submitted", "sent back", "to pay"),
        *("prepared", "locked"),
        *(f"waiting {state}" for state in ("offered", "taken", "declined", "lapsed", "left", "closed")),
        *("with council", "received"),
        *(f"payee {state}" for state in ("asked", "confirmed", "refused", "replaced")),
        *(f"payment {state}" for state in ("prepared", "approved", "to pay", "sent", "unknown", "failed")),
        *(f"payment {state}" for state in ("confirmed", "paid", "rejected", "withdrawn")),
        *(f"date {state}" for state in ("tentative", "confirmed", "cancelled", "held", "done")),
        *("month running", "reopen asked"),
        *("query to answer", "query with finance", "query answered", "query your turn", "agreed"),
        *(f"rate {state}" for state in ("to answer", "with provider", "your turn", "with us", "agreed", "withdrawn")),
        *("review open", "review settled", "review planned", "review held"),
        *(f"call {state}" for state in ("draft", "open", "closed", "scored", "decided", "cancelled")),
        *(f"support {state}" for state in ("draft", "to agree", "agreed", "ended", "rebrokered", "withdrawn")),
        *(f"hub {state}" for state in ("draft", "submitted", "withdrawn", "awarded", "declined")),
        *(f"partner {answer}" for answer in ("asked", "confirmed", "declined")),
        *(f"slot {kind}" for kind in ("visit", "course", "absence")),
        *("waiver asked", "waiver to decide", "waiver granted", "waiver refused"),
        *(f"{whose}offer {stage}" for whose in ("", "own ") for stage in OFFER_STAGES),
        *(f"ticket {state}" for state in ("with us", "your turn", "to answer", "to fix", "with school", "overdue")),
        *("ticket resolved", "ticket closed", "credit proposed", "credit approved", "credit waived"),
        *(f"agreement {state}" for state in ("offered", "active", "to begin", "suspended", "notice given", "ended")),
        *("agreement declined", "agreement withdrawn", "own agreement offered"),
        *(f"renewal {answer}" for answer in ("decide", "waiting", "kept", "stopped", "ends")),
        *(
            f"application {state}"
            for state in ("draft", "references", "panel", "to decide", "with provider", "signing")
        ),
        *(f"application {state}" for state in ("signed", "accredited", "refused", "appealed", "closed", "withdrawn")),
        *(
            f"contract {state}"
            for state in ("draft", "discarded", "offered", "to agree", "active", "declined", "ended", "terminated")
        ),
        *(
            f"return {state}"
            for state in ("draft", "with council", "to accept", "queried", "with partnership", "accepted")
        ),
        *(f"indicator {state}" for state in ("on target", "behind", "missed", "no reading", "not shown")),
        *("invoice to approve", "invoice approved", "invoice settled"),
        *(f"variation {state}" for state in ("proposed", "agreed", "declined", "withdrawn")),
        *(
            f"outcome {state}"
            for state in ("planned", "submitted", "rejected", "eligible", "not met", "payable", "paid")
        ),
        *("outcome clawed back", "outcome cancelled"),
        *(f"claim {state}" for state in ("to decide", "late", "accepted", "part", "rejected", "withdrawn", "undone")),
        *(f"statement {state}" for state in ("open", "frozen", "paid", "cancelled")),
        *("accredited", "not accredited", "vat changed", "taken", "claimed back", "to check", "to take"),
        *(f"evidence {state}" for state in ("submitted", "accepted", "refused", "over")),
        *(f"expertise {state}" for state in ("declared", "confirmed", "not confirmed")),
        *(f"agreement {state}" for state in ("unsigned", "begins", "runs")),
        *(f"engagement {state}" for state in ("agreed", "done", "cancelled")),
        *(f"retainer {state}" for state in ("offered", "running", "declined", "ended")),
        *(f"request {state}" for state in ("sent", "answered", "agreed", "lapsed", "withdrawn")),
        *(f"quote {state}" for state in ("asked", "to answer", "quoted", "accepted", "declined", "not chosen")),
        *(f"visit {state}" for state in ("planned", "awaited", "to write up", "with school", "to agree", "agreed")),
        *(f"visit {state}" for state in ("in query", "to answer", "to decide")),
        *("awaiting approval", "to decide", "placed", "approved", "declined", "expired"),
    }
    assert set(STATES) == expected
    for state, (word, colour) in STATES.items():
        assert word[0].isupper() and len(word.split()) <= 2, state
        assert colour in {"yellow", "blue", "orange", "red", "green", "purple", "grey"}, state


def test_a_state_is_found_however_the_code_spells_it_and_an_unknown_one_raises() -> None:
    assert state_tag("part_paid") == state_tag("PART_PAID") == state_tag("part paid")
    assert state_tag("overdue") == {"text": "Overdue", "classes": "govuk-tag--red"}
    with pytest.raises(UnknownState, match="'lost'"):
        state_tag("lost")
