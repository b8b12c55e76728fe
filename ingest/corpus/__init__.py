"""Where documents lie: a folder, or an S3-compatible store with a folder of this machine for it."""
