"""What every trade stands on: ids, money, time, errors, tables, the unit of work and the journal."""
