"""The embedded PostgreSQL of a machine without a database of its own, and the roles on any that it has.

Start reading at cluster.py; home.py says what lies where.
"""

from cloud.postgres.cluster import Cluster, remove
from cloud.postgres.connection import Connection
from cloud.postgres.errors import ClusterError
from cloud.postgres.provision import provision

__all__ = ["Cluster", "ClusterError", "Connection", "provision", "remove"]
