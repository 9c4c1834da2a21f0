"""Why a network answers as it does: what of the input moves one of its units, and what that unit looks for."""
