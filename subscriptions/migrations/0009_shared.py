"""Costs that several organisations share."""

from decimal import Decimal

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import connection, migrations, models

from marketplace.core.triggers import install
from subscriptions.shared.guards import FUNCTIONS, TRIGGERS


def install_guards(apps: object, schema_editor: object) -> None:
    install(connection, FUNCTIONS, TRIGGERS)


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0005_cost_centre'),
        ('subscriptions', '0008_membership'),
    ]

    operations = [
        migrations.CreateModel(
            name='SharedCost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=20, unique=True)),
                ('title', models.CharField(max_length=100)),
                ('term_from', models.DateField()),
                ('term_to', models.DateField()),
                ('is_open', models.BooleanField(default=False)),
                ('every', models.CharField(choices=[('year', 'Once a year'), ('term', 'Each term'), ('month', 'Each month')], max_length=5)),
                ('supply_kind', models.CharField(choices=[('other', 'Other services'), ('consultancy', 'Consultancy'), ('training', 'Training'), ('grant', 'Grant, for which nothing is given in return')], default='other', max_length=16)),
                ('account_code', models.CharField(max_length=10)),
                ('stream_code', models.CharField(max_length=4)),
                ('cfr_code', models.CharField(blank=True, max_length=6)),
                ('aar_code', models.CharField(blank=True, max_length=8)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('agreed', 'Agreed')], default='draft', max_length=6)),
                ('version', models.PositiveIntegerField(default=1)),
                ('agreed_on', models.DateField(null=True)),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='SharedPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=100)),
                ('pence', models.BigIntegerField()),
                ('method', models.CharField(choices=[('equal', 'Equal shares'), ('pupils', 'By pupils'), ('weights', 'By agreed weights'), ('lead', 'The lead bears it alone')], max_length=8)),
                ('cost', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='subscriptions.sharedcost')),
            ],
        ),
        migrations.CreateModel(
            name='SharedParticipant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weight', models.DecimalField(decimal_places=6, default=Decimal('1'), max_digits=16)),
                ('pupils', models.PositiveIntegerField(null=True)),
                ('source', models.CharField(blank=True, max_length=40)),
                ('counted_on', models.DateField(null=True)),
                ('joined_on', models.DateField(null=True)),
                ('left_on', models.DateField(null=True)),
                ('agreement', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shared_participant', to='subscriptions.agreement')),
                ('cost', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='participants', to='subscriptions.sharedcost')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shared_costs', to='organisations.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='SharedShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weight', models.DecimalField(decimal_places=6, max_digits=20)),
                ('pence', models.BigIntegerField()),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField()),
                ('steps', models.JSONField(default=list)),
                ('part', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='subscriptions.sharedpart')),
                ('participant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='subscriptions.sharedparticipant')),
            ],
        ),
        migrations.AddConstraint(
            model_name='sharedcost',
            constraint=models.CheckConstraint(condition=models.Q(('term_to__gt', models.F('term_from'))), name='shared_cost_term'),
        ),
        migrations.AddConstraint(
            model_name='sharedcost',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agreed_on__isnull', True), ('state', 'draft')), models.Q(('agreed_on__isnull', False), ('state', 'agreed')), _connector='OR'), name='shared_cost_agreed_on_a_day'),
        ),
        migrations.AddConstraint(
            model_name='sharedpart',
            constraint=models.UniqueConstraint(fields=('cost', 'position'), name='shared_part_position'),
        ),
        migrations.AddConstraint(
            model_name='sharedpart',
            constraint=models.CheckConstraint(condition=models.Q(('pence__gt', 0)), name='shared_part_pence'),
        ),
        migrations.AddConstraint(
            model_name='sharedparticipant',
            constraint=models.UniqueConstraint(fields=('cost', 'organisation'), name='shared_participant_once'),
        ),
        migrations.AddConstraint(
            model_name='sharedparticipant',
            constraint=models.CheckConstraint(condition=models.Q(('weight__gte', 0)), name='shared_participant_weight'),
        ),
        migrations.AddConstraint(
            model_name='sharedshare',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('part_id'), models.F('part_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('participant_id'), models.F('participant_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='shared_share_no_overlap'),
        ),
        migrations.AddConstraint(
            model_name='sharedshare',
            constraint=models.CheckConstraint(condition=models.Q(('pence__gte', 0)), name='shared_share_pence'),
        ),
        migrations.AddConstraint(
            model_name='sharedshare',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__gte', models.F('valid_from'))), name='shared_share_dates'),
        ),
        migrations.RunPython(install_guards, migrations.RunPython.noop),
    ]
