"""A whole group in one process and in virtual time: one seed is one run, and the same run again."""
