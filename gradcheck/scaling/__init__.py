"""What each way to a gradient costs: passes, operations and seconds, measured, fitted, and held against the chapter."""
