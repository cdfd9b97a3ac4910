"""Ed25519 in plain integers (RFC 8032 5.1), for signatures that no library would make: over points of small or
mixed order, and with encodings that are not the only one of what they encode."""

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1)


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    product = D * x1 * x2 * y1 * y2
    return (
        (x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P,
    )


def times(scalar, point):
    result = NEUTRAL
    for bit in f"{scalar:b}":
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


def negated(point):
    return (-point[0] % P, point[1])


def encoded(point, more=0):
    """The octets of a point. With `more` = P its y is not reduced, where that fits 255 bits."""
    x, y = point
    assert y + more < 1 << 255
    return (y + more | (x & 1) << 255).to_bytes(32, "little")


def with_y(y, sign=0):
    """The point with this y and sign of x, or None where there is none."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * ROOT % P
    if x * x % P != square:
        return None
    return (x if x & 1 == sign else -x % P, y)


BASE = with_y(4 * pow(5, -1, P) % P)
# A point of order 8: what is left of a point of the whole group when its part of order L is taken away.
EIGHTH = next(
    found for found in (times(L, point) for point in map(with_y, range(2, 100)) if point) if times(4, found) != NEUTRAL
)
SMALL = [times(i, EIGHTH) for i in range(8)]


def challenge(r, a, message):
    return int.from_bytes(hashlib.sha512(r + a + message).digest(), "little") % L


def scalar(seed):
    """The secret scalar and the prefix of a seed (RFC 8032 5.1.5)."""
    h = bytearray(hashlib.sha512(seed).digest())
    h[0] &= 248
    h[31] = h[31] & 127 | 64
    return int.from_bytes(h[:32], "little"), bytes(h[32:])


def holds(a, message, r_octets, s, cofactor=1, r=None):
    """Whether s·B = R + k·A, times the cofactor. `a` is the octets of A and A, or what encodes it otherwise."""
    octets, point = a
    k = challenge(r_octets, octets, message)
    left, right = times(s, BASE), add(r, times(k, point))
    return times(cofactor, left) == times(cofactor, right)
