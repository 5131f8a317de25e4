"""Routes: their decorators, paths, statuses and responses."""
