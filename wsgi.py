"""The portal with the saga engine plugged in: what the web server and the flask commands start."""

from uuid import UUID

from flask import Flask

from portal import config, create_app, wiring
from portal.kernel import sagas
from workers import broker as queue
from workers import commands, doorbell
from workers.engine import SagaPort
from workers.sagas import book


def make_app(settings: config.Settings | None = None) -> Flask:
    """The portal, the payment provider, and the engine's port with a doorbell that a page never waits for."""
    settings = settings or config.current()
    wiring.connect(settings)
    broker = queue.make_broker(settings.redis_url, timeout=0.2)

    def ring(saga_id: UUID) -> None:
        doorbell.ring_for_saga(broker, saga_id)

    sagas.plug(SagaPort(book, ring))
    app = create_app(settings)
    commands.install(app)
    return app


app = make_app()
