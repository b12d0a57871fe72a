"""Tests of workbench/upper_layer."""
