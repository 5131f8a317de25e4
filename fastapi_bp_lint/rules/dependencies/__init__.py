"""What is injected, how, and what it costs."""
