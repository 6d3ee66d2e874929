#!/usr/bin/python3
"""umockdev-wrapper usb_printer.py COMMAND…: runs COMMAND with a printer of the USB printer class in its world.

COMMAND steers it by lines on its standard output, and each is answered by a line on its standard input:

    port N        the emulated printer listens on TCP port N of 127.0.0.1: plugs it in, and answers when that is done
    plug, unplug  the cable; with power off the printer is gone too, as real ones are
    say KEY VALUE changes the model before it is plugged in (see `Printer.settings`)
    log           answers with what has been asked of the device so far

Other lines are passed on. Ends with COMMAND, and with its exit code.
"""
import ctypes
import errno
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev  # noqa: E402

# The checkout stays as it is.
sys.dont_write_bytecode = True
import usbfs  # noqa: E402

OUT, IN = 0x01, 0x82
PACKET = 64


class Printer:
    """The model: descriptors, the requests of the printer class, and two pipes whose other ends are a TCP connection."""

    manufacturer, product, serial, speed = "ANJUNGAN", "Emulated printer", "A0001", "12"
    device_id = b"MFG:ANJUNGAN;MDL:Emulated printer;CMD:ESC/POS;CLS:PRINTER;SN:A0001;"

    def __init__(self):
        self.settings = {"driver": "usblp", "protocol": "2", "status": "18", "stalls": "0", "empties": "0"}
        self.device = None
        self.socket = None
        self.out, self.inward, self.inbox = [], [], bytearray()
        self.wake_end, self.bell = os.pipe()

    # What it is.

    @property
    def kernel_driver(self):
        return self.settings["driver"] or None

    @property
    def protocol(self):
        return int(self.settings["protocol"])

    @property
    def interfaces(self):
        return [(0, 7, 1, self.protocol)]

    @property
    def device_descriptor(self):
        return struct.pack("<BBHBBBBHHHBBBB", 18, 1, 0x0200, 0, 0, 0, 64, 0x04B8, 0x0E15, 0x0100, 1, 2, 3, 1)

    @property
    def configuration_descriptor(self):
        ends = struct.pack("<BBBBHB", 7, 5, OUT, 2, PACKET, 0)
        if self.protocol == 2:
            ends += struct.pack("<BBBBHB", 7, 5, IN, 2, PACKET, 0)
        body = struct.pack("<BBBBBBBBB", 9, 4, 0, 0, len(ends) // 7, 7, 1, self.protocol, 0) + ends
        return struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), 1, 1, 0, 0xC0, 1) + body

    def control(self, setup):
        kind, request, _, _, length = setup
        if (kind, request) == (0xA1, 0):
            return (struct.pack(">H", len(self.device_id) + 2) + self.device_id)[:length]
        if (kind, request) == (0xA1, 1):
            status = self.settings["status"]
            return None if status == "none" else bytes([int(status, 16)])
        if (kind, request) == (0x21, 2):
            self.device.log.append("soft reset")
            return b""
        return None

    # Transfers; all under the device's lock.

    def transfer(self, urb):
        if urb.endpoint == OUT:
            if self.count_down("stalls"):
                self.device.finish(urb, -errno.EPIPE)
                return
            self.out.append(urb)
            os.write(self.bell, b"x")
        elif self.count_down("empties"):
            self.device.finish(urb, 0, b"")
        else:
            self.inward.append(urb)
            self.deliver()

    def count_down(self, key):
        left = int(self.settings[key])
        self.settings[key] = str(max(left - 1, 0))
        return left > 0

    def deliver(self):
        while self.inward and self.inbox:
            urb = self.inward.pop(0)
            self.device.finish(urb, 0, bytes(self.inbox[: urb.length]))
            del self.inbox[: urb.length]

    def pending(self):
        return self.out + self.inward

    def forget(self, urb):
        for queue in (self.out, self.inward):
            if urb in queue:
                queue.remove(urb)

    def lost(self):
        for urb in self.pending():
            self.device.finish(urb, -errno.ESHUTDOWN)
        self.out, self.inward, self.inbox = [], [], bytearray()

    def clear_halt(self, _endpoint):
        pass

    def reset(self):
        pass

    # Between the transfers and the printer: a thread for each connection.

    def pump(self, connection):
        """Until the printer closes the connection or the cable is unplugged."""
        while True:
            with self.device.lock:
                if self.socket is not connection:
                    return
                writes = [connection] if self.out else []
            readable, writable, _ = select.select([connection, self.wake_end], writes, [])
            if self.wake_end in readable:
                os.read(self.wake_end, 4096)
            try:
                if connection in readable:
                    answer = connection.recv(4096)
                    if not answer:
                        return
                    with self.device.lock:
                        self.inbox += answer
                        self.deliver()
                if writable:
                    self.send(connection)
            except BlockingIOError:
                continue
            except OSError:
                return

    def send(self, connection):
        with self.device.lock:
            if not self.out or self.socket is not connection:
                return
            urb = self.out[0]
            # A packet at a time: what the host takes back has not been printed.
            piece = urb.bytes()[urb.actual: urb.actual + PACKET]
            urb.actual += connection.send(piece) if piece else 0
            if urb.actual == urb.length:
                self.out.pop(0)
                self.device.finish(urb)


class Cable:
    """Plugs the printer in while it has power and the cable is in."""

    def __init__(self, device):
        self.device, self.printer = device, device.model
        self.changed = threading.Condition()
        self.port, self.is_in = None, True
        threading.Thread(target=self.run, daemon=True).start()

    def set(self, port=None, is_in=None):
        with self.changed:
            self.port = port or self.port
            self.is_in = self.is_in if is_in is None else is_in
            self.changed.notify_all()
            # Ends the pump, and with it the connection, which is then unplugged.
            if not self.is_in:
                with self.device.lock:
                    self.printer.socket = None
                os.write(self.printer.bell, b"x")
            # "plug" is answered at once: with the power off nobody comes.
            if port or not self.is_in:
                self.changed.wait_for(lambda: self.device.is_plugged == self.is_in)

    def run(self):
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.port and self.is_in)
                port = self.port
            try:
                connection = socket.create_connection(("127.0.0.1", port))
            except OSError:
                # No power. Nothing tells when it comes back, so look again soon.
                time.sleep(0.01)
                continue
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.setblocking(False)
            with self.changed:
                if not self.is_in:
                    connection.close()
                    continue
                self.printer.socket = connection
            self.device.plug()
            with self.changed:
                self.changed.notify_all()
            self.printer.pump(connection)
            with self.device.lock:
                self.printer.socket = None
            self.device.unplug()
            connection.close()
            with self.changed:
                self.changed.notify_all()


def die_with_parent():
    """PR_SET_PDEATHSIG: whoever ends us ends the program too."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def obey(cable, words):
    """Does what a line says; the answer, or None where it is not for us."""
    if words[:1] == ["port"]:
        cable.set(port=int(words[1]))
    elif words in (["plug"], ["unplug"]):
        cable.set(is_in=words == ["plug"])
    elif words[:1] == ["say"]:
        cable.printer.settings[words[1]] = " ".join(words[2:])
    elif words == ["log"]:
        return ", ".join(cable.device.log)
    else:
        return None
    return "ok"


def main():
    testbed = UMockdev.Testbed.new()
    assert UMockdev.in_mock_environment(), "run this under umockdev-wrapper"
    device = usbfs.Device(testbed, Printer())
    cable = Cable(device)
    program = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=die_with_parent)
    for raw in program.stdout:
        answer = obey(cable, raw.decode().split())
        if answer is None:
            sys.stdout.buffer.write(raw)
            sys.stdout.buffer.flush()
            continue
        try:
            program.stdin.write((answer + "\n").encode())
            program.stdin.flush()
        except BrokenPipeError:
            break
    # A process that was ended by a signal has the code that shells give it.
    code = program.wait()
    os._exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
