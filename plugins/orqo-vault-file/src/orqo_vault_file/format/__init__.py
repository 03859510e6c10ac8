"""What the files of a store look like, byte for byte, and the cipher that seals them."""
