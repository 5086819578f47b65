"""The rooms of the job page: what is said before sending, the progress, the result."""
