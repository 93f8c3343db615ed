"""The nouns of the engine: frozen values, and the Protocols of its seams. Standard library only."""
