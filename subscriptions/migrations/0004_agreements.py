"""What is agreed for a term: agreements, their lines, the periods in which they are charged."""
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0013_plans'),
        ('organisations', '0005_cost_centre'),
        ('subscriptions', '0003_classes_of_members'),
    ]

    operations = [
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True)),
                ('source_key', models.CharField(max_length=120, unique=True)),
                ('kind', models.CharField(choices=[('subscription', 'Subscription'), ('service', 'Service agreement'), ('membership', 'Membership contribution'), ('shared', 'Shared cost')], max_length=12)),
                ('title', models.CharField(max_length=160)),
                ('term_from', models.DateField()),
                ('term_to', models.DateField()),
                ('ended_on', models.DateField(null=True)),
                ('state', models.CharField(choices=[('offered', 'To accept'), ('active', 'Running'), ('suspended', 'Paused'), ('ended', 'Ended'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], max_length=9)),
                ('every', models.CharField(choices=[('year', 'Once a year'), ('term', 'Each term'), ('month', 'Each month')], max_length=5)),
                ('timing', models.CharField(choices=[('advance', 'In advance'), ('arrears', 'In arrears')], max_length=7)),
                ('prorate', models.CharField(choices=[('months', 'By months'), ('days', 'By days'), ('full', 'The full year')], max_length=6)),
                ('term_starts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=5), default=list, size=None)),
                ('purchase_order', models.CharField(blank=True, max_length=20)),
                ('notice_weeks', models.PositiveSmallIntegerField(default=0)),
                ('notice_by', models.DateField(null=True)),
                ('renewal', models.CharField(choices=[('ask', 'When the school says so'), ('automatic', 'By itself, unless notice is given'), ('none', 'Ends with its term')], default='ask', max_length=9)),
                ('notice_given_on', models.DateField(null=True)),
                ('accepted_on', models.DateField(null=True)),
                ('accepted_by_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('invoice_to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='organisations.organisation')),
                ('succeeds', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successors', to='subscriptions.agreement')),
            ],
        ),
        migrations.CreateModel(
            name='AgreementLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slot', models.PositiveSmallIntegerField()),
                ('source', models.CharField(blank=True, max_length=60)),
                ('level', models.CharField(blank=True, max_length=20)),
                ('title', models.CharField(max_length=160)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField()),
                ('base_from', models.DateField()),
                ('base_to', models.DateField()),
                ('base_pence', models.BigIntegerField()),
                ('facts', models.JSONField(default=dict)),
                ('steps', models.JSONField(default=list)),
                ('vat_category', models.CharField(max_length=2)),
                ('vat_rate', models.DecimalField(decimal_places=4, max_digits=5)),
                ('vat_reason', models.CharField(blank=True, max_length=240)),
                ('account_code', models.CharField(max_length=10)),
                ('stream_code', models.CharField(max_length=4)),
                ('cfr_code', models.CharField(blank=True, max_length=6)),
                ('aar_code', models.CharField(blank=True, max_length=8)),
                ('analysis_code', models.CharField(blank=True, max_length=60)),
                ('quantity', models.DecimalField(decimal_places=3, default=1, max_digits=12)),
                ('unit_price_pence', models.BigIntegerField(null=True)),
                ('recognition', models.CharField(default='over_time', max_length=15)),
                ('label', models.CharField(blank=True, max_length=120)),
                ('instalments', models.PositiveSmallIntegerField(default=1)),
                ('charge_stem', models.CharField(blank=True, max_length=100)),
                ('agreement', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='subscriptions.agreement')),
                ('consumer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('offer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agreement_lines', to='catalogue.offer')),
                ('price', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.price')),
                ('supplier', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='BillingPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField()),
                ('pence', models.BigIntegerField()),
                ('carried_pence', models.BigIntegerField(default=0)),
                ('kept_pence', models.BigIntegerField(default=0)),
                ('bill_on', models.DateField()),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('charged', 'Charged')], default='planned', max_length=7)),
                ('charge_key', models.CharField(blank=True, max_length=120)),
                ('line', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='periods', to='subscriptions.agreementline')),
            ],
        ),
        migrations.CreateModel(
            name='Suspension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(null=True)),
                ('reason', models.CharField(max_length=240)),
                ('agreement', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='subscriptions.agreement')),
            ],
        ),
        migrations.AddIndex(
            model_name='agreement',
            index=models.Index(fields=['organisation', '-term_to'], name='agreement_organisation'),
        ),
        migrations.AddIndex(
            model_name='agreement',
            index=models.Index(fields=['state', 'term_to'], name='agreement_state_end'),
        ),
        migrations.AddIndex(
            model_name='agreement',
            index=models.Index(condition=models.Q(('state', 'active')), fields=['notice_by'], name='agreement_notice'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('term_to__gt', models.F('term_from'))), name='agreement_term'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on__isnull', True), models.Q(('ended_on__gte', models.F('term_from')), ('ended_on__lte', models.F('term_to'))), _connector='OR'), name='agreement_ended_within'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_on__isnull', True), ('state__in', ['offered', 'declined', 'withdrawn'])), models.Q(('accepted_on__isnull', False), ('state__in', ['active', 'suspended', 'ended'])), _connector='OR'), name='agreement_runs_once_accepted'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('notice_weeks__lte', 104)), name='agreement_notice_sensible'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['declined', 'withdrawn']), _negated=True), fields=('succeeds',), name='agreement_one_successor'),
        ),
        migrations.AddIndex(
            model_name='agreementline',
            index=models.Index(fields=['agreement', 'slot', 'valid_from'], name='agreement_line_slot'),
        ),
        migrations.AddConstraint(
            model_name='agreementline',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('agreement_id'), models.F('agreement_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('slot'), models.F('slot'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='agreement_line_no_overlap'),
        ),
        migrations.AddConstraint(
            model_name='agreementline',
            constraint=models.CheckConstraint(condition=models.Q(('base_to__gt', models.F('base_from')), ('valid_to__gte', models.F('valid_from'))), name='agreement_line_dates'),
        ),
        migrations.AddConstraint(
            model_name='agreementline',
            constraint=models.CheckConstraint(condition=models.Q(('base_from__lte', models.F('valid_from')), ('base_to__gte', models.F('valid_to'))), name='agreement_line_in_base'),
        ),
        migrations.AddConstraint(
            model_name='agreementline',
            constraint=models.CheckConstraint(condition=models.Q(('base_pence__gte', 0)), name='agreement_line_not_negative'),
        ),
        migrations.AddIndex(
            model_name='billingperiod',
            index=models.Index(fields=['line', 'valid_from'], name='billing_period_line'),
        ),
        migrations.AddIndex(
            model_name='billingperiod',
            index=models.Index(condition=models.Q(('state', 'planned')), fields=['bill_on', 'id'], name='billing_period_planned'),
        ),
        migrations.AddConstraint(
            model_name='billingperiod',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('line_id'), models.F('line_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='billing_period_no_overlap'),
        ),
        migrations.AddConstraint(
            model_name='billingperiod',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__gte', models.F('valid_from'))), name='billing_period_dates'),
        ),
        migrations.AddConstraint(
            model_name='billingperiod',
            constraint=models.CheckConstraint(condition=models.Q(('carried_pence__gte', 0), ('kept_pence__gte', 0), ('pence__gte', 0)), name='billing_period_pence'),
        ),
        migrations.AddConstraint(
            model_name='billingperiod',
            constraint=models.CheckConstraint(condition=models.Q(('charge_key', ''), ('state', 'charged'), _connector='OR'), name='billing_period_key_once_charged'),
        ),
        migrations.AddConstraint(
            model_name='billingperiod',
            constraint=models.UniqueConstraint(condition=models.Q(('charge_key', ''), _negated=True), fields=('charge_key',), name='billing_period_charge'),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('agreement_id'), models.F('agreement_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='suspension_no_overlap'),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='suspension_dates'),
        ),
    ]
