"""What the tests share: generated instances, scripted peers and other fakes."""
