#!/usr/bin/python3
"""umockdev-wrapper ccid_reader.py COMMAND…: runs COMMAND in a world of emulated USB card readers, and perhaps a printer.

The readers are models in COMMAND itself, each behind a Unix socket (Tests/Support/ReaderBench/ReaderWire.swift); here are only their
descriptors and pipes. COMMAND steers them by lines on its standard output, and each is answered by a line on its standard input:

    reader plug PORT SOCKET KEY=VALUE…   connects to the model and plugs it into the port
    reader unplug SOCKET                 pulls the cable, also where the model has done so already
    reader clear                         pulls every cable and forgets the readers
    reader free SOCKET                   whoever is said to hold its interface lets it go
    reader log SOCKET                    answers with what has been asked of the device so far
    printer WORDS…                       as usb_printer.py's own lines

Other lines are passed on. Ends with COMMAND, and with its exit code.
"""
import errno
import os
import shlex
import shutil
import socket
import struct
import subprocess
import sys
import threading

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev  # noqa: E402

# The checkout stays as it is.
sys.dont_write_bytecode = True
import usb_printer  # noqa: E402
import usbfs  # noqa: E402

OUT, IN, NOTICES = 0x01, 0x82, 0x83


class Reader:
    """The model's shell: descriptors, ABORT, two bulk pipes and the interrupt pipe, whose other end is a socket."""

    manufacturer, speed = "ANJUNGAN", "12"

    def __init__(self, settings):
        self.device, self.socket = None, None
        self.inward, self.waiting = [], []
        self.inbox, self.notices = [], []
        self.is_halted = False
        self.set(settings)

    def set(self, settings):
        self.settings = settings
        self.serial = settings["serial"]
        self.product = settings["product"].replace("_", " ")
        self.has_notices = settings["notices"] == "1"
        self.packet = int(settings["packet"])

    # What it is.

    @property
    def kernel_driver(self):
        return self.settings["driver"] or None

    interfaces = [(0, 0x0B, 0, 0)]

    @property
    def device_descriptor(self):
        return struct.pack(
            "<BBHBBBBHHHBBBB", 18, 1, 0x0200, 0, 0, 0, 64, int(self.settings["vendor"]), int(self.settings["number"]), 0x0100,
            1, 2, 3 if self.serial else 0, 1)

    @property
    def configuration_descriptor(self):
        ends = struct.pack("<BBBBHB", 7, 5, OUT, 2, self.packet, 0) + struct.pack("<BBBBHB", 7, 5, IN, 2, self.packet, 0)
        if self.has_notices:
            ends += struct.pack("<BBBBHB", 7, 5, NOTICES, 3, int(self.settings["noticepacket"]), 10)
        body = struct.pack("<BBBBBBBBB", 9, 4, 0, 0, len(ends) // 7, 0x0B, 0, 0, 0)
        body += bytes.fromhex(self.settings["descriptor"]) + ends
        return struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), 1, 1, 0, 0x80, 50) + body

    def control(self, setup):
        kind, request, value, _, _ = setup
        if (kind, request) == (0x21, 1):
            self.device.log.append("abort")
            self.send(b"A", bytes([value & 255, value >> 8]))
            return b""
        return None

    # Transfers; all under the device's lock.

    def transfer(self, urb):
        if urb.endpoint == OUT:
            octets = urb.bytes()
            urb.actual = len(octets)
            self.device.finish(urb)
            self.send(b"O", octets)
        elif urb.endpoint == NOTICES:
            self.waiting.append(urb)
            self.deliver()
        elif self.is_halted:
            self.device.finish(urb, -errno.EPIPE, b"")
        else:
            self.inward.append(urb)
            self.deliver()

    def deliver(self):
        while self.inward and self.inbox:
            urb, message = self.inward.pop(0), self.inbox.pop(0)
            self.device.finish(urb, 0, message[: urb.length])
            if message[urb.length:]:
                self.inbox.insert(0, message[urb.length:])
        while self.waiting and self.notices:
            # Real controllers end such a transfer only when it is full or a shorter packet comes: one longer than the endpoint's
            # packets never ends.
            urb = self.waiting.pop(0)
            if urb.length > int(self.settings["noticepacket"]) and self.settings.get("strict") == "1":
                self.waiting.append(urb)
                return
            self.device.finish(urb, 0, self.notices.pop(0))

    def pending(self):
        return self.inward + self.waiting

    def forget(self, urb):
        for queue in (self.inward, self.waiting):
            if urb in queue:
                queue.remove(urb)

    def lost(self):
        for urb in self.pending():
            self.device.finish(urb, -errno.ESHUTDOWN)
        self.inward, self.waiting, self.inbox, self.notices = [], [], [], []
        self.is_halted = False

    def clear_halt(self, _endpoint):
        self.is_halted = False

    def reset(self):
        self.is_halted = False
        self.inbox, self.notices = [], []
        self.send(b"R", b"")

    # The model.

    def send(self, kind, octets):
        try:
            self.socket.sendall(kind + struct.pack("<I", len(octets)) + octets)
        except OSError:
            # The model has pulled the cable; the thread that listens to it says so.
            pass

    def take(self, kind, octets):
        self.device.sweep()
        if kind in b"IZ":
            self.inbox.append(octets)
        elif kind == b"N":
            self.notices.append(octets)
        elif kind == b"S":
            self.is_halted = True
            for urb in self.inward:
                self.device.finish(urb, -errno.EPIPE, b"")
            self.inward = []
        self.deliver()


def frames(connection):
    """What the model says until the cable is pulled."""
    stream = connection.makefile("rb")
    while True:
        header = stream.read(5)
        if len(header) < 5:
            return
        octets = stream.read(struct.unpack("<I", header[1:])[0])
        yield header[:1], octets


class Bus:
    """All readers, by the path of their socket."""

    def __init__(self, testbed):
        self.testbed, self.devices, self.threads, self.number = testbed, {}, {}, 10

    def plug(self, port, path, *pairs):
        settings = dict(pair.split("=", 1) for pair in pairs)
        device = self.devices.get(path)
        # The kernel gives each arrival the next number.
        self.number = 10 + (self.number - 9) % 110
        if device is None:
            device = self.devices[path] = usbfs.Device(self.testbed, Reader(settings), number=self.number, port=int(port))
        else:
            self.wait(path)
            device.model.set(settings)
            device.place(1, self.number, int(port))
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(path.replace("@", "\0", 1))
        device.model.socket = connection
        device.plug()
        self.threads[path] = threading.Thread(target=self.listen, args=(device, connection), daemon=True)
        self.threads[path].start()

    def listen(self, device, connection):
        for kind, octets in frames(connection):
            with device.lock:
                device.model.take(kind, octets)
        device.unplug()
        connection.close()

    def unplug(self, path):
        # Ends the thread that listens, which takes the device away.
        try:
            self.devices[path].model.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.wait(path)

    def wait(self, path):
        self.threads[path].join()

    def obey(self, words):
        if words[0] == "plug":
            self.plug(*words[1:])
        elif words[0] == "unplug":
            self.unplug(words[1])
        elif words[0] == "clear":
            for path in self.devices:
                self.unplug(path)
            self.devices = {}
        elif words[0] == "free":
            # Whoever held it besides the program lets it go.
            device = self.devices[words[1]]
            with device.lock:
                device.drivers = {number: None for number in device.drivers}
        elif words[0] == "log":
            return ", ".join(self.devices[words[1]].log)
        else:
            return "error unknown: " + words[0]
        return "ok"


def main():
    testbed = UMockdev.Testbed.new()
    assert UMockdev.in_mock_environment(), "run this under umockdev-wrapper"
    bus, cable = Bus(testbed), None
    program = subprocess.Popen(
        sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=usb_printer.die_with_parent)
    for raw in program.stdout:
        words = shlex.split(raw.decode())
        try:
            if words[:1] == ["reader"]:
                answer = bus.obey(words[1:])
            elif words[:1] == ["printer"]:
                if cable is None:
                    cable = usb_printer.Cable(usbfs.Device(testbed, usb_printer.Printer(), number=200, port=9))
                answer = usb_printer.obey(cable, words[1:])
            else:
                sys.stdout.buffer.write(raw)
                sys.stdout.buffer.flush()
                continue
        except Exception as error:  # whatever it is, the program must not wait for ever
            answer = "error %r" % error
        try:
            program.stdin.write((answer + "\n").encode())
            program.stdin.flush()
        except BrokenPipeError:
            break
    # A process that was ended by a signal has the code that shells give it.
    code = program.wait()
    # With a printer, its thread may still be at the files.
    if cable is None:
        bus.obey(["clear"])
        shutil.rmtree(testbed.get_root_dir(), ignore_errors=True)
    os._exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
