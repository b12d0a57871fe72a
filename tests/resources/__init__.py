"""The files that the application brings along."""
