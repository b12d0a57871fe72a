"""Tests of the negotiation of associations."""
