"""Work that holds the interpreter's lock: libraries that compute in Python itself."""

from __future__ import annotations

PURE_PYTHON = (
    "docx.",
    "networkx.",
    "nltk.",
    "openpyxl.",
    "pdfplumber.",
    "pptx.",
    "pypdf.",
    "qrcode.",
    "reportlab.",
    "rsa.",
    "weasyprint.",
    "xlrd.",
    "xlsxwriter.",
)
"""Their names begin so; the wheel of each has no compiled part."""
RANGE = "range"
THREADS = frozenset({"thread"})
POOLS = frozenset({"concurrent.futures.ThreadPoolExecutor"})
"""Executors of threads, as `run_in_executor` may be given one."""
