"""A round contracted as a job: in chunks, resumed after any kill; whoever is left out stands in a file, and why."""

import csv
import hashlib
import io
from typing import Any

from django.utils import timezone

from marketplace.core import jobs
from marketplace.core.actors import FINANCE_READERS, Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.core.models import Job, StoredFile
from marketplace.core.text import safe_cell
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.job_actors import starter_of
from subscriptions.agreements.services.round import contract_round
from subscriptions.rounds.planning import TO, Plan, Preview, preview_round

KIND = "contract_round"
CHUNK = 50


class RoundChanged(WrongInput):
    """The round comes to something else than was looked at."""

    code = "round_changed"


def start_round(*, plan: Plan, expected_pence: int | None, actor: Actor) -> Job:
    """Queues what the preview showed; ``expected_pence`` is its sum of a year before VAT, where one was shown.

    Finance managers, who vouch that the schools agreed. Refused where the sum is another by now (RoundChanged), where
    nobody is left to contract, and while the same round is contracted (JobAlreadyRuns).
    """
    actor.require(Role.FINANCE_MANAGER, to=TO)
    shown = preview_round(plan=plan, actor=actor)
    if expected_pence is not None and expected_pence != shown.net_pence:
        raise RoundChanged(
            "What these services cost changed since you looked. Nothing was contracted. Look at it again."
        )
    if not shown.priced:
        raise WrongInput(_nobody(shown))
    return jobs.start(
        kind=KIND,
        label=f"Contract {shown.priced:,} {'school' if shown.priced == 1 else 'schools'}: {plan.title}",
        arguments=plan.arguments(),
        actor=actor,
        unique_key=f"{KIND}:{plan.key}",
    )


def _nobody(shown: Preview) -> str:
    if shown.refused:
        return "Nobody who is left can be priced, so there is nothing to contract."
    return "All these schools have their agreement of this round already, so there is nothing to contract."


@jobs.kind(
    KIND,
    roles=frozenset({Role.FINANCE_MANAGER}),
    readers=FINANCE_READERS,
    unit="school",
    accepted="contracted",
    refused="left out",
)
def contract_schools(running: jobs.Running) -> None:
    """Each school once: who has the agreement already counts as contracted, whoever is killed whenever."""
    plan, on = Plan.of(running.arguments), timezone.localdate()
    actor, round_, ids = starter_of(running, on=on), plan.round(), plan.organisations
    kept: dict[str, Any] = running.cursor or {"at": 0, "made": 0, "already": 0, "charged": 0, "problems": []}
    running.progress(done=kept["at"], total=len(ids))
    while kept["at"] < len(ids):
        part = ids[kept["at"] : kept["at"] + CHUNK]
        with running.in_transaction():
            report = contract_round(round_=round_, organisations=part, on=on, actor=actor)
            kept = {
                "at": kept["at"] + len(part),
                "made": kept["made"] + report.agreements,
                "already": kept["already"] + report.already,
                "charged": kept["charged"] + report.charged_pence,
                "problems": [*kept["problems"], *report.refused],
            }
            left = len(kept["problems"])
            running.progress(done=kept["at"], accepted=kept["at"] - left, refused=left, cursor=kept)
    with running.in_transaction():
        result = {"made": kept["made"], "already": kept["already"], "charged_pence": kept["charged"]}
        if kept["problems"]:
            result["file"] = _keep_left_out(running, kept["problems"]).pk
        running.finish(result)


def _keep_left_out(running: jobs.Running, problems: list[tuple[str, str]]) -> StoredFile:
    """Who was left out, and why, as a file that a spreadsheet opens as text."""
    rows = Organisation.objects.filter(number__in=[number for number, _ in problems])
    names = {number: (urn or "", name) for number, urn, name in rows.values_list("number", "school__urn", "name")}
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["customer_number", "urn", "customer", "why"])
    writer.writerows(
        [number, names[number][0], safe_cell(names[number][1]), safe_cell(why)] for number, why in problems
    )
    content = ("\ufeff" + text.getvalue()).encode()
    return StoredFile.objects.create(
        sha256=hashlib.sha256(content).hexdigest(), name="left-out.csv", content_type="text/csv", size=len(content),
        content=content, owner_kind=jobs.MADE, owner=str(running.number), added_by_person_id=running.starter_person_id,
    )  # fmt: skip
