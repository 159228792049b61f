"""The End users screen: set-up and life of the people who sign in to the portal."""
