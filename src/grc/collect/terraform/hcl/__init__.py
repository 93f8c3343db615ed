"""The Terraform language: read, and evaluated as far as files alone tell."""
