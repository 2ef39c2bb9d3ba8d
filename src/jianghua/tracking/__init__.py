"""Runs, their figures, the registry and the leaderboard in MLflow."""
