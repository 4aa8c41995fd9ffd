"""A body that nobody has in memory, as a socket gives it: so many bytes, piece by piece."""


class Endless:
    """`left`: bytes nobody has read yet; `asked`: the largest piece that was asked for at once."""

    def __init__(self, size: int) -> None:
        self.left, self.asked, self._at = size, 0, 0

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            raise AssertionError("all of it was asked for at once")
        self.asked = max(self.asked, size)
        size = min(size, self.left)
        self.left -= size
        return bytes(size)

    def close(self) -> None:
        pass

    def tell(self) -> int:
        return self._at

    def seek(self, at: int, whence: int = 0) -> int:
        """Where it would be; nothing is read over again."""
        self._at = self.left if whence == 2 else at
        return self._at
