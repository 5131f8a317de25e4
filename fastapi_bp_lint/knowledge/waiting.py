"""What keeps a call from waiting: a flag, or an argument that is left out."""

from __future__ import annotations

FLAGS = frozenset(
    {
        "DONTWAIT",
        "LK_NBLCK",
        "LK_NBRLCK",
        "LK_UNLCK",
        "LOCK_NB",
        "LOCK_UN",
        "MSG_DONTWAIT",
        "NOBLOCK",
        "WNOHANG",
    }
)
"""Constants of os, fcntl, msvcrt, socket and zmq that ask to come back at once."""
TIMEOUTS = {
    "psutil.Process.wait": 0,
    "select.epoll.poll": 0,
    "select.poll.poll": 0,
    "select.select": 3,
    "selectors.DefaultSelector.select": 0,
    "subprocess.Popen.wait": 0,
    "zmq.Poller.poll": 0,
    "zmq.Socket.poll": 0,
}
"""Where the ``timeout`` stands that may be zero, which for others means to wait for ever."""
INTERVALS = frozenset(
    {"psutil.Process.cpu_percent", "psutil.cpu_percent", "psutil.cpu_times_percent"}
)
"""What sleeps for its first argument, ``interval``, and not at all without one."""
HOSTS = frozenset(
    {"ftplib.FTP", "ftplib.FTP_TLS", "smtplib.SMTP", "smtplib.SMTP_SSL", "telnetlib.Telnet"}
)
"""Clients that connect when they are made only to the ``host`` of their first argument."""
SOCKET = "socket.socket."
"""The methods of a socket, which waits unless it is told not to block."""
