"""Head office's own face: the page of the group, its lists, and signing in. `install` puts it on the application."""

from cloud.headoffice.mount import install

__all__ = ["install"]
