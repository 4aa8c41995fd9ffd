"""Shows the figures of a worker machine that has no web process: one small process beside the pool."""

import threading

from prometheus_client import CollectorRegistry, start_http_server

from portal import config, metrics


def address(value: str) -> tuple[str, int]:
    """`host:port` as a pair. A bare port is taken on this machine only, because figures are not for everybody."""
    host, _, port = value.rpartition(":")
    return host or "127.0.0.1", int(port)


def serve() -> int:
    """Until it is ended. Dramatiq starts it as a process of its own and ends it with the pool."""
    registry = CollectorRegistry()
    registry.register(metrics.processes())
    host, port = address(config.current().worker_metrics or "9464")
    start_http_server(port, addr=host, registry=registry)
    threading.Event().wait()
    return 0
