"""Networks."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0007_meetings"),
        ("organisations", "0005_cost_centre"),
        ("trading", "0009_registers"),
    ]
    operations = [
        migrations.CreateModel(
            name="Network",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("purpose", models.CharField(blank=True, max_length=500)),
                ("closed_on", models.DateField(null=True)),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="NetworkLetter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=120)),
                ("body", models.TextField(max_length=4000)),
                ("sent_at", models.DateTimeField()),
                ("readers", models.PositiveIntegerField()),
            ],
            options={
                "ordering": ["-sent_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="NetworkMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("member", "Member"), ("associate", "Associate")], default="member", max_length=9
                    ),
                ),
                ("contact_name", models.CharField(blank=True, max_length=120)),
                ("contact_email", models.EmailField(blank=True, max_length=254)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("no_mail", models.BooleanField(default=False)),
            ],
        ),
        migrations.AddField(
            model_name="network",
            name="offer",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="network", to="catalogue.offer"
            ),
        ),
        migrations.AddField(
            model_name="networkletter",
            name="by_person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.person"
            ),
        ),
        migrations.AddField(
            model_name="networkletter",
            name="network",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="letters", to="trading.network"
            ),
        ),
        migrations.AddField(
            model_name="networkletter",
            name="run",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.courserun"
            ),
        ),
        migrations.AddField(
            model_name="networkmember",
            name="network",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="members", to="trading.network"
            ),
        ),
        migrations.AddField(
            model_name="networkmember",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="network_memberships",
                to="organisations.organisation",
            ),
        ),
        migrations.AddField(
            model_name="networkmember",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="network_contacts",
                to="organisations.person",
            ),
        ),
        migrations.AddConstraint(
            model_name="networkmember",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_to__isnull", True)),
                fields=("network", "organisation"),
                name="network_member_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="networkmember",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                ),
                name="network_member_dates",
            ),
        ),
    ]
