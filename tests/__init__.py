"""Behaviour of NV Desktop; `core`, `gui` and `sandbox` mirror the modules, `flows` drives the whole, `crash` kills it."""
