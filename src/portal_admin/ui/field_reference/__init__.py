"""The field reference: what each portal field is, where it comes from, and its values for the contract on the phone."""
