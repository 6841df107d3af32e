"""Where guests sit: areas with their plan, tables, sections, and who sits where since when."""
