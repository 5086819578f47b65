"""Behaviour: `core`, `gui`, `sandbox` mirror the modules, `flows` drives the whole, `crash` kills it."""
