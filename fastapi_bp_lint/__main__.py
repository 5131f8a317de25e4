"""``python -m fastapi_bp_lint`` is ``fbp-lint``."""

from fastapi_bp_lint.cli import main

if __name__ == "__main__":
    main()
