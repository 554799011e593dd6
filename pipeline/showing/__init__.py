"""Pictures made for people to look at; no step reads them, and none is a result."""
