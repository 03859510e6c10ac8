"""Changes the settings file and leaves everything else in it as it was, byte for byte."""
