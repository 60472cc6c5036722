"""Every address of the templates' pages."""

from django.urls import path

from templates_app.views import editor, keeping, listing

urlpatterns = [
    path("", listing.templates, name="message_templates"),
    path("synchronisation/", listing.synchronisation, name="message_templates_synchronisation"),
    path("new/", editor.new_template, name="message_template_new"),
    path("preview/", editor.preview, name="message_template_new_preview"),
    path("<int:template_id>/", editor.template, name="message_template"),
    path("<int:template_id>/preview/", editor.preview, name="message_template_preview"),
    path("<int:template_id>/sample/", editor.sample, name="message_template_sample"),
    path("<int:template_id>/settings/", keeping.settings, name="message_template_settings"),
    path("<int:template_id>/deletion/", keeping.deletion, name="message_template_deletion"),
]
