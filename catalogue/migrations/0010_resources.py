"""Resources and their files."""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0009_offers"),
        ("core", "0006_lighter_places"),
        ("organisations", "0005_cost_centre"),
    ]
    operations = [
        migrations.CreateModel(
            name="Resource",
            fields=[
                (
                    "offer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="resource",
                        serialize=False,
                        to="catalogue.offer",
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("download", "Download, bought once"),
                            ("printed", "Printed, sent by post"),
                            ("licence", "Licence for a term, renewed"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[("school", "The school that orders it"), ("trust", "Every school of its trust")],
                        default="school",
                        max_length=6,
                    ),
                ),
                ("royalty", models.DecimalField(decimal_places=4, default=Decimal("0"), max_digits=5)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="written_resources",
                        to="organisations.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ResourceFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=120)),
                ("version", models.PositiveIntegerField()),
                ("added_on", models.DateField()),
                ("ended_on", models.DateField(null=True)),
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="catalogue.resource"
                    ),
                ),
                (
                    "stored",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.storedfile"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="resource",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("author__isnull", True), ("royalty", 0)),
                    models.Q(("author__isnull", False), ("royalty__gt", 0), ("royalty__lte", 1)),
                    _connector="OR",
                ),
                name="resource_royalty_has_author",
            ),
        ),
        migrations.AddConstraint(
            model_name="resourcefile",
            constraint=models.UniqueConstraint(
                fields=("resource", "title", "version"), name="resource_file_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="resourcefile",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on__isnull", True)),
                fields=("resource", "title"),
                name="resource_file_one_current",
            ),
        ),
        migrations.AddConstraint(
            model_name="resourcefile",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__gte", 1), models.Q(("title", ""), _negated=True)),
                name="resource_file_has_title",
            ),
        ),
    ]
