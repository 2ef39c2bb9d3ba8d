"""Doubtful paragraphs to people, their corrections back."""
