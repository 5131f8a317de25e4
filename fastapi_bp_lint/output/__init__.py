"""Findings to text: one module per format."""
