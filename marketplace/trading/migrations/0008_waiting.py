"""Waiting lists; a basket that is ordered in one step; people on a basket's line; places that were moved."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from marketplace.core import triggers
from marketplace.trading import waiting_guards


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, waiting_guards.FUNCTIONS, waiting_guards.TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0007_meetings"),
        ("organisations", "0005_cost_centre"),
        ("trading", "0007_policies"),
    ]

    operations = [
        migrations.CreateModel(
            name="WaitingEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked", models.PositiveSmallIntegerField()),
                ("seats", models.PositiveSmallIntegerField()),
                ("together", models.BooleanField()),
                ("facts", models.JSONField(blank=True, default=dict)),
                ("joined_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("offered", "Places offered"),
                            ("taken", "Places taken"),
                            ("declined", "Places declined"),
                            ("lapsed", "Offer ran out"),
                            ("left", "Left the list"),
                            ("closed", "List closed"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("closed_on", models.DateField(null=True)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="WaitingOffer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("places", models.PositiveSmallIntegerField()),
                ("free_places", models.PositiveIntegerField()),
                (
                    "passed_over",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("by_hand", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("offered_on", models.DateField()),
                ("until", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("taken", "Taken"),
                            ("declined", "Declined"),
                            ("lapsed", "Ran out"),
                            ("ended", "Ended"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("closed_on", models.DateField(null=True)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="basket",
            name="one_open_basket",
        ),
        migrations.AddField(
            model_name="basket",
            name="apart",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="basketline",
            name="emails",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="basketline",
            name="needs",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="basketline",
            name="use_included",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="booking",
            name="moved_from",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moved_to",
                to="trading.booking",
            ),
        ),
        migrations.AddConstraint(
            model_name="basket",
            constraint=models.UniqueConstraint(
                condition=models.Q(("apart", False), ("state", "open")),
                fields=("organisation", "owner_person"),
                name="one_open_basket",
            ),
        ),
        migrations.AddField(
            model_name="waitingentry",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="waiting_entries",
                to="organisations.organisation",
            ),
        ),
        migrations.AddField(
            model_name="waitingentry",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="waiting_entries", to="organisations.person"
            ),
        ),
        migrations.AddField(
            model_name="waitingentry",
            name="run",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="waiting_entries",
                to="catalogue.courserun",
            ),
        ),
        migrations.AddField(
            model_name="waitingentry",
            name="school",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
            ),
        ),
        migrations.AddField(
            model_name="waitingoffer",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="trading.waitingentry"
            ),
        ),
        migrations.AddField(
            model_name="waitingoffer",
            name="order",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="waiting_offers",
                to="trading.order",
            ),
        ),
        migrations.AddIndex(
            model_name="waitingentry",
            index=models.Index(fields=["run", "state", "id"], name="waiting_run_state"),
        ),
        migrations.AddIndex(
            model_name="waitingentry",
            index=models.Index(fields=["school"], name="waiting_school"),
        ),
        migrations.AddConstraint(
            model_name="waitingentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("waiting", "offered"))),
                fields=("run", "school"),
                name="waiting_once_for_a_school",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitingentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("asked__gte", 1),
                    ("seats__lte", models.F("asked")),
                    models.Q(
                        models.Q(("seats", 0), ("state", "taken")),
                        models.Q(models.Q(("state", "taken"), _negated=True), ("seats__gte", 1)),
                        _connector="OR",
                    ),
                ),
                name="waiting_seats_within",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitingentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_on__isnull", True), ("state__in", ("waiting", "offered"))),
                    models.Q(
                        models.Q(("state__in", ("waiting", "offered")), _negated=True), ("closed_on__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="waiting_closed_iff_dated",
            ),
        ),
        migrations.AddIndex(
            model_name="waitingoffer",
            index=models.Index(condition=models.Q(("state", "open")), fields=["until"], name="waiting_offer_open"),
        ),
        migrations.AddConstraint(
            model_name="waitingoffer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("entry",), name="waiting_offered_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="waitingoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(("places__gte", 1), ("places__lte", models.F("free_places"))),
                name="waiting_offer_of_free_places",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitingoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("by_hand", False), ("reason", "")),
                    models.Q(("by_hand", True), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="waiting_hand_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitingoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_on__isnull", True), ("state", "open")),
                    models.Q(models.Q(("state", "open"), _negated=True), ("closed_on__isnull", False)),
                    _connector="OR",
                ),
                name="waiting_offer_closed_iff_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitingoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("order__isnull", False), ("state", "taken")),
                    models.Q(models.Q(("state", "taken"), _negated=True), ("order__isnull", True)),
                    _connector="OR",
                ),
                name="waiting_offer_taken_by_order",
            ),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
