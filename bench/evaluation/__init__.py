"""Evaluation measured on one generated estate, side by side with its rivals."""
