"""The one door between numbers and code, on both of its sides; whoever judges is behind neither."""
