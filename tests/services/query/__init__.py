"""Tests of C-FIND."""
