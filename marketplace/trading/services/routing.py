"""To whom an order goes that its buyer may not place alone."""

from dataclasses import dataclass
from datetime import date

from marketplace.core.actors import Actor
from marketplace.core.money import Money
from marketplace.organisations.models import ApprovalRule, Organisation, Person
from marketplace.organisations.queries import approval_rule_on, approvers_of, deputy_partners
from marketplace.organisations.services.delegation import KEEPS_DAYS


@dataclass(frozen=True)
class Route:
    """Who must approve an order, and why. Sums are for the whole term, with VAT.

    ``over`` is by how much the order exceeds the buyer's own limit; it may be nothing where the organisation's ``rule``
    alone wants a second person. ``approvers`` may decide signed in; with an ``email`` a governor decides by link.
    ``last_day`` is until when places are kept.
    """

    organisation: Organisation
    committed: Money
    over: Money
    rule: ApprovalRule | None
    approvers: tuple[Person, ...]
    email: str
    title: str
    last_day: date

    @property
    def open(self) -> bool:
        """Whether anybody can approve it here."""
        return bool(self.email or self.approvers)

    @property
    def goes_to(self) -> str:
        """ "the chair of governors", "Ruth Adeyemi", "Ruth Adeyemi or Colette Brandão"."""
        if self.email:
            return self.title
        names = [person.name for person in self.approvers]
        if len(names) > 3:
            return f"one of the {len(names)} people who approve for {self.organisation.name}"
        return " or ".join(names) if len(names) < 3 else f"{names[0]}, {names[1]} or {names[2]}"

    @property
    def sentence(self) -> str:
        """Why the buyer cannot place it, and what happens instead; no full stop."""
        if self.over:
            why = f"This order is {self.over} over your limit"
        else:
            least = Money(self.rule.from_pence if self.rule else 0)
            why = f"{self.organisation.name} has orders of {least} or more approved by a second person"
        if self.open:
            return f"{why}, so it goes to {self.goes_to}"
        return f"{why}, and nobody is named who may approve it. Ask the partnership's office to name somebody"


def route_for(
    *,
    organisation: Organisation,
    committed: Money,
    limit: Money | None,
    approved_from: int | None,
    first_course: date | None,
    on: date,
    actor: Actor,
) -> Route | None:
    """Who must approve an order of this sum on a day; None where the actor may place it alone.

    ``limit`` is the actor's own (None: no limit); ``approved_from`` is from which pence on the organisation's own scheme
    wants a second person (None: never). Places are kept for the rule's number of days, but not beyond the day
    before the first course.
    """
    over = committed - limit if limit is not None and committed > limit else Money(0)
    ruled = approved_from is not None and committed.pence >= approved_from
    rule = approval_rule_on(organisation, committed.pence, on) if ruled else None
    if not over and rule is None:
        return None
    title, email = (rule.approver_title, rule.approver_email) if rule else ("", "")
    if email and _is_own(email, actor):
        email = ""
    by_link = rule is not None and bool(rule.approver_email)
    days = rule.keeps_days if rule else KEEPS_DAYS
    return Route(
        organisation=organisation,
        committed=committed,
        over=over,
        rule=rule,
        approvers=() if by_link else _approvers(organisation, committed, rule, on, actor),
        email=email,
        title=title,
        last_day=_last_day(on, days, first_course),
    )


def _approvers(
    organisation: Organisation, committed: Money, rule: ApprovalRule | None, on: date, actor: Actor
) -> tuple[Person, ...]:
    """Those whose limit covers it, without the actor and whoever stands in for the actor or is stood in for by them."""
    found = approvers_of(organisation, committed.pence, on, role=rule.approver_role if rule else "")
    named = rule.approver_person_id if rule else None
    others = [one for one in found if one.pk != actor.person_id and named in (None, one.pk)]
    linked = deputy_partners(actor.person_id, on) if others else set()
    return tuple(one for one in others if one.pk not in linked)


def _is_own(email: str, actor: Actor) -> bool:
    """Whether the governor's address is the buyer's: nobody approves their own order by another door."""
    own = Person.objects.filter(pk=actor.person_id or 0).values_list("email", "user__email").first() or ()
    return email.casefold() in {address.casefold() for address in own if address}


def _last_day(on: date, days: int, first_course: date | None) -> date:
    last = date.fromordinal(on.toordinal() + days)
    if first_course is None or first_course > last:
        return last
    return max(on, date.fromordinal(first_course.toordinal() - 1))
