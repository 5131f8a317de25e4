"""One file in, plain tuples out; the syntax tree never leaves this package."""
