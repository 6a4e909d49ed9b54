"""People in the world of the access matrix: at each organisation one who has a record of courses, and nothing else."""

from datetime import date
from typing import Any

from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation, RoleAssignment
from tests.shop import person


def kept(*, organisation: Organisation, today: date, actor: Actor) -> dict[str, Any]:
    """Their id, their name, which stands first in every list, and the id of their role."""
    made = person(organisation, actor, name=f"Aaron of {organisation.number}", role=Role.DELEGATE, on=today)
    held = RoleAssignment.objects.get(person_id=made.person_id)
    return {"kept_person": made.person_id, "kept_name": made.name, "held_role": held.pk}


def people_bodies(keys: dict[str, Any], today: date) -> dict[str, dict[str, Any]]:
    """What each write about people is asked to do."""
    return {
        "POST /roles": {
            "organisation": keys["customer"], "role": "delegate", "email": "new@oakfield.example", "name": "Nell New",
        },
        "PATCH /roles/{id}": {"spending_limit_pence": 500},
        "POST /roles/{id}/end": {"last_day": today.isoformat()},
        "POST /organisations": {"kind": "other", "name": "Quay Museum"},
        "PUT /organisations/{number}/identity": {"name": "Quay Museum"},
        "POST /organisations/{number}/approval-steps": {"from_pence": 1_000, "role": "approver"},
        "POST /organisations/{number}/approval-steps/end": {"from_pence": 1_000},
        "POST /bank-accounts": {
            "code": "reserve", "name": "Reserve", "ledger_account": "1010", "layout": "lloyds", "sort_code": "309626",
            "account_number": "87654321",
        },
        "POST /providers": {"organisation": keys["customer"], "code": "quay"},
        "POST /consultants": {"provider": keys["own_provider"], "name": "Nell New"},
        "PUT /consultants/{code}/profile": {"name": "Abe Able"},
        "POST /consultants/{code}/end": {"last_day": today.isoformat()},
        "POST /desk-hours": {"weekdays": [0], "opens": "09:00", "closes": "16:00", "valid_from": "2049-01-01"},
        "PATCH /people/{id}": {"name": "Aaron Other"},
    }  # fmt: skip
