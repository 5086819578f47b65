"""Plain Python, no Qt: works in a script, a worker process and a test."""
