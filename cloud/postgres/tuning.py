"""The server's settings: durable, and small enough to share a machine with everything else."""

from pathlib import Path

CONNECTIONS_MAX = 60
LOG_FILE_MEGABYTES_MAX = 8
LOG_FILES_MAX = 8
SOCKET_NUMBER = 5432  # in the socket's file name when there is no port

_ALWAYS = {
    "max_connections": str(CONNECTIONS_MAX),
    "shared_buffers": "128MB",
    "wal_compression": "on",
    "min_wal_size": "80MB",
    "max_wal_size": "1GB",
    "jit": "off",
    "timezone": "UTC",
    "password_encryption": "scram-sha-256",
    # Readable by errors.explain, and without guests: no statements, no parameters, no DETAIL with values.
    "lc_messages": "C",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "logging_collector": "on",
    "log_filename": "postgres-%Y%m%dT%H%M%S.log",
    "log_rotation_age": "1d",
    "log_rotation_size": f"{LOG_FILE_MEGABYTES_MAX}MB",
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "wal_level": "replica"}
# Autovacuum off as well: it would hold the template that tests copy their databases from.
_NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


def settings_for(*, socket_folder: Path, log_folder: Path, port: int | None, durable: bool) -> dict[str, str]:
    """Every setting that is passed on the command line, where it wins over what lies in the cluster's files.

    With `port` None the server listens on its Unix socket alone, so that no port can be taken.
    """
    places = {
        "listen_addresses": "127.0.0.1" if port else "",
        "port": str(port or SOCKET_NUMBER),
        "unix_socket_directories": str(socket_folder),
        "unix_socket_permissions": "0700",
        "log_directory": str(log_folder),
    }
    return _ALWAYS | (_DURABLE if durable else _NOT_DURABLE) | places
