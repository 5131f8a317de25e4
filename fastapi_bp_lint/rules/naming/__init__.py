"""What functions, classes, constants, modules and paths are called."""
