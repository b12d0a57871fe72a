"""Tests of associations over real loopback sockets, against our own other end and against scripted peers."""
