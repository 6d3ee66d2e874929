"""What every screen of the kiosk must hold, whoever stands before it."""

import json
import re
from pathlib import Path

# A 24-inch screen of 1920 × 1080 has 91.8 px an inch: 2 cm are 72.3 px.
SMALLEST_TARGET = 73
SMALLEST_TEXT = 24
LOWEST_CONTRAST = 7.0

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent.parent / "Kiosk" / "screen"
MEASURE = (HERE / "measure.js").read_text(encoding="utf-8")


class Failure(Exception):
    """A check that did not hold, as a sentence."""


def passed(check):
    print(f"ok   {check}", flush=True)


def demand(condition, sentence):
    if not condition:
        raise Failure(sentence)


def words():
    """The words of the page by language, proven to say the same things."""
    tables = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((PAGE / "strings").glob("*.json"))}
    demand(set(tables) == {"id", "en"}, f"strings/ holds {sorted(tables)}; it must hold id.json and en.json")
    sources = "\n".join(path.read_text(encoding="utf-8") for path in sorted((PAGE / "modules").glob("*.js")))
    used = set(re.findall(r'say\("([\w.]+)"', sources)) | set(re.findall(r'"((?:ticket)\.\w+)"', sources))
    families = set(re.findall(r"say\(`([\w]+\.)\$\{", sources))
    for language, table in tables.items():
        other = tables["en" if language == "id" else "id"]
        missing = sorted(set(other) - set(table))
        demand(not missing, f"strings/{language}.json lacks {missing}; the other language has them")
        demand(all(text.strip() for text in table.values()), f"strings/{language}.json has an empty text")
        lacking = sorted(used - set(table))
        demand(not lacking, f"strings/{language}.json lacks {lacking}, which the page says")
        idle = sorted(key for key in table if key not in used and not any(key.startswith(family) for family in families))
        demand(not idle, f"strings/{language}.json has {idle}, which the page never says; remove them")
        for key, text in table.items():
            names = re.findall(r"\{(\w+)\}", text)
            demand(
                sorted(names) == sorted(re.findall(r"\{(\w+)\}", other[key])),
                f"“{key}” fills in {names} in {language}.json, but other values in the other language")
    passed(f"words: id and en have the same {len(tables['id'])} keys, all of them used")
    return tables


def measure(page):
    """What is on the screen now, taken in one go."""
    while True:
        page.locator("#kiosk:not(.settling)").wait_for(state="attached")
        seen = page.evaluate(MEASURE)
        # The kiosk may have gone on in between; a screen that just appeared lets no finger through yet.
        if seen["isSettled"]:
            return seen


def check_screen(seen, tables, name):
    """Proves one measurement; `name` says which screen in a failure."""
    _check_targets(seen, name)
    _check_texts(seen, name)
    _check_language(seen, tables, name)
    demand(not seen["overflows"], f"{name}: {seen['overflows']} are wider than their place, so something scrolls or is cut sideways")
    demand(seen["hasHeading"], f"{name}: there is not exactly one heading; a screen reader would not know what to say")
    smallest = min((min(t["box"]["width"], t["box"]["height"]) for t in seen["targets"]), default=0)
    text = min(t["size"] for t in seen["texts"])
    contrast = min(t["contrast"] for t in seen["texts"])
    passed(f"{name}: {len(seen['targets'])} targets ≥ {smallest:.0f} px, text ≥ {text:.0f} px, contrast ≥ {contrast:.1f}, nothing cut")


def _check_targets(seen, name):
    targets = seen["targets"]
    for target in targets:
        box, label = target["box"], f"{name}: the target {target['name']}"
        demand(
            box["width"] >= SMALLEST_TARGET and box["height"] >= SMALLEST_TARGET,
            f"{label} is {box['width']:.0f} × {box['height']:.0f} px, less than 2 cm ({SMALLEST_TARGET} px)")
        demand(target["label"] != "", f"{label} has no words for a screen reader")
        demand(
            box["left"] >= 0 and box["right"] <= seen["width"] and (target["inList"] or (box["top"] >= 0 and box["bottom"] <= seen["height"])),
            f"{label} is not wholly on the screen: {box}")
        demand(
            not seen["isPortrait"] or target["isScrolledAway"] or box["top"] >= seen["height"] / 3 - 1,
            f"{label} stands in the upper third, out of reach from a wheelchair")
    shown = [target for target in targets if not target["isScrolledAway"]]
    for index, one in enumerate(shown):
        for other in shown[index + 1:]:
            demand(not _overlap(one["box"], other["box"]), f"{name}: the targets {one['name']} and {other['name']} overlap")


def _overlap(a, b):
    return a["left"] < b["right"] and b["left"] < a["right"] and a["top"] < b["bottom"] and b["top"] < a["bottom"]


def _check_texts(seen, name):
    demand(seen["texts"], f"{name}: there is no text")
    for text in seen["texts"]:
        label = f"{name}: “{text['text']}”"
        demand(text["size"] >= SMALLEST_TEXT, f"{label} is {text['size']} px large, under {SMALLEST_TEXT}")
        demand(text["contrast"] >= LOWEST_CONTRAST, f"{label} has a contrast of {text['contrast']:.2f}, under {LOWEST_CONTRAST}")
        demand(not text["isCovered"], f"{label} is covered by something")
        demand(not text["isCut"], f"{label} runs out of its place")
        box = text["box"]
        demand(
            box["left"] >= 0 and box["right"] <= seen["width"] and box["top"] >= 0 and box["bottom"] <= seen["height"],
            f"{label} is not wholly on the screen: {box}")


def _check_language(seen, tables, name):
    language = seen["language"]
    foreign = set(tables["id" if language == "en" else "en"].values()) - set(tables[language].values())
    for text in seen["texts"]:
        demand("⟦" not in text["text"], f"{name}: {text['text']} has no words in strings/{language}.json")
        if text["lang"] == language:
            demand(text["text"] not in foreign, f"{name}: “{text['text']}” is not {language}")


class Watch:
    """Listens to everything the page says beside the screen: errors, requests, frames."""

    def __init__(self, page, origin):
        self.origin = origin
        self.received = []
        self.sent = []
        self.outages = 0
        self.errors = []
        self._foreign = []
        page.on("console", lambda message: self._console(message))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self._request(request.url))
        page.on("websocket", self._websocket)

    def _console(self, message):
        if message.type == "error" and not (self.outages and message.text.startswith("WebSocket connection to")):
            self.errors.append(message.text)

    def _request(self, url):
        if url != self.origin and not url.startswith(self.origin + "/"):
            self._foreign.append(url)

    def _websocket(self, socket):
        if not socket.url.startswith("ws" + self.origin.removeprefix("http") + "/"):
            self._foreign.append(socket.url)
        socket.on("framereceived", lambda data: self.received.append(data))
        socket.on("framesent", lambda data: self.sent.append(data))

    def screens(self):
        """The kinds of screen that arrived, in order, each run of one kind once."""
        kinds = []
        for frame in self.received:
            kind = json.loads(frame)["screen"]["kind"]
            if kinds[-1:] != [kind]:
                kinds.append(kind)
        return kinds

    def drawn(self):
        """The kinds of screen that the page has reported as drawn."""
        values = [json.loads(frame) for frame in self.received]
        kinds = {(value["visit"], value["revision"]): value["screen"]["kind"] for value in values}
        reports = [json.loads(frame) for frame in self.sent]
        return [kinds[(report["visit"], report["revision"])] for report in reports if report.get("rendered")]

    def check_quiet(self):
        demand(not self.errors, f"the page reported errors: {self.errors}")
        passed("no error in the page or its console")
        demand(not self._foreign, f"the page asked beyond its own origin: {self._foreign}")
        passed(f"no request beyond {self.origin}")

    def check_private(self, nik):
        """No six digits in a row of the NIK ever came from the kiosk."""
        demand(self.received, "no frame arrived from the kiosk")
        for frame in self.received:
            value = json.loads(frame)
            told = json.dumps([value["screen"], value.get("notice")])
            demand(not holds_piece(told, nik), f"the kiosk sent digits of the NIK in a screen of kind {value['screen']['kind']}")
        passed(f"no digits of the NIK in {len(self.received)} frames from the kiosk")


def holds_piece(text, nik):
    """Whether six digits in a row of `nik` stand in `text`."""
    return any(nik[at:at + 6] in text for at in range(len(nik) - 5))
