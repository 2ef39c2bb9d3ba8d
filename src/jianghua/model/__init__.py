"""The trained model and how it is kept: needs NumPy only, all that tagging needs."""
