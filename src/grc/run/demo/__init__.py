"""The demonstration: an example clinic, its simulated AWS account, and the main job on both."""
