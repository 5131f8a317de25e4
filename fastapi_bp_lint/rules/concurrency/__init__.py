"""What holds up the event loop, what is never awaited, and what a client or a lock outlives."""
