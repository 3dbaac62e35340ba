"""A small hub for server-sent events as an ASGI application, whose fan-out is a policy of Umbel.

uvicorn --factory umbel_asgi:create_app
"""

from .app import App, create_app
from .fan_out import FanOut, Refused
from .subscription import Subscription

__all__ = ["App", "FanOut", "Refused", "Subscription", "create_app"]
