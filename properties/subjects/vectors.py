"""Code that says what becomes of one vector at one position: by a map, or by the row that is added to it."""

from properties.subjects.map import MapCode
from properties.subjects.map_truth import MapTruth
from properties.subjects.subject import Subject
from properties.subjects.table import TableCode
from properties.subjects.table_truth import TableTruth

OnVectors = Subject[MapCode, MapTruth] | Subject[TableCode, TableTruth]
