"""Support plans of schools, and money that matches what they spend."""

import django.db.models.deletion
from django.db import migrations, models

from marketplace.core.triggers import install
from subscriptions.support.guards import FUNCTIONS, TRIGGERS


def guards(apps, schema_editor):
    install(schema_editor.connection, FUNCTIONS, TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0006_payment_batches"),
        ("organisations", "0001_schema"),
        ("subscriptions", "0007_commissions"),
    ]

    operations = [
        migrations.CreateModel(
            name="SupportPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True)),
                (
                    "school",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="support_plans",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "funder",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="funded_plans",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("agreed", "Agreed"),
                            ("ended", "Ended"),
                            ("rebrokered", "Taken over"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(max_length=160)),
                ("need", models.TextField()),
                ("programme", models.TextField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                ("cost_pence", models.BigIntegerField()),
                ("confidential", models.BooleanField(default=False)),
                (
                    "follows",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="subscriptions.supportplan",
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                ("drafted_on", models.DateField()),
                (
                    "agreed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                ("agreed_on", models.DateField(null=True)),
                ("ended_on", models.DateField(null=True)),
                ("end_reason", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["school", "-id"], name="support_plan_school"),
                    models.Index(fields=["funder", "-id"], name="support_plan_funder"),
                    models.Index(fields=["state", "-id"], name="support_plan_state"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__gt", models.F("valid_from"))), name="support_plan_dates"
                    ),
                    models.CheckConstraint(condition=models.Q(("cost_pence__gte", 0)), name="support_plan_cost"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("agreed_by__isnull", True),
                            ("drafted_by__isnull", True),
                            models.Q(("agreed_by", models.F("drafted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="support_plan_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["agreed", "rebrokered"]), _negated=True),
                            ("agreed_on__isnull", False),
                            _connector="OR",
                        ),
                        name="support_plan_agreed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["rebrokered", "withdrawn"]), _negated=True),
                            models.Q(("ended_on__isnull", False), models.Q(("end_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="support_plan_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SupportPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "plan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="subscriptions.supportplan",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "provider",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                ("what", models.CharField(max_length=200)),
                ("days", models.DecimalField(decimal_places=2, max_digits=6)),
                ("pence", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "position"), name="support_part_position"),
                    models.CheckConstraint(
                        condition=models.Q(("days__gte", 0), ("pence__gte", 0), models.Q(("what", ""), _negated=True)),
                        name="support_part_figures",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SupportReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "plan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="subscriptions.supportplan",
                    ),
                ),
                ("due_on", models.DateField()),
                ("held_on", models.DateField(null=True)),
                (
                    "rating",
                    models.CharField(
                        blank=True,
                        choices=[("ahead", "Ahead of plan"), ("on_track", "On track"), ("behind", "Behind plan")],
                        max_length=8,
                    ),
                ),
                ("found", models.TextField(blank=True)),
                ("next_steps", models.TextField(blank=True)),
                (
                    "written_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
            ],
            options={
                "ordering": ["due_on"],
                "indexes": [models.Index(fields=["held_on", "due_on"], name="support_review_due")],
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "due_on"), name="support_review_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("found", ""), ("held_on__isnull", True), ("rating", "")),
                            models.Q(
                                ("held_on__isnull", False),
                                models.Q(("rating", ""), _negated=True),
                                models.Q(("found", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="support_review_written",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchedScheme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=20, unique=True)),
                ("title", models.CharField(max_length=160)),
                ("share", models.DecimalField(decimal_places=4, max_digits=5)),
                ("most_pence", models.BigIntegerField()),
                ("budget_pence", models.BigIntegerField()),
                ("promised_pence", models.BigIntegerField(default=0)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                ("evidence", models.CharField(max_length=40)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.ledgeraccount",
                    ),
                ),
                (
                    "stream",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.incomestream",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__gt", models.F("valid_from"))), name="matched_scheme_dates"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("budget_pence__gt", 0),
                            ("most_pence__gt", 0),
                            ("promised_pence__gte", 0),
                            ("share__gt", 0),
                            ("share__lte", 1),
                            ("promised_pence__lte", models.F("budget_pence")),
                        ),
                        name="matched_scheme_within_budget",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchedPromise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promises",
                        to="subscriptions.matchedscheme",
                    ),
                ),
                (
                    "contract",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="matched",
                        to="subscriptions.outcomecontract",
                    ),
                ),
                ("what", models.CharField(max_length=160)),
                ("spend_pence", models.BigIntegerField()),
                ("pence", models.BigIntegerField()),
                ("released_pence", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pence__gt", 0),
                            ("released_pence__gte", 0),
                            ("spend_pence__gte", models.F("pence")),
                            ("released_pence__lte", models.F("pence")),
                        ),
                        name="matched_promise_figures",
                    )
                ],
            },
        ),
        migrations.RunPython(guards, migrations.RunPython.noop),
    ]
