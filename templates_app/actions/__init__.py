"""Every change to templates that people make, and what time alone does to them."""

from templates_app.actions.drafting import InvalidTemplate, NotChangeable, save_draft
from templates_app.actions.keeping import TemplateInUse, change_settings, delete_template
from templates_app.actions.lapsing import disable_lost
from templates_app.actions.submitting import submit_template

__all__ = [
    "InvalidTemplate",
    "NotChangeable",
    "TemplateInUse",
    "change_settings",
    "delete_template",
    "disable_lost",
    "save_draft",
    "submit_template",
]
