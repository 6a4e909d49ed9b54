"""Registers, evaluations and certificates."""

import django.db.models.deletion
from django.db import migrations, models

from marketplace.core import triggers
from marketplace.trading import register_guards


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, register_guards.FUNCTIONS, register_guards.TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0007_meetings"),
        ("organisations", "0005_cost_centre"),
        ("trading", "0008_waiting"),
    ]
    operations = [
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("here", "Here"),
                            ("late", "Late"),
                            ("absent", "Not here"),
                            ("not_asked", "Not asked"),
                        ],
                        max_length=9,
                    ),
                ),
                ("marked_at", models.DateTimeField()),
                ("corrected_on", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True)),
                ("issued_on", models.DateField()),
                ("minutes", models.PositiveIntegerField()),
                ("attended", models.PositiveSmallIntegerField()),
                ("meetings", models.PositiveSmallIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("withdrawn_on", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CpdEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("held_on", models.DateField()),
                ("title", models.CharField(max_length=120)),
                ("provider", models.CharField(blank=True, max_length=120)),
                ("theme", models.CharField(blank=True, max_length=40)),
                ("minutes", models.PositiveIntegerField()),
            ],
            options={
                "ordering": ["-held_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Evaluation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("score", models.PositiveSmallIntegerField()),
                ("recommends", models.BooleanField()),
                ("change", models.CharField(blank=True, max_length=500)),
                ("comment", models.CharField(blank=True, max_length=500)),
                ("given_on", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="Register",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(choices=[("open", "Open"), ("closed", "Closed")], default="open", max_length=6),
                ),
                ("closed_on", models.DateField(null=True)),
            ],
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("delegate_person__isnull", True), models.Q(("delegate_email", ""), _negated=True)),
                fields=["delegate_email"],
                name="booking_to_claim",
            ),
        ),
        migrations.AddField(
            model_name="attendance",
            name="booking",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attendances",
                to="trading.booking",
            ),
        ),
        migrations.AddField(
            model_name="attendance",
            name="marked_by_person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.person"
            ),
        ),
        migrations.AddField(
            model_name="attendance",
            name="meeting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="attendances", to="catalogue.meeting"
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="booking",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="certificate", to="trading.booking"
            ),
        ),
        migrations.AddField(
            model_name="cpdentry",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="cpd_entries", to="organisations.person"
            ),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="booking",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="evaluation", to="trading.booking"
            ),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="evaluations", to="catalogue.courserun"
            ),
        ),
        migrations.AddField(
            model_name="register",
            name="closed_by_person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.person"
            ),
        ),
        migrations.AddField(
            model_name="register",
            name="meeting",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="register", to="catalogue.meeting"
            ),
        ),
        migrations.AddField(
            model_name="register",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="registers", to="catalogue.courserun"
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.UniqueConstraint(fields=("booking", "meeting"), name="attendance_once"),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(("attended__gt", 0), ("attended__lte", models.F("meetings"))),
                name="certificate_attended_within",
            ),
        ),
        migrations.AddConstraint(
            model_name="cpdentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__gt", 0), ("minutes__lte", 60000)), name="cpd_minutes"
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.CheckConstraint(
                condition=models.Q(("score__gte", 1), ("score__lte", 5)), name="evaluation_score"
            ),
        ),
        migrations.AddConstraint(
            model_name="register",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_on__isnull", True), ("state", "open")),
                    models.Q(("closed_on__isnull", False), ("state", "closed")),
                    _connector="OR",
                ),
                name="register_closed_iff_dated",
            ),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
