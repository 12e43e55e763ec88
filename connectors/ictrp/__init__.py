"""WHO ICTRP, by a file that a person saved."""
