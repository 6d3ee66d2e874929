#!/usr/bin/env python3
"""Taps cards and shows a code in real visits: the buttons of the stage, the touch screen in a browser, and what comes out of the printer.

Needs `playwright` from PyPI and Debian's chromium; no browser is downloaded.
Prints one line for each check; ends with 1 and a sentence at the first that does not hold.
"""

import argparse
import sys
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import expect, sync_playwright

# The source tree stays as it is.
sys.dont_write_bytecode = True

from checks import Failure, Watch, demand, holds_piece, passed, words
from visit import Citizen, sheets_of

# Of the demo's sample card, and nobody's: there is no district 99.
NIK = "1471994512900101"


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("screen", "paper", "stage"):
        parser.add_argument(f"--{name}", required=True, help=f"address of the {name}")
    parser.add_argument("--out", required=True, type=Path, help="folder for the screenshots")
    parser.add_argument("--viewport", default="1080x1920", help="WIDTHxHEIGHT in px")
    parser.add_argument("--patience", type=float, default=30, help="seconds to wait for any one thing")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    return parser.parse_args()


class Visitor(Citizen):
    """Somebody with a card in the pocket and a code on the telephone."""

    def __init__(self, page, tables, out, stage, paper):
        super().__init__(page, tables, out)
        self.stage = stage.rstrip("/")
        self.paper = paper

    def press(self, action):
        """A button of the stage."""
        with urllib.request.urlopen(urllib.request.Request(f"{self.stage}/actions/{action}", method="POST")):
            pass

    def remark(self, code):
        """Waits until the screen says this of the card or code."""
        remark = self.page.get_by_test_id("remark")
        expect(remark, f"the screen does not say “{code}”").to_have_text(self.tables["id"][f"remark.{code}"])

    def to_keypad(self):
        self.find("agencies", "agency")
        self.find("services", "service")
        self.on("identify")

    def find(self, kind, item):
        self.on(kind)
        for chosen in self.identifiers(item):
            if (item, chosen) in (("agency", "disdukcapil"), ("service", "kartu-keluarga")):
                self.tap(f"{item}-{chosen}")
                return
        raise Failure(f"no {item} of the sample visit is on the screen")

    def take(self, how):
        """From a confirmation to the ticket and away; exactly one sheet bears the number."""
        self.on("confirm")
        text = self.page.get_by_test_id("identified").inner_text()
        demand(self.tables["id"][f"known.{how}"] in text, f"the confirmation says “{text}”, not how the visitor is known ({how})")
        self.look_in_both("confirm", how)
        self.tap("ok")
        self.on("ticket")
        number = self.number()
        sheets = [sheet for sheet in sheets_of(self.paper) if number in sheet["text"]]
        demand(len(sheets) == 1, f"{len(sheets)} sheets bear the number {number}; it must be exactly one")
        demand(not holds_piece(sheets[0]["text"], NIK), "digits of the NIK stand on the ticket")
        self.tap("done")
        self.on("greeting")
        return number


def tap_leads_to_a_ticket(visitor):
    """A tap at the greeting begins a visit, and is used where the service asks."""
    for kind in ("card", "code"):
        expect(visitor.page.get_by_test_id(f"invitation-{kind}"), f"the greeting does not invite to show a {kind}").to_be_visible()
    visitor.look_in_both("greeting", "invitations")
    visitor.press("tap/enrolled")
    visitor.on("agencies")
    visitor.remark("card-held")
    visitor.look_in_both("agencies", "card")
    visitor.find("agencies", "agency")
    visitor.look_in_both("services", "card")
    visitor.find("services", "service")
    passed(f"a tap at the greeting: {visitor.take('card')}")
    visitor.tap("start")
    visitor.to_keypad()
    visitor.look_in_both("identify", "invitations")
    visitor.press("tap/enrolled")
    passed(f"a tap at the keypad: {visitor.take('card')}")


def other_cards_lead_on(visitor):
    """A card that nobody enrolled and one that is another at each tap: the citizen types."""
    visitor.tap("start")
    visitor.to_keypad()
    visitor.press("tap/unknown")
    visitor.remark("card-unknown")
    visitor.look_in_both("identify", "unknown")
    visitor.press("tap/random")
    visitor.remark("card-unusable")
    visitor.look_in_both("identify", "random")
    for digit in NIK:
        visitor.tap(f"digit-{digit}")
    visitor.tap("ok")
    passed(f"after two cards of no use: {visitor.take('typed')}")


def without_the_centre_the_card_goes_along(visitor):
    """With the network cut the visit goes on with the sealed card."""
    visitor.press("network/cut")
    visitor.tap("start")
    visitor.to_keypad()
    visitor.press("tap/enrolled")
    visitor.remark("card-unanswered")
    visitor.look_in_both("identify", "unanswered")
    visitor.tap("use-card")
    number = visitor.take("reference")
    visitor.press("network/restore")
    passed(f"a tap without the centre: {number}")


def scan_leads_to_a_ticket(visitor):
    """A booking at the greeting leads to its service; what is no booking is refused politely."""
    visitor.press("scan")
    visitor.on("identify")
    visitor.press("tap/enrolled")
    passed(f"a scan and a tap: {visitor.take('card')}")
    with urllib.request.urlopen(urllib.request.Request(f"{visitor.paper.rstrip('/')}/codes", data=b"8991234567890", method="POST")):
        pass
    visitor.remark("code-refused")
    visitor.look_in_both("greeting", "code refused")
    passed("another code is refused in words")


def walk(page, watch, arguments):
    page.goto(arguments.screen)
    visitor = Visitor(page, words(), arguments.out, arguments.stage, arguments.paper)
    visitor.on("greeting")
    tap_leads_to_a_ticket(visitor)
    other_cards_lead_on(visitor)
    without_the_centre_the_card_goes_along(visitor)
    scan_leads_to_a_ticket(visitor)
    watch.check_private(NIK)
    for frame in watch.received:
        demand("045a31b21c6480" not in frame.lower(), "the card's number was sent to the page")
    watch.check_quiet()


def main():
    arguments = options()
    arguments.out.mkdir(parents=True, exist_ok=True)
    width, height = (int(part) for part in arguments.viewport.split("x"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=arguments.chromium, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport={"width": width, "height": height}, has_touch=True, reduced_motion="reduce")
        page = context.new_page()
        page.set_default_timeout(arguments.patience * 1000)
        expect.set_options(timeout=arguments.patience * 1000)
        watch = Watch(page, arguments.screen.rstrip("/"))
        try:
            walk(page, watch, arguments)
        except (Failure, AssertionError, BrowserError, urllib.error.URLError) as failure:
            page.screenshot(path=arguments.out / "failure.png")
            print(f"FAIL at {arguments.viewport}, after the screens {' → '.join(watch.screens()[-6:])}: {failure}", file=sys.stderr)
            print(f"     errors of the page: {watch.errors or 'none'}", file=sys.stderr)
            print(f"     the screen then: {arguments.out / 'failure.png'}", file=sys.stderr)
            return 1
        finally:
            browser.close()
    print(f"every check held at {arguments.viewport}; pictures in {arguments.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
