"""How a command says that it could not do what was asked."""


class FailureError(Exception):
    """One sentence for people, '' if it was said already; the command line prints it on stderr and ends with `code`."""

    def __init__(self, words: str, code: int = 1) -> None:
        super().__init__(words)
        self.code = code


class UsageError(FailureError):
    """What was asked makes no sense as it was asked: exit code 2, as for an unknown option."""

    def __init__(self, words: str) -> None:
        super().__init__(words, 2)
