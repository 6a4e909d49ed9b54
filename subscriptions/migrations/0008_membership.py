"""The register of members and their contributions."""

from decimal import Decimal

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import connection, migrations, models

from marketplace.core.triggers import install
from subscriptions.membership.guards import FUNCTIONS, TRIGGERS


def install_guards(apps: object, schema_editor: object) -> None:
    install(connection, FUNCTIONS, TRIGGERS)


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0005_cost_centre'),
        ('subscriptions', '0007_movements'),
    ]

    operations = [
        migrations.CreateModel(
            name='MemberClass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=20, unique=True)),
                ('name', models.CharField(max_length=60)),
                ('votes', models.DecimalField(decimal_places=2, max_digits=6)),
                ('price_class', models.PositiveSmallIntegerField(choices=[(1, 'member'), (2, 'associate'), (3, 'non-member'), (4, 'out-of-area'), (5, 'LA-funded')])),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('votes__gte', 0)), name='member_class_votes'), models.CheckConstraint(condition=models.Q(('price_class__in', [1, 2, 3, 4, 5])), name='member_class_prices')],
            },
        ),
        migrations.CreateModel(
            name='ContributionRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=20, unique=True)),
                ('title', models.CharField(max_length=120)),
                ('term_from', models.DateField()),
                ('term_to', models.DateField()),
                ('budget_pence', models.BigIntegerField()),
                ('nominal_pence', models.BigIntegerField(default=0)),
                ('method', models.CharField(choices=[('equal', 'Equal shares'), ('pupils', 'By pupils'), ('bands', 'By bands of pupils'), ('formula', 'By a formula of pupils and phase')], max_length=8)),
                ('terms', models.JSONField(default=dict)),
                ('joining', models.CharField(choices=[('months', 'By months'), ('days', 'By days'), ('full', 'The full year')], max_length=6)),
                ('every', models.CharField(choices=[('year', 'Once a year'), ('term', 'Each term'), ('month', 'Each month')], max_length=5)),
                ('supply_kind', models.CharField(choices=[('other', 'Other services'), ('consultancy', 'Consultancy'), ('training', 'Training'), ('grant', 'Grant, for which nothing is given in return')], default='other', max_length=16)),
                ('account_code', models.CharField(max_length=10)),
                ('stream_code', models.CharField(max_length=4)),
                ('cfr_code', models.CharField(blank=True, max_length=6)),
                ('aar_code', models.CharField(blank=True, max_length=8)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('agreed', 'Agreed')], default='draft', max_length=6)),
                ('drawn', models.PositiveIntegerField(default=0)),
                ('agreed_on', models.DateField(null=True)),
                ('previous', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subscriptions.contributionround')),
                ('member_class', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='subscriptions.memberclass')),
            ],
        ),
        migrations.CreateModel(
            name='MemberEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(null=True)),
                ('left_because', models.CharField(blank=True, max_length=240)),
                ('member_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='subscriptions.memberclass')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='member_entries', to='organisations.organisation')),
                ('voter', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
            ],
        ),
        migrations.CreateModel(
            name='ContributionShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pupils', models.PositiveIntegerField(null=True)),
                ('source', models.CharField(blank=True, max_length=40)),
                ('counted_on', models.DateField(null=True)),
                ('phase', models.CharField(blank=True, max_length=24)),
                ('weight', models.DecimalField(decimal_places=6, default=Decimal('0'), max_digits=20)),
                ('nominal_pence', models.BigIntegerField(default=0)),
                ('pence', models.BigIntegerField()),
                ('steps', models.JSONField(default=list)),
                ('joined_on', models.DateField(null=True)),
                ('agreement', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contribution_share', to='subscriptions.agreement')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contributions', to='organisations.organisation')),
                ('round', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='subscriptions.contributionround')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('round', 'organisation'), name='contribution_share_once'), models.CheckConstraint(condition=models.Q(('nominal_pence__gte', 0), ('pence__gte', 0)), name='contribution_share_pence')],
            },
        ),
        migrations.AddConstraint(
            model_name='contributionround',
            constraint=models.CheckConstraint(condition=models.Q(('term_to__gt', models.F('term_from'))), name='contribution_round_term'),
        ),
        migrations.AddConstraint(
            model_name='contributionround',
            constraint=models.CheckConstraint(condition=models.Q(('budget_pence__gt', 0), ('nominal_pence__gte', 0)), name='contribution_round_pence'),
        ),
        migrations.AddConstraint(
            model_name='contributionround',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agreed_on__isnull', True), ('state', 'draft')), models.Q(('agreed_on__isnull', False), ('state', 'agreed')), _connector='OR'), name='contribution_round_agreed_on_a_day'),
        ),
        migrations.AddIndex(
            model_name='memberentry',
            index=models.Index(fields=['organisation', '-valid_from'], name='member_entry_organisation'),
        ),
        migrations.AddConstraint(
            model_name='memberentry',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('organisation_id'), models.F('organisation_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='member_entry_no_overlap'),
        ),
        migrations.AddConstraint(
            model_name='memberentry',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='member_entry_dates'),
        ),
        migrations.AddConstraint(
            model_name='memberentry',
            constraint=models.CheckConstraint(condition=models.Q(('left_because', ''), ('valid_to__isnull', False), _connector='OR'), name='member_entry_left_on_a_day'),
        ),
        migrations.RunPython(install_guards, migrations.RunPython.noop),
    ]
