"""Messages to the person: the one road for them, and the strips in which they are seen."""
