"""Tests of the desktop application; they need the extra "gui" and run offscreen."""
