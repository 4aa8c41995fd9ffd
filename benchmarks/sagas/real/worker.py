"""The workers: `dramatiq benchmarks.sagas.real.worker` is workers.main, with the provider that says yes."""

from benchmarks.sagas.real.gateway import YesGateway
from portal.domains import payments
from workers.main import broker

__all__ = ["broker"]

payments.plug(YesGateway())
