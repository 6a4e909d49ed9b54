"""Drafts are drawn up again or discarded; a version says when the contract ends by it, and which side proposed it."""

from django.db import migrations, models
from django.db.models import F, Q

from marketplace.core.triggers import install
from subscriptions.outcomes.guards import FUNCTIONS, TRIGGERS

# Until now no version moved the end of its contract.
ENDS = """
UPDATE subscriptions_contractversion v SET valid_to = c.valid_to
FROM subscriptions_outcomecontract c WHERE c.id = v.contract_id
"""
STATES = [
    ("draft", "Draft"),
    ("offered", "Offered"),
    ("active", "Active"),
    ("discarded", "Discarded"),
    ("declined", "Declined"),
    ("ended", "Ended"),
    ("terminated", "Ended early"),
]


def guards(apps, schema_editor):
    install(schema_editor.connection, FUNCTIONS, TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0008_support")]
    operations = [
        migrations.AddField("outcomecontract", "plan", models.JSONField(null=True)),
        migrations.AlterField(
            "outcomecontract", "state", models.CharField(choices=STATES, default="draft", max_length=10)
        ),
        migrations.RemoveConstraint("outcomecontract", "outcome_contract_agreed"),
        migrations.AddConstraint(
            "outcomecontract",
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded", "declined"])
                | Q(state="offered", offered_on__isnull=False)
                | Q(offered_on__isnull=False, agreed_on__isnull=False),
                name="outcome_contract_agreed",
            ),
        ),
        migrations.AddConstraint(
            "outcomecontract",
            models.CheckConstraint(
                condition=~Q(state="discarded") | Q(ended_on__isnull=False, offered_on__isnull=True),
                name="outcome_contract_discarded",
            ),
        ),
        migrations.AddField("contractversion", "valid_to", models.DateField(null=True)),
        migrations.RunSQL(ENDS, migrations.RunSQL.noop),
        migrations.AlterField("contractversion", "valid_to", models.DateField()),
        migrations.AddField(
            "contractversion",
            "proposed_for",
            models.CharField(
                choices=[("ours", "The partnership"), ("theirs", "The other party")], default="ours", max_length=6
            ),
        ),
        migrations.AddConstraint(
            "contractversion",
            models.CheckConstraint(
                condition=Q(number=1)
                | Q(proposed_by__isnull=True)
                | (Q(approved_ours_by__isnull=True) | ~Q(approved_ours_by=F("proposed_by")))
                & (Q(approved_theirs_by__isnull=True) | ~Q(approved_theirs_by=F("proposed_by"))),
                name="contract_version_proposer_approves_not",
            ),
        ),
        migrations.AddConstraint(
            "contractversion",
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="contract_version_dates"),
        ),
        migrations.AddIndex("volumereturn", models.Index(fields=["state", "-id"], name="volume_return_state_idx")),
        migrations.RunPython(guards, migrations.RunPython.noop),
    ]
