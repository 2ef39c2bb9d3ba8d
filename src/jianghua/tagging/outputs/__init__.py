"""What tagged paragraphs are written as."""
