"""What the mains share: options, digits, training and pictures."""
