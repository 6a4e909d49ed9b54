from django.db import models
from django.db.models import Q

from marketplace.organisations.models import Organisation
from marketplace.trading.models.orders import OrderLine

CODE_LIMIT = 20


class BudgetLine(models.Model):
    """What an organisation means to spend on one code in one of its financial years, in pence before VAT.

    ``code`` is of the return that it makes (CFR of maintained schools, AAR of academies) or its own. The year is named
    by its first day. A code without a budget has no line.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="budget_lines", db_index=False
    )
    year_starts_on = models.DateField()
    code = models.CharField(max_length=CODE_LIMIT)
    pence = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year_starts_on", "code"], name="budget_line_once"),
            models.CheckConstraint(condition=Q(pence__gt=0), name="budget_line_positive"),
            models.CheckConstraint(condition=~Q(code=""), name="budget_line_has_code"),
            models.CheckConstraint(condition=Q(year_starts_on__day=1), name="budget_year_starts_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.code} from {self.year_starts_on}"


class LineCode(models.Model):
    """The code under which the school that receives an order line books it, instead of ours.

    It changes no document: an invoice keeps the codes with which it was issued, and the school's own pages and files
    show its own beside them.
    """

    order_line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, primary_key=True, related_name="own_code")
    code = models.CharField(max_length=CODE_LIMIT)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="line_code_given")]

    def __str__(self) -> str:
        return self.code
