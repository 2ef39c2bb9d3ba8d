"""Real texts that anyone can fetch: a manifest says where each is and what it is known by; none of them is part of the project.

`manifest` reads and checks that file, `download` brings addresses, `cutting` takes texts out of what came, `fetching` does all.
"""
