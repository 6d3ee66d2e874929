// The screen of the kiosk: it shows the value that the kiosk sends and says what was touched. It decides nothing.

import { element, icon } from "./elements.js";
import { Line } from "./socket.js";
import { Stage } from "./stage.js";
import { listen } from "./touch.js";
import { Words, languages } from "./words.js";

/** Loads the words, opens the line, and from then on follows the kiosk. */
export async function start() {
    const kiosk = document.getElementById("kiosk");
    const overlay = document.getElementById("overlay");
    const words = await Words.load();
    fillOverlay(overlay, words);

    const stage = new Stage(kiosk, words);
    const line = new Line(socketAddress(), {
        onValue: (value) => {
            kiosk.inert = false;
            stage.show(value);
            overlay.hidden = true;
            afterPaint(() => {
                // A value that was replaced before it reached the glass has not been shown.
                if (stage.value === value) line.send({ visit: value.visit, revision: value.revision, rendered: true });
            });
        },
        onDown: () => {
            kiosk.inert = true;
            overlay.hidden = false;
        },
    });
    listen(kiosk, (button) => {
        const { touch: kind, value } = button.dataset;
        if (kind === undefined) {
            button.dispatchEvent(new CustomEvent("pressed"));
            return;
        }
        const { visit, revision } = stage.value;
        line.send({ visit, revision, touch: value === undefined ? { kind } : { kind, value } });
    });
    line.open();
}

function socketAddress() {
    const address = new URL("/screen/socket", location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    return address;
}

/** Nobody knows who stands there when the kiosk is away, so the overlay speaks every language. */
function fillOverlay(overlay, words) {
    const lines = languages.map((language) => {
        const say = words.speaker(language);
        return element(
            "div", { lang: language, class: "overlay-words" },
            element("p", { class: "overlay-title", text: say("away.title") }), element("p", { text: say("away.text") }));
    });
    overlay.replaceChildren(icon("hourglass"), ...lines);
}

/** Two frames: the first one takes the change in, the second begins when the first is on its way to the glass. */
function afterPaint(action) {
    requestAnimationFrame(() => requestAnimationFrame(action));
}
