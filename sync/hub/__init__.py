"""The hub's side of the engine, on PostgreSQL: it takes what nodes push, merges, and serves each scope's feed."""
