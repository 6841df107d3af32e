"""The head office: stateless API processes over one PostgreSQL that holds every group."""
