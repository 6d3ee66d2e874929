#!/usr/bin/env python3
"""Reads the centre's page as the mall's manager does: alarms, incidents, refusals, and numbers that staff handed out.

Needs `playwright` from PyPI and Debian's chromium; no browser is downloaded.
Prints one line for each check; ends with 1 and a sentence at the first that does not hold.
"""

import argparse
import json
import sys
import urllib.request
from pathlib import Path

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import expect, sync_playwright

# The source tree stays as it is.
sys.dont_write_bytecode = True

from checks import Failure, demand, passed

# A manager's telephone, a tablet, a desk.
VIEWPORTS = ((360, 740), (820, 1180), (1600, 1000))


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--centre", required=True, help="address of the page")
    parser.add_argument("--out", required=True, type=Path, help="folder for the screenshots")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    return parser.parse_args()


def check_items(page, report, section, found, name):
    """Each is an item with its code, whom it is about, and what to do about it in both languages."""
    items = page.locator(f"#{section} ul li")
    expect(items, f"{section} does not show {len(found)}").to_have_count(len(found))
    demand(len(found) > 0, f"the centre reports no {name}; the test has nothing to look at")
    for index, entry in enumerate(found):
        item = items.nth(index)
        code = item.get_attribute("data-code")
        demand(code == entry["code"], f"{section} {index + 1} is “{code}” on the page and “{entry['code']}” in the report")
        words = item.inner_text()
        whom = f"{entry['site']}/{entry['kiosk']}" if entry["site"] else "Orang asing"
        demand(whom in words, f"{section} {code} does not say whom it is about: “{words}”")
        for line in (item.locator("b"), item.locator("p").first):
            english = line.locator('[lang="en"]').inner_text().strip()
            indonesian = line.inner_text().replace(english, "").strip()
            demand(len(english) > 10 and len(indonesian) > 10, f"{section} {code} is not said in both languages: “{words}”")
        if "detail" in entry:
            demand(entry["detail"] in words, f"{section} {code} hides its detail “{entry['detail']}”")
    passed(f"{section}: {', '.join(entry['code'] for entry in found)}, each with whom and what to do in two languages")


def check_width(page, width):
    place = page.evaluate("document.documentElement.scrollWidth")
    demand(place <= width, f"the page is {place} px wide and scrolls sideways at {width}")
    cut = page.evaluate(
        """[...document.querySelectorAll("li, td, th, dd, dt")].filter((node) => node.offsetParent
            && getComputedStyle(node).overflowX !== "visible" && node.scrollWidth > node.clientWidth + 1).map((node) => node.innerText)""")
    demand(not cut, f"words are cut at {width} px: {cut}")
    passed(f"{width} px: nothing scrolls sideways, nothing is cut")


def check(page, address, out):
    with urllib.request.urlopen(f"{address}v1/report", timeout=30) as answer:
        report = json.load(answer)
    page.goto(address)
    expect(page.locator('body[data-state="live"]')).to_be_visible()
    opened = [entry for entry in report["incidents"] if not entry.get("resolved")]
    resolved = [entry for entry in report["incidents"] if entry.get("resolved")]
    check_items(page, report, "incidents", report["alarms"] + opened, "alarm or incident")
    check_items(page, report, "refusals", report["refusals"], "refusal")
    demand(len(resolved) > 0, "the centre reports nothing that is resolved")
    expect(page.locator("#resolved ul li").first).to_be_hidden()
    page.locator("#resolved summary").click()
    check_items(page, report, "resolved", resolved, "resolved incident")
    above = page.locator('#incidents li[data-code="emergency"]')
    expect(above, "nothing says that the centre above called an emergency").to_contain_text("pusat di atas called by the centre above")
    for alarm in report["alarms"]:
        if alarm["code"] == "kiosk-silent":
            row = page.get_by_test_id("kiosks").get_by_test_id(f"{alarm['site']}/{alarm['kiosk']}")
            expect(row, "the row of a silent kiosk does not say so").to_contain_text("tidak ada kabar")
    for agency in report["agencies"]:
        for service in agency["services"]:
            row = page.get_by_test_id(f"{agency['agency']}/{service['service']}")
            expect(row.locator("th")).to_contain_text(f"{service['manual']} manual" if service["manual"] else service["service"])
    passed("agencies: numbers that staff handed out are told beside the service")
    for width, height in VIEWPORTS:
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=out / f"centre-{width}.png", full_page=True, animations="disabled")
        check_width(page, width)


def main():
    chosen = options()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chosen.chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1600, "height": 1000}, locale="id-ID")
        page.set_default_timeout(30_000)
        troubles = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        try:
            check(page, chosen.centre, chosen.out)
            demand(not troubles, f"the page complains: {troubles}")
        except (Failure, BrowserError, AssertionError) as failure:
            page.screenshot(path=chosen.out / "failure.png", full_page=True)
            print(f"FAIL {failure}", flush=True)
            return 1
        finally:
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
