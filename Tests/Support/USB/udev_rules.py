#!/usr/bin/python3
"""unshare --mount umockdev-wrapper udev_rules.py RULES: what udev makes of emulated devices by the rules in the file RULES.

Prints one JSON object a line for each device: its name here, group, mode, our symbolic links, whether whoever sits at the screen
gets it (uaccess), whether the screen's libinput leaves it alone, and what `udevadm test` says against the rules. Debian's own rules
hold, too. What it must change of the machine, it changes in a mount namespace of its own: /run, the list of groups.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev  # noqa: E402

GROUP = "anjungan"


def usb(port, vendor, product, interfaces):
    """A USB device at a port, with interfaces (class, subclass, protocol); its node has no owner of its own."""
    path = f"/devices/pci0000:00/usb1/{port}"
    number = 100 + len(DEVICES)
    text = (
        f"P: {path}\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: DEVNAME=/dev/bus/usb/001/{number:03}\n"
        f"E: MAJOR=189\nE: MINOR={number}\n"
        f"A: idVendor={vendor}\\n\nA: idProduct={product}\\n\nA: bDeviceClass=00\\n\nA: manufacturer=Maker\\n\nA: product=Thing\\n\n"
        f"A: serial=S{number}\\n\n"
        f"H: descriptors={descriptors(vendor, product, interfaces)}\n\n"
    )
    for index, kind in enumerate(interfaces):
        text += (
            f"P: {path}/{port}:1.{index}\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n"
            f"A: bInterfaceNumber={index:02}\\n\nA: bInterfaceClass={kind[0]:02x}\\n\n"
            f"A: bInterfaceSubClass={kind[1]:02x}\\n\nA: bInterfaceProtocol={kind[2]:02x}\\n\n\n"
        )
    return path, text


def descriptors(vendor, product, interfaces):
    octets = bytes([18, 1, 0, 2, 0, 0, 0, 64]) + int(vendor, 16).to_bytes(2, "little") + int(product, 16).to_bytes(2, "little")
    octets += bytes([0, 1, 1, 2, 3, 1])
    body = b"".join(bytes([9, 4, index, 0, 1, *kind, 0, 7, 5, 0x81 + index, 3, 8, 0, 10]) for index, kind in enumerate(interfaces))
    octets += bytes([9, 2]) + (9 + len(body)).to_bytes(2, "little") + bytes([len(interfaces), 1, 0, 0x80, 50]) + body
    return octets.hex()


def event(path, port, number, keys):
    """An input device below the first interface; `keys` are the capability bits of EV_KEY as sysfs has them."""
    parent = f"{path}/{port}:1.0/0003:0000:0000.{number:04}/input/input{number}"
    return f"{parent}/event{number}", (
        f"P: {parent}\nE: SUBSYSTEM=input\nE: PRODUCT=3/1/1/1\nE: EV={keys[0]}\nE: KEY={keys[1]}\n"
        f"A: capabilities/ev={keys[0]}\\n\nA: capabilities/key={keys[1]}\\n\nA: capabilities/rel={keys[2]}\\n\nA: capabilities/abs=0\\n\n\n"
        f"P: {parent}/event{number}\nE: SUBSYSTEM=input\nE: DEVNAME=/dev/input/event{number}\nE: MAJOR=13\nE: MINOR={64 + number}\n\n"
    )


def hidraw(path, port, number):
    parent = f"{path}/{port}:1.0/0003:0000:0000.{number:04}"
    return f"{parent}/hidraw/hidraw{number}", (
        f"P: {parent}\nE: SUBSYSTEM=hid\n\n"
        f"P: {parent}/hidraw/hidraw{number}\nE: SUBSYSTEM=hidraw\nE: DEVNAME=/dev/hidraw{number}\nE: MAJOR=240\nE: MINOR={number}\n\n"
    )


KEYBOARD = ("120013", "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe", "0")
MOUSE = ("17", "70000 0 0 0 0", "903")
CCID, PRINTER, BOOT_KEYBOARD, HID, STORAGE = (0x0B, 0, 0), (7, 1, 2), (3, 1, 1), (3, 0, 0), (8, 6, 0x50)
DEVICES = {}


def add(testbed, name, text, path):
    testbed.add_from_string(text)
    DEVICES[name] = path


def populate(testbed):
    def plain(name, port, vendor, product, *interfaces):
        path, text = usb(port, vendor, product, interfaces)
        add(testbed, name, text, path)
        return path

    plain("reader", "1-1", "072f", "2200", CCID)
    plain("reader in a keyboard", "1-2", "046a", "00a1", BOOT_KEYBOARD, CCID)
    plain("unlisted reader", "1-3", "1234", "0b0b", CCID)
    plain("the same maker's keyboard", "1-4", "072f", "2201", BOOT_KEYBOARD)
    plain("a stick with a reader's identity", "1-5", "072f", "2200", STORAGE)
    printer = plain("printer", "1-6", "04b8", "0e15", PRINTER)
    lp = f"{printer}/1-6:1.0/usbmisc/lp0"
    add(testbed, "printer's lp", f"P: {lp}\nE: SUBSYSTEM=usbmisc\nE: DEVNAME=/dev/usb/lp0\nE: MAJOR=180\nE: MINOR=0\n\n", lp)
    plain("stick", "1-7", "0781", "5581", STORAGE)
    plain("emulated reader", "1-8", "1209", "0001", CCID)

    wedge = plain("wedge's USB node", "1-1.1", "08ff", "0009", BOOT_KEYBOARD)
    path, text = event(wedge, "1-1.1", 1, KEYBOARD)
    add(testbed, "wedge", text, path)
    path, text = event(wedge, "1-1.1", 2, MOUSE)
    add(testbed, "wedge's mouse", text, path)
    keyboard = plain("keyboard's USB node", "1-1.2", "046d", "c31c", BOOT_KEYBOARD)
    path, text = event(keyboard, "1-1.2", 3, KEYBOARD)
    add(testbed, "keyboard", text, path)
    path, text = hidraw(keyboard, "1-1.2", 3)
    add(testbed, "keyboard's hidraw", text, path)
    scanner = plain("POS scanner's USB node", "1-1.3", "1eab", "1a10", HID)
    path, text = hidraw(scanner, "1-1.3", 4)
    add(testbed, "POS scanner", text, path)
    wedge = plain("scanner in keyboard mode", "1-1.4", "1eab", "1a03", BOOT_KEYBOARD)
    path, text = hidraw(wedge, "1-1.4", 5)
    add(testbed, "hidraw of a scanner in keyboard mode", text, path)


def isolate(rules):
    """Gives this mount namespace a /run/udev of its own with the rules, and a list of groups with ours."""
    def mount(*arguments):
        subprocess.run(["mount", *arguments], check=True, env=bare())

    mount("--make-rprivate", "/")
    mount("-t", "tmpfs", "tmpfs", "/run")
    os.makedirs("/run/udev/rules.d")
    os.makedirs("/run/udev/data")
    with open(rules) as source, open(f"/run/udev/rules.d/{os.path.basename(rules)}", "w") as copy:
        copy.write(source.read())
    with open("/etc/group") as source, open("/run/group", "w") as copy:
        copy.write("".join(line for line in source if not line.startswith(f"{GROUP}:")) + f"{GROUP}:x:54321:\n")
    mount("--bind", "/run/group", "/etc/group")


def bare():
    """Without umockdev, whose emulated /sys only udevadm is to see."""
    return {key: value for key, value in os.environ.items() if key not in ("LD_PRELOAD", "UMOCKDEV_DIR")}


def examine(name, path, rules):
    run = subprocess.run(["udevadm", "test", "--action=add", f"/sys{path}"], capture_output=True, text=True, timeout=20)
    text = run.stdout + run.stderr
    properties = dict(re.findall(r"^([A-Z_0-9]+)=(.*)$", text, re.M))
    # What each rule sets, in their order: the last one counts.
    groups = re.findall(r"\.rules:\d+ GROUP (\d+)$", text, re.M)
    modes = re.findall(r"\.rules:\d+ MODE (\d+)$", text, re.M)
    owners = {int(line.split(":")[2]): line.split(":")[0] for line in open("/etc/group")}
    return {
        "device": name,
        "group": owners[int(groups[-1])] if groups else "root",
        "mode": modes[-1] if modes else "",
        "links": [link for link in properties.get("DEVLINKS", "").split() if f"/{GROUP}/" in link],
        "isForWhoeverSitsHere": "uaccess" in properties.get("CURRENT_TAGS", "").split(":"),
        "isIgnoredByScreen": properties.get("LIBINPUT_IGNORE_DEVICE") == "1",
        # It exits 0 whatever it found, so its words count.
        "complaints": re.findall(rf"^.*{re.escape(rules)}:\d+ (?!GROUP|MODE|LINK|TAG).*$", text, re.M),
    }


def main():
    isolate(sys.argv[1])
    testbed = UMockdev.Testbed.new()
    populate(testbed)
    for name, path in DEVICES.items():
        print(json.dumps(examine(name, path, os.path.basename(sys.argv[1]))), flush=True)


if __name__ == "__main__":
    main()
