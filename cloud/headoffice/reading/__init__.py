"""What the pages ask of the database: each a question on one consistent look, under the caller's group."""
