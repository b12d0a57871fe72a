"""Tests of the Storage service."""
