"""What must be right: the rules by which an equality is built."""
