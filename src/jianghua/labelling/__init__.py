"""Cues → votes → weak labels; hand labels win."""
