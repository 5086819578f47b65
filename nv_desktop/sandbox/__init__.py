"""The demo and test server: its own reading of the API, standard library only."""
