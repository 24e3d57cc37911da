"""The verification suite: the checker checked."""
