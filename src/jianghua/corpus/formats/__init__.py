"""Formats that are not plain text: what a file is, and its text. Libraries are imported where they are used, by the child."""
