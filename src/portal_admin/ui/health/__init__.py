"""The Sync & health screen: whether data is fresh, mails leave, and this desk has all it needs."""
