#!/usr/bin/env python3
"""Touches through whole visits in a real browser and proves what a citizen needs of every screen.

Needs `playwright` from PyPI and Debian's chromium; no browser is downloaded.
Prints one line for each check; ends with 1 and a sentence at the first that does not hold.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import expect, sync_playwright

# The source tree stays as it is.
sys.dont_write_bytecode = True

from checks import Failure, Watch, check_screen, demand, holds_piece, measure, passed, words

# A number by the rules of the NIK that belongs to nobody: there is no district 99.
NIK = "1471994512903456"


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--screen", required=True, help="address of the kiosk's page")
    parser.add_argument("--paper", help="address of the emulated printer's paper page; without it paper is not looked at")
    parser.add_argument("--out", required=True, type=Path, help="folder for the screenshots")
    parser.add_argument("--viewport", default="1080x1920", help="WIDTHxHEIGHT in px")
    parser.add_argument("--trouble", action="store_true", help="also take the paper away and put it back (needs --paper)")
    parser.add_argument("--kill-pid", type=int, help="kill this kiosk process with -9 in a visit; somebody must start it again")
    parser.add_argument("--central", help="the centre's program: an emergency is called by it and ended (needs --store and --site)")
    parser.add_argument("--store", help="the folder with the centre's store")
    parser.add_argument("--site", help="the kiosk's site")
    parser.add_argument("--patience", type=float, default=30, help="seconds to wait for any one thing")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    return parser.parse_args()


class Citizen:
    """Somebody before the screen, who looks at all of it in both languages."""

    def __init__(self, page, tables, out):
        self.page = page
        self.tables = tables
        self.out = out
        self.pictures = 0
        self.known = set()

    def on(self, *kinds):
        """Waits for a screen of one of `kinds` and returns which it is."""
        selector = ", ".join(f'#kiosk[data-screen="{kind}"]:not(.settling)' for kind in kinds)
        self.page.locator(selector).wait_for(state="attached")
        return self.page.locator("#kiosk").get_attribute("data-screen")

    def at_rest(self, *kinds):
        """What a screen of one of `kinds` shows; measured again where it changed between waiting and measuring."""
        while True:
            self.on(*kinds)
            seen = measure(self.page)
            if seen["isSettled"]:
                return seen

    def tap(self, testid):
        self.page.get_by_test_id(testid).tap()

    def look(self, *kinds):
        """Checks the screen as it is and takes its picture."""
        seen = self.at_rest(*kinds)
        self.picture(f"{seen['kind']}-{seen['language']}")
        check_screen(seen, self.tables, f"{seen['kind']} ({seen['language']})")
        return seen["kind"]

    def look_in_both(self, kind, situation=""):
        """Checks the screen in Indonesian, then in English, and goes back; only the first time it is met in this situation."""
        self.on(kind)
        if (kind, situation) in self.known:
            return
        self.known.add((kind, situation))
        self.look(kind)
        for language, check in (("en", self.look), ("id", self.on)):
            self.tap(f"language-{language}")
            self.page.locator(f'html[lang="{language}"]').wait_for(state="attached")
            check(kind)

    def picture(self, name):
        self.pictures += 1
        self.page.screenshot(path=self.out / f"{self.pictures:02}-{name}.png", animations="disabled")

    def identifiers(self, kind):
        """The ids that can be chosen, in order."""
        prefix = f"{kind}-"
        buttons = self.page.locator(f'[data-testid^="{prefix}"]')
        return [buttons.nth(index).get_attribute("data-testid").removeprefix(prefix) for index in range(buttons.count())]

    def number(self):
        return self.page.get_by_test_id("number").inner_text()


def find_services(citizen):
    """Goes through the lists until one service that asks for a NIK and one that does not are known."""
    found = {}
    citizen.tap("start")
    citizen.on("agencies")
    page_through_list(citizen)
    for agency in citizen.identifiers("agency"):
        citizen.tap(f"agency-{agency}")
        citizen.on("services")
        for service in citizen.identifiers("service"):
            citizen.tap(f"service-{service}")
            found.setdefault(citizen.on("identify", "confirm"), (agency, service))
            citizen.tap("back")
            citizen.on("services")
            if len(found) == 2:
                citizen.tap("cancel")
                citizen.on("greeting")
                passed(f"back and cancel lead out; with NIK: {found['identify']}, without: {found['confirm']}")
                return found
        citizen.tap("back")
        citizen.on("agencies")
    raise Failure(f"the site has not both a service with NIK and one without; found {found}")


def page_through_list(citizen):
    """The two big buttons reach the last agency and come back to the first."""
    down, up = citizen.page.get_by_test_id("list-down"), citizen.page.get_by_test_id("list-up")
    last = citizen.page.locator('[data-testid^="agency-"]').last
    if not down.is_visible():
        expect(last, "everything fits, so the last agency must be on the screen").to_be_in_viewport(ratio=1)
        passed("agencies: all fit on the screen")
        return
    presses = 0
    position = citizen.page.get_by_test_id("list-position")
    for button in (down, up):
        while button.is_enabled():
            before = position.inner_text()
            button.tap()
            expect(position, "the list does not move").not_to_have_text(before)
            presses += 1
        if button is down:
            expect(last, "the list ends before its last agency").to_be_in_viewport(ratio=1)
    passed(f"agencies: the last one is reached by the big buttons, {presses} presses there and back")


def type_nik(citizen):
    """Types a NIK with a mistake, corrects it, and is told only how many digits there are."""
    page = citizen.page
    citizen.look_in_both("identify")
    citizen.tap("digit-0")
    citizen.tap("ok")
    expect(page.get_by_test_id("problem"), "an incomplete NIK is not objected to").not_to_be_empty()
    citizen.look_in_both("identify", "problem")
    citizen.tap("erase")
    for count, digit in enumerate(NIK, start=1):
        citizen.tap(f"digit-{digit}")
        expect(page.locator(".box.filled"), f"digit {count} did not arrive").to_have_count(count)
    demand(page.get_by_test_id("entry").inner_text() == "", "the entry shows more than dots")
    demand(not holds_piece(page.content(), NIK), "digits of the NIK stand in the page while it is typed")
    passed("keypad: 16 digits, each a dot, and none of them in the page")
    citizen.look("identify")
    citizen.tap("ok")
    citizen.look_in_both("confirm", "identified")


def take_ticket(citizen, place, paper):
    """One visit from the greeting to the ticket; returns its number."""
    agency, service = place
    citizen.look_in_both("greeting")
    citizen.tap("start")
    citizen.look_in_both("agencies")
    citizen.tap(f"agency-{agency}")
    citizen.look_in_both("services")
    citizen.tap(f"service-{service}")
    if citizen.on("identify", "confirm") == "identify":
        type_nik(citizen)
    else:
        citizen.look_in_both("confirm")
    citizen.tap("ok")
    if citizen.look("printing", "ticket") == "printing":
        citizen.on("ticket")
    citizen.look_in_both("ticket")
    number = citizen.number()
    demand(any(character.isdigit() for character in number), f"the ticket screen bears no number but “{number}”")
    if paper:
        sheets = [sheet for sheet in sheets_of(paper) if number in sheet["text"]]
        demand(len(sheets) == 1, f"{len(sheets)} sheets bear the number {number}; it must be exactly one")
        passed(f"one sheet bears {number}")
    citizen.tap("done")
    citizen.on("greeting")
    return number


def go_to_trouble(citizen, place):
    """A visit into a printer without paper; returns the number on the screen."""
    agency, service = place
    citizen.on("greeting")
    for testid, kind in (("start", "agencies"), (f"agency-{agency}", "services"), (f"service-{service}", "confirm"), ("ok", "trouble")):
        citizen.tap(testid)
        citizen.on(kind)
    citizen.look_in_both("trouble")
    return citizen.number()


def paper_runs_out(citizen, place, paper):
    """With the paper out the number is kept, and the ticket comes out once or never."""
    press(paper, "faults/paper-out/on")
    citizen.page.get_by_test_id("notice").and_(citizen.page.locator(":visible")).wait_for()
    citizen.look_in_both("greeting", "paper out")
    left = go_to_trouble(citizen, place)
    citizen.tap("done")
    citizen.on("ticket", "greeting")
    if citizen.page.get_by_test_id("done").is_visible():
        citizen.tap("done")
    citizen.on("greeting")
    stayed = go_to_trouble(citizen, place)
    press(paper, "faults/paper-out/off")
    citizen.on("ticket")
    texts = [sheet["text"] for sheet in sheets_of(paper)]
    demand(sum(stayed in text for text in texts) == 1, f"{stayed} waited for paper and must be on exactly one sheet")
    demand(not any(left in text for text in texts), f"{left} was left with the number on the screen, but a sheet came out")
    citizen.tap("done")
    citizen.on("greeting")
    passed(f"paper out: {stayed} came out once when paper was back, {left} never")


# Resolves when the page says that the kiosk is away: what it says, and whether every button is out of reach then.
OUTAGE = """patience => {
    const overlay = document.getElementById("overlay");
    const isCovered = (node) => {
        const box = node.getBoundingClientRect();
        const top = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
        return top === null || overlay.contains(top);
    };
    window.outage = new Promise((resolve, reject) => {
        setTimeout(() => reject(new Error("the page does not notice that the kiosk is dead")), patience);
        new MutationObserver(() => {
            if (overlay.hidden) return;
            const kiosk = document.getElementById("kiosk");
            const buttons = [...document.querySelectorAll("#kiosk button")];
            const isInert = kiosk.inert;
            // An inert page is looked through; what covers the buttons must do so to the eye as well.
            kiosk.inert = false;
            const areCovered = buttons.length > 0 && buttons.every(isCovered);
            kiosk.inert = isInert;
            resolve({ text: overlay.innerText, isInert, areCovered });
        }).observe(overlay, { attributes: true });
    });
}"""


def kiosk_dies(citizen, pid, watch, patience):
    """A killed kiosk leaves a page that says so, can't be touched, and recovers by itself."""
    page = citizen.page
    citizen.on("greeting")
    citizen.tap("start")
    citizen.on("agencies")
    watch.outages += 1
    # The kiosk may be back before we look, so the page itself notes what it was like.
    page.evaluate(OUTAGE, patience * 1000)
    os.kill(pid, signal.SIGKILL)
    outage = page.evaluate("() => window.outage")
    citizen.picture("away")
    for language, table in citizen.tables.items():
        demand(table["away.title"] in outage["text"], f"the overlay does not speak {language}: “{outage['text']}”")
    demand(outage["isInert"] and outage["areCovered"], f"buttons can be seen or touched although the kiosk is away: {outage}")
    expect(page.get_by_test_id("overlay"), "the page did not recover after the kiosk was killed").to_be_hidden()
    citizen.on("greeting")
    passed("the kiosk was killed: the page said so, could not be touched, and came back to the greeting")


def emergency(citizen, place, central, store, site):
    """An emergency takes the screen from whoever stands there, in both languages at once, and leaves nothing of them."""
    page = citizen.page

    def tell(*order):
        subprocess.run([central, "notice", *order, "--store", store], check=True, capture_output=True)

    # As long as they may be.
    own = {
        "--text": "Kebakaran di lantai dua. Tinggalkan gedung lewat pintu barat, jangan memakai lift, bantu yang membutuhkan, "
                  "dan berkumpul di lapangan parkir sebelah utara mal.",
        "--english": "Fire on the second floor. Leave the building by the western door, do not use the lifts, help those who need it, "
                     "and gather at the car park north of the mall."}
    for words in ({}, own):
        agency, service = place
        citizen.on("greeting")
        citizen.tap("start")
        citizen.on("agencies")
        citizen.tap(f"agency-{agency}")
        citizen.on("services")
        tell("emergency", site, *(part for option in words.items() for part in option))
        citizen.on("emergency")
        citizen.look("emergency")
        for language, table in citizen.tables.items():
            shown = page.locator(f'#kiosk [lang="{language}"]').inner_text()
            demand(table["emergency.title"] in shown, f"the emergency does not speak {language}: “{shown}”")
        for text in words.values():
            demand(text in page.locator("#kiosk").inner_text(), f"the screen does not say “{text}”")
        demand(page.locator("#kiosk button").count() == 0, "something can be touched in an emergency")
        demand(page.locator('[role="alert"]').count() == 1, "a screen reader is not told of the emergency")
        page.reload()
        citizen.on("emergency")
        tell("all-clear", site)
        citizen.on("greeting")
    passed("emergency: it took the screen, spoke both languages, outlived a reload, and ended")


def sheets_of(paper):
    with urllib.request.urlopen(f"{paper.rstrip('/')}/paper.json") as answer:
        return json.load(answer)["sheets"]


def press(paper, path):
    with urllib.request.urlopen(urllib.request.Request(f"{paper.rstrip('/')}/{path}", method="POST")):
        passed(f"paper page: {path}")


def check_sequence(watch, first, with_nik):
    """The screens of one visit came in the order of a visit; passing ones may be too short to be sent."""
    kinds = [kind for kind in watch.screens()[first:] if kind not in ("recording", "printing")]
    expected = ["greeting", "agencies", "services", *(["identify"] if with_nik else []), "confirm", "ticket", "greeting"]
    demand(kinds == expected, f"the screens came as {kinds}; a visit is {expected}")
    demand("ticket" in watch.drawn(), "the page did not report the ticket screen as drawn")
    passed(f"screens: {' → '.join(expected)}")


def walk(page, watch, arguments):
    tables = words()
    citizen = Citizen(page, tables, arguments.out)
    page.goto(arguments.screen)
    citizen.on("greeting")
    services = find_services(citizen)
    numbers = []
    for kind, place in services.items():
        first = len(watch.screens()) - 1
        numbers.append(take_ticket(citizen, place, arguments.paper))
        check_sequence(watch, first, with_nik=kind == "identify")
    demand(len(set(numbers)) == len(numbers), f"a number was given twice: {numbers}")
    if arguments.trouble:
        demand(arguments.paper, "--trouble needs --paper")
        paper_runs_out(citizen, services["confirm"], arguments.paper)
    if arguments.kill_pid is not None:
        kiosk_dies(citizen, arguments.kill_pid, watch, arguments.patience)
        numbers.append(take_ticket(citizen, services["confirm"], arguments.paper))
        demand(len(set(numbers)) == len(numbers), f"a number was given twice: {numbers}")
    if arguments.central:
        emergency(citizen, services["confirm"], arguments.central, arguments.store, arguments.site)
    watch.check_private(NIK)
    watch.check_quiet()


def main():
    arguments = options()
    arguments.out.mkdir(parents=True, exist_ok=True)
    width, height = (int(part) for part in arguments.viewport.split("x"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=arguments.chromium, args=["--no-sandbox", "--disable-gpu"])
        # Without motion a picture shows a screen at rest, and a list has moved when it says so.
        context = browser.new_context(viewport={"width": width, "height": height}, has_touch=True, reduced_motion="reduce")
        page = context.new_page()
        page.set_default_timeout(arguments.patience * 1000)
        expect.set_options(timeout=arguments.patience * 1000)
        watch = Watch(page, arguments.screen.rstrip("/"))
        try:
            walk(page, watch, arguments)
        except (Failure, AssertionError, BrowserError) as failure:
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
