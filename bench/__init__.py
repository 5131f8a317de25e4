"""Measurements that docs/performance.md quotes; `python -m bench` makes them."""
