"""Which customers were written to first within 24 hours, and how the count went."""

from django.db import models
from django.db.models import F


class Quota(models.Model):
    """One limit's ledger: of a number, or of all numbers of a portfolio.

    key: "number:7", "portfolio:506914307656634", or "waba:3" where the portfolio is not known.
    used: the number of its customers; whoever changes them holds this row.
    """

    key = models.CharField(max_length=60, unique=True)
    used = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "quotas"

    def __str__(self) -> str:
        return self.key


class Reached(models.Model):
    """A customer who counts until then. contact: their id in the inbox."""

    quota = models.ForeignKey(
        Quota, on_delete=models.CASCADE, related_name="reached", db_index=False
    )
    contact = models.BigIntegerField()
    until = models.DateTimeField()

    class Meta:
        verbose_name_plural = "reached"
        constraints = [
            models.UniqueConstraint(fields=["quota", "contact"], name="reached_counts_once")
        ]
        indexes = [models.Index(F("quota"), F("until"), name="reached_runs_out")]

    def __str__(self) -> str:
        return f"{self.contact} until {self.until:%d %b %H:%M}"


class QuotaSample(models.Model):
    """How many were used at that moment, for the chart and the forecast."""

    quota = models.ForeignKey(
        Quota, on_delete=models.CASCADE, related_name="samples", db_index=False
    )
    at = models.DateTimeField()
    used = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["quota", "at"], name="one_sample")]

    def __str__(self) -> str:
        return f"{self.quota} {self.used}"
