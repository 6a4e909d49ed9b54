"""How support plans read on every side's page: states, terms, what each provider does, reviews."""

from typing import Any

from frontend.formats import money
from marketplace.core.wording import period_words
from subscriptions.support.models import SupportPart, SupportPlan


def plan_tag(plan: SupportPlan, *, theirs: bool = False) -> str:
    """The state's key in ``formats.STATES``; ``theirs`` for the school, whose turn a draft is."""
    if theirs and plan.state == SupportPlan.State.DRAFT:
        return "support to agree"
    return f"support {plan.state}"


def plan_row(plan: SupportPlan, *, theirs: bool = False) -> dict[str, Any]:
    """A plan as a list shows it."""
    return {"plan": plan, "tag": plan_tag(plan, theirs=theirs), "term": plan_term(plan)}


def plan_term(plan: SupportPlan) -> str:
    """ "September 2026 to July 2027"."""
    return period_words(plan.valid_from, plan.valid_to)


def part_words(part: SupportPart) -> str:
    """Who does what for how long: "Coaching: Hill Top, 10 days, £4,500.00"."""
    one = part.days == 1
    return (
        f"{part.what}: {part.provider.name}, {part.days.normalize():f} {'day' if one else 'days'}, {money(part.pence)}"
    )


def shown(plan: SupportPlan, *, theirs: bool = False) -> dict[str, Any]:
    """What the body of a plan's page draws, the same for the partnership, the school and who pays."""
    parts = list(plan.parts.select_related("provider").order_by("position"))
    return {
        "plan": plan, "tag": plan_tag(plan, theirs=theirs), "term": plan_term(plan), "parts": parts,
        "days": sum(one.days for one in parts),
        "need": _lines(plan.need), "programme": _lines(plan.programme),
        "reviews": [
            {
                "review": one, "tag": "review held" if one.held_on else "review planned",
                "found": _lines(one.found), "next_steps": _lines(one.next_steps),
            }
            for one in plan.reviews.select_related("written_by").order_by("due_on")
        ],
    }  # fmt: skip


def _lines(text: str) -> list[str]:
    """What was written over several lines, each a paragraph."""
    return [line for line in text.splitlines() if line.strip()]
