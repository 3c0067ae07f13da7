"""What finds the renamings, windows and bounds that the kernel judges."""
