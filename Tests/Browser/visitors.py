#!/usr/bin/env python3
"""Visits by touch in a browser that keeps its profile: one for each NIK on standard input, to one service.

Prints the number of each ticket, and the browser's memory goes to CORES beside; see `Tests/Support/PersonalData/search.py`.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

SEARCH = Path(__file__).resolve().parent.parent / "Support" / "PersonalData" / "search.py"


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--screen", required=True, help="address of the kiosk's page")
    parser.add_argument("--service", required=True, help="AGENCY/SERVICE, one that asks for a NIK")
    parser.add_argument("--profile", required=True, help="folder for the browser's profile")
    parser.add_argument("--cores", required=True, type=Path, help="folder for the memory of the browser's processes")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    return parser.parse_args()


def visit(page, service, nik):
    agency, name = service.split("/")
    on = lambda kind: page.locator(f'#kiosk[data-screen="{kind}"]:not(.settling)').wait_for(state="attached")
    tap = lambda name: page.get_by_test_id(name).tap()
    steps = [("greeting", "start"), ("agencies", f"agency-{agency}"), ("services", f"service-{name}")]
    steps += [("identify", f"digit-{digit}") for digit in nik]
    for kind, button in [*steps, ("identify", "ok"), ("confirm", "ok")]:
        on(kind)
        tap(button)
    on("ticket")
    print(page.get_by_test_id("number").inner_text(), flush=True)
    tap("done")
    on("greeting")


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        found = [int(child) for child in file.read().split()]
    return found + [grandchild for child in found for grandchild in children(child)]


def main():
    arguments = options()
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            arguments.profile, executable_path=arguments.chromium, args=["--no-sandbox", "--disable-gpu"],
            viewport={"width": 1080, "height": 1920}, has_touch=True)
        page = context.pages[0]
        page.goto(arguments.screen)
        for nik in sys.stdin.read().split():
            visit(page, arguments.service, nik)
        for pid in children(os.getpid()):
            name = Path(f"/proc/{pid}/comm").read_text().strip()
            if name.startswith("chrom"):
                subprocess.run([sys.executable, SEARCH, "core", str(pid), arguments.cores / f"{name}-{pid}.core"], check=True)
        context.close()


if __name__ == "__main__":
    main()
