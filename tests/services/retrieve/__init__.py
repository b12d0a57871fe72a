"""Tests of C-MOVE and C-GET."""
