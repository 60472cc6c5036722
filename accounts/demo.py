"""How the demo's people sign in: written on the page that they open, so no secret."""

DOMAIN = "@sash.test"
PASSWORD = "sash-demo-window"  # noqa: S105 - printed for everybody who tries the demo
