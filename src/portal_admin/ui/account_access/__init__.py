"""Account access: which accounts a person is linked to, which contracts that opens, and why."""
