"""Purses of clusters with what is drawn from them, and what customers ask to be done with their agreements."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from marketplace.core.triggers import install
from subscriptions.purses.guards import FUNCTIONS, TRIGGERS


def guards(apps, schema_editor):
    install(schema_editor.connection, FUNCTIONS, TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0002_schema_guards"), ("organisations", "0001_schema")]
    operations = [
        migrations.CreateModel(
            name="Purse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=20, unique=True)),
                ("name", models.CharField(max_length=100)),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="led_purses",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purse",
                        to="organisations.organisation",
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                ("reserved_pence", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__gt", models.F("valid_from"))), name="purse_dates"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reserved_pence__gte", 0)), name="purse_reserved_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("account", models.F("lead")), _negated=True),
                        name="purse_account_of_its_own",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PurseMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purse",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="subscriptions.purse",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purse_memberships",
                        to="organisations.organisation",
                    ),
                ),
                ("agreed_pence", models.BigIntegerField(default=0)),
                ("steps", models.JSONField(default=list)),
                ("may_draw", models.BooleanField(default=True)),
                ("most_pence", models.BigIntegerField(null=True)),
                ("drawn_pence", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("purse", "organisation"), name="purse_member_once"),
                    models.CheckConstraint(
                        condition=models.Q(("agreed_pence__gte", 0), ("drawn_pence__gte", 0)), name="purse_member_pence"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PurseDraw",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purse",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draws",
                        to="subscriptions.purse",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draws",
                        to="subscriptions.pursemember",
                    ),
                ),
                ("source_key", models.CharField(max_length=120, unique=True)),
                (
                    "label",
                    models.CharField(
                        help_text="What it was for, as the statement says it; no person's name.", max_length=120
                    ),
                ),
                ("on", models.DateField()),
                ("pence", models.BigIntegerField()),
                (
                    "charge_keys",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), size=None),
                ),
                ("settled_pence", models.BigIntegerField(default=0)),
                ("released_pence", models.BigIntegerField(default=0)),
                ("returned_pence", models.BigIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["purse", "on"], name="purse_draw_on")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pence__gt", 0),
                            ("released_pence__gte", 0),
                            ("settled_pence__gte", 0),
                            (
                                "pence__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("settled_pence"), "+", models.F("released_pence")
                                ),
                            ),
                            ("returned_pence__gte", 0),
                            ("returned_pence__lte", models.F("settled_pence")),
                        ),
                        name="purse_draw_within",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PurseMovement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "draw",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="subscriptions.pursedraw",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("reserved", "Kept for an order"),
                            ("settled", "Paid an invoice"),
                            ("released", "Not needed"),
                            ("returned", "Came back with a credit note"),
                        ],
                        max_length=8,
                    ),
                ),
                ("about", models.CharField(blank=True, max_length=120)),
                ("pence", models.BigIntegerField()),
                ("on", models.DateField()),
                (
                    "person",
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
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pence__gt", 0)), name="purse_movement_positive"),
                    models.UniqueConstraint(
                        condition=models.Q(("about", ""), _negated=True),
                        fields=("draw", "kind", "about"),
                        name="purse_movement_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["settled", "returned"]), models.Q(("about", ""), _negated=True)),
                            ("kind__in", ["reserved", "released"]),
                            _connector="OR",
                        ),
                        name="purse_movement_about",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AskedChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "agreement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="asked_changes",
                        to="subscriptions.agreement",
                    ),
                ),
                ("kind", models.CharField(choices=[("pause", "Pause"), ("end", "End")], max_length=5)),
                ("on", models.DateField()),
                ("reason", models.CharField(max_length=200)),
                ("shown_pence", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("granted", "Granted"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="asked",
                        max_length=9,
                    ),
                ),
                ("asked_on", models.DateField()),
                (
                    "asked_by_person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                ("answered_on", models.DateField(null=True)),
                (
                    "answered_by_person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["agreement", "-id"], name="asked_change_agreement"),
                    models.Index(fields=["state", "asked_on"], name="asked_change_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")), fields=("agreement",), name="asked_change_one_waits"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_on__isnull", True), ("state", "asked")),
                            models.Q(models.Q(("state", "asked"), _negated=True), ("answered_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="asked_change_answered_on_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True),
                            models.Q(("answer", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="asked_change_refused_why",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="agreement",
            name="paper",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Where the paper is found on which it was agreed.",
                max_length=60,
            ),
        ),
        migrations.RunPython(guards, migrations.RunPython.noop),
    ]
