"""The rooms of the Accounts page: the dialog of one account, its key, its colour, and the blocking work."""
