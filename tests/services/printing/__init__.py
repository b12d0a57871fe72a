"""Tests of workbench.services.printing."""
