"""The portal with the saga engine plugged in: what the web server and the flask commands start."""

from portal import create_app

app = create_app()
