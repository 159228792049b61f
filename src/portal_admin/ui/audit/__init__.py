"""The Audit screen: who did what, a person's story, and the proof that nothing was changed."""
