"""The view models: everything counted, sorted and worded, so that a template only lays out."""
