"""Who can open a store: keys, passphrases, slots, and how the right one is found."""
