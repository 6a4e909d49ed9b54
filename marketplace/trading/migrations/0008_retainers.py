"""Quotes that wait for a second person at the school, and retainers with their periods."""

import django.db.models.deletion
from django.db import migrations, models

from marketplace.core.triggers import install
from marketplace.trading.engagements import asked_guards, retainer_guards


def guard(apps, schema_editor):
    for guards in (asked_guards, retainer_guards):
        install(schema_editor.connection, guards.FUNCTIONS, guards.TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0001_schema"),
        ("providers", "0005_directory"),
        ("trading", "0007_reviews"),
    ]

    operations = [
        migrations.CreateModel(
            name="AskedBooking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="asked_booking", to="trading.order"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="asked_bookings",
                        to="trading.consultantrequest",
                    ),
                ),
                (
                    "quote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="asked_bookings",
                        to="trading.consultantquote",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "With approver"), ("booked", "Booked"), ("ended", "Not booked")],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("dates", models.JSONField(default=list)),
                ("own_company", models.BooleanField()),
                ("answer", models.CharField(max_length=10)),
                ("reasons", models.CharField(blank=True, max_length=1000)),
                (
                    "engagement",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="asked_booking",
                        to="trading.engagement",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["request", "-id"], name="asked_booking_request")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")), fields=("request",), name="asked_booking_one_waits"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("engagement__isnull", False), ("state", "booked")),
                            models.Q(models.Q(("state", "booked"), _negated=True), ("engagement__isnull", True)),
                            _connector="OR",
                        ),
                        name="asked_booking_is_booked",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Retainer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=24, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("offered", "Offered"),
                            ("running", "Running"),
                            ("declined", "Declined"),
                            ("ended", "Ended"),
                        ],
                        default="offered",
                        max_length=8,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retainers",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "consultant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retainers",
                        to="providers.consultant",
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                (
                    "unit",
                    models.CharField(
                        choices=[("day", "Day"), ("half_day", "Half day"), ("twilight", "Twilight"), ("hour", "Hour")],
                        max_length=8,
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=2, max_digits=5)),
                ("sell_pence", models.BigIntegerField()),
                ("buy_pence", models.BigIntegerField()),
                ("every", models.CharField(choices=[("month", "Each month"), ("term", "Each term")], max_length=5)),
                ("periods", models.PositiveSmallIntegerField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                (
                    "unused",
                    models.CharField(
                        choices=[
                            ("lapse", "They lapse when the period ends"),
                            ("next", "They may be taken in the next period too"),
                            ("end", "They may be taken until the retainer ends"),
                        ],
                        max_length=5,
                    ),
                ),
                (
                    "owed",
                    models.CharField(
                        choices=[("visit", "For each visit"), ("period", "For each period when it begins")],
                        max_length=6,
                    ),
                ),
                ("purchase_order", models.CharField(blank=True, max_length=40)),
                (
                    "offered_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                ("offered_on", models.DateField()),
                (
                    "school_agreed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                ("school_agreed_on", models.DateField(null=True)),
                (
                    "provider_agreed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                ("provider_agreed_on", models.DateField(null=True)),
                ("stopped_from", models.DateField(null=True)),
                ("reason", models.CharField(blank=True, max_length=240)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["school", "-id"], name="retainer_school"),
                    models.Index(fields=["consultant", "-id"], name="retainer_consultant"),
                    models.Index(fields=["state", "-id"], name="retainer_state"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("title", ""), _negated=True), ("quantity__gt", 0)),
                        name="retainer_says_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("buy_pence__gte", 0), ("sell_pence__gt", 0)), name="retainer_pence"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("periods__gte", 1), ("periods__lte", 36), ("valid_to__gt", models.F("valid_from"))
                        ),
                        name="retainer_dates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["running", "ended"]), _negated=True),
                            models.Q(("provider_agreed_on__isnull", False), ("school_agreed_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="retainer_agreed_by_both",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(models.Q(("state", "declined"), _negated=True), ("stopped_from__isnull", True)),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="retainer_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RetainerPeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "retainer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="begun", to="trading.retainer"
                    ),
                ),
                ("ordinal", models.PositiveSmallIntegerField()),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("usable_to", models.DateField()),
                (
                    "engagement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retainer_period",
                        to="trading.engagement",
                    ),
                ),
                ("lapsed", models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ("lapsed_pence", models.BigIntegerField(null=True)),
                ("closed_on", models.DateField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_on__isnull", True)),
                        fields=["usable_to"],
                        name="retainer_period_to_close",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("retainer", "ordinal"), name="retainer_period_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__gt", models.F("starts_on")), ("usable_to__gte", models.F("ends_on"))
                        ),
                        name="retainer_period_dates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_on__isnull", True), ("lapsed__isnull", True), ("lapsed_pence__isnull", True)
                            ),
                            models.Q(
                                ("closed_on__gte", models.F("usable_to")), ("lapsed__gte", 0), ("lapsed_pence__gte", 0)
                            ),
                            _connector="OR",
                        ),
                        name="retainer_period_closed",
                    ),
                ],
            },
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
