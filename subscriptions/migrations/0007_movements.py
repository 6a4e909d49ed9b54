"""Every allowance moves by movements: what stands is taken over as such, from now on the database writes them."""

import django.db.models.deletion
from django.db import migrations, models

from marketplace.core import triggers
from subscriptions.allowances import guards

TAKE_OVER = """
INSERT INTO subscriptions_allowancemovement (allowance_id, use_id, kind, units, "on", at, note)
SELECT of_allowance, of_use, kind, units, day, transaction_timestamp(), 'Taken over'
FROM (
    SELECT id AS of_allowance, NULL::bigint AS of_use, 'granted' AS kind, granted AS units, valid_from AS day, 1 AS step
    FROM subscriptions_allowance
    UNION ALL
    SELECT allowance_id, id, 'reserved', places, "on", 2 FROM subscriptions_allowanceuse
    UNION ALL
    SELECT allowance_id, id, 'released', released, "on", 3 FROM subscriptions_allowanceuse WHERE released > 0
    UNION ALL
    SELECT allowance_id, id, 'consumed', places - released, "on", 4
    FROM subscriptions_allowanceuse WHERE consumed AND places > released
    UNION ALL
    SELECT id, NULL, 'expired', expired, valid_to, 5 FROM subscriptions_allowance WHERE expired > 0
) AS before
ORDER BY of_allowance, step, of_use
"""


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, guards.FUNCTIONS, guards.TRIGGERS)


PERSON = "organisations.person"
UNITS = [("place", "Places"), ("half_day", "Consultant days"), ("download", "Downloads")]
KINDS = [
    ("granted", "Granted"),
    ("reduced", "Taken off"),
    ("carried_in", "Carried over from before"),
    ("reserved", "Kept"),
    ("released", "Came back"),
    ("consumed", "Used"),
    ("expired", "Lapsed"),
    ("carried_over", "Carried over"),
]


def to(what, related="+", **more):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related, to=what, **{"null": True, **more}
    )


def last_move(model):
    """Which day, who and why: of what moved last."""
    return [
        migrations.AddField(model, "moved_on", models.DateField(editable=False, null=True)),
        migrations.AddField(model, "moved_by", to(PERSON, db_index=False, db_constraint=False, editable=False)),
        migrations.AddField(model, "moved_why", models.CharField(blank=True, editable=False, max_length=240)),
    ]


def count():
    return models.PositiveIntegerField(default=0, db_default=0)


class Migration(migrations.Migration):
    dependencies = [("organisations", "0005_cost_centre"), ("subscriptions", "0006_plans")]
    operations = [
        migrations.RemoveConstraint("allowance", "allowance_within_grant"),
        *last_move("allowance"),
        *last_move("allowanceuse"),
        migrations.AddField(
            "allowance",
            "unit",
            models.CharField(choices=UNITS, db_default="place", default="place", max_length=8),
        ),
        migrations.AddField("allowance", "carried_in", count()),
        migrations.AddField("allowance", "carry_most", count()),
        migrations.AddField("allowance", "carried", count()),
        migrations.AddField("allowance", "carried_into", to("subscriptions.allowance", "came_from", editable=False)),
        migrations.AddField(
            "allowance",
            "told_on",
            models.DateField(editable=False, help_text="When its lapsing was announced.", null=True),
        ),
        migrations.AlterField(
            "allowance",
            "expired",
            models.PositiveIntegerField(default=0, help_text="What was left when it ended."),
        ),
        migrations.AddIndex("allowance", models.Index(fields=["valid_to", "id"], name="allowance_ends")),
        migrations.AddConstraint(
            "allowance",
            models.CheckConstraint(
                condition=models.Q(
                    ("carried__gte", 0),
                    ("carried_in__gte", 0),
                    ("expired__gte", 0),
                    ("taken__gte", 0),
                    ("granted__gte", models.F("taken") + models.F("expired") + models.F("carried")),
                ),
                name="allowance_within_grant",
            ),
        ),
        migrations.AddConstraint(
            "allowance",
            models.CheckConstraint(
                condition=models.Q(("carried", 0), ("carried_into__isnull", True))
                | models.Q(
                    ("carried__gt", 0), ("carried__lte", models.F("carry_most")), ("carried_into__isnull", False)
                ),
                name="allowance_carried_within",
            ),
        ),
        migrations.AddConstraint(
            "allowance",
            models.CheckConstraint(
                condition=models.Q(("unit__in", [code for code, _ in UNITS])), name="allowance_unit_known"
            ),
        ),
        migrations.CreateModel(
            name="AllowanceMovement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=KINDS, max_length=12)),
                ("units", models.IntegerField()),
                ("on", models.DateField()),
                ("at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=240)),
                ("allowance", to("subscriptions.allowance", "movements", null=False, db_index=False)),
                ("use", to("subscriptions.allowanceuse", "movements")),
                ("person", to(PERSON, db_index=False, db_constraint=False)),
            ],
            options={
                "indexes": [models.Index(fields=["allowance", "id"], name="allowance_movement_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("units__gt", 0))
                        | models.Q(("kind__in", ["expired", "consumed"]), ("units__lt", 0)),
                        name="allowance_movement_units",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["reserved", "released", "consumed"]), ("use__isnull", False))
                        | models.Q(
                            ("kind__in", ["granted", "reduced", "carried_in", "expired", "carried_over"]),
                            ("use__isnull", True),
                        ),
                        name="allowance_movement_of_use",
                    ),
                ],
            },
        ),
        migrations.RunPython(install, migrations.RunPython.noop, elidable=False),
        migrations.RunSQL(TAKE_OVER, migrations.RunSQL.noop),
    ]
