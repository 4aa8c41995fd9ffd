"""The portal with the saga engine plugged in: what the web server and the flask commands start."""

from flask import Flask

from portal import config, create_app, wiring
from portal.kernel import sagas
from workers import broker as queue
from workers import commands
from workers.doorbell import Doorbell
from workers.engine import SagaPort
from workers.sagas import book


def make_app(settings: config.Settings | None = None) -> Flask:
    """The portal, the payment provider, and the engine's port with a doorbell that a page never waits for."""
    settings = settings or config.current()
    wiring.connect(settings)
    broker = queue.make_broker(settings.redis_url, timeout=0.2)
    sagas.plug(SagaPort(book, Doorbell(broker).ring))
    app = create_app(settings)
    commands.install(app)
    return app


app = make_app()
