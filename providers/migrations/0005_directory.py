"""The directory: expertise and related parties."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0005_cost_centre'),
        ('providers', '0004_rates'),
    ]

    operations = [
        migrations.CreateModel(
            name='Expertise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('consultant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='expertise', to='providers.consultant')),
                ('theme', models.CharField(max_length=40)),
                ('phase', models.CharField(blank=True, max_length=24)),
                ('level', models.CharField(choices=[('knows', 'Works with it'), ('leads', 'Leads it in schools'), ('trains', 'Trains others in it')], max_length=6)),
                ('declared_on', models.DateField()),
                ('tested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('tested_on', models.DateField(null=True)),
                ('result', models.CharField(blank=True, choices=[('confirmed', 'Confirmed'), ('not_confirmed', 'Not confirmed')], max_length=13)),
            ],
            options={
                'ordering': ['theme', 'phase'],
                'indexes': [models.Index(fields=['theme', 'result'], name='expertise_theme')],
                'constraints': [models.UniqueConstraint(fields=('consultant', 'theme', 'phase'), name='expertise_once'), models.CheckConstraint(condition=models.Q(models.Q(('result', ''), ('tested_on__isnull', True)), models.Q(models.Q(('result', ''), _negated=True), ('tested_on__isnull', False)), _connector='OR'), name='expertise_tested_on')],
            },
        ),
        migrations.CreateModel(
            name='RelatedParty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('consultant', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='related_parties', to='providers.consultant')),
                ('provider', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='related_parties', to='providers.provider')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='related_providers', to='organisations.organisation')),
                ('nature', models.CharField(max_length=160)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('consultant__isnull', True), ('provider__isnull', False)), models.Q(('consultant__isnull', False), ('provider__isnull', True)), _connector='OR'), name='related_party_of_one'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='related_party_dates'), models.CheckConstraint(condition=models.Q(('nature', ''), _negated=True), name='related_party_has_nature')],
            },
        ),
    ]
