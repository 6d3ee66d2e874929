// What stands on each kind of screen.
//
// A view: `layout` (its arrangement in screens.css), `step` (of the step bar, or null), `back` (whether there is
// a way back), `exit` (the way out: see `exitButton` in stage.js), `tellsNotice` (it shows the notice itself), `bare`
// (it stands alone, without head and foot), and `build(screen, say, speak)` → { nodes, update(value)? };
// `speak(language)` gives the `say` of another language.

import { button, element, heading, icon, name } from "./elements.js";
import { keypad } from "./keypad.js";
import { invitations } from "./invitations.js";
import { choices } from "./list.js";
import { numberCard, ticketViews } from "./ticket.js";

const greeting = {
    layout: "greeting", step: null, back: false, exit: null,
    build: (screen, say) => {
        const others = invitations("greeting", say);
        return { update: others.update, nodes: [
            element(
                "div", { class: "ask" },
                element("p", { class: "welcome", text: say("greeting.welcome") }),
                heading(screen.mall, "id"),
                name("p", screen.city, "city"), name("p", screen.place, "place")),
            element(
                "div", { class: "act" },
                element("p", { class: "lead", text: say("greeting.text") }),
                button({ label: say("greeting.start"), icon: "hand", class: "primary start", testid: "start", touch: "start" }),
                others.node),
        ] };
    },
};

const agencies = {
    layout: "list", step: "agency", back: true, exit: "cancel",
    build: (screen, say) => choices(screen.items, "agency", say, [
        heading(say("agencies.title")), element("p", { text: say("agencies.text") }),
    ]),
};

const services = {
    layout: "list", step: "service", back: true, exit: "cancel",
    build: (screen, say) => choices(screen.items, "service", say, [
        heading(say("services.title")), name("p", screen.agency.name, "chosen"),
    ]),
};

const identify = { layout: "identify", step: "check", back: true, exit: "cancel", build: keypad };

/** As many dots as a NIK has digits: the page never gets any of them. */
const mask = [6, 6, 4].map((size) => "•".repeat(size)).join(" ");

const confirm = {
    layout: "confirm", step: "check", back: true, exit: "cancel",
    build: (screen, say) => ({
        nodes: [
            element("div", { class: "ask" }, heading(say("confirm.title"))),
            element(
                "div", { class: "act" },
                element(
                    "dl", { class: "summary" },
                    element("dt", { text: say("confirm.agency") }), name("dd", screen.agency.name),
                    element("dt", { text: say("confirm.service") }), name("dd", screen.service.name),
                    ...(screen.identified
                        ? [
                            element("dt", { text: say("confirm.nik") }),
                            element(
                                "dd", { class: "identified", testid: "identified" }, icon("check"),
                                element(
                                    "span", {},
                                    screen.method === "reference" ? null : element("span", { class: "mask", "aria-hidden": "true", text: mask }),
                                    element("span", { class: "method", text: say(`known.${screen.method}`) }))),
                        ]
                        : [])),
                button({ label: say("confirm.ok"), icon: "ticket", class: "primary", testid: "ok", touch: "ok" })),
        ],
    }),
};

const recording = {
    layout: "wait", step: "check", back: false, exit: "cancel",
    build: (screen, say) => ({
        nodes: [
            element("div", { class: "ask" }, heading(say("recording.title"))),
            element("div", { class: "act" }, icon("hourglass"), element("p", { class: "lead", text: say("recording.text") })),
        ],
    }),
};

const closing = {
    layout: "wait", step: "ticket", back: false, exit: null,
    build: (screen, say) => ({
        nodes: [
            element("div", { class: "ask" }, heading(say("closing.title"))),
            element(
                "div", { class: "act" },
                screen.number ? numberCard(screen, say) : null, element("p", { class: "lead", text: say("closing.text") })),
        ],
    }),
};

const closed = {
    layout: "closed", step: null, back: false, exit: null, tellsNotice: true,
    build(screen, say) {
        const reason = element("p", { class: "reason", testid: "notice" });
        return {
            nodes: [
                element("div", { class: "ask" }, icon("warning"), heading(say("closed.title")), reason),
                element("div", { class: "act" }, element("p", { class: "lead", text: say("closed.text") })),
            ],
            update({ notice }) {
                reason.textContent = notice ? notice.text : "";
            },
        };
    },
};

/** It speaks every language at once, like the overlay: nobody knows who stands there, and nothing can be touched. */
const emergency = {
    layout: "emergency", step: null, back: false, exit: null, bare: true,
    build: (screen, _, speak) => ({
        nodes: [
            icon("warning"),
            ...screen.words.map(({ language, text }, index) => {
                const say = speak(language);
                const title = index === 0 ? heading(say("emergency.title")) : element("p", { class: "emergency-title", text: say("emergency.title") });
                return element("div", { lang: language, class: "emergency-words" }, title, element("p", { class: "emergency-text", text }));
            }),
        ],
    }),
};

/** The view of each kind of screen. */
export const views = { greeting, agencies, services, identify, confirm, recording, closing, closed, emergency, ...ticketViews };
