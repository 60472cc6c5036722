"""The least that an inbox needs."""

from django.db import models


class Contact(models.Model):
    wa_id = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class Conversation(models.Model):
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE)
    number = models.CharField(max_length=40)
    last_message_at = models.DateTimeField(null=True)
    preview = models.CharField(max_length=160, default="")
    unread = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "number"], name="one_conversation")
        ]
        indexes = [models.Index(fields=["number", "-last_message_at"])]

    def __str__(self) -> str:
        return f"{self.contact} on {self.number}"


class Message(models.Model):
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE)
    provider_id = models.CharField(max_length=200, unique=True)
    at = models.DateTimeField()
    content = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["conversation", "-at"])]

    def __str__(self) -> str:
        return self.provider_id
