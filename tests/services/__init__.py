"""Tests of workbench.services."""
