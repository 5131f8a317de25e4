"""What the linter has to say about itself and about files that it cannot read."""
