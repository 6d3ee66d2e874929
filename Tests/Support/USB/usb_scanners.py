#!/usr/bin/python3
"""umockdev-wrapper usb_scanners.py COMMAND…: runs COMMAND with keyboards and HID POS scanners in its world.

COMMAND steers it by lines on its standard output, and each is answered by a line on its standard input:

    plug NAME KIND VVVV:PPPP SERIAL PORT [HEX]   a device at a port such as 1-2; KIND is `keys`, or `reports` with a report descriptor
    unplug NAME
    vanish NAME                                  the same, and nobody tells of it
    write NAME HEX                               one write: records of struct input_event, or one report
    held NAME CODE…                              the keys that are down
    hold                                         another program has the next that is plugged in to itself
    free NAME                                    it lets go
    mode NAME OCTAL                              who may open its file; tells of it as udev does. `next`: of the next that is plugged in
    grabbed NAME                                 answers with `yes` or `no`, once everything asked before has been done
    features NAME                                answers with the feature reports that it got

Other lines are passed on. Ends with COMMAND, and with its exit code.
"""
import ctypes
import errno
import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import threading

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import GLib, UMockdev  # noqa: E402

# Digits, letters and Enter, as capabilities/key of a boot keyboard has them.
KEYBOARD = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"


class Scanner:
    """One device: a FIFO for its file, whose writer we are, so that poll() in the other process says what is true."""

    def __init__(self, testbed, number, name, kind, usb, serial, port, descriptor, mode, is_held):
        self.testbed, self.kind = testbed, kind
        self.lock = threading.Lock()
        self.is_grabbed, self.is_held, self.keys, self.features = False, is_held, set(), []
        vendor, product = usb.split(":")
        self.usb = "/sys/devices/pci0000:00/0000:00:14.0/usb1/%s" % port
        interface = "%s/%s:1.0" % (self.usb, port)
        hid = "%s/0003:%s:%s.%04d" % (interface, vendor.upper(), product.upper(), number)
        if kind == "keys":
            self.node, self.subsystem = "/dev/input/event%d" % number, "input"
            parent, self.path = "%s/input/input%d" % (hid, number), "%s/input/input%d/event%d" % (hid, number, number)
            files = {"capabilities/key": KEYBOARD, "name": name, "uniq": serial}
        else:
            self.node, self.subsystem = "/dev/hidraw%d" % number, "hidraw"
            parent, self.path = hid, "%s/hidraw/hidraw%d" % (hid, number)
            files = {}
        self.paths = [self.usb, interface, hid] + ([parent] if parent != hid else []) + [self.path]
        self.handler = UMockdev.IoctlBase()
        self.handler.connect_after("handle-ioctl", self.handle)
        testbed.attach_ioctl(self.node, self.handler)
        # The program may give up root, and still has to reach us.
        sockets = testbed.get_root_dir() + "/ioctl"
        for folder, _, names in os.walk(sockets):
            for path in [folder] + [os.path.join(folder, name) for name in names]:
                os.chmod(path, 0o777)
        self.file = testbed.get_root_dir() + self.node
        os.makedirs(os.path.dirname(self.file), exist_ok=True)
        os.mkfifo(self.file, 0o666)
        # Packets keep the bounds of reports.
        self.pipe = os.open(self.file, os.O_RDWR | os.O_NONBLOCK)
        fcntl.fcntl(self.pipe, fcntl.F_SETFL, os.O_NONBLOCK | os.O_DIRECT)
        os.chmod(self.file, mode)
        attributes = {"idVendor": vendor, "idProduct": product, "serial": serial}
        if serial == "-":
            del attributes["serial"]
        self.add(self.usb, "usb", {"DEVTYPE": "usb_device"}, attributes)
        self.add(interface, "usb", {"DEVTYPE": "usb_interface"}, {"bInterfaceNumber": "00"})
        self.add(hid, "hid", {}, {}, descriptor)
        if parent != hid:
            self.add(parent, "input", {}, files)
        # The last one is what the program waits for.
        self.add(self.path, self.subsystem, {"DEVNAME": self.node, "MAJOR": "13", "MINOR": str(64 + number)}, {})

    def add(self, path, subsystem, properties, attributes, descriptor=None):
        lines = ["P: " + path[4:], "E: SUBSYSTEM=" + subsystem]
        lines += ["E: %s=%s" % pair for pair in properties.items()]
        lines += ["A: %s=%s\\n" % pair for pair in attributes.items()]
        if descriptor:
            lines.append("H: report_descriptor=" + descriptor)
        self.testbed.add_from_string("\n".join(lines) + "\n")

    def write(self, octets):
        # A pipe holds 16 packets; the program reads them.
        assert select.select([], [self.pipe], [], 5)[1], "nobody reads " + self.node
        os.write(self.pipe, octets)

    def unplug(self, is_told):
        for path in reversed(self.paths) if is_told else []:
            self.testbed.uevent(path, "remove")
        os.unlink(self.file)
        self.testbed.detach_ioctl(self.node)
        for path in reversed(self.paths):
            self.testbed.remove_device(path)
        os.close(self.pipe)

    def handle(self, _handler, client):
        try:
            with self.lock:
                self.answer(client.get_request() & 0xFFFFFFFF, client)
        except GLib.Error:
            # The program has ended in the middle of its question.
            pass
        return True

    def answer(self, request, client):
        number, kind, size = request & 0xFF, request >> 8 & 0xFF, request >> 16 & 0x3FFF
        argument = client.get_arg()
        if kind == ord("E") and number == 0x90:
            wanted = struct.unpack("P", bytes(argument.retrieve()))[0] != 0
            if wanted and (self.is_held or self.is_grabbed):
                client.complete(-1, errno.EBUSY)
                return
            self.is_grabbed = wanted
            client.complete(0, 0)
        elif kind == ord("E") and number == 0xA0:
            client.complete(0, 0)
        elif kind == ord("E") and number == 0x18:
            bits = bytearray(size)
            for key in self.keys:
                bits[key // 8] |= 1 << key % 8
            argument.resolve(0, size).update(0, bytes(bits))
            client.complete(size, 0)
        elif kind == ord("H") and number == 0x06:
            self.features.append(bytes(argument.resolve(0, size).retrieve()).hex())
            client.complete(size, 0)
        else:
            print("usb_scanners: unknown request %#x" % request, file=sys.stderr)
            client.complete(-1, errno.ENOTTY)


class Bench:
    def __init__(self, testbed):
        self.testbed, self.scanners, self.count = testbed, {}, 0
        self.mode, self.is_held = 0o666, False

    def obey(self, words):
        """The answer to a line; nil where it is not for us."""
        verb, name = words[0], words[1] if len(words) > 1 else None
        if verb == "plug" and len(words) >= 6:
            self.count += 1
            self.scanners[name] = Scanner(self.testbed, self.count, *words[1:6],
                                          words[6] if len(words) > 6 else None, self.mode, self.is_held)
            self.mode, self.is_held = 0o666, False
            return "ok"
        if verb == "hold":
            self.is_held = True
            return "ok"
        if words[:2] == ["mode", "next"]:
            self.mode = int(words[2], 8)
            return "ok"
        scanner = self.scanners.get(name)
        if not scanner:
            return None
        if verb in ("unplug", "vanish"):
            self.scanners.pop(name).unplug(verb == "unplug")
        elif verb == "write":
            scanner.write(bytes.fromhex(words[2]))
        elif verb in ("held", "free", "grabbed", "features"):
            with scanner.lock:
                if verb == "held":
                    scanner.keys = {int(key) for key in words[2:]}
                elif verb == "grabbed":
                    return "yes" if scanner.is_grabbed else "no"
                elif verb == "features":
                    return " ".join(scanner.features) or "none"
                else:
                    scanner.is_held = False
        elif verb == "mode":
            os.chmod(scanner.file, int(words[2], 8))
            self.testbed.uevent(scanner.path, "change")
        else:
            return None
        return "ok"


def die_with_parent():
    """PR_SET_PDEATHSIG: whoever ends us ends the program too."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def main():
    testbed = UMockdev.Testbed.new()
    assert UMockdev.in_mock_environment(), "run this under umockdev-wrapper"
    # The program may give up root, and still has to see the devices and hear of them.
    os.chmod(testbed.get_root_dir(), 0o777)
    bench = Bench(testbed)
    program = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=die_with_parent)
    for raw in program.stdout:
        words = raw.decode().split()
        answer = bench.obey(words) if words else None
        if answer is None:
            sys.stdout.buffer.write(raw)
            sys.stdout.buffer.flush()
            continue
        try:
            program.stdin.write((answer + "\n").encode())
            program.stdin.flush()
        except BrokenPipeError:
            break
    code = program.wait()
    # A process that was ended by a signal has the code that shells give it.
    os._exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
