"""The organiser's desk: what was written to everybody on a course date, and whose joining instructions were sent."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0011_licences"),
        ("catalogue", "0012_runs"),
        ("organisations", "0005_cost_centre"),
    ]
    operations = [
        migrations.CreateModel(
            name="RunMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(unique=True)),
                ("subject", models.CharField(max_length=120)),
                ("text", models.TextField(max_length=4000)),
                ("readers", models.PositiveIntegerField()),
                ("sent_at", models.DateTimeField(auto_now_add=True)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="letters", to="catalogue.courserun"
                    ),
                ),
                (
                    "sent_by_person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("readers__gt", 0)), name="run_message_has_readers")
                ],
            },
        ),
        migrations.CreateModel(
            name="JoiningSent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveIntegerField()),
                ("days", models.PositiveSmallIntegerField()),
                ("sent_on", models.DateField()),
                (
                    "booking",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="joining_sent",
                        to="trading.booking",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("booking", "sequence", "days"), name="joining_sent_once")
                ],
            },
        ),
    ]
