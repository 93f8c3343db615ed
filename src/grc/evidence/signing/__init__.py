"""Signatures over sealed layers: in-toto statements in DSSE envelopes, and the timestamps beside them."""
