"""Every Prometheus metric that Sash exposes at /metrics, in one place."""

from prometheus_client import Counter, Gauge, Histogram

PAGE_SECONDS = Histogram("sash_page_seconds", "Page answers", ["method", "route", "status"])
WEBHOOKS = Counter("sash_webhooks_total", "Webhook requests by answer", ["status"])
WEBHOOK_SECONDS = Histogram("sash_webhook_seconds", "From request to answer of a webhook")
APPLIED = Counter("sash_events_applied_total", "Webhook events applied", ["kind"])
QUARANTINED = Counter("sash_events_quarantined_total", "Webhook events put in quarantine")
SENDS = Counter("sash_sends_total", "Calls to send a message, by outcome", ["outcome"])
SOCKETS = Gauge("sash_sockets", "Open sockets of agents")
PUSHES = Counter("sash_pushes_total", "Live pushes by result", ["result"])
