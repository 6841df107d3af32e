"""What a property says on paper: its texts, logo and languages, and which parts of a slip show."""
