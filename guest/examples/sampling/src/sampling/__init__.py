"""Sampling for anonymous subscribers, without the contract: plain Python, to be tested as such."""

from .lookup import Key, Unsupported, key
from .routing import Sampling, is_sampled
from .settings import Malformed, every

__all__ = ["Key", "Malformed", "Sampling", "Unsupported", "every", "is_sampled", "key"]
