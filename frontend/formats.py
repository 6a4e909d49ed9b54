"""How money, dates and states read on every page, e-mail and document: one function each, pure.

Amounts are integer pence and periods are half-open dates ``[start, end)``, as they are stored; what comes out
is what a school reads. Every function refuses what it cannot say truly (a float, an empty period, an unknown
state).
"""

from datetime import datetime, time
from decimal import ROUND_HALF_UP, Decimal

from marketplace.core.wording import LONDON, MINUS, long_date, period_words, short_date

period = period_words

__all__ = [
    "STATES",
    "UnknownState",
    "clock",
    "long_date",
    "money",
    "money_whole",
    "percent_change",
    "period",
    "plural",
    "short_date",
    "state_tag",
]


def money(pence: int) -> str:
    """Pence as pounds with two decimals: 123450 → "£1,234.50", -1975 → "−£19.75" with a true minus."""
    whole = _pence(pence)
    pounds, rest = divmod(abs(whole), 100)
    return f"{MINUS if whole < 0 else ''}£{pounds:,}.{rest:02d}"


def money_whole(pence: int) -> str:
    """Pence as whole pounds, rounded half up; for charts and forecasts only: 1840050 → "£18,401"."""
    whole = _pence(pence)
    pounds = (abs(whole) + 50) // 100
    return f"{MINUS if whole < 0 and pounds else ''}£{pounds:,}"


def _pence(value: object) -> int:
    """The amount in pence; refuses a float, a bool or text, which would hide a mistake in the caller."""
    whole = getattr(value, "pence", value)
    if isinstance(whole, bool) or not isinstance(whole, int):
        raise TypeError(f"An amount must be whole pence, not {value!r}.")
    return whole


def clock(moment: time | datetime) -> str:
    """ "10:30am", "5pm", "midday", "midnight". A moment with a time zone is read in London."""
    if isinstance(moment, datetime):
        moment = (moment.astimezone(LONDON) if moment.tzinfo else moment).time()
    if moment.minute == 0 and moment.hour in (0, 12):
        return "midday" if moment.hour else "midnight"
    hour = moment.hour % 12 or 12
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{hour}{minutes}{'am' if moment.hour < 12 else 'pm'}"


def percent_change(now: int, before: int) -> str:
    """The change from ``before`` to ``now`` with one decimal, half up: "+4.2%", "−3.0%", "0.0%".

    Without a figure to compare with (``before`` is 0) it says "new", or "0.0%" when there is still nothing.
    """
    if before == 0:
        return "new" if now else "0.0%"
    change = Decimal(_pence(now) - _pence(before)) * 100 / abs(Decimal(before))
    rounded = change.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    sign = "+" if rounded > 0 else MINUS if rounded < 0 else ""
    return f"{sign}{abs(rounded):,}%"


def plural(count: int, one: str, many: str | None = None) -> str:
    """The count with its noun: plural(1, "place") → "1 place", plural(1200, "place") → "1,200 places"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


# The only place where a state gets its word and colour. The colour says who acts: yellow you, blue someone
# else, orange stopped or asked about, red late or refused, green settled, purple given back, grey not begun
# or over.
STATES: dict[str, tuple[str, str]] = {
    "draft": ("Draft", "grey"),
    "pending": ("To invoice", "blue"),
    "held": ("Held", "orange"),
    "to check": ("To check", "yellow"),
    "to take": ("To take", "orange"),
    "taken": ("Taken", "grey"),
    "claimed back": ("Claimed back", "grey"),
    "agreement unsigned": ("To sign", "yellow"),
    "agreement begins": ("Agreed", "blue"),
    "agreement runs": ("Running", "green"),
    "agreement ended": ("Ended", "grey"),
    "vat changed": ("VAT changed", "red"),
    "date tentative": ("Tentative", "yellow"),
    "date confirmed": ("Confirmed", "green"),
    "date cancelled": ("Cancelled", "purple"),
    "date held": ("Register open", "yellow"),
    "date done": ("Done", "grey"),
    "ready": ("Ready", "yellow"),
    "payment prepared": ("To approve", "yellow"),
    "payment approved": ("To release", "yellow"),
    "payment to pay": ("To pay", "yellow"),
    "payment sent": ("Sent", "blue"),
    "payment unknown": ("Not known", "orange"),
    "payment failed": ("Failed", "red"),
    "payment confirmed": ("Confirmed", "green"),
    "payment paid": ("Paid", "green"),
    "payment rejected": ("Rejected", "red"),
    "payment withdrawn": ("Withdrawn", "grey"),
    "payee asked": ("To confirm", "yellow"),
    "payee confirmed": ("Confirmed", "green"),
    "payee refused": ("Refused", "red"),
    "payee replaced": ("Replaced", "grey"),
    "issued": ("Issued", "blue"),
    "open": ("Open", "blue"),
    "part paid": ("Part paid", "blue"),
    "paid": ("Paid", "green"),
    "to pay": ("To pay", "yellow"),
    "overdue": ("Overdue", "red"),
    "credited": ("Credited", "purple"),
    "written off": ("Written off", "grey"),
    "part written off": ("Part written-off", "grey"),
    "cancelled": ("Cancelled", "grey"),
    "confirmed": ("Confirmed", "green"),
    "with council": ("With council", "blue"),
    "received": ("Received", "green"),
    "waiting": ("Waiting", "blue"),
    "waiting offered": ("Places offered", "yellow"),
    "waiting taken": ("Booked", "green"),
    "waiting declined": ("Declined", "grey"),
    "waiting lapsed": ("Ran out", "grey"),
    "waiting left": ("Left", "grey"),
    "waiting closed": ("List closed", "grey"),
    "in query": ("In query", "orange"),
    "query to answer": ("To answer", "yellow"),
    "query with finance": ("With finance", "blue"),
    "query answered": ("Answered", "blue"),
    "query your turn": ("Your turn", "yellow"),
    "agreed": ("Agreed", "green"),
    "unmatched": ("Not matched", "yellow"),
    "matched": ("Matched", "green"),
    "suggested": ("Suggested", "yellow"),
    "unidentified": ("Unidentified", "yellow"),
    "ignored": ("Left out", "grey"),
    "closed": ("Closed", "grey"),
    "month running": ("Not over", "grey"),
    "reopen asked": ("Reopening asked", "yellow"),
    "withdrawn": ("Withdrawn", "grey"),
    "sent back": ("Sent back", "orange"),
    "published": ("Published", "green"),
    "awaiting approval": ("With approver", "blue"),
    "to decide": ("To decide", "yellow"),
    "submitted": ("With approver", "blue"),
    "offer draft": ("Draft", "grey"),
    "offer submitted": ("To review", "yellow"),
    "offer changes asked": ("With provider", "blue"),
    "offer published": ("Published", "green"),
    "offer withdrawn": ("Withdrawn", "grey"),
    "own offer draft": ("Draft", "yellow"),
    "own offer submitted": ("With us", "blue"),
    "own offer changes asked": ("Changes asked", "yellow"),
    "own offer published": ("Published", "green"),
    "own offer withdrawn": ("Withdrawn", "grey"),
    "request sent": ("With providers", "blue"),
    "request answered": ("To compare", "yellow"),
    "request agreed": ("Agreed", "green"),
    "request withdrawn": ("Withdrawn", "grey"),
    "request lapsed": ("Ran out", "grey"),
    "quote asked": ("No answer", "blue"),
    "quote to answer": ("To answer", "yellow"),
    "quote quoted": ("Quoted", "blue"),
    "quote declined": ("Declined", "grey"),
    "quote accepted": ("Accepted", "green"),
    "quote not chosen": ("Not chosen", "grey"),
    "engagement agreed": ("Agreed", "green"),
    "engagement done": ("Done", "grey"),
    "engagement cancelled": ("Cancelled", "grey"),
    "retainer offered": ("To agree", "yellow"),
    "retainer running": ("Running", "green"),
    "retainer declined": ("Declined", "grey"),
    "retainer ended": ("Over", "grey"),
    "visit planned": ("Planned", "grey"),
    "visit awaited": ("Not written-up", "blue"),
    "visit to write up": ("To write-up", "yellow"),
    "visit with school": ("With school", "blue"),
    "visit to agree": ("To agree", "yellow"),
    "visit in query": ("In query", "orange"),
    "visit to answer": ("To answer", "yellow"),
    "visit to decide": ("To decide", "yellow"),
    "visit agreed": ("Agreed", "green"),
    "waiver asked": ("With us", "blue"),
    "waiver to decide": ("To decide", "yellow"),
    "waiver granted": ("Granted", "green"),
    "waiver refused": ("Not granted", "red"),
    "placed": ("Placed", "green"),
    "approved": ("Approved", "green"),
    "declined": ("Not approved", "red"),
    "expired": ("Ran out", "grey"),
    "prepared": ("Prepared", "blue"),
    "locked": ("Locked", "purple"),
    "sent": ("Sent", "green"),
    "given up": ("Given up", "red"),
    "refused": ("Refused", "red"),
    "for summary": ("For summary", "grey"),
    "in summary": ("In summary", "green"),
    "agreement offered": ("With school", "blue"),
    "own agreement offered": ("To accept", "yellow"),
    "agreement active": ("Running", "green"),
    "agreement to begin": ("To begin", "blue"),
    "agreement suspended": ("Paused", "orange"),
    "agreement notice given": ("Notice given", "orange"),
    "agreement declined": ("Declined", "red"),
    "agreement withdrawn": ("Withdrawn", "grey"),
    "renewal decide": ("To decide", "yellow"),
    "renewal waiting": ("No offer", "blue"),
    "renewal kept": ("Kept", "green"),
    "renewal stopped": ("Stopped", "grey"),
    "renewal ends": ("Ends", "grey"),
    "return draft": ("Draft", "grey"),
    "return with council": ("With council", "blue"),
    "return to accept": ("To accept", "yellow"),
    "return queried": ("Queried", "yellow"),
    "return with partnership": ("Queried", "blue"),
    "return accepted": ("Accepted", "green"),
    "indicator on target": ("On target", "green"),
    "indicator behind": ("Behind", "orange"),
    "indicator missed": ("Missed", "red"),
    "indicator no reading": ("No reading", "grey"),
    "indicator not shown": ("Not shown", "grey"),
    "invoice to approve": ("To approve", "yellow"),
    "invoice approved": ("Approved", "green"),
    "invoice settled": ("Settled", "grey"),
    "contract draft": ("Draft", "grey"),
    "contract offered": ("With them", "blue"),
    "contract to agree": ("To agree", "yellow"),
    "contract active": ("Running", "green"),
    "contract discarded": ("Discarded", "grey"),
    "contract declined": ("Declined", "red"),
    "contract ended": ("Ended", "grey"),
    "contract terminated": ("Ended early", "grey"),
    "variation proposed": ("To approve", "yellow"),
    "variation agreed": ("Agreed", "green"),
    "variation declined": ("Declined", "red"),
    "variation withdrawn": ("Withdrawn", "grey"),
    "outcome planned": ("Not claimed", "grey"),
    "outcome submitted": ("To verify", "blue"),
    "outcome rejected": ("Sent back", "red"),
    "outcome eligible": ("Verified", "green"),
    "outcome not met": ("Not met", "red"),
    "outcome payable": ("On statement", "blue"),
    "outcome paid": ("Paid", "green"),
    "outcome clawed back": ("Taken back", "purple"),
    "outcome cancelled": ("Cancelled", "grey"),
    "statement open": ("Open", "blue"),
    "statement frozen": ("To pay", "yellow"),
    "statement paid": ("Paid", "green"),
    "statement cancelled": ("Cancelled", "grey"),
    "claim to decide": ("To decide", "yellow"),
    "claim late": ("Overdue", "red"),
    "claim accepted": ("Accepted", "green"),
    "claim part": ("Accepted part", "green"),
    "claim rejected": ("Sent back", "orange"),
    "claim withdrawn": ("Withdrawn", "grey"),
    "claim undone": ("Taken back", "purple"),
    "rate to answer": ("To answer", "yellow"),
    "rate with provider": ("With provider", "blue"),
    "rate your turn": ("Your turn", "yellow"),
    "rate with us": ("With us", "blue"),
    "rate agreed": ("Agreed", "green"),
    "rate withdrawn": ("Withdrawn", "grey"),
    "call draft": ("Draft", "grey"),
    "call open": ("Open", "blue"),
    "call closed": ("Being scored", "yellow"),
    "call scored": ("To decide", "yellow"),
    "call decided": ("Decided", "green"),
    "call cancelled": ("Cancelled", "grey"),
    "support draft": ("With school", "blue"),
    "support to agree": ("To agree", "yellow"),
    "support agreed": ("Running", "green"),
    "support ended": ("Ended", "grey"),
    "support rebrokered": ("Taken over", "grey"),
    "support withdrawn": ("Taken back", "grey"),
    "hub draft": ("Draft", "yellow"),
    "hub submitted": ("Sent", "blue"),
    "hub withdrawn": ("Withdrawn", "grey"),
    "hub awarded": ("Awarded", "green"),
    "hub declined": ("Not chosen", "grey"),
    "partner asked": ("Asked", "yellow"),
    "partner confirmed": ("Confirmed", "green"),
    "partner declined": ("Declined", "red"),
    "review planned": ("Planned", "blue"),
    "review held": ("Held", "green"),
    "review open": ("Open", "blue"),
    "review settled": ("Settled", "green"),
    "slot visit": ("Visit", "blue"),
    "slot course": ("Course", "green"),
    "slot absence": ("Away", "grey"),
    "queued": ("Waiting", "blue"),
    "running": ("Running", "blue"),
    "done": ("Done", "green"),
    "failed": ("Stopped", "red"),
    "ticket with us": ("With us", "blue"),
    "ticket your turn": ("Your turn", "yellow"),
    "ticket to answer": ("To answer", "yellow"),
    "ticket to fix": ("To fix", "yellow"),
    "ticket with school": ("With school", "blue"),
    "ticket overdue": ("Overdue", "red"),
    "ticket resolved": ("Resolved", "green"),
    "ticket closed": ("Closed", "grey"),
    "credit proposed": ("To decide", "yellow"),
    "credit approved": ("Given back", "purple"),
    "credit waived": ("Not given", "grey"),
    "accredited": ("Accredited", "green"),
    "not accredited": ("Not accredited", "red"),
    "evidence submitted": ("To check", "blue"),
    "evidence accepted": ("Counts", "green"),
    "evidence refused": ("Refused", "red"),
    "evidence over": ("Over", "grey"),
    "application draft": ("Draft", "yellow"),
    "application references": ("References asked", "blue"),
    "application panel": ("With panel", "blue"),
    "application to decide": ("To decide", "yellow"),
    "application signing": ("To sign", "yellow"),
    "application with provider": ("With provider", "blue"),
    "application signed": ("To countersign", "yellow"),
    "application accredited": ("Accredited", "green"),
    "application refused": ("Not accredited", "red"),
    "application appealed": ("Appeal", "yellow"),
    "application closed": ("Closed", "grey"),
    "application withdrawn": ("Withdrawn", "grey"),
    "expertise confirmed": ("Confirmed", "green"),
    "expertise not confirmed": ("Not confirmed", "orange"),
    "expertise declared": ("Not tested", "grey"),
}


class UnknownState(LookupError):
    """A page asked for the tag of a state that has no word yet: add it to ``STATES``."""


def state_tag(state: str) -> dict[str, str]:
    """The word and colour of a state, however spelt ("part_paid", "PART_PAID"). Refuses an unknown one."""
    key = str(state).replace("_", " ").lower()
    if key not in STATES:
        raise UnknownState(f"No word and colour for the state {state!r}. Add it to frontend.formats.STATES.")
    word, colour = STATES[key]
    return {"text": word, "classes": f"govuk-tag--{colour}"}
