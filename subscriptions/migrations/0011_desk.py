"""The service desk: its hours and promises, tickets with their clocks, what was missed and what comes back."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

from marketplace.core import triggers
from subscriptions.desk import guards


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, guards.FUNCTIONS, guards.TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0005_cost_centre"),
        ("subscriptions", "0010_terms"),
    ]

    operations = [
        migrations.CreateModel(
            name="MissedPromise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("clock", models.CharField(choices=[("response", "Answer"), ("fix", "Put right")], max_length=8)),
                ("due_at", models.DateTimeField()),
                ("noticed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="DeskHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("desk", models.PositiveSmallIntegerField(default=1, editable=False)),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), size=None),
                ),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
                ("credit_cap_percent", models.DecimalField(decimal_places=2, max_digits=5)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                models.Func(
                                    models.F("desk"), models.F("desk"), models.Value("[]"), function="int8range"
                                ),
                                "&&",
                            ),
                            (
                                models.Func(
                                    models.F("valid_from"),
                                    models.F("valid_to"),
                                    models.Value("[)"),
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="desk_hours_no_overlap",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("closes__gt", models.F("opens"))), name="desk_hours_of_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="desk_hours_dates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("credit_cap_percent__gte", 0), ("credit_cap_percent__lte", 100)),
                        name="desk_hours_cap",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True)),
                ("service", models.CharField(blank=True, max_length=160)),
                ("subject", models.CharField(max_length=120)),
                (
                    "priority",
                    models.CharField(choices=[("P1", "P1"), ("P2", "P2"), ("P3", "P3"), ("P4", "P4")], max_length=2),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("with_school", "Waiting for the school"),
                            ("resolved", "Resolved"),
                            ("closed", "Closed"),
                            ("reopened", "Opened again"),
                        ],
                        default="open",
                        max_length=11,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("response_minutes", models.PositiveIntegerField(null=True)),
                ("fix_minutes", models.PositiveIntegerField(null=True)),
                ("credit_percent", models.DecimalField(decimal_places=2, default=0, max_digits=5)),
                ("response_due_at", models.DateTimeField(null=True)),
                ("responded_at", models.DateTimeField(null=True)),
                ("fix_due_at", models.DateTimeField(null=True)),
                ("resolved_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("erased_on", models.DateField(null=True)),
                (
                    "assignee",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="subscriptions.agreementline",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="organisations.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ServiceCredit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month_from", models.DateField()),
                ("month_to", models.DateField()),
                ("month_pence", models.BigIntegerField()),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5)),
                ("pence", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("proposed", "To decide"), ("approved", "Given back"), ("waived", "Not given")],
                        default="proposed",
                        max_length=8,
                    ),
                ),
                ("proposed_on", models.DateField()),
                ("charge_key", models.CharField(blank=True, max_length=120)),
                ("decided_on", models.DateField(null=True)),
                ("reason", models.CharField(blank=True, max_length=240)),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_credits",
                        to="subscriptions.agreementline",
                    ),
                ),
                (
                    "missed",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit",
                        to="subscriptions.missedpromise",
                    ),
                ),
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="credit", to="subscriptions.ticket"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="missedpromise",
            name="ticket",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="missed",
                to="subscriptions.ticket",
            ),
        ),
        migrations.CreateModel(
            name="TicketMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("side", models.CharField(choices=[("school", "School"), ("desk", "Service desk")], max_length=6)),
                ("internal", models.BooleanField(default=False)),
                ("text", models.TextField()),
                ("written_at", models.DateTimeField()),
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
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="subscriptions.ticket"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TicketPause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "why",
                    models.CharField(
                        choices=[("with_school", "Waiting for the school"), ("resolved", "Resolved")], max_length=11
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pauses", to="subscriptions.ticket"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DeskPromise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "priority",
                    models.CharField(choices=[("P1", "P1"), ("P2", "P2"), ("P3", "P3"), ("P4", "P4")], max_length=2),
                ),
                ("response_minutes", models.PositiveIntegerField()),
                ("fix_minutes", models.PositiveIntegerField()),
                ("credit_percent", models.DecimalField(decimal_places=2, default=0, max_digits=5)),
                (
                    "hours",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promises",
                        to="subscriptions.deskhours",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("hours", "priority"), name="desk_promise_once"),
                    models.CheckConstraint(
                        condition=models.Q(("credit_percent__gte", 0), ("credit_percent__lte", 100)),
                        name="desk_promise_credit",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["organisation", "-id"], name="ticket_organisation"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["state", "id"], name="ticket_state"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["opened_at"], name="ticket_opened"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["assignee", "state"], name="ticket_assignee"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["priority", "state"], name="ticket_priority"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("responded_at__isnull", True)),
                fields=["response_due_at"],
                name="ticket_response_due",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("resolved_at__isnull", True)), fields=["fix_due_at"], name="ticket_fix_due"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("erased_on__isnull", True), ("state", "closed")),
                fields=["closed_at"],
                name="ticket_to_erase",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("resolved_at__isnull", False), ("state__in", ["resolved", "closed"])),
                    models.Q(("resolved_at__isnull", True), ("state__in", ["open", "with_school", "reopened"])),
                    _connector="OR",
                ),
                name="ticket_resolved_iff_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("state", "closed")),
                    models.Q(models.Q(("state", "closed"), _negated=True), ("closed_at__isnull", True)),
                    _connector="OR",
                ),
                name="ticket_closed_iff_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fix_minutes__isnull", True), ("response_minutes__isnull", True)),
                    models.Q(("fix_minutes__isnull", False), ("response_minutes__isnull", False)),
                    _connector="OR",
                ),
                name="ticket_promise_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(("credit_percent__gte", 0), ("credit_percent__lte", 100)),
                name="ticket_credit_percent",
            ),
        ),
        migrations.AddIndex(
            model_name="servicecredit",
            index=models.Index(fields=["state", "id"], name="service_credit_state"),
        ),
        migrations.AddIndex(
            model_name="servicecredit",
            index=models.Index(fields=["line", "month_from"], name="service_credit_month"),
        ),
        migrations.AddConstraint(
            model_name="servicecredit",
            constraint=models.CheckConstraint(
                condition=models.Q(("pence__gt", 0), ("pence__lte", models.F("month_pence"))),
                name="service_credit_within_month",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicecredit",
            constraint=models.CheckConstraint(
                condition=models.Q(("month_to__gt", models.F("month_from"))), name="service_credit_month_dates"
            ),
        ),
        migrations.AddConstraint(
            model_name="servicecredit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("charge_key", ""), ("decided_on__isnull", True), ("state", "proposed")),
                    models.Q(
                        ("decided_on__isnull", False),
                        ("state", "approved"),
                        models.Q(("charge_key", ""), _negated=True),
                    ),
                    models.Q(
                        ("charge_key", ""),
                        ("decided_on__isnull", False),
                        ("state", "waived"),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="service_credit_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="missedpromise",
            constraint=models.UniqueConstraint(fields=("ticket", "clock"), name="missed_promise_once"),
        ),
        migrations.AddConstraint(
            model_name="missedpromise",
            constraint=models.CheckConstraint(
                condition=models.Q(("noticed_at__gt", models.F("due_at"))), name="missed_promise_after_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("internal", False), ("side", "desk"), _connector="OR"),
                name="ticket_message_internal",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketpause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("ticket",), name="ticket_pause_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketpause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at__isnull", True), ("ended_at__gte", models.F("started_at")), _connector="OR"
                ),
                name="ticket_pause_dates",
            ),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
