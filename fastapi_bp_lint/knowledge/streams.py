"""Functions that read or write what they are handed, which need not be on a disk."""

from __future__ import annotations

STREAMS = {
    "PIL.Image.open": (0, "fp"),
    "bz2.open": (0, "filename"),
    "gzip.open": (0, "filename"),
    "io.BufferedRandom": (0, "raw"),
    "io.BufferedReader": (0, "raw"),
    "io.BufferedWriter": (0, "raw"),
    "io.TextIOWrapper": (0, "buffer"),
    "json.dump": (1, "fp"),
    "json.load": (0, "fp"),
    "lxml.etree.parse": (0, "source"),
    "lxml.html.parse": (0, "filename_or_url"),
    "lzma.open": (0, "filename"),
    "pickle.dump": (1, "file"),
    "pickle.load": (0, "file"),
    "tarfile.TarFile.open": (2, "fileobj"),
    "tarfile.open": (2, "fileobj"),
    "toml.load": (0, "f"),
    "tomllib.load": (0, "fp"),
    "xml.etree.ElementTree.parse": (0, "source"),
    "yaml.dump": (1, "stream"),
    "yaml.load": (0, "stream"),
    "yaml.safe_load": (0, "stream"),
    "zipfile.ZipFile": (0, "file"),
}
"""Where the file stands among the arguments: its position, and the name it can be given by."""
TAKES_TEXT = frozenset({"yaml.dump", "yaml.load", "yaml.safe_load"})
"""What works on text as well, or gives text where no file is handed in."""
OPENERS = frozenset(STREAMS) - {"PIL.Image.open"}
"""Those of them that give nothing that computes where the file is in memory."""
IN_MEMORY = frozenset({"io.BytesIO", "io.StringIO"})
"""Files that are none."""
FILES = frozenset(
    {
        "io.BufferedRandom",
        "io.BufferedReader",
        "io.BufferedWriter",
        "io.TextIOWrapper",
        "tempfile.SpooledTemporaryFile",
    }
)
"""Classes of open files."""
