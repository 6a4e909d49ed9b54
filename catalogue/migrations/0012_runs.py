"""The life of a course date: how it is confirmed, its place in calendars, when people are told, what it costs us."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import catalogue.models.runs
from catalogue import run_guards
from marketplace.core import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, [run_guards.LIFE], run_guards.RUN_LIFE_TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0011_finding"),
    ]
    operations = [
        migrations.AddField("courserun", "confirms_itself", models.BooleanField(db_default=False, default=False)),
        migrations.AddField(
            "courserun",
            "joining_days",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(),
                db_default=[7, 1],
                default=catalogue.models.runs.days_of_joining,
                size=None,
            ),
        ),
        migrations.AddField("courserun", "sequence", models.PositiveIntegerField(db_default=0, default=0)),
        migrations.AddIndex("courserun", models.Index(fields=["starts_at", "id"], name="run_starts")),
        migrations.AddConstraint(
            "courserun",
            models.CheckConstraint(
                condition=models.Q(("cancelled_on__isnull", True), ("state", "cancelled"), _connector="OR"),
                name="run_cancelled_if_dated",
            ),
        ),
        migrations.CreateModel(
            name="RunCost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("venue", "Venue"),
                            ("speaker", "Speaker"),
                            ("catering", "Catering"),
                            ("other", "Other"),
                        ],
                        max_length=8,
                    ),
                ),
                ("description", models.CharField(blank=True, max_length=120)),
                ("pence", models.BigIntegerField()),
                ("by_day", models.BooleanField(default=False)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="costs", to="catalogue.courserun"
                    ),
                ),
            ],
            options={
                "ordering": ["run_id", "id"],
                "constraints": [models.CheckConstraint(condition=models.Q(("pence__gt", 0)), name="run_cost_positive")],
            },
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
