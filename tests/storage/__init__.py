"""Tests of workbench.storage."""
