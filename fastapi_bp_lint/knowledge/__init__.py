"""What the ecosystem does: data, no logic."""
