"""What a run of pytest leaves out: it needs other people's programs, a registry or a browser."""
