#!/usr/bin/env python3
"""Looks for personal numbers in everything that programs have written, and in their memory.

`search.py find PATH…`       every file below the paths, also inside what is packed; ends with 1 where something was found
`search.py core PID FILE`    writes a process's memory, as a core file would have it

What is looked for comes on standard input, one a line: `card OCTETS` in hexadecimal, `name TEXT` in ASCII, and NIKs that share all but their last four digits. What they share, 12 digits, names a
birthplace and a birthday, so already that is looked for; it also finds a number that was not typed to its end.
"""

import base64
import hashlib
import itertools
import os
import sys
import zlib

SHARED = 12
# No packed stream grows beyond this, and none is looked for deeper than this.
UNPACKED = 8 << 20
DEEPEST = 3


def spellings(number):
    """Every way to write the shared digits that a program may have, by name."""
    digits = number[:SHARED]
    ascii_digits = digits.encode()
    found = {"text": ascii_digits, "UTF-16LE": digits.encode("utf-16-le"), "UTF-16BE": digits.encode("utf-16-be")[1:]}
    found["UTF-32"] = digits.encode("utf-32-le")
    for separator in " .-/,\t":
        found[f"groups of four with “{separator}”"] = separator.join(digits[i : i + 4] for i in range(0, SHARED, 4)).encode()
        found[f"groups of six with “{separator}”"] = f"{digits[:6]}{separator}{digits[6:]}".encode()
    for separator in (" ", ",", ", ", "-"):
        found[f"single digits with “{separator}”"] = separator.join(digits).encode()
    found["percent"] = "".join(f"%{ord(digit):x}" for digit in digits).encode()
    found["hex of text"] = ascii_digits.hex().encode()
    found["packed decimal"] = bytes.fromhex(digits)
    values = bytes(int(digit) for digit in digits)
    found["digits as octets"] = values
    for size in (2, 4, 8, 16):
        found[f"digits in words of {size}"] = b"".join(value.to_bytes(size, "little") for value in values)
        if size > 4:
            found[f"characters in words of {size}"] = b"".join(value.to_bytes(size, "little") for value in ascii_digits)
    for shift in range(3):
        # The octets around it change the first and the last character.
        coded = base64.b64encode(bytes(shift) + ascii_digits)
        found[f"base 64, place {shift}"] = coded[(shift * 8 + 5) // 6 : (shift + SHARED) * 8 // 6]
    low, high = (int(digits + end).to_bytes(8, "big") for end in ("0000", "9999"))
    same = bytes(byte for byte, _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(low, high)))
    # Its first two octets are zero in every small number.
    found["integer, big end first"] = same
    found["integer, little end first"] = same[::-1]
    return found


def card_spellings(octets):
    """Every way to write a card's number that a program may have, by name."""
    found = {}
    for order, number in (("", octets), (" backwards", octets[::-1])):
        found[f"octets{order}"] = number
        found[f"octets in words of 8{order}"] = b"".join(octet.to_bytes(8, "little") for octet in number)
        for name, text in (
            ("hex", number.hex()), ("capital hex", number.hex().upper()), ("hex with colons", number.hex(":")),
            ("capital hex with colons", number.hex(":").upper()), ("hex with spaces", number.hex(" ")), ("decimal", str(int.from_bytes(number))),
        ):
            found[name + order] = text.encode()
            found[f"{name}, UTF-16{order}"] = text.encode("utf-16-le")
        found[f"octets in decimal{order}"] = ", ".join(str(octet) for octet in number).encode()
        for shift in range(3):
            coded = base64.b64encode(bytes(shift) + number)
            found[f"base 64, place {shift}{order}"] = coded[(shift * 8 + 5) // 6 : (shift + len(number)) * 8 // 6]
    return found


def name_spellings(name):
    """The same for a name."""
    text = name.encode()
    found = {"text": text, "UTF-16LE": name.encode("utf-16-le"), "UTF-32": name.encode("utf-32-le"), "hex": text.hex().encode()}
    for shift in range(3):
        coded = base64.b64encode(bytes(shift) + text)
        found[f"base 64, place {shift}"] = coded[(shift * 8 + 5) // 6 : (shift + len(text)) * 8 // 6]
    return found


def fingerprints(numbers):
    """Plain hashes of whole numbers: whoever has one finds the number in a minute."""
    for number in numbers:
        for name in ("md5", "sha1", "sha256"):
            digest = hashlib.new(name, number.encode()).digest()
            yield f"{name} of a number", digest
            yield f"{name} of a number in hex", digest.hex().encode()


def unpacked(data):
    """What zlib and gzip streams anywhere in the data hold, and where they begin."""
    for magic, window in ((b"\x1f\x8b\x08", 31), (b"\x78\x01", 15), (b"\x78\x5e", 15), (b"\x78\x9c", 15), (b"\x78\xda", 15)):
        place = data.find(magic)
        while place >= 0:
            unpacker = zlib.decompressobj(window)
            plain = bytearray()
            try:
                # In small pieces: a stream that breaks off has shown what stands before its end.
                for start in range(place, len(data), 4096):
                    plain += unpacker.decompress(data[start : start + 4096], UNPACKED - len(plain))
                    if unpacker.eof or len(plain) >= UNPACKED:
                        break
            except zlib.error:
                pass
            if len(plain) >= SHARED:
                yield place, bytes(plain)
            place = data.find(magic, place + 1)


class Search:
    def __init__(self, numbers, cards=(), names=()):
        shared = {number[:SHARED] for number in numbers}
        self.patterns = [pattern for digits in sorted(shared) for pattern in spellings(digits).items()]
        for card in cards:
            self.patterns += [(f"a card's number ({spelling})", octets) for spelling, octets in card_spellings(card).items()]
        for name in names:
            self.patterns += [(f"a name ({spelling})", octets) for spelling, octets in name_spellings(name).items()]
        self.hashes = list(fingerprints(numbers))
        self.hits = []
        self.files = self.octets = self.streams = 0

    def look(self, name, data, patterns, depth=0):
        self.octets += len(data)
        for spelling, octets in patterns:
            place = data.find(octets)
            if place >= 0:
                self.hits.append(f"{name}: {data.count(octets)} times as {spelling}, first at {place}")
        if depth < DEEPEST:
            for place, plain in unpacked(data):
                self.streams += 1
                self.look(f"{name}, unpacked from {place}", plain, patterns, depth + 1)

    def file(self, path):
        try:
            with open(path, "rb") as file:
                data = file.read()
        except FileNotFoundError:
            # Gone since it was listed; a socket cannot be opened.
            return
        except OSError:
            if os.path.isfile(path):
                raise
            return
        self.files += 1
        # A core file is large, and a hash is not made by accident.
        self.look(path, data, self.patterns if path.endswith(".core") else self.patterns + self.hashes)

    def below(self, path):
        if not os.path.isdir(path):
            return self.file(path)
        for folder, _, names in os.walk(path):
            for name in names:
                place = os.path.join(folder, name)
                if os.path.isfile(place) and not os.path.islink(place):
                    self.file(place)


def core(pid, target):
    """What may have been written to of a process's memory; program text and files that it only reads are left out."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory, open(target, "wb") as out:
        for line in maps:
            fields = line.split()
            if "w" not in fields[1] or line.rstrip().endswith("[vvar]"):
                continue
            start, end = (int(part, 16) for part in fields[0].split("-"))
            for place in range(start, end, 1 << 20):
                try:
                    memory.seek(place)
                    data = memory.read(min(1 << 20, end - place))
                except OSError:
                    # A guard page, or unmapped since.
                    continue
                # Rooms that were only reserved.
                if data.strip(b"\0"):
                    out.write(data)


def main():
    if sys.argv[1] == "core":
        return core(int(sys.argv[2]), sys.argv[3])
    lines = [line.split(" ", 1) for line in sys.stdin.read().splitlines() if line]
    numbers = [line[0] for line in lines if len(line) == 1]
    cards = [bytes.fromhex(line[1]) for line in lines if line[0] == "card"]
    names = [line[1] for line in lines if line[0] == "name"]
    if not numbers or any(len(number) != 16 or not number.isdigit() for number in numbers):
        sys.exit("search.py: standard input must have numbers of 16 digits, one a line")
    search = Search(numbers, cards, names)
    for path in sys.argv[2:]:
        search.below(path)
    print(f"searched {search.files} files, {search.octets >> 20} MiB with {search.streams} packed streams, for {len(numbers)} numbers")
    for hit in search.hits:
        print(f"FOUND {hit}")
    return 1 if search.hits else 0


if __name__ == "__main__":
    sys.exit(main())
