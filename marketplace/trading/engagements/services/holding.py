"""What the off-payroll rules hold back: inside them, a provider's gross payment is not ours to make.

Source: Income Tax (Earnings and Pensions) Act 2003, part 2 chapter 10. What was earned stays owed; it is held from payment.
"""

from datetime import date

from invoicing.payables.models import Payable
from invoicing.payees.services import hold_payments, lift_hold
from marketplace.core.actors import Actor
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.requests import OffPayrollDetermination

REASON = "{number}: the school decided that the off-payroll rules apply, so it is not paid gross. Ask our finance team."


def hold_gross(*, engagement: Engagement, on: date, actor: Actor) -> int:
    """Holds every amount due of the booking where the latest determination is inside the rules; lifts the holds where it is
    not any more. In the caller's transaction. Returns how many amounts are held.
    """
    made = OffPayrollDetermination.objects.filter(engagement=engagement).order_by("-pk")
    latest = made.first()
    if latest is None:
        return 0
    inside = latest.answer == OffPayrollDetermination.Answer.INSIDE
    begins = f"engagement:{engagement.number}:"
    dues = list(Payable.objects.select_related("provider").filter(source_key__startswith=begins).order_by("pk"))
    # A hold that was lifted stays lifted, so that each determination has holds of its own.
    of_holds = list(made.filter(answer=OffPayrollDetermination.Answer.INSIDE).values_list("pk", flat=True))
    for due in dues:
        if inside:
            hold_payments(
                source_key=f"{due.source_key}:off-payroll:{latest.pk}", provider=due.provider, on=on, actor=actor,
                reason=REASON.format(number=engagement.number), payable_source=due.source_key,
            )  # fmt: skip
            continue
        for pk in of_holds:
            lift_hold(source_key=f"{due.source_key}:off-payroll:{pk}", on=on, actor=actor)
    return len(dues) if inside else 0
