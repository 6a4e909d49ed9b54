"""What one statement comes to: every line of it, exact and in pence. Pure: the preview and the freeze are this calculation.

| line, in this order | comes to |
|---|---|
| item | what was verified of it; an amount that hangs on nothing, the whole of it once its day is reached |
| service | of the part by heads that is paid on time: what is left of it, in equal parts over the statements left |
| volume | heads of a milestone in a band × price × (1 − service part) × the milestone's share; below nought for refunds |
| carried | what would be below nought waits for the next statement, and is taken there first |
| released | what earlier statements retained, once its day is reached |
| clawback | what is to be taken back, the oldest first, as far as the lines before pay it; the rest waits |
| capped | what lies above the contract's value |
| retained | the contract's share of what is left then, before what is released |

Each line is rounded once, half up (cut at the contract's places first, where it has some), and the lines add up to the total,
which is never below nought. £2,800.00 and £720.00 to take back: £2,080.00; with 5% retention £104.00 less: £1,976.00.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from math import floor

from subscriptions.outcomes.rules import fees
from subscriptions.outcomes.rules.bands import Heads, RefundRule, fill_over

ITEM, SERVICE, VOLUME, CARRIED = "item", "service", "volume", "carried"
RELEASED, CLAWBACK, CAPPED, RETAINED = "released", "clawback", "capped", "retained"
_STORED = Decimal("1.0000000000")


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: ``exact`` in pounds (to ten places where it has no end), ``pence`` rounded once."""

    kind: str
    label: str
    exact: Decimal
    pence: int
    item_id: int | None = None
    clawback_id: int | None = None


@dataclass(frozen=True, slots=True)
class ItemDue:
    """An amount that this statement pays: ``earned`` in pounds, unrounded; ``pence`` as it was rounded when verified."""

    id: int
    label: str
    earned: Decimal
    pence: int


@dataclass(frozen=True, slots=True)
class ClawbackDue:
    """What is left to take back of a claw-back, in pence. ``item_id`` is what it was paid for."""

    id: int
    item_id: int
    label: str
    pence: int


@dataclass(frozen=True)
class EarlierTerms:
    """What paid for a milestone's heads before other bands or shares held, and its heads of those statements."""

    bands: Sequence[fees.Band]
    share: Fraction
    heads: tuple[Heads, ...] = ()


@dataclass(frozen=True)
class MilestoneHeads:
    """What a statement says of one milestone: its share of the output part, its heads, and those of earlier statements.

    ``terms_before`` are the terms that held earlier, the oldest first, with the heads of their statements.
    """

    label: str
    share: Fraction
    present: Heads
    earlier: tuple[Heads, ...] = ()
    terms_before: tuple[EarlierTerms, ...] = ()


@dataclass(frozen=True, slots=True)
class HeadsPart:
    """What the heads of a milestone come to in one band: ``count`` at ``each`` in pounds, unrounded."""

    count: int
    each: Fraction
    line: Line


@dataclass(frozen=True)
class ByVolume:
    """The part of a contract that pays by heads. ``target`` heads is what the service part is reckoned for (0: none).

    ``service_settled`` is what frozen statements paid of the service part, in pence; ``instalments`` how many statements,
    this one included, still pay of it.
    """

    bands: Sequence[fees.Band]
    rule: RefundRule
    milestones: Sequence[MilestoneHeads] = ()
    target: int = 0
    set_up: Fraction = Fraction(0)
    service_settled: int = 0
    instalments: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a contract stands before a statement: its value and what frozen ones paid, retain and carried, in pence."""

    value: int
    settled: int = 0
    retained: int = 0
    carried: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """What a statement is worked out from. ``release``: the day of the retention is reached, so nothing more is retained."""

    items: Sequence[ItemDue] = ()
    clawbacks: Sequence[ClawbackDue] = ()
    volume: ByVolume | None = None
    retention: Decimal = Decimal(0)
    release: bool = False
    cut_places: int | None = None


@dataclass(frozen=True, slots=True)
class Worked:
    """A statement worked out. ``total`` is the sum of its lines, in pence; ``after`` where the contract stands with it."""

    lines: list[Line]
    total: int
    retained: int
    after: Standing
    taken: dict[int, int] = field(default_factory=dict)

    def of_kind(self, kind: str) -> int:
        """The sum of the lines of a kind, in pence."""
        return sum(line.pence for line in self.lines if line.kind == kind)


def work_out(due: Due, before: Standing) -> Worked:
    """The lines of a statement and what they come to. See the table above."""
    lines = [Line(ITEM, one.label, one.earned, one.pence, item_id=one.id) for one in due.items]
    if due.volume is not None:
        lines += _by_volume(due.volume, due.cut_places)
    earned = sum(line.pence for line in lines)
    carried = max(-before.carried, -earned)
    _add(lines, CARRIED, "To the next statement" if carried > 0 else "From the statement before", carried)
    released = before.retained if due.release else 0
    _add(lines, RELEASED, "Retention released", released)
    room, taken = earned + carried + released, {}
    for one in due.clawbacks:
        if pence := min(one.pence, room):
            lines.append(Line(CLAWBACK, one.label, _pounds(-pence), -pence, one.item_id, one.id))
            taken[one.id] = pence
            room -= pence
    net = room - released
    over = max(0, net - (before.value - before.settled - before.retained))
    _add(lines, CAPPED, "Above the contract's value", -over)
    net -= over
    retained = 0
    if due.retention and net > 0 and not due.release:
        retained = rounded(Fraction(due.retention) * net / 100, due.cut_places)
    _add(lines, RETAINED, "Retained", -retained)
    total = net + released - retained
    after = Standing(
        before.value, before.settled + total, before.retained + retained - released, before.carried + carried
    )
    return Worked(lines, total, retained, after, taken)


def day_of(service_to: date, due_on: date) -> date:
    """The day on which an amount that hangs on nothing is earned: the last of its days, or its due day where that is before.

    ``service_to`` is the first day after its days.
    """
    return min(service_to - timedelta(days=1), due_on)


def rounded(pounds: Fraction, cut_places: int | None = None) -> int:
    """Pence from unrounded pounds, half a penny away from nought; cut towards nought at ``cut_places`` first."""
    pence = floor(abs(cut(pounds, cut_places)) * 100 + Fraction(1, 2))
    return pence if pounds >= 0 else -pence


def cut(pounds: Fraction, places: int | None) -> Fraction:
    """The figure without anything behind its last place, whichever its sign; as it is where nothing is said."""
    if places is None:
        return pounds
    size = Fraction(floor(abs(pounds) * 10**places), 10**places)
    return size if pounds >= 0 else -size


def stored(pounds: Fraction) -> Decimal:
    """An exact figure as it is kept: ten places."""
    return (Decimal(pounds.numerator) / Decimal(pounds.denominator)).quantize(_STORED, rounding=ROUND_HALF_EVEN)


def _pounds(pence: int) -> Decimal:
    return Decimal(pence).scaleb(-2)


def _add(lines: list[Line], kind: str, label: str, pence: int) -> None:
    if pence:
        lines.append(Line(kind, label, _pounds(pence), pence))


def _by_volume(volume: ByVolume, cut_places: int | None) -> list[Line]:
    lines = []
    if volume.target and volume.instalments:
        whole, _ = fees.service_fee(
            volume.bands, target=volume.target, set_up=volume.set_up, instalments=1, per_head=False
        )
        part = max((whole - Fraction(volume.service_settled, 100)) / volume.instalments, Fraction(0))
        lines.append(Line(SERVICE, "Service part", stored(cut(part, cut_places)), rounded(part, cut_places)))
    for milestone in volume.milestones:
        lines += [one.line for one in heads_parts(volume.bands, volume.rule, milestone, cut_places)]
    return lines


def heads_parts(
    bands: Sequence[fees.Band], refund_rule: RefundRule, milestone: MilestoneHeads, cut_places: int | None = None
) -> list[HeadsPart]:
    """What the present heads of a milestone come to, band by band, the lowest first; below nought for what goes back.

    What goes back of heads paid by earlier terms comes behind, the latest terms first, at what was paid.
    """
    terms = [*milestone.terms_before, EarlierTerms(bands, milestone.share, milestone.earlier)]
    capacities = [([band.capacity for band in one.bands], one.heads) for one in terms]
    found = fill_over(capacities, milestone.present, refund_rule)
    parts = []
    for one, in_bands in zip(reversed(terms), reversed(found), strict=True):
        for band, heads in zip(one.bands, in_bands, strict=True):
            if heads.count:
                each = fees.output(band.price, ratio=1 - band.ratio, share=one.share, count=1)
                exact = each * heads.count
                label = f"{milestone.label}: {heads_words(heads.count, each)}"
                line = Line(VOLUME, label, stored(cut(exact, cut_places)), rounded(exact, cut_places))
                parts.append(HeadsPart(heads.count, each, line))
    return parts


def heads_words(count: int, each: Fraction) -> str:
    """ "120 heads at £45.00"; four places where a head is worth no whole pennies."""
    places = 2 if (each * 100).denominator == 1 else 4
    many = "head" if abs(count) == 1 else "heads"
    return f"{count:,} {many} at £{stored(each):,.{places}f}".replace("-", "−")
