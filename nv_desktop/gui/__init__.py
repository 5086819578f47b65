"""The window: layout, wording and wiring over core."""
