"""The Import screen: a file of end users and links, its rehearsal, its results, and the imports before it."""
