"""The sections of a machine: what each read of the script says, as fields and gaps. Nothing is judged here."""
