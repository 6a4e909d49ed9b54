import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0005_cost_centre'),
        ('providers', '0002_consultants'),
        ('trading', '0002_schema_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='Engagement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True)),
                ('state', models.CharField(choices=[('agreed', 'Agreed'), ('done', 'Done'), ('cancelled', 'Cancelled')], default='agreed', max_length=9)),
                ('title', models.CharField(max_length=120)),
                ('theme', models.CharField(blank=True, max_length=40)),
                ('unit', models.CharField(choices=[('day', 'Day'), ('half_day', 'Half day'), ('twilight', 'Twilight'), ('hour', 'Hour')], max_length=8)),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=7)),
                ('sell_pence', models.BigIntegerField()),
                ('buy_pence', models.BigIntegerField()),
                ('mileage_pence', models.BigIntegerField(default=0)),
                ('working', models.JSONField(default=list)),
                ('paid_by', models.CharField(choices=[('each_visit', 'Charged after each visit'), ('prepaid', 'Paid in advance'), ('included', 'Included days')], default='each_visit', max_length=10)),
                ('allowance_id', models.BigIntegerField(null=True)),
                ('purchase_order', models.CharField(blank=True, max_length=40)),
                ('cfr_code', models.CharField(default='E27', max_length=6)),
                ('policy', models.JSONField(default=dict)),
                ('accept_days', models.PositiveSmallIntegerField(default=5)),
                ('agreed_on', models.DateField()),
                ('reason', models.CharField(blank=True, max_length=240)),
                ('agreed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('consultant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='engagements', to='providers.consultant')),
                ('invoice_to', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('rate', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='providers.rate')),
                ('school', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='engagements', to='organisations.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['school', '-id'], name='engagement_school'), models.Index(fields=['consultant', '-id'], name='engagement_consultant'), models.Index(fields=['state', '-id'], name='engagement_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('title', ''), _negated=True), ('quantity__gt', 0)), name='engagement_says_what'), models.CheckConstraint(condition=models.Q(('buy_pence__gte', 0), ('mileage_pence__gte', 0), ('sell_pence__gte', 0)), name='engagement_pence'), models.CheckConstraint(condition=models.Q(models.Q(('allowance_id__isnull', False), ('paid_by', 'included')), models.Q(models.Q(('paid_by', 'included'), _negated=True), ('allowance_id__isnull', True)), _connector='OR'), name='engagement_included_of_allowance'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'cancelled'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='engagement_cancelled_why')],
            },
        ),
        migrations.CreateModel(
            name='EngagementDate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ordinal', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('written_up', 'With the school'), ('queried', 'In query'), ('agreed', 'Agreed'), ('cancelled', 'Cancelled')], default='planned', max_length=10)),
                ('release', models.CharField(choices=[('not_needed', 'Not needed'), ('asked', 'Asked'), ('released', 'Released'), ('refused', 'Refused')], default='not_needed', max_length=10)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=5)),
                ('online', models.BooleanField(default=False)),
                ('place', models.CharField(blank=True, max_length=200)),
                ('reason', models.CharField(blank=True, max_length=240)),
                ('engagement', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='dates', to='trading.engagement')),
                ('slot', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='providers.slot')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'starts_at'], name='engagement_date_state')],
                'constraints': [models.UniqueConstraint(fields=('engagement', 'ordinal'), name='engagement_date_once'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='engagement_date_length'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='engagement_date_positive'), models.CheckConstraint(condition=models.Q(models.Q(('slot__isnull', True), ('state', 'cancelled')), models.Q(models.Q(('state', 'cancelled'), _negated=True), ('slot__isnull', False)), _connector='OR'), name='engagement_date_in_calendar'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['cancelled', 'queried']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='engagement_date_says_why')],
            },
        ),
        migrations.CreateModel(
            name='EngagementShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('weight', models.DecimalField(decimal_places=4, max_digits=12)),
                ('purchase_order', models.CharField(blank=True, max_length=40)),
                ('engagement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='trading.engagement')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='engagement_shares', to='organisations.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('engagement', 'school'), name='engagement_share_once'), models.UniqueConstraint(fields=('engagement', 'position'), name='engagement_share_position'), models.CheckConstraint(condition=models.Q(('weight__gt', 0)), name='engagement_share_positive')],
            },
        ),
    ]
