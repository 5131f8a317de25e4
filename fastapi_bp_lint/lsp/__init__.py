"""The language server: what editors ask about a project while it is being written.

Import this package when a server is asked for: pygls takes a quarter of a second to load.
"""
