"""Many files in, one linked program out; no syntax tree, no input or output."""
