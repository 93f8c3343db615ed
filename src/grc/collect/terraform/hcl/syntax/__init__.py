"""The native syntax of the Terraform language: tree-sitter's concrete trees become blocks and expressions."""

from grc.collect.terraform.hcl.syntax.native import read_native, read_template

__all__ = ["read_native", "read_template"]
