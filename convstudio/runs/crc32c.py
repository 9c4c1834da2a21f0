"""The checksum of TFRecord files: CRC-32C (Castagnoli), of many records of one length at once.

RFC 3720, appendix B.4, gives the polynomial and test vectors; the masking is TensorFlow's (core/lib/hash/crc32c.h).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

REVERSED = 0x82F63B78
ROTATED_BY = 15
ADDED = 0xA282EAD8


def _table() -> NDArray[np.uint32]:
    values = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        values = np.where(values & 1, (values >> np.uint32(1)) ^ np.uint32(REVERSED), values >> np.uint32(1))
    return values.astype(np.uint32)


TABLE = _table()


def crc32c(rows: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """The checksum of each row of bytes (number × length)."""
    sums = np.full(len(rows), 0xFFFFFFFF, np.uint32)
    for column in rows.T:
        sums = TABLE[(sums ^ column) & np.uint32(0xFF)] ^ (sums >> np.uint32(8))
    return sums ^ np.uint32(0xFFFFFFFF)


def masked(sums: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """As records hold them: a checksum of data that holds checksums is a weak one."""
    turned = (sums >> np.uint32(ROTATED_BY)) | (sums << np.uint32(32 - ROTATED_BY))
    return turned + np.uint32(ADDED)  # modulo 2 to the 32nd
