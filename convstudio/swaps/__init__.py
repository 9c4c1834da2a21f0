"""The swap experiment: other blocks in the place of some, what they would cost, and the arithmetic. No Qt, no torch."""
