"""Charts as values: where each line, bar and label stands. Templates draw them; nothing is concluded here."""
