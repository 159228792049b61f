"""The Sites screen: the portal's sites and the private labels whose contracts they show."""
