"""Child processes in which every file is read and drawn."""
