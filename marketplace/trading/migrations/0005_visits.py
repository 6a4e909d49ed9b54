"""Visits: what was done on a date, what it was charged, what was given back."""

import django.db.models.deletion
from django.db import migrations, models

from marketplace.core.triggers import install
from marketplace.trading.engagements.visit_guards import FUNCTIONS, TRIGGERS


def guards(apps, schema_editor):
    install(schema_editor.connection, FUNCTIONS, TRIGGERS)


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0005_cost_centre'),
        ('trading', '0004_requests'),
    ]

    operations = [
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', 'Being written'), ('submitted', 'With the school'), ('queried', 'In query'), ('agreed', 'Agreed'), ('taken', 'Taken as agreed')], default='draft', max_length=9)),
                ('done', models.TextField(blank=True)),
                ('next_steps', models.TextField(blank=True)),
                ('miles', models.PositiveSmallIntegerField(default=0)),
                ('written_on', models.DateField(null=True)),
                ('agree_by', models.DateField(null=True)),
                ('remind_on', models.DateField(null=True)),
                ('query_reason', models.CharField(blank=True, max_length=400)),
                ('queried_on', models.DateField(null=True)),
                ('answer', models.CharField(blank=True, max_length=400)),
                ('answered_on', models.DateField(null=True)),
                ('reduced_quantity', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ('decided_on', models.DateField(null=True)),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ('sell_pence', models.BigIntegerField(null=True)),
                ('buy_pence', models.BigIntegerField(null=True)),
                ('travel_pence', models.BigIntegerField(null=True)),
                ('rating', models.PositiveSmallIntegerField(null=True)),
                ('date', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='visit', to='trading.engagementdate')),
                ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('written_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'submitted')), fields=['agree_by'], name='visit_to_take'), models.Index(condition=models.Q(('state', 'submitted')), fields=['remind_on'], name='visit_to_remind')],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(models.Q(('done', ''), _negated=True), ('agree_by__isnull', False), ('written_on__isnull', False)), _connector='OR'), name='visit_written_up'),
                    models.CheckConstraint(condition=models.Q(models.Q(('state', 'queried'), _negated=True), models.Q(('query_reason', ''), _negated=True), _connector='OR'), name='visit_queried_why'),
                    models.CheckConstraint(condition=models.Q(models.Q(('buy_pence__gte', 0), ('decided_on__isnull', False), ('quantity__gte', 0), ('sell_pence__gte', 0), ('state__in', ['agreed', 'taken']), ('travel_pence__gte', 0)), models.Q(('buy_pence__isnull', True), ('decided_by__isnull', True), ('decided_on__isnull', True), ('quantity__isnull', True), ('sell_pence__isnull', True), ('state__in', ['draft', 'submitted', 'queried']), ('travel_pence__isnull', True)), _connector='OR'), name='visit_decided_with_figures'),
                    models.CheckConstraint(condition=models.Q(('written_by__isnull', True), ('decided_by__isnull', True), models.Q(('decided_by', models.F('written_by')), _negated=True), _connector='OR'), name='visit_decided_by_another'),
                    models.CheckConstraint(condition=models.Q(('reduced_quantity__isnull', True), ('reduced_quantity__gte', 0), _connector='OR'), name='visit_reduced_sensible'),
                    models.CheckConstraint(condition=models.Q(('rating__isnull', True), models.Q(('rating__gte', 1), ('rating__lte', 5), ('state', 'agreed')), _connector='OR'), name='visit_rating'),
                ],
            },
        ),
        migrations.CreateModel(
            name='VisitCharge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('time', 'Time'), ('travel', 'Travel')], max_length=6)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('net_pence', models.BigIntegerField()),
                ('source_key', models.CharField(max_length=120, unique=True)),
                ('used', models.BooleanField(default=True)),
                ('school', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='trading.visit')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('used', False)), fields=['id'], name='visit_charge_to_use')],
                'constraints': [
                    models.UniqueConstraint(fields=('visit', 'kind', 'position'), name='visit_charge_once'),
                    models.CheckConstraint(condition=models.Q(('net_pence__gt', 0)), name='visit_charge_positive'),
                ],
            },
        ),
        migrations.CreateModel(
            name='VisitReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('sell_pence', models.BigIntegerField()),
                ('buy_pence', models.BigIntegerField()),
                ('reason', models.CharField(max_length=240)),
                ('given_on', models.DateField()),
                ('given_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='trading.visit')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('visit', 'number'), name='visit_return_once'),
                    models.CheckConstraint(condition=models.Q(('buy_pence__gte', 0), ('sell_pence__gt', 0), models.Q(('reason', ''), _negated=True)), name='visit_return_says_something'),
                ],
            },
        ),
        migrations.RunPython(guards, migrations.RunPython.noop, elidable=False),
    ]
