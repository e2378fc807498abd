"""What is kept: buckets and objects on disk, their records, names, conditions, listings and ages."""
