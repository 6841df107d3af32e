"""A manager's PIN lets somebody do one thing once that their role does not allow."""
