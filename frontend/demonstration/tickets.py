"""The service desk: eight tickets of three schools in several states, one of them with a missed promise and its credit."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from frontend.demonstration.directory import Directory, first_day
from marketplace.core.actors import Actor
from marketplace.core.wording import LONDON
from marketplace.core.working_days import working_days_before
from marketplace.organisations.models import Organisation, Person
from subscriptions.agreements.models import AgreementLine
from subscriptions.desk.rules.promises import Priority, Promise
from subscriptions.models import Ticket
from subscriptions.queries import services_of
from subscriptions.services import (
    assign_ticket,
    close_ticket,
    mark_missed,
    open_ticket,
    reopen_ticket,
    reply,
    resolve_ticket,
    set_desk_hours,
    write_note,
)

PROMISES = [
    Promise(Priority.P1, 60, 480, Decimal(10)),
    Promise(Priority.P2, 240, 960, Decimal(10)),
    Promise(Priority.P3, 480, 2400),
    Promise(Priority.P4, 960, 4800),
]
OWN = "Hosting of the website"  # agreed by hand, so that the desk's own promises hold for it


@dataclass(frozen=True)
class Desk:
    """The people of both sides, and the day that the demonstration is built for."""

    directory: Directory
    today: date
    actor: Actor

    @property
    def hana(self) -> Actor:
        return self.directory.signed["organiser"]

    @property
    def priya(self) -> Actor:
        return self.directory.signed["finance_officer"]

    def at(self, days: int, hour: int, minute: int = 0) -> datetime:
        """A moment so many working days ago."""
        day = working_days_before(self.today, days)
        return datetime.combine(day, time(hour, minute), tzinfo=LONDON)

    def school(self, key: str) -> Organisation:
        [found] = Organisation.objects.filter(pk__in=self.directory.signed[key].organisations())[:1]
        return found

    def service(self, key: str, moment: datetime, title: str = "") -> AgreementLine | None:
        """A service of the school's: that of the title, else its first."""
        found = list(services_of([self.school(key)], moment.date()))
        return next((one for one in found if one.title == title), found[0] if found and not title else None)

    def ask(
        self,
        key: str,
        moment: datetime,
        priority: str,
        subject: str,
        text: str,
        *,
        title: str = "",
        covered: bool = True,
    ) -> Ticket:
        line = self.service(key, moment, title) or self.service(key, moment) if covered else None
        return open_ticket(
            organisation=self.school(key), line=line, priority=priority, subject=subject, text=text, at=moment,
            actor=self.directory.signed[key],
        )  # fmt: skip


def add_tickets(directory: Directory, *, today: date, actor: Actor) -> str:
    """Tickets over the last weeks, the oldest first. Whoever has one is told by e-mail as always."""
    since = first_day(today)
    set_desk_hours(
        weekdays=range(5), opens=time(8, 30), closes=time(16, 30), valid_from=since, on=since, promises=PROMISES,
        actor=actor,
    )  # fmt: skip
    desk = Desk(directory, today, actor)
    _missed(desk)
    _done(desk)
    _running(desk)
    return f"{Ticket.objects.count()} tickets"


def _missed(desk: Desk) -> None:
    """Answered a day late: the promise is missed, and a tenth of the month is proposed to come back."""
    dawn = desk.directory.signed["buyer"]
    late = desk.ask(
        "buyer", desk.at(13, 9, 10), "P2", "The website shows last term's dates",
        "Parents ring us about the term dates. We changed them on Friday, but the site still shows the old ones.", title=OWN,
    )  # fmt: skip
    mark_missed(at=desk.at(13, 16), actor=desk.actor)
    reply(
        ticket=late,
        text="Sorry that this took until now. We are looking at the cache.",
        at=desk.at(12, 10),
        actor=desk.hana,
    )
    resolve_ticket(
        ticket=late, text="The cache was stuck; it empties every hour now.", at=desk.at(12, 14), actor=desk.hana
    )
    close_ticket(ticket=late, text="Right again, thank you.", at=desk.at(11, 9, 30), actor=dawn)


def _done(desk: Desk) -> None:
    """Resolved in time; one of them the school opened again."""
    tomasz = desk.directory.signed["approver"]
    first = desk.ask(
        "approver", desk.at(9, 9), "P3", "A new starter needs access", "Our new site manager starts on Monday."
    )
    reply(ticket=first, text="We set it up this afternoon.", at=desk.at(9, 9, 50), actor=desk.hana)
    resolve_ticket(
        ticket=first, text="Done. The first sign-in asks for a new password.", at=desk.at(9, 15), actor=desk.hana
    )
    again = desk.ask(
        "approver", desk.at(6, 11), "P3", "The monthly report comes twice", "Two copies on the first of the month."
    )
    resolve_ticket(ticket=again, text="One of two addresses is removed.", at=desk.at(5, 11), actor=desk.hana)
    reopen_ticket(ticket=again, text="This morning there were two again.", at=desk.at(2, 9, 15), actor=tomasz)
    small = desk.ask("buyer", desk.at(4, 13), "P4", "Can the helpdesk ring us instead?", "We are in class all morning.")
    reply(ticket=small, text="We can: from now on we ring the office after 3pm.", at=desk.at(4, 14), actor=desk.hana)
    resolve_ticket(ticket=small, text="Noted on your account.", at=desk.at(3, 9), actor=desk.hana)


def _running(desk: Desk) -> None:
    """One that waits for the school, one put aside with a note, and two that nobody has answered yet."""
    asked = desk.ask(
        "buyer", desk.at(2, 10), "P2", "Two staff cannot open the portal", "They see an empty page since yesterday.", title=OWN
    )  # fmt: skip
    reply(ticket=asked, text="Which browser do they use, and since when?", ask=True, at=desk.at(2, 11), actor=desk.hana)
    noted = desk.ask("head", desk.at(2, 12), "P3", "The yearly check is not booked", "It was to be in this half term.")
    reply(ticket=noted, text="We ask the engineer for dates.", at=desk.at(2, 14), actor=desk.priya)
    write_note(
        ticket=noted,
        text="The engineer is away until next week; Priya rings on Monday.",
        at=desk.at(2, 14, 5),
        actor=desk.priya,
    )
    priya = Person.objects.get(pk=desk.priya.person_id or 0)
    assign_ticket(ticket=noted, person=priya, at=desk.at(2, 14, 6), actor=desk.hana)
    desk.ask("head", desk.at(1, 15, 30), "P3", "The invoice names our old head", "Please put Ruth Adeyemi on it.")
    desk.ask(
        "buyer", desk.at(1, 16), "P4", "Do you lend display boards?", "We need six for the summer fair.", covered=False
    )  # fmt: skip
