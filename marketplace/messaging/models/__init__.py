"""What is told to people and to customers' programs."""
