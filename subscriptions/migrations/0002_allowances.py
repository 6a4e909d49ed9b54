"""Allowances: places that a subscription includes, and what is kept of them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("subscriptions", "0001_initial"),
        ("catalogue", "0012_runs"),
    ]
    operations = [
        migrations.CreateModel(
            name="Allowance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="What the school calls it: the subscription level.", max_length=60)),
                ("granted", models.PositiveIntegerField()),
                ("taken", models.PositiveIntegerField(default=0)),
                (
                    "expired",
                    models.PositiveIntegerField(default=0, help_text="Places that were left when it ended."),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                ("source_key", models.CharField(max_length=120, unique=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allowances",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "valid_to"], name="allowance_organisation")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__gt", models.F("valid_from"))), name="allowance_dates"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expired__gte", 0),
                            ("granted__gt", 0),
                            ("taken__gte", 0),
                            ("granted__gte", models.F("taken") + models.F("expired")),
                        ),
                        name="allowance_within_grant",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AllowanceUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_key", models.CharField(max_length=120, unique=True)),
                (
                    "label",
                    models.CharField(
                        help_text="What for, as the statement of use says it; no person's name.", max_length=160
                    ),
                ),
                ("on", models.DateField()),
                ("places", models.PositiveIntegerField()),
                ("released", models.PositiveIntegerField(default=0)),
                ("consumed", models.BooleanField(default=False)),
                (
                    "allowance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="subscriptions.allowance",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["allowance", "on"], name="allowance_use_on")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("places__gt", 0), ("released__gte", 0), ("released__lte", models.F("places"))
                        ),
                        name="allowance_use_within",
                    )
                ],
            },
        ),
    ]
