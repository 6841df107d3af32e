"""The demo: two properties through an outage, and a proof from independent queries that nothing was lost."""
