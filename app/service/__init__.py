"""What page, command line and API share: the open library, jobs, files."""
