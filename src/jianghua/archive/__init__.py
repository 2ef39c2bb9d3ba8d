"""One database an archive: what was said, found by its words; taken along as excerpts."""
