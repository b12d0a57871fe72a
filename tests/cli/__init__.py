"""Tests of workbench.cli."""
