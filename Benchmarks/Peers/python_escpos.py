"""The typical ticket by python-escpos: prints tickets per CPU second and bytes of each as JSON.

Usage: python_escpos.py SECONDS [LOGO.png]
"""

import json
import os
import sys
import time

from escpos.constants import QR_ECLEVEL_M
from escpos.printer import Dummy

seconds = float(sys.argv[1])
logo = None
if len(sys.argv) > 2:
    from PIL import Image

    # Read once, as a program would that prints many tickets.
    logo = Image.open(sys.argv[2])
    logo.load()


def ticket():
    printer = Dummy()
    printer.hw("INIT")
    if logo:
        printer.set(align="center")
        printer.image(logo, impl="bitImageRaster", center=False)
    printer.set(align="center", bold=True)
    printer.text("MPP Pekanbaru\n")
    printer.set(align="center", bold=False)
    printer.text("Kota Pekanbaru\nDisdukcapil Kota Pekanbaru\n")
    printer.set(align="center", bold=True, custom_size=True, width=6, height=6)
    printer.text("KEA-007\n")
    printer.set(align="left", bold=False, normal_textsize=True)
    for line in range(10):
        printer.text(f"{'Keterangan %d' % line:<24}{'Rp %d.000' % (line * 111 + 100):>24}\n")
    printer.set(align="center")
    printer.qr("https://mpp.contoh.example/t/01KAJ5Z8QF7W3M9V2X4T6B8C0D", ec=QR_ECLEVEL_M, size=4, native=True)
    printer.cut()
    return printer.output


# The library prints a remark for every picture, which would spoil the answer.
answer = sys.stdout
sys.stdout = open(os.devnull, "w")
size = len(ticket())
count = 0
start = time.process_time()
while time.process_time() - start < seconds:
    ticket()
    count += 1
print(json.dumps({"per_second": count / (time.process_time() - start), "bytes": size}), file=answer)
