"""What people touch: the command line, the web page, exports."""
