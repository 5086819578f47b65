"""NV Desktop: look after the user profiles of a NotifyVisitors account."""

__version__ = "0.1.0"
