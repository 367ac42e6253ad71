"""Every kind of definition, in the order of the contract."""

from spec.definitions.assignment import Assignment
from spec.definitions.bias import Bias
from spec.definitions.definition import Definition
from spec.definitions.factor import Factor
from spec.definitions.form import Form
from spec.definitions.map import Map
from spec.definitions.table import Table

KINDS: tuple[type[Definition], ...] = (Map, Table, Bias, Form, Factor, Assignment)
