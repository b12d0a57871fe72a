"""The item models, without a window; Qt's own tester watches their signals."""
