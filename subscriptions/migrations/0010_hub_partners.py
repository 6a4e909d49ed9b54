"""Schools that apply with others answer in their own name; who is near a deadline or a review is told once."""

import django.db.models.deletion
from django.db import migrations, models

from marketplace.core.triggers import install
from subscriptions.hubs.guards import FUNCTIONS, TRIGGERS

# What was sent before partners were asked stands: they count as confirmed when it was sent. Its guard would refuse.
SENT_BEFORE = """
ALTER TABLE subscriptions_hubpartner DISABLE TRIGGER USER;
UPDATE subscriptions_hubpartner p SET answer = 'confirmed', answered_at = a.submitted_at
FROM subscriptions_hubapplication a WHERE a.id = p.application_id AND a.submitted_at IS NOT NULL;
ALTER TABLE subscriptions_hubpartner ENABLE TRIGGER USER;
"""


def guards(apps, schema_editor):
    install(schema_editor.connection, FUNCTIONS, TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [("organisations", "0001_schema"), ("subscriptions", "0009_outcome_changes")]

    operations = [
        migrations.AddField("hubapplication", "reminded_on", models.DateField(null=True)),
        migrations.AddField("reviewpoint", "reminded_on", models.DateField(null=True)),
        migrations.AddField(
            "hubpartner",
            "answer",
            models.CharField(
                choices=[("asked", "Asked"), ("confirmed", "Confirmed"), ("declined", "Declined")],
                default="asked",
                max_length=9,
            ),
        ),
        migrations.AddField("hubpartner", "answered_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "hubpartner",
            "answered_by",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.person",
            ),
        ),
        migrations.AddField("hubpartner", "words", models.CharField(blank=True, default="", max_length=200)),
        migrations.RunSQL(SENT_BEFORE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "hubpartner",
            models.CheckConstraint(
                condition=models.Q(answer="asked", answered_at__isnull=True, answered_by__isnull=True)
                | ~models.Q(answer="asked") & models.Q(answered_at__isnull=False),
                name="hub_partner_answered",
            ),
        ),
        migrations.RunPython(guards, migrations.RunPython.noop),
    ]
