"""What this machine has seen of a store, so that an older state is noticed."""
