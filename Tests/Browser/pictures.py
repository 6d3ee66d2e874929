#!/usr/bin/env python3
"""Makes the pictures of README.md: the screen, a ticket, the stage.

Starts a demo in a folder and on ports of its own, does some visits, and takes the pictures in Chromium.
"""

import argparse
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

AWAITED = ("screen", "paper", "central", "stage", "stock")
GREETING = '#kiosk[data-screen="greeting"]:not(.settling)'


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True, type=Path, help="the built anjungan")
    parser.add_argument("--out", required=True, type=Path, help="folder for the pictures")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    return parser.parse_args()


def free_port():
    """A port that is free now, below those that outgoing connections get."""
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def start(program, state, ports):
    """The demo, once it has said all its addresses."""
    environment = os.environ | {"ANJUNGAN_PORTS": ",".join(map(str, ports))}
    demo = subprocess.Popen([program, "demo", "--state", state], env=environment, stdout=subprocess.PIPE, text=True)
    missing = set(AWAITED)
    for line in demo.stdout:
        missing.discard(line.split(" ")[0])
        if not missing:
            return demo
    sys.exit(f"the demo ended before it said where {', '.join(sorted(missing))} is; its own words stand above")


def visit(program, port, count):
    subprocess.run([program, "visit", "dpmptsp/perizinan", "--port", str(port), "--count", str(count)], check=True)


def take(browser, address, size, scale, path, ready):
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, device_scale_factor=scale, locale="id-ID")
    page.goto(address)
    ready(page)
    page.screenshot(path=path, animations="disabled")
    page.close()
    print(path)


def everything_is_shown(stage):
    stage.frame_locator('[data-testid="frame-screen"]').locator(GREETING).wait_for()
    for lane in ("paper", "stock"):
        stage.frame_locator(f'[data-testid="frame-{lane}"]').locator("#sheets li canvas, #sheets li img").first.wait_for()
    stage.frame_locator('[data-testid="frame-centre"]').locator('body[data-state="live"]').wait_for()
    stage.get_by_test_id("ledger-verdict").get_by_text("lost 0, doubled 0").wait_for()
    stage.locator('[data-testid="ledger-stock"][data-mood="quiet"]').wait_for()


def main():
    wanted = options()
    wanted.out.mkdir(parents=True, exist_ok=True)
    ports = [free_port() for _ in AWAITED]
    screen, paper, _, stage, _ = (f"http://127.0.0.1:{port}/" for port in ports)
    # Backends of cupsd run as `lp`, who must reach the folder.
    state = tempfile.mkdtemp(prefix="anjungan-pictures-", dir="/tmp")
    os.chmod(state, 0o755)
    demo = start(wanted.program, state, ports)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=wanted.chromium, args=["--no-sandbox"])
            take(
                browser, screen, (1080, 1920), 0.4, wanted.out / "screen.png",
                lambda page: page.locator(GREETING).wait_for())
            visit(wanted.program, ports[0], 1)
            picture = urllib.request.urlopen(paper + "paper.png").read()
            (wanted.out / "ticket.png").write_bytes(picture)
            visit(wanted.program, ports[0], 4)
            take(browser, stage, (1600, 1000), 1, wanted.out / "stage.png", everything_is_shown)
            browser.close()
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.wait(timeout=30)
        shutil.rmtree(state, ignore_errors=True)


if __name__ == "__main__":
    main()
