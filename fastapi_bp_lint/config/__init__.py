"""What the linted project asks for: settings, where they stand, how they are read."""

from fastapi_bp_lint.config.describe import reference as reference
from fastapi_bp_lint.config.describe import schema as schema
from fastapi_bp_lint.config.describe import toml as toml
from fastapi_bp_lint.config.keys import KEYS as KEYS
from fastapi_bp_lint.config.keys import Config as Config
from fastapi_bp_lint.config.keys import Key as Key
from fastapi_bp_lint.config.locate import Location as Location
from fastapi_bp_lint.config.locate import locate as locate
from fastapi_bp_lint.config.locate import real as real
from fastapi_bp_lint.config.pins import Pins as Pins
from fastapi_bp_lint.config.read import ConfigError as ConfigError
from fastapi_bp_lint.config.read import load as load
from fastapi_bp_lint.config.values import Declared as Declared
from fastapi_bp_lint.config.values import Known as Known
from fastapi_bp_lint.config.values import check_selector as check_selector
from fastapi_bp_lint.config.values import matching as matching
