"""How an original is erased with all that was made of it, and how that is shown."""
