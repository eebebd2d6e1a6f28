"""Talking to the service: calls, pacing, waiting, downloads, and the one loop thread all of it lives on."""
