"""Fees for places without a price, the library of cancellation policies, and waivers."""

import django.db.models.deletion
from django.db import migrations, models

from marketplace.core import triggers
from marketplace.trading import policy_guards


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, policy_guards.FUNCTIONS, policy_guards.TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_lighter_places"),
        ("trading", "0006_delegates"),
        ("catalogue", "0012_runs"),
        ("subscriptions", "0002_allowances"),
    ]
    operations = [
        migrations.CreateModel(
            name="BookingFee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("cancelled", "Cancelled late"), ("not_attended", "Did not attend")], max_length=12
                    ),
                ),
                ("pence", models.BigIntegerField()),
                ("charged_on", models.DateField()),
                ("charge_source_key", models.CharField(max_length=120, unique=True)),
                ("undone_on", models.DateField(null=True)),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="fees", to="trading.booking"
                    ),
                ),
            ],
            options={
                "ordering": ["booking_id", "pk"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pence__gt", 0)), name="booking_fee_positive"),
                    models.UniqueConstraint(
                        condition=models.Q(("undone_on__isnull", True)),
                        fields=("booking",),
                        name="booking_fee_one_standing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("undone_on__isnull", True), ("kind", "not_attended"), _connector="OR"),
                        name="booking_fee_undone_if_attended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CancellationPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40)),
                ("version", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=80)),
                ("rule", models.JSONField()),
                ("used", models.BooleanField(default=False)),
                ("newest", models.BooleanField(default=True)),
                ("added_on", models.DateField()),
                (
                    "added_by_person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
            ],
            options={
                "ordering": ["code", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("code", "version"), name="cancellation_policy_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("newest", True)), fields=("code",), name="cancellation_policy_one_newest"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)), name="cancellation_policy_version_from_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Waiver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=20)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("evidence_gone_on", models.DateField(null=True)),
                ("asked_on", models.DateField()),
                ("kept_pence", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "Asked"), ("granted", "Granted"), ("refused", "Refused")],
                        default="asked",
                        max_length=7,
                    ),
                ),
                ("decided_on", models.DateField(null=True)),
                ("answer", models.CharField(blank=True, max_length=300)),
                ("given_pence", models.BigIntegerField(default=0)),
                (
                    "asked_by_person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="waivers", to="trading.booking"
                    ),
                ),
                (
                    "decided_by_person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.storedfile"
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["state", "id"], name="waiver_state"),
                    models.Index(
                        condition=models.Q(("evidence__isnull", False)),
                        fields=["decided_on"],
                        name="waiver_evidence_kept",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["asked", "granted"])),
                        fields=("booking",),
                        name="waiver_one_for_a_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_by_person__isnull", True), ("decided_on__isnull", True), ("state", "asked")
                            ),
                            models.Q(
                                ("decided_by_person__isnull", False),
                                ("decided_on__isnull", False),
                                ("state__in", ["granted", "refused"]),
                            ),
                            _connector="OR",
                        ),
                        name="waiver_decided_iff_dated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("asked_by_person__isnull", True),
                            models.Q(("asked_by_person", models.F("decided_by_person")), _negated=True),
                            _connector="OR",
                        ),
                        name="waiver_decided_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("given_pence", 0),
                            models.Q(
                                ("given_pence__gt", 0),
                                ("given_pence__lte", models.F("kept_pence")),
                                ("state", "granted"),
                            ),
                            _connector="OR",
                        ),
                        name="waiver_given_within",
                    ),
                    models.CheckConstraint(condition=models.Q(("kept_pence__gte", 0)), name="waiver_kept_not_negative"),
                ],
            },
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
