"""Kinds, levels and versions of offers; what stands published becomes its first version."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from catalogue.guards import LISTED, OFFER_TRIGGERS
from catalogue.offer_guards import LIFE_FUNCTIONS, LIFE_TRIGGERS
from marketplace.core import triggers

KINDS = [
    ("course", "Course"),
    ("consultancy", "Consultancy"),
    ("service", "Service"),
    ("resource", "Resource"),
    ("deal", "Group deal"),
]
DRAFT_STATES = [
    ("draft", "Being changed"),
    ("submitted", "With us to look at"),
    ("changes_asked", "Changes asked for"),
]

# Published long before anybody kept versions: the day of the migration stands for the day of publication.
_FIRST = """
INSERT INTO catalogue_offerversion (offer_id, number, published_on, content)
SELECT o.id, 1, (statement_timestamp() AT TIME ZONE 'Europe/London')::date, jsonb_build_object(
    'kind', o.kind, 'title', o.title, 'summary', o.summary, 'description', o.description,
    'provider', p.code, 'provider_name', po.name, 'sold_by', s.number, 'sold_by_name', coalesce(s.name, ''),
    'themes', to_jsonb(o.themes), 'phases', to_jsonb(o.phases), 'roles', '[]'::jsonb,
    'evidence', 'none', 'evidence_url', '', 'term_months', o.term_months, 'supply_kind', o.supply_kind,
    'vat_category', o.vat_category, 'vat_reason', o.vat_reason, 'cfr_code', o.cfr_code, 'aar_code', o.aar_code,
    'audience', 'schools', 'of_event', NULL, 'signposted_url', '', 'list_price_pence', NULL, 'who_may_join', '',
    'deal_from', NULL, 'deal_to', NULL, 'levels', '[]'::jsonb)
FROM catalogue_offer o
JOIN providers_provider p ON p.id = o.provider_id
JOIN organisations_organisation po ON po.id = p.organisation_id
LEFT JOIN organisations_organisation s ON s.id = o.sold_by_id
WHERE o.state IN ('published', 'withdrawn')
ORDER BY o.id;
UPDATE catalogue_offer o SET current_version_id = v.id FROM catalogue_offerversion v WHERE v.offer_id = o.id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED
"""


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, [LISTED, *LIFE_FUNCTIONS], [*OFFER_TRIGGERS, *LIFE_TRIGGERS])


def remove(apps, schema_editor):
    """Without the columns an offer could not be saved."""
    schema_editor.execute("DROP TRIGGER catalogue_offer_own_version ON catalogue_offer")
    schema_editor.execute("DROP TRIGGER catalogue_offer_moves ON catalogue_offer")
    schema_editor.execute("DROP TRIGGER catalogue_offer_listed ON catalogue_offer")


def _id():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0008_prices"),
    ]
    operations = [
        migrations.AddField("offer", "roles", django.contrib.postgres.fields.ArrayField(
            base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
        migrations.AddField("offer", "evidence", models.CharField(
            choices=[("none", "Not rated"), ("emerging", "Emerging"), ("moderate", "Moderate"), ("strong", "Strong")],
            default="none", max_length=8)),
        migrations.AddField("offer", "evidence_url", models.URLField(blank=True, default="", max_length=300),
                            preserve_default=False),
        migrations.AddField("offer", "audience", models.CharField(
            choices=[("schools", "Schools"), ("exhibitors", "Exhibitors and sponsors")], default="schools",
            max_length=10)),
        migrations.AddField("offer", "of_event", models.ForeignKey(
            blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="packages",
            to="catalogue.offer")),
        migrations.AddField("offer", "signposted_url", models.URLField(blank=True, default="", max_length=300),
                            preserve_default=False),
        migrations.AddField("offer", "list_price_pence", models.BigIntegerField(
            blank=True, help_text="What a group deal costs without it.", null=True)),
        migrations.AddField("offer", "who_may_join", models.CharField(blank=True, default="", max_length=200),
                            preserve_default=False),
        migrations.AddField("offer", "deal_from", models.DateField(blank=True, null=True)),
        migrations.AddField("offer", "deal_to", models.DateField(blank=True, null=True)),
        migrations.AlterField("offer", "state", models.CharField(
            choices=[("draft", "Draft"), ("submitted", "With us to look at"), ("changes_asked", "Changes asked for"),
                     ("published", "Published"), ("withdrawn", "Withdrawn")], default="draft", max_length=13)),
        migrations.CreateModel(
            name="BudgetCode",
            fields=[
                ("id", _id()),
                ("sold", models.CharField(max_length=80)),
                ("cfr_code", models.CharField(max_length=6)),
                ("aar_code", models.CharField(max_length=8)),
                ("for_kind", models.CharField(blank=True, choices=KINDS, max_length=11)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["sold", "valid_from"],
                "constraints": [
                    models.UniqueConstraint(fields=("sold", "valid_from"), name="budget_code_once"),
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")),
                                           _connector="OR"),
                        name="budget_code_dates"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OfferVersion",
            fields=[
                ("id", _id()),
                ("number", models.PositiveIntegerField()),
                ("published_on", models.DateField(db_default=django.db.models.functions.datetime.TruncDate(
                    django.db.models.functions.datetime.Now()))),
                ("content", models.JSONField()),
                ("offer", models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="versions",
                    to="catalogue.offer")),
            ],
            options={
                "ordering": ["offer_id", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("offer", "number"), name="offer_version_once"),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="offer_version_from_one"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OfferDraft",
            fields=[
                ("id", _id()),
                ("content", models.JSONField()),
                ("state", models.CharField(choices=DRAFT_STATES, default="draft", max_length=13)),
                ("offer", models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE, related_name="draft", to="catalogue.offer")),
            ],
        ),
        migrations.CreateModel(
            name="OfferAsk",
            fields=[
                ("id", _id()),
                ("text", models.CharField(max_length=1000)),
                ("asked_on", models.DateField()),
                ("asked_by", models.ForeignKey(
                    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to="organisations.person")),
                ("offer", models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="asks", to="catalogue.offer")),
            ],
            options={
                "ordering": ["offer_id", "-id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True),
                                           name="offer_ask_says_something")
                ],
            },
        ),
        migrations.CreateModel(
            name="OfferLevel",
            fields=[
                ("id", _id()),
                ("code", models.SlugField(max_length=20)),
                ("title", models.CharField(max_length=60)),
                ("included", models.CharField(max_length=600)),
                ("position", models.PositiveSmallIntegerField()),
                ("offer", models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="levels",
                    to="catalogue.offer")),
            ],
            options={
                "ordering": ["offer_id", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("offer", "code"), name="level_once"),
                    models.UniqueConstraint(fields=("offer", "position"), name="level_position_once"),
                ],
            },
        ),
        migrations.AddField("offer", "current_version", models.ForeignKey(
            blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
            to="catalogue.offerversion")),
        migrations.AddConstraint("offer", models.CheckConstraint(
            condition=models.Q(
                models.Q(("audience", "schools"), ("of_event__isnull", True)),
                models.Q(("audience", "exhibitors"), ("of_event__isnull", False)), _connector="OR"),
            name="offer_package_of_event")),
        migrations.AddConstraint("offer", models.CheckConstraint(
            condition=models.Q(
                ("signposted_url", ""), models.Q(("audience", "schools"), ("kind", "course")), _connector="OR"),
            name="offer_signposted_event")),
        migrations.AddConstraint("offer", models.CheckConstraint(
            condition=models.Q(("deal_to__isnull", True), ("deal_to__gt", models.F("deal_from")), _connector="OR"),
            name="offer_deal_dates")),
        migrations.AddConstraint("offer", models.CheckConstraint(
            condition=models.Q(("list_price_pence__isnull", True), ("list_price_pence__gt", 0), _connector="OR"),
            name="offer_list_price_positive")),
        migrations.AddConstraint("offer", models.CheckConstraint(
            condition=models.Q(("evidence", "none"), models.Q(("evidence_url", ""), _negated=True), _connector="OR"),
            name="offer_evidence_linked")),
        migrations.RunPython(install, remove),
        migrations.RunSQL(_FIRST, migrations.RunSQL.noop),
    ]  # fmt: skip
