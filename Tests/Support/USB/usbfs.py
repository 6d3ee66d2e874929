"""A USB device for an unmodified libusb in another process: Linux's usbfs (linux/usbdevice_fs.h) on top of umockdev.

A model describes the device and answers control requests; for its bulk endpoints it gets each transfer as a `Urb`
and finishes it when it likes. One lock guards everything: `Device.lock`.

umockdev makes a USB node a plain file, for which poll() is always ready, so libusb would spin. Here the node is a FIFO
whose one slot is kept full until a transfer can be reaped.
"""
import contextlib
import errno
import fcntl
import os
import struct
import sys
import threading
import traceback

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import GLib, UMockdev  # noqa: E402

# struct usbdevfs_urb on 64 bit machines.
URB = struct.Struct("@BBiIPiiiiiIP")
STATUS_AT, BUFFER_AT, ACTUAL_AT = 4, 16, 28
CONTROL = 2
F_SETPIPE_SZ = 1031

REQUESTS = {
    0x8038550A: "submit", 0x0000550B: "discard", 0x4008550C: "reap", 0x4008550D: "reap now",
    0x8004550F: "claim", 0x80045510: "release", 0x8004551A: "capabilities", 0x00005514: "reset",
    0x80045515: "clear halt", 0x80045503: "reset endpoint", 0x80085504: "set interface", 0x80045505: "set configuration",
    0x41045508: "get driver", 0xC0105512: "ioctl", 0x8108551B: "disconnect and claim", 0x0000551F: "speed",
}
# Zero packets, no size limit, scatter and gather, reaping after the device has gone.
CAPABILITIES = 0x01 | 0x04 | 0x08 | 0x10


class Urb:
    """One transfer that the host has submitted."""

    def __init__(self, client, address, record, kind, endpoint, length):
        self.client = client
        self.address, self.record, self.kind = address, record, kind
        self.endpoint, self.length = endpoint, length
        self.buffer = record.resolve(BUFFER_AT, length) if length else None
        self.actual = 0
        self.is_done = False

    def bytes(self):
        return bytes(self.buffer.retrieve()) if self.buffer else b""


class Device:
    """A node /dev/bus/usb/BBB/DDD that comes and goes."""

    def __init__(self, testbed, model, bus=1, number=2, port=1):
        self.testbed, self.model = testbed, model
        self.place(bus, number, port)
        self.lock = threading.RLock()
        self.done = []
        self.waiting_reap = None
        self.is_plugged = False
        # Interface number → its driver: a kernel driver, "usbfs" or None.
        self.drivers = {}
        # What has been asked of the device, for the tests.
        self.log = []
        self.pipe = None
        self.handler = UMockdev.IoctlBase()
        self.handler.connect_after("handle-ioctl", self.handle)
        self.handler.connect("client-vanished", self.vanished)
        # Interface number → the client that claimed it.
        self.holders = {}
        model.device = self

    # Coming and going.

    def place(self, bus, number, port):
        """Where it is plugged in next: the kernel gives every arrival another number."""
        self.bus, self.number, self.port = bus, number, port
        self.node = "/dev/bus/usb/%03d/%03d" % (bus, number)
        self.name = "%d-%d" % (bus, port)
        self.path = "/sys/devices/pci0000:00/0000:00:14.0/usb%d/%s" % (bus, self.name)

    def vanished(self, _handler, client):
        """The program closed the node or ended: as the kernel does, its transfers and its interfaces are let go."""
        with self.lock:
            for urb in list(self.model.pending()):
                if urb.client == client:
                    self.model.forget(urb)
                    urb.is_done = True
            self.done = [urb for urb in self.done if urb.client != client]
            if not self.done:
                self.close_gate()
            for number, holder in list(self.holders.items()):
                if holder == client:
                    del self.holders[number]
                    self.drivers[number] = None

    def plug(self):
        with self.lock:
            if self.is_plugged:
                return
            self.is_plugged = True
            self.done = []
            self.drivers = {interface[0]: self.model.kernel_driver for interface in self.model.interfaces}
            self.testbed.attach_ioctl(self.node, self.handler)
            self.make_node()
        # Sends the uevent "add" by itself; the node exists already, so there is no "N:" line.
        self.testbed.add_from_string(self.device_record())
        for interface in self.model.interfaces:
            self.testbed.add_from_string(self.interface_record(*interface))

    def unplug(self):
        with self.lock:
            if not self.is_plugged:
                return
            self.is_plugged = False
            self.model.lost()
            self.open_gate()
            self.answer_reap()
        paths = [self.interface_path(interface[0]) for interface in self.model.interfaces]
        for path in [self.path] + paths:
            self.testbed.uevent(path, "remove")
        for path in paths + [self.path]:
            self.testbed.remove_device(path)
        # umockdev takes the node away with the device, but not in every version; the link by its numbers it forgets.
        minor = (self.bus - 1) * 128 + self.number - 1
        for path in (self.node, "/sys/dev/char/189:%d" % minor):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.testbed.get_root_dir() + path)
        self.testbed.detach_ioctl(self.node)
        os.close(self.pipe)

    def interface_path(self, number):
        return "%s/%s:1.%d" % (self.path, self.name, number)

    def device_record(self):
        model = self.model
        vendor, product, release = struct.unpack_from("<HHH", model.device_descriptor, 8)
        minor = (self.bus - 1) * 128 + self.number - 1
        lines = ["P: " + self.path[4:], "E: SUBSYSTEM=usb", "E: DRIVER=usb", "E: DEVTYPE=usb_device"]
        lines += ["E: BUSNUM=%03d" % self.bus, "E: DEVNUM=%03d" % self.number, "E: DEVNAME=" + self.node]
        lines += ["E: MAJOR=189", "E: MINOR=%d" % minor, "E: PRODUCT=%x/%x/%x" % (vendor, product, release)]
        lines += ["E: ID_VENDOR_ID=%04x" % vendor, "E: ID_MODEL_ID=%04x" % product]
        attributes = {
            "busnum": self.bus, "devnum": self.number, "devpath": self.port, "speed": model.speed, "bConfigurationValue": 1,
            "idVendor": "%04x" % vendor, "idProduct": "%04x" % product, "bcdDevice": "%04x" % release,
            "bNumConfigurations": 1, "manufacturer": model.manufacturer, "product": model.product, "bDeviceClass": "00", "dev": "189:%d" % minor,
        }
        if model.serial:
            attributes["serial"] = model.serial
        lines += ["A: %s=%s\\n" % pair for pair in attributes.items()]
        for line in lines:
            assert "\n" not in line
        return "\n\n".join(["\n".join(lines) + "\nH: descriptors=%s\n" % (
            model.device_descriptor + model.configuration_descriptor).hex().upper()])

    def interface_record(self, number, kind, subclass, protocol):
        vendor, product, release = struct.unpack_from("<HHH", self.model.device_descriptor, 8)
        alias = "usb:v%04Xp%04Xd%04Xdc00dsc00dp00ic%02Xisc%02Xip%02Xin%02X" % (
            vendor, product, release, kind, subclass, protocol, number)
        return "\n".join([
            "P: " + self.interface_path(number)[4:], "E: SUBSYSTEM=usb", "E: DEVTYPE=usb_interface",
            "E: INTERFACE=%d/%d/%d" % (kind, subclass, protocol), "E: MODALIAS=" + alias,
            "A: bInterfaceNumber=%02x\\n" % number, "A: bInterfaceClass=%02x\\n" % kind,
            "A: bInterfaceSubClass=%02x\\n" % subclass, "A: bInterfaceProtocol=%02x\\n" % protocol, ""])

    # The gate: readable and writable only when there is something to reap.

    def make_node(self):
        path = self.testbed.get_root_dir() + self.node
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.mkfifo(path, 0o666)
        self.pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        fcntl.fcntl(self.pipe, F_SETPIPE_SZ, 4096)
        os.write(self.pipe, b"x")
        self.is_open = False

    def open_gate(self):
        if not self.is_open:
            os.read(self.pipe, 1)
            self.is_open = True

    def close_gate(self):
        if self.is_open and self.is_plugged:
            os.write(self.pipe, b"x")
            self.is_open = False

    # Transfers.

    def finish(self, urb, status=0, payload=None):
        """Ends a transfer; `payload` is what the device sends."""
        with self.lock:
            if urb.is_done:
                return
            urb.is_done = True
            if payload is not None:
                offset = 8 if urb.kind == CONTROL else 0
                payload = payload[: urb.length - offset]
                if payload:
                    urb.buffer.update(offset, payload)
                urb.actual = len(payload)
            urb.record.update(STATUS_AT, struct.pack("i", status))
            urb.record.update(ACTUAL_AT, struct.pack("i", urb.actual))
            self.done.append(urb)
            self.open_gate()
            self.answer_reap()

    def reapable(self, client):
        """What this program may take back: several may have the node open."""
        return [urb for urb in self.done if urb.client == client]

    def answer_reap(self):
        if self.waiting_reap and (self.reapable(self.waiting_reap[0]) or not self.is_plugged):
            client, argument = self.waiting_reap
            self.waiting_reap = None
            self.reap(client, argument)

    def reap(self, client, argument):
        mine = self.reapable(client)
        if not mine:
            client.complete(-1, errno.EAGAIN if self.is_plugged else errno.ENODEV)
            return
        urb = mine[0]
        self.done.remove(urb)
        if not self.done:
            self.close_gate()
        argument.resolve(0, 8).set_ptr(0, urb.record)
        client.complete(0, 0)

    def handle(self, _handler, client):
        try:
            with self.lock:
                self.answer(REQUESTS.get(client.get_request() & 0xFFFFFFFF), client, client.get_arg())
        except GLib.Error:
            # The program has ended in the middle of its question.
            pass
        except Exception:
            traceback.print_exc()
            client.complete(-1, errno.EIO)
        return True

    def answer(self, name, client, argument):
        if name in ("reap", "reap now"):
            if name == "reap" and not self.reapable(client) and self.is_plugged:
                self.waiting_reap = (client, argument)
            else:
                self.reap(client, argument)
        elif not self.is_plugged:
            client.complete(-1, errno.ENODEV)
        elif name == "submit":
            self.submit(client, argument)
        elif name == "discard":
            self.discard(client, struct.unpack("P", bytes(argument.retrieve()))[0])
        elif name == "capabilities":
            argument.resolve(0, 4).update(0, struct.pack("I", CAPABILITIES))
            client.complete(0, 0)
        elif name == "speed":
            client.complete({"12": 2, "480": 3}[self.model.speed], 0)
        elif name in ("claim", "release", "get driver", "ioctl", "disconnect and claim"):
            self.drive(name, client, argument)
        elif name is not None:
            self.log.append(name)
            if name == "clear halt":
                self.model.clear_halt(struct.unpack("I", bytes(argument.resolve(0, 4).retrieve()))[0])
            if name == "reset":
                self.model.reset()
            client.complete(0, 0)
        else:
            print("usbfs: unknown request %#x" % client.get_request(), file=sys.stderr)
            client.complete(-1, errno.ENOTTY)

    def submit(self, client, argument):
        address = struct.unpack("P", bytes(argument.retrieve()))[0]
        record = argument.resolve(0, URB.size)
        kind, endpoint, _, _, _, length, *_ = URB.unpack(bytes(record.retrieve()))
        urb = Urb(client, address, record, kind, endpoint, length)
        client.complete(0, 0)
        if kind != CONTROL:
            self.model.transfer(urb)
            return
        raw = urb.bytes()
        setup = struct.unpack_from("<BBHHH", raw)
        answer = self.control(setup)
        if urb.is_done:
            return
        if answer is None:
            self.finish(urb, -errno.EPIPE, b"")
        elif setup[0] & 0x80:
            self.finish(urb, 0, answer)
        else:
            urb.actual = setup[4]
            self.finish(urb)

    def discard(self, client, address):
        for urb in self.model.pending():
            if urb.address == address:
                self.model.forget(urb)
                self.finish(urb, -errno.ENOENT)
                client.complete(0, 0)
                return
        client.complete(-1, errno.EINVAL)

    def control(self, setup):
        kind, request, value, _, length = setup
        if (kind, request) == (0x80, 6):
            model = self.model
            which, index = value >> 8, value & 255
            if which == 1:
                return model.device_descriptor[:length]
            if which == 2:
                return model.configuration_descriptor[:length]
            if which == 3 and index == 0:
                return bytes([4, 3, 9, 4])[:length]
            text = {1: model.manufacturer, 2: model.product, 3: model.serial}.get(index) if which == 3 else None
            if text is None:
                return None
            words = text.encode("utf-16le")
            return (bytes([len(words) + 2, 3]) + words)[:length]
        return self.model.control(setup)

    # Who has the interface.

    def drive(self, name, client, argument):
        size = {"claim": 4, "release": 4, "get driver": 260, "ioctl": 16, "disconnect and claim": 264}[name]
        record = argument.resolve(0, size)
        number = struct.unpack_from("I", bytes(record.retrieve()))[0]
        driver = self.drivers.get(number)
        result = 0
        if number not in self.drivers:
            result = errno.ENOENT
        elif name == "get driver":
            if driver:
                record.update(4, driver.encode() + b"\0")
            result = 0 if driver else errno.ENODATA
        elif name == "release":
            self.drivers[number] = None
            self.holders.pop(number, None)
        elif name == "ioctl":
            code = struct.unpack_from("ii", bytes(record.retrieve()))[1]
            if code == 0x5516:
                result = 0 if driver else errno.ENODATA
                self.drivers[number] = None
            else:
                self.log.append("driver attached")
                self.drivers[number] = self.model.kernel_driver
        elif driver == "usbfs" or (driver and name == "claim"):
            result = errno.EBUSY
        else:
            if driver:
                self.log.append("driver detached")
            self.drivers[number] = "usbfs"
            self.holders[number] = client
        client.complete(-1 if result else 0, result)
