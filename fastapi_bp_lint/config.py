"""What the linted project asks for, read from its configuration file."""
