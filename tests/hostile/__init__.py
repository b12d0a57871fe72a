"""Peers that mean harm: what they may send, and what it must not cost us and the others that are served."""
