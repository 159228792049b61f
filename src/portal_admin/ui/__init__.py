"""The window: screens, and the few widgets they share."""
