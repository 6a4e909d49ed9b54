"""Schools book, wait, move, cancel and approve, the organiser changes the dates; after each step both books agree."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar

from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from catalogue.models import CourseRun, Offer
from catalogue.services import MeetingTimes
from invoicing.receivables.models import Charge
from invoicing.services import run_billing
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from marketplace.core.sealing import seal_all
from marketplace.core.verification import verify
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Approval, Booking, Order, WaitingEntry, WaitingOffer
from marketplace.trading.services import (
    Answer,
    accept_offer,
    add_to_basket,
    ask_approval,
    cancel_booking,
    cancel_date,
    cancellation_result,
    change_delegate,
    change_places_offered,
    check_basket,
    close_lists,
    decide,
    decline_offer,
    expire_approvals,
    join_waiting,
    lapse_offers,
    leave_waiting,
    move_date,
    offer_everywhere,
    offered_check,
    open_basket,
    place_order,
    preview_cancelling,
    transfer_booking,
    transfer_result,
    withdraw,
)
from marketplace.trading.services.offering import until_for
from subscriptions.models import Allowance
from tests.invoicing.books import written
from tests.trading.stateful.book import MEMBER, OTHER, Book, Date, Gold, Place, Wait

FIRST_DAY = date(2027, 1, 11)
T = TypeVar("T")
PICK = st.integers(0, 999)


@dataclass(frozen=True)
class World:
    """Three schools: a member with a subscription, one that is no member, a member whose orders somebody must approve."""

    schools: dict[str, Organisation]
    buyers: dict[str, Actor]
    head: Actor
    organiser: Actor
    officer: Actor
    platform: Actor
    course: Offer
    runs: Sequence[CourseRun]
    asks: str = "asking"


@dataclass
class Tally:
    """Steps by rule: with an effect, refused as the second book said, and without anything to do."""

    effect: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    idle: Counter[str] = field(default_factory=Counter)
    walks: int = 0
    checks: int = 0

    @property
    def steps(self) -> int:
        return sum((self.effect + self.refused + self.idle).values())

    def lines(self) -> Iterator[str]:
        yield f"{'rule':<20}{'effect':>8}{'refused':>9}{'nothing':>9}"
        for name in sorted({*self.effect, *self.refused, *self.idle}):
            yield f"{name:<20}{self.effect[name]:>8}{self.refused[name]:>9}{self.idle[name]:>9}"
        yield f"{self.steps} steps in {self.walks} walks; both books and every invariant compared {self.checks} times"


class Idle(Exception):
    """There was nothing to do."""


def pick(things: Sequence[T], number: int) -> T:
    if not things:
        raise Idle
    return things[number % len(things)]


class Ground(RuleBasedStateMachine):
    """Begins on the same day with the same dates; everything it writes is taken back at its end."""

    world: World
    tally: Tally

    def __init__(self) -> None:
        super().__init__()
        self.tally.walks += 1
        self._stack = ExitStack()
        self._stack.enter_context(transaction.atomic())
        self.today = FIRST_DAY
        self.book = Book(
            dates={run.code: Date(run.code, run.starts_on, run.capacity) for run in self.world.runs},
            gold={name: Gold(5 if name == "gold" else 0, 5 if name == "gold" else 0) for name in self.world.schools},
        )

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._stack.close()

    @contextmanager
    def step(self, name: str, *, refused: bool = False) -> Iterator[None]:
        """One call of a verb, all or nothing; refused exactly where the second book says so, and then it writes nothing."""
        before = written() if refused else None
        try:
            with transaction.atomic():
                yield
        except Idle:
            self.tally.idle[name] += 1
            return
        except DomainError as refusal:
            if not refused:
                raise AssertionError(
                    f"{name} was refused against the second book: {refusal.code}: {refusal}"
                ) from refusal
            assert written() == before, f"{name} was refused and wrote something"
            self.tally.refused[name] += 1
            return
        assert not refused, f"{name} was not refused"
        self.tally.effect[name] += 1

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, time(12), tzinfo=UTC)

    def run(self, one: Date) -> CourseRun:
        return CourseRun.objects.select_related("offer").get(code=one.key)

    def price(self, school: str) -> int:
        return OTHER if school == "other" else MEMBER

    # -- after every step

    @invariant()
    def both_books_agree(self) -> None:
        seal_all()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        broken = [f"{one.invariant.name}: {text}" for one in verify() for text in one.violations]
        assert not broken, "; ".join(broken)
        for one in self.book.dates.values():
            run = self.run(one)
            assert (run.taken, run.capacity) == (self.book.taken(one), one.capacity), f"places of {one.key}"
            assert (run.state == "open", run.starts_on) == (one.open, one.day), f"the date {one.key}"
        states = dict(Booking.objects.values_list("pk", "state"))
        assert states == {pk: one.state for pk, one in self.book.places.items()}, "what became of the places"
        for name, school in self.world.schools.items():
            charges = Charge.objects.filter(consumer=school)
            owed = sum(one.net_pence - one.reduced_pence for one in charges)
            assert owed == self.book.owed(name), f"what {name} owes"
            left = sum(one.left for one in Allowance.objects.filter(organisation=school))
            assert left == self.book.gold[name].left, f"included places of {name}"
        self.nobody_is_passed_over()
        self.tally.checks += 1

    def nobody_is_passed_over(self) -> None:
        """Where an offer could stand, no place is free that somebody on the list would take."""
        for one in self.book.dates.values():
            if not one.open or until_for(self.run(one), self.today) is None:
                continue
            free = self.book.free(one)
            for wait in self.book.waits.values():
                if wait.run is one and wait.state == "waiting":
                    least = wait.seats if wait.together else 1
                    assert free < least, f"{free} places of {one.key} are free and {wait.school} waits for {least}"

    # -- what the platform did by itself

    def look_at_lists(self) -> None:
        """Offers are the platform's to make: the second book takes them over, and checks what they may be."""
        offered = {one.entry_id: one.places for one in WaitingOffer.objects.filter(state="open")}
        for entry in WaitingEntry.objects.all():
            wait = self.book.waits[entry.pk]
            wait.state, wait.seats, wait.offered = entry.state, entry.seats, offered.get(entry.pk, 0)
            assert (entry.state == "offered") == bool(wait.offered), "who is offered places has them held"
            assert wait.offered <= wait.seats and (not wait.together or wait.offered in (0, wait.seats))

    def add_places(self, order: Order, school: str) -> None:
        """The places of a new order: included ones first."""
        for booking in Booking.objects.filter(order_line__order=order).select_related("run").order_by("position"):
            gold = self.book.gold[school]
            gold.left -= booking.included
            net = 0 if booking.included else self.price(school)
            self.book.places[booking.pk] = Place(
                booking.pk, school, self.book.dates[booking.run.code], booking.order_line_id, net, booking.included,
                str(booking.state),
            )  # fmt: skip

    def expected_included(self, school: str, places: int, most: int | None) -> int:
        return min(self.book.gold[school].left, places, places if most is None else most)


class Schools(Ground):
    """What schools do."""

    @rule(school=PICK, date_=PICK, places=st.integers(1, 4), most=st.sampled_from([None, None, 0, 1]))
    def book_places(self, school: int, date_: int, places: int, most: int | None) -> None:
        name, one = pick(list(self.world.schools), school), pick(list(self.book.dates.values()), date_)
        possible = one.open and one.day >= self.today and self.book.free(one) >= places
        asks = name == self.world.asks
        with self.step(
            "ask" if asks else "book", refused=not possible or (asks and self.needs_none(name, places, most))
        ):
            buyer, organisation = self.world.buyers[name], self.world.schools[name]
            basket = open_basket(organisation=organisation, actor=buyer)
            add_to_basket(
                basket=basket, offer=self.world.course, run=self.run(one), school=organisation, quantity=Decimal(places),
                use_included=most, on=self.today, actor=buyer,
            )  # fmt: skip
            seen = check_basket(basket=basket, on=self.today, actor=buyer).total.gross.pence
            verb: Callable[..., Order] = ask_approval if asks else place_order
            order = verb(basket=basket, purchase_order="", expected_pence=seen, on=self.today, actor=buyer)
            included = self.expected_included(name, places, most)
            assert order.net_pence == (places - included) * self.price(name)
            self.add_places(order, name)

    def needs_none(self, school: str, places: int, most: int | None) -> bool:
        """An order that costs nothing needs nobody's approval."""
        return self.expected_included(school, places, most) == places

    def a_place(self, number: int) -> Place:
        return pick(list(self.book.booked()), number)

    def its_booking(self, place: Place) -> Booking:
        return Booking.objects.select_related("run__offer", "order_line__order", "school").get(pk=place.pk)

    @rule(one=PICK)
    def cancel_place(self, one: int) -> None:
        places = list(self.book.booked())
        place = places[one % len(places)] if places else None
        with self.step("cancel", refused=place is not None and self.today > place.run.day):
            place = self.a_place(one)
            booking, buyer = self.its_booking(place), self.world.buyers[place.school]
            seen = cancellation_result(booking=booking, on=self.today)
            assert cancel_booking(booking=booking, on=self.today, actor=buyer) == seen
            kept = place.kept_on(self.today)
            assert (seen.kept.pence, seen.back.pence) == (kept, place.net - kept)
            self.gone(place, kept, returned=place.free_on(self.today))

    def gone(self, place: Place, kept: int, *, returned: bool) -> None:
        place.state, place.owed = "cancelled", kept
        if place.included and returned:
            self.book.give_back(place)
        self.look_at_lists()

    @rule(one=PICK, date_=PICK)
    def move_place(self, one: int, date_: int) -> None:
        mine = [place for place in self.book.booked() if place.school != self.world.asks]
        place, to = (mine[one % len(mine)] if mine else None), pick(list(self.book.dates.values()), date_)
        refused = place is not None and (
            to is place.run
            or self.today > place.run.day
            or not to.open
            or to.day < self.today
            or not self.book.free(to)
        )
        with self.step("move place", refused=refused):
            if place is None:
                raise Idle
            booking, buyer = self.its_booking(place), self.world.buyers[place.school]
            seen = transfer_result(booking=booking, run=self.run(to), on=self.today, actor=buyer)
            made = transfer_booking(
                booking=booking, run=self.run(to), expected_pence=seen.difference_pence, on=self.today, actor=buyer
            )
            kept = place.kept_on(self.today)
            self.gone(place, kept, returned=place.free_on(self.today))
            self.add_places(Order.objects.get(lines__bookings=made), place.school)
            paid = self.book.places[made.pk].net - (place.net - kept)
            assert seen.difference_pence == paid, "the difference that was shown"
            self.look_at_lists()

    @rule(one=PICK, name=st.sampled_from(["Ann Lee", "Bo Ray"]))
    def send_someone_else(self, one: int, name: str) -> None:
        places = list(self.book.booked())
        place = places[one % len(places)] if places else None
        with self.step("someone else", refused=place is not None and self.today > place.run.day):
            place = self.a_place(one)
            buyer = self.world.buyers[place.school]
            change_delegate(booking=self.its_booking(place), name=name, on=self.today, actor=buyer)

    @rule(one=PICK, answer=st.sampled_from(["approve", "approve", "decline", "withdraw"]))
    def answer(self, one: int, answer: str) -> None:
        with self.step(answer):
            approval = pick(list(Approval.objects.filter(state="waiting").select_related("order")), one)
            buyer = self.world.buyers[self.world.asks]
            if answer == "withdraw":
                withdraw(approval=approval, on=self.today, actor=buyer)
            else:
                reason = "" if answer == "approve" else "Too dear"
                decide(approval=approval, answer=Answer(answer), reason=reason, on=self.today, actor=self.world.head)
            self.closed(approval.order_id, approved=answer == "approve")

    def closed(self, order_id: int, *, approved: bool) -> None:
        for pk in Booking.objects.filter(order_line__order=order_id).values_list("pk", flat=True):
            place = self.book.places[pk]
            place.state, place.owed = ("booked", place.net) if approved else ("cancelled", 0)
            if place.included and not approved:
                self.book.give_back(place)
        self.look_at_lists()


class Waiting(Schools):
    """Waiting lists."""

    @rule(school=PICK, date_=PICK, seats=st.integers(1, 4), together=st.booleans())
    def join(self, school: int, date_: int, seats: int, together: bool) -> None:
        name, one = pick(list(self.world.schools), school), pick(list(self.book.dates.values()), date_)
        waits = any(wait.live and wait.run is one and wait.school == name for wait in self.book.waits.values())
        refused = (
            not one.open or one.day <= self.today or (together and seats > one.capacity)
            or seats <= self.book.free(one) or waits
        )  # fmt: skip
        with self.step("join", refused=refused):
            entry = join_waiting(
                run=self.run(one), organisation=self.world.schools[name], school=self.world.schools[name], seats=seats,
                together=together, at=self.now, actor=self.world.buyers[name],
            )  # fmt: skip
            self.book.waits[entry.pk] = Wait(entry.pk, name, one, seats, together)
            self.look_at_lists()

    def an_entry(self, number: int, state: str) -> tuple[Wait, WaitingEntry]:
        wait = pick([one for one in self.book.waits.values() if one.state == state], number)
        return wait, WaitingEntry.objects.select_related("run__offer", "school", "organisation").get(pk=wait.pk)

    @rule(one=PICK)
    def accept(self, one: int) -> None:
        with self.step("accept"):
            wait, entry = self.an_entry(one, "offered")
            buyer, places = self.world.buyers[wait.school], wait.offered
            seen = offered_check(entry=entry, on=self.today, actor=buyer)
            order = accept_offer(entry=entry, expected_pence=seen.total.gross.pence, at=self.now, actor=buyer)
            assert Booking.objects.filter(order_line__order=order).count() == places
            self.add_places(order, wait.school)
            self.look_at_lists()

    @rule(one=PICK, how=st.sampled_from(["decline", "leave"]))
    def say_no(self, one: int, how: str) -> None:
        with self.step(f"{how} waiting"):
            wait, entry = self.an_entry(one, "offered" if how == "decline" else "waiting")
            verb = decline_offer if how == "decline" else leave_waiting
            verb(entry=entry, on=self.today, actor=self.world.buyers[wait.school])
            self.look_at_lists()
            assert not wait.live


class Bookings(Waiting):
    """What the organiser, finance and time do besides."""

    @initialize()
    def begin(self) -> None:
        counted, self.tally = self.tally, Tally()
        for date_, school, places in ((0, 0, 3), (0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 1, 1)):
            self.book_places(school=school, date_=date_, places=places, most=None)
        self.join(school=1, date_=0, seats=2, together=False)
        self.join(school=0, date_=1, seats=2, together=True)
        self.bill()
        assert self.tally.effect.total() == 8
        self.tally = counted

    @rule(date_=PICK, capacity=st.integers(1, 9))
    def change_capacity(self, date_: int, capacity: int) -> None:
        one = pick(list(self.book.dates.values()), date_)
        refused = not one.open or one.day < self.today or capacity < self.book.taken(one)
        with self.step("capacity", refused=refused):
            change_places_offered(
                run=self.run(one), capacity=capacity, min_numbers=None, decide_by=None, confirms_itself=False,
                on=self.today, actor=self.world.organiser,
            )  # fmt: skip
            one.capacity = capacity
            self.look_at_lists()

    @rule(date_=PICK, days=st.sampled_from([-7, 1, 14]))
    def move_course(self, date_: int, days: int) -> None:
        one = pick(list(self.book.dates.values()), date_)
        day = one.day + timedelta(days=days)
        with self.step("move course", refused=not one.open or one.day < self.today or day < self.today):
            if one.day == self.today or day == self.today:
                raise Idle  # what has begun today is the clock's business, and walks have none
            run = self.run(one)
            times = MeetingTimes(run.starts_at + timedelta(days=days), run.ends_at + timedelta(days=days))
            moved = move_date(
                run=run, sequence=run.sequence, meetings=[times], venue=run.venue, mode=CourseRun.Mode(run.mode),
                on=self.today, actor=self.world.organiser,
            )  # fmt: skip
            one.day, one.free_until = day, moved.free_cancelling_until
            self.look_at_lists()

    @rule(date_=PICK, sure=st.sampled_from([False, False, False, True]))
    def cancel_course(self, date_: int, sure: bool) -> None:
        one = pick(list(self.book.dates.values()), date_)
        with self.step("cancel course", refused=sure and (not one.open or one.day < self.today)):
            if not sure or one.day == self.today:
                raise Idle
            run = self.run(one)
            seen = preview_cancelling(run=run, actor=self.world.organiser)
            here = [place for place in self.book.places.values() if place.run is one and place.live]
            assert seen.back_net.pence == sum(place.owed for place in here)
            cancel_date(
                run=run, sequence=run.sequence, expected_back_pence=seen.back_net.pence, reason="No speaker",
                on=self.today, actor=self.world.organiser,
            )  # fmt: skip
            one.open = False
            self.withdrawn_with({place.line for place in here if place.state == "held"})
            for place in here:
                if place.live:
                    self.gone_with_course(place)
            self.look_at_lists()

    def gone_with_course(self, place: Place) -> None:
        place.state, place.owed = "cancelled", 0
        if place.included:
            self.book.give_back(place)

    def withdrawn_with(self, lines: set[int]) -> None:
        """An order that waits for approval is withdrawn whole."""
        for place in self.book.places.values():
            if place.line in lines and place.state == "held":
                self.gone_with_course(place)

    @rule()
    def bill(self) -> None:
        with self.step("bill"):
            if not run_billing(on=self.today, actor=self.world.officer).numbers:
                raise Idle

    @rule(days=st.sampled_from([1, 1, 2, 5, 12]))
    def days_pass(self, days: int) -> None:
        with self.step("days pass"):
            self.today += timedelta(days=days)
            waiting = {one.pk: one.order_id for one in Approval.objects.filter(state="waiting")}
            expire_approvals(on=self.today, actor=self.world.platform)
            for pk in Approval.objects.filter(pk__in=waiting, state="expired").values_list("pk", flat=True):
                self.closed(waiting[pk], approved=False)
            lapse_offers(at=self.now)
            close_lists(at=self.now)
            offer_everywhere(on=self.today)
            self.look_at_lists()


def walk(
    *,
    world: World,
    number: int,
    least: int,
    length: int,
    each: Collection[str] = (),
    times: int = 1,
    shrink: bool = True,
) -> Tally:
    """Walks of ``length`` steps, told by a seed, until there are ``least`` steps and ``each`` had its effect ``times`` times.

    It gives up at three times as many steps. Whatever breaks is shrunk to the fewest steps and raised.
    """

    class Walk(Bookings):
        pass

    Walk.world, Walk.tally = world, Tally()
    while Walk.tally.steps < least or any(Walk.tally.effect[name] < times for name in each):
        if Walk.tally.steps >= 3 * least:
            break
        run_state_machine_as_test(
            seed(number + Walk.tally.walks)(Walk),
            settings=settings(
                max_examples=10,  # the first walks of every run are the plainest, so a run has ten at least
                stateful_step_count=length + 1,
                deadline=None,
                database=None,
                print_blob=False,
                phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
    return Walk.tally
