"""Tests of workbench.services.worklist."""
