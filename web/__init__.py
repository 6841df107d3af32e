"""Pages that both hosts may serve: base page, stylesheet with its tokens, static files, text catalogues."""
