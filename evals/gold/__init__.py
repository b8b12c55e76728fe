"""The gold set: its questions, their reading, checking and linking to passages."""
