"""What a fix is made of: the `Editor` that a fixer speaks to, and edits of a file's text.

Importing this package imports libcst; only the computation of a fix does so.
"""

from fastapi_bp_lint.edits.editor import Draft as Draft
from fastapi_bp_lint.edits.editor import Editor as Editor
from fastapi_bp_lint.edits.editor import Proposal as Proposal
from fastapi_bp_lint.edits.strings import retargeted as retargeted
from fastapi_bp_lint.edits.text import Edit as Edit
from fastapi_bp_lint.edits.text import Range as Range
from fastapi_bp_lint.edits.text import apply as apply
from fastapi_bp_lint.edits.text import read as read
from fastapi_bp_lint.edits.units import RefusedError as RefusedError
