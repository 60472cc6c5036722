"""The application: routes of the API, the control API and the pages; start and stop."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from . import acting, casting, control, delivery, media, pages, phone, template_reviews
from .api import graph_api
from .world import WORLD, World

LARGEST_UPLOAD = 110 * 1024 * 1024


def build_app(world: World) -> web.Application:
    app = web.Application(client_max_size=LARGEST_UPLOAD, middlewares=[pages.guard])
    app[WORLD] = world
    world.populate(world.options.seed)
    app.cleanup_ctx.append(_run_world)
    for door in (pages, control, casting, acting, phone):
        app.add_routes(door.ROUTES)
    app.router.add_get("/whatsapp_business/attachments/", media.download)
    app.router.add_route("*", "/{path:.+}", graph_api)
    return app


async def _run_world(app: web.Application) -> AsyncIterator[None]:
    world = app[WORLD]
    world.courier.on_delivered = lambda event: phone.tick(world, event)
    await world.start()
    delivery.resume(world)
    template_reviews.resume(world)
    yield
    await world.stop()
