"""The operations of `/api`, by what they are about."""
