"""Requests to consultants and their quotes, off-payroll determinations, and the guards of consultant bookings."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from marketplace.core.triggers import install
from marketplace.trading.engagements.guards import FUNCTIONS, TRIGGERS


def guards(apps, schema_editor):
    install(schema_editor.connection, FUNCTIONS, TRIGGERS)


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0005_cost_centre'),
        ('providers', '0003_accreditation'),
        ('trading', '0003_engagements'),
    ]

    operations = [
        migrations.AddField(
            model_name='engagementdate',
            name='accredited_for',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name='ConsultantRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True)),
                ('state', models.CharField(choices=[('sent', 'Sent'), ('answered', 'Answered'), ('agreed', 'Agreed'), ('withdrawn', 'Withdrawn'), ('lapsed', 'Lapsed')], default='sent', max_length=9)),
                ('title', models.CharField(max_length=120)),
                ('theme', models.CharField(blank=True, max_length=40)),
                ('purpose', models.CharField(max_length=1000)),
                ('wanted_from', models.DateField()),
                ('wanted_to', models.DateField()),
                ('unit', models.CharField(choices=[('day', 'Day'), ('half_day', 'Half day'), ('twilight', 'Twilight'), ('hour', 'Hour')], max_length=8)),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=7)),
                ('budget_pence', models.BigIntegerField(null=True)),
                ('mode', models.CharField(choices=[('at_school', 'At our school'), ('online', 'Online'), ('either', 'Either')], default='at_school', max_length=9)),
                ('answer_by', models.DateField()),
                ('asked_on', models.DateField()),
                ('closed_on', models.DateField(null=True)),
                ('asked_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('school', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='consultant_requests', to='organisations.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['school', '-id'], name='consultant_request_school'), models.Index(fields=['state', 'answer_by'], name='consultant_request_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('title', ''), _negated=True), models.Q(('purpose', ''), _negated=True), ('quantity__gt', 0)), name='consultant_request_says_what'), models.CheckConstraint(condition=models.Q(('answer_by__gte', models.F('asked_on')), ('wanted_to__gt', models.F('wanted_from'))), name='consultant_request_dates'), models.CheckConstraint(condition=models.Q(models.Q(('closed_on__isnull', True), ('state__in', ['sent', 'answered'])), models.Q(models.Q(('state__in', ['sent', 'answered']), _negated=True), ('closed_on__isnull', False)), _connector='OR'), name='consultant_request_closed_when'), models.CheckConstraint(condition=models.Q(('budget_pence__isnull', True), ('budget_pence__gt', 0), _connector='OR'), name='consultant_request_budget')],
            },
        ),
        migrations.CreateModel(
            name='ConsultantQuote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('quoted', 'Quoted'), ('declined', 'Declined'), ('accepted', 'Accepted'), ('not_chosen', 'Not chosen')], default='asked', max_length=10)),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=7, null=True)),
                ('visits', models.PositiveSmallIntegerField(default=0)),
                ('miles', models.PositiveIntegerField(default=0)),
                ('net_pence', models.BigIntegerField(default=0)),
                ('travel_pence', models.BigIntegerField(default=0)),
                ('vat_pence', models.BigIntegerField(default=0)),
                ('gross_pence', models.BigIntegerField(default=0)),
                ('first_days', models.JSONField(default=list)),
                ('words', models.CharField(blank=True, max_length=600)),
                ('reason', models.CharField(blank=True, max_length=240)),
                ('valid_until', models.DateField(null=True)),
                ('answered_on', models.DateField(null=True)),
                ('consultant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='providers.consultant')),
                ('engagement', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='quote', to='trading.engagement')),
                ('rate', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='providers.rate')),
                ('request', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='trading.consultantrequest')),
            ],
            options={
                'indexes': [models.Index(fields=['consultant', 'state', '-id'], name='consultant_quote_consultant')],
                'constraints': [models.UniqueConstraint(fields=('request', 'consultant'), name='consultant_quote_once'), models.UniqueConstraint(condition=models.Q(('state', 'accepted')), fields=('request',), name='consultant_quote_one_accepted'), models.CheckConstraint(condition=models.Q(('gross_pence', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('net_pence'), '+', models.F('travel_pence')), '+', models.F('vat_pence')))), name='consultant_quote_adds_up'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['quoted', 'accepted']), _negated=True), models.Q(('quantity__gt', 0), ('rate__isnull', False), ('valid_until__isnull', False)), _connector='OR'), name='consultant_quote_has_price'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='consultant_quote_why'), models.CheckConstraint(condition=models.Q(models.Q(('engagement__isnull', False), ('state', 'accepted')), models.Q(models.Q(('state', 'accepted'), _negated=True), ('engagement__isnull', True)), _connector='OR'), name='consultant_quote_is_booked')],
            },
        ),
        migrations.CreateModel(
            name='OffPayrollDetermination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('own_company', models.BooleanField()),
                ('answer', models.CharField(choices=[('not_needed', 'Not needed'), ('outside', 'Outside the rules'), ('inside', 'Inside the rules')], max_length=10)),
                ('reasons', models.CharField(blank=True, max_length=1000)),
                ('decided_on', models.DateField()),
                ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('engagement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='determinations', to='trading.engagement')),
            ],
            options={
                'indexes': [],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answer', 'not_needed'), ('own_company', False)), models.Q(('answer__in', ['outside', 'inside']), ('own_company', True), models.Q(('reasons', ''), _negated=True)), _connector='OR'), name='off_payroll_says_why')],
            },
        ),
        migrations.RunSQL("CREATE SEQUENCE trading_engagement_numbers", "DROP SEQUENCE trading_engagement_numbers"),
        migrations.RunSQL("CREATE SEQUENCE trading_request_numbers", "DROP SEQUENCE trading_request_numbers"),
        migrations.RunPython(guards, migrations.RunPython.noop),
    ]
