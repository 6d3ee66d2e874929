#!/usr/bin/env python3
"""Presses every button of the stage while visits run, and reads on its ledger that nothing was lost and nothing doubled.

Needs `playwright` from PyPI and Debian's chromium; no browser is downloaded.
Prints one line for each check; ends with 1 and a sentence at the first that does not hold.
"""

import argparse
import json
import re
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import expect, sync_playwright

# The source tree stays as it is.
sys.dont_write_bytecode = True

from checks import Failure, demand, passed

FRAMES = ("screen", "paper", "stock", "centre")
SWITCHES = ("paper-out", "cover-open", "power-off")
KILLS = ("kill-cupsd", "kill-kiosk", "kill-centre")
TAPS = ("tap-enrolled", "tap-unknown", "tap-random")


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stage", required=True, help="address of the stage")
    parser.add_argument("--out", required=True, type=Path, help="folder for the screenshots")
    parser.add_argument("--viewport", default="1600x1000", help="WIDTHxHEIGHT in px")
    parser.add_argument("--patience", type=float, default=60, help="seconds to wait for any one thing but the visits")
    parser.add_argument("--visits", type=float, default=300, help="seconds that all visits may take together")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    return parser.parse_args()


class Stage:
    """The page, and the same state as a program reads it."""

    def __init__(self, page, address, out, patience):
        self.page = page
        self.address = address.rstrip("/")
        self.out = out
        self.patience = patience
        self.pictures = 0

    def state(self):
        with urllib.request.urlopen(f"{self.address}/state.json", timeout=self.patience) as answer:
            return json.load(answer)

    def wait(self, what, holds, patience=None):
        """Waits until `holds` of the state, and returns that state."""
        deadline = time.monotonic() + (patience or self.patience)
        while True:
            state = self.state()
            if holds(state):
                return state
            last = json.dumps(state, ensure_ascii=False)
            demand(time.monotonic() < deadline, f"{what} did not come to pass; the last state: {last}")
            self.page.wait_for_timeout(250)

    def button(self, name):
        return self.page.get_by_test_id(f"action-{name}")

    def press(self, name):
        self.button(name).click()

    def line(self, name):
        return self.page.get_by_test_id(f"ledger-{name}")

    def picture(self, name):
        self.pictures += 1
        self.page.screenshot(path=self.out / f"stage-{self.pictures:02}-{name}.png", animations="disabled")


def check_layout(stage):
    """Everything is on the desk at once: no scrolling sideways, every button seen and named in two languages."""
    width, place = stage.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    demand(width <= place, f"the page is {width} px wide and scrolls sideways at {place}")
    for name in (*SWITCHES, *KILLS, *TAPS, "network", "visits", "mend", "scan"):
        button = stage.button(name)
        expect(button, f"the button {name} is not wholly on the page").to_be_in_viewport(ratio=1)
        english = button.locator('[lang="en"]').inner_text().strip()
        words = button.inner_text().replace(english, "").strip()
        demand(english and words, f"the button {name} is not named in both languages: “{button.inner_text()}”")
        cut = button.evaluate("node => node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1")
        demand(not cut, f"the words of the button {name} run out of it")
    passed("thirteen buttons in two languages, nothing scrolls sideways")


# What a citizen, a technician and a manager see first in each frame.
SIGNS = {"screen": "#kiosk[data-screen]:not([data-screen=''])", "paper": "#device", "stock": "#device", "centre": "body"}


def check_frames(stage, which=FRAMES):
    """Kiosk, paper and centre are really shown, not an error page of the browser, and large enough to see."""
    for name in which:
        frame = stage.page.get_by_test_id(f"frame-{name}")
        expect(frame, f"the frame of the {name} is not shown").to_be_visible()
        sign = frame.content_frame.locator(SIGNS[name])
        expect(sign, f"the frame of the {name} does not show its page").to_be_visible()
        url = stage.state()[name]["url"]
        shown = [other.url for other in stage.page.frames]
        demand(any(other.startswith(url) for other in shown), f"no frame shows {url}; the frames show {shown}")
        box = stage.page.locator(f'[data-program="{name}"] .view').bounding_box()
        demand(box["width"] >= 200 and box["height"] >= 250, f"the {name} is shown at {box['width']:.0f} × {box['height']:.0f} px")
        demand(frame.content_frame.locator("body").inner_text().strip() != "", f"the frame of the {name} is empty")
    passed(f"shown in their frames: {', '.join(which)}")


def switch_there_and_back(stage, name, in_state):
    """A switch says of itself that it is on, does it, and takes it back."""
    stage.press(name)
    expect(stage.button(name), f"the switch {name} does not show that it is on").to_have_attribute("aria-pressed", "true")
    demand(in_state(stage.state()), f"{name} was pressed, but the stage does not know of it")
    stage.picture(name)
    # As long as it takes for visits to run into it.
    stage.page.wait_for_timeout(1500)
    stage.press(name)
    expect(stage.button(name), f"the switch {name} does not show that it is off").to_have_attribute("aria-pressed", "false")
    passed(f"{name}: there and back")


def kill(stage, name, is_back):
    before = stage.state()
    stage.press(name)
    expect(stage.page.get_by_test_id("news"), f"{name}: the stage does not say that it was done").to_contain_text("killed")
    stage.wait(f"the return after {name}", lambda state: is_back(before, state))
    stage.picture(name)
    passed(f"{name}: killed, and back")


def disturb(stage):
    """Every other button in turn, while visits run."""
    for name in SWITCHES:
        switch_there_and_back(stage, name, lambda state: name in state["printer"]["faults"] and name in state["stock"]["printer"]["faults"])
    switch_there_and_back(stage, "network", lambda state: state["network"]["cut"])
    kill(stage, "kill-cupsd", lambda before, state: not state["cupsd_is_hunted"])
    kill(
        stage, "kill-kiosk",
        lambda before, state: state["kiosk_answers"] and state["screen"]["answers"] and state["kiosk_process"] != before["kiosk_process"])
    kill(stage, "kill-centre", lambda before, state: state["centre"]["answers"])


def is_at_rest(state):
    return not state["visits"]["running"] and state["ledger"]["verdict"]["mood"] != "busy"


def read_ledger(stage, least):
    """Both equations with equal numbers, and the verdict in both languages, as they stand on the page."""
    reasons = stage.state()["ledger"]["reasons"]
    demand(not reasons, f"the ledger names {[reason['english'] for reason in reasons]}")
    for name in ("paper", "centre", "verdict"):
        expect(stage.line(name), f"the ledger's line {name} is not true and at rest").to_have_attribute("data-mood", "quiet")
    text = stage.page.locator("body").inner_text()
    for verdict in ("lost 0, doubled 0", "hilang 0, ganda 0"):
        demand(verdict in text, f"“{verdict}” does not stand on the page")
    for language, paper, centre in (
        ("en", r"issued \d+ = on paper ", "issued {0} = at the centre {0}"),
        ("id", r"terbit \d+ = di kertas ", "terbit {0} = di pusat {0}"),
    ):
        words = stage.line("paper").locator(f'.words[lang="{language}"]').inner_text()
        demand(re.match(paper, words), f"the first line reads “{words}”")
        issued, *terms = (int(number) for number in re.findall(r"\d+", words))
        demand(issued == sum(terms), f"“{words}” does not add up")
        demand(issued >= least, f"only {issued} tickets were issued; at least {least} were expected")
        other = stage.line("centre").locator(f'.words[lang="{language}"]').inner_text()
        demand(other == centre.format(issued), f"the first line says {issued} tickets, the second “{other}”")
        passed(f"{words}; {other}")
    passed("lost 0, doubled 0 – hilang 0, ganda 0")


def tray(stage):
    """The second lane's sheets as its own printer's page lists them: whole ones by print id, and the rest."""
    with urllib.request.urlopen(f"{stage.state()['stock']['url']}paper.json", timeout=stage.patience) as answer:
        sheets = json.load(answer)["sheets"]
    done = [sheet for sheet in sheets if sheet.get("finished_at")]
    tickets = [sheet for sheet in done if sheet["cut"] and "Berlaku" in sheet["text"]]
    ids = [re.findall(r"(?m)^ *([0-9A-HJKMNP-TV-Z]{26}\.[0-9]+) *$", sheet["text"]) for sheet in tickets]
    # A piece of one ticket may hang on the next.
    return [found[-1] for found in ids], len(done) - len(tickets) + sum(len(found) - 1 for found in ids)


def read_stock(stage):
    """The second lane may be as bad as it is, but what is said of it must be what lies in its tray."""
    state = stage.wait("rest of the second lane", lambda state: state["ledger"]["stock_figures"]["at_rest"])
    figures = state["ledger"]["stock_figures"]
    whole, pieces = tray(stage)
    for name, said, counted in (
        ("whole on paper", figures["whole"], len(set(whole))),
        ("doubled", figures["doubled"], len(whole) - len(set(whole))),
        ("pieces", figures["pieces"], pieces),
        ("lost", figures["lost"], figures["handed"] - len(set(whole))),
    ):
        demand(said == counted, f"the second lane is said to have {said} {name}, its tray has {counted}")
    demand(figures["handed"] >= 10, f"the second lane got only {figures['handed']} jobs")
    demand(figures["untrue"] <= figures["lost"] and figures["completed"] <= figures["handed"], f"the figures contradict each other: {figures}")
    for language, words in (
        ("en", "Stock CUPS: CUPS says completed {completed} of {handed}, whole on paper {whole}; lost {lost}, doubled {doubled}, pieces {pieces}"),
        ("id", "CUPS biasa: kata CUPS selesai {completed} dari {handed}, utuh di kertas {whole}; hilang {lost}, ganda {doubled}, sepotong {pieces}"),
    ):
        expect(stage.line("stock").locator(f'.words[lang="{language}"]'), "the second lane's line is not what the state says").to_have_text(
            words.format(**figures))
    passed(f"the second lane: {figures}, as its tray")


def check_refusal(stage):
    """A button that does nothing now says why."""
    request = urllib.request.Request(f"{stage.address}/actions/visits", method="POST")
    try:
        urllib.request.urlopen(request)
        raise Failure("a second press of the visits was taken although they run")
    except urllib.error.HTTPError as refusal:
        words = json.load(refusal)
        demand(refusal.code == 409 and words["indonesian"] and words["english"], f"a second press was answered {refusal.code}: {words}")
    passed(f"a second press while visits run: {words['english']}")


def walk(stage, arguments):
    stage.page.goto(stage.address)
    stage.wait("the whole demo", lambda state: all(state[name]["answers"] for name in FRAMES) and state["kiosk_answers"])
    check_layout(stage)
    check_frames(stage)
    before = stage.state()["ledger"]["figures"]["issued"]
    stage.picture("beginning")
    stage.press("visits")
    stage.wait("the first visits", lambda state: state["visits"]["done"] >= 2)
    check_refusal(stage)
    disturb(stage)
    stage.picture("disturbed")
    done = stage.wait("the end of the visits", lambda state: not state["visits"]["running"], arguments.visits)
    demand(done["visits"]["done"] == done["visits"]["of"] == 20, f"the visits ended early: {done['visits']}, {done['news']}")
    passed(f"20 visits: {done['visits']['endings']}")
    stage.press("mend")
    stage.wait("rest", is_at_rest, arguments.visits)
    # A visit that was cut short may have had no ticket yet.
    tickets = sum(count for ending, count in done["visits"]["endings"].items() if ending in ("printed", "screen", "unknown"))
    read_ledger(stage, least=before + tickets)
    read_stock(stage)
    check_frames(stage)
    stage.picture("end")


def main():
    arguments = options()
    arguments.out.mkdir(parents=True, exist_ok=True)
    width, height = (int(part) for part in arguments.viewport.split("x"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=arguments.chromium, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        page = context.new_page()
        page.set_default_timeout(arguments.patience * 1000)
        expect.set_options(timeout=arguments.patience * 1000)
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        stage = Stage(page, arguments.stage, arguments.out, arguments.patience)
        try:
            walk(stage, arguments)
            demand(not errors, f"the page reported errors: {errors}")
        except (Failure, AssertionError, BrowserError, OSError) as failure:
            page.screenshot(path=arguments.out / "stage-failure.png")
            print(f"FAIL: {failure}", file=sys.stderr)
            print(f"     errors of the page: {errors or 'none'}", file=sys.stderr)
            print(f"     the stage then: {arguments.out / 'stage-failure.png'}", file=sys.stderr)
            return 1
        finally:
            browser.close()
    print(f"every check held; pictures in {arguments.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
