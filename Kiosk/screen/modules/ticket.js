// The screens that bear a number.

import { button, element, heading, icon, name } from "./elements.js";

/** The number, as large as the screen lets it be, and whose it is. */
export function numberCard(screen, say) {
    const number = element("p", { class: "number", testid: "number", text: screen.number });
    // The size follows from the width, so a long number gets smaller instead of breaking.
    number.style.setProperty("--characters", String([...screen.number].length));
    return element(
        "section", { class: "card" },
        element("p", { class: "caption", text: say("number") }), number,
        screen.service ? name("p", screen.service.name, "card-service") : null,
        screen.agency ? name("p", screen.agency.name, "card-agency") : null);
}

const printing = {
    layout: "ticket", step: "ticket", back: false, exit: "leave",
    build: (screen, say) => ({
        nodes: [
            element("div", { class: "ask" }, heading(say("printing.title")), element("p", { class: "lead", text: say("printing.text") })),
            element("div", { class: "act" }, numberCard(screen, say), icon("slot")),
        ],
    }),
};

const trouble = {
    layout: "ticket", step: "ticket", back: false, exit: "leave", tellsNotice: true,
    build(screen, say) {
        const reason = element("span");
        return {
            nodes: [
                element(
                    "div", { class: "ask" }, heading(say("trouble.title")),
                    element("p", { class: "notice", testid: "notice", role: "status" }, icon("warning"), reason)),
                element(
                    "div", { class: "act" }, numberCard(screen, say),
                    element(
                        "ul", { class: "advice" },
                        element("li", {}, icon("check"), element("span", { text: say("trouble.text") })),
                        element("li", {}, icon("hourglass"), element("span", { text: say("trouble.wait") })),
                        element("li", {}, icon("camera"), element("span", { text: say("trouble.leave") })))),
            ],
            update({ notice }) {
                reason.textContent = notice ? notice.text : "";
            },
        };
    },
};

const askPaper = {
    layout: "ticket", step: "ticket", back: false, exit: "finish",
    build: (screen, say) => ({
        nodes: [
            element("div", { class: "ask" }, heading(say("ask.title")), element("p", { class: "lead", text: say("ask.text") })),
            element(
                "div", { class: "act" }, numberCard(screen, say),
                element(
                    "div", { class: "answers" },
                    button({ label: say("ask.yes"), icon: "check", class: "primary", testid: "yes", touch: "yes" }),
                    button({ label: say("ask.no"), icon: "cross", class: "no", testid: "no", touch: "no" }))),
        ],
    }),
};

const ticket = {
    layout: "ticket", step: "ticket", back: false, exit: "done",
    build: (screen, say) => ({
        nodes: [
            element("div", { class: "ask" }, ...(screen.paper === "none" ? withoutPaper(say) : withPaper(screen, say))),
            element(
                "div", { class: "act" }, numberCard(screen, say),
                element(
                    "div", { class: "after" },
                    icon(screen.paper === "none" ? "camera" : "slot"),
                    screen.canRetry
                        ? button({ label: say("ticket.retry"), icon: "ticket", class: "retry", testid: "retry", touch: "retry" })
                        : null)),
        ],
    }),
};

function withPaper(screen, say) {
    // Only "printed" means that the printer itself has said so.
    const second = screen.paper === "printed" ? "ticket.wait" : "ticket.missing";
    return [
        heading(say("ticket.title")), element("p", { class: "lead", text: say("ticket.slot") }),
        element("p", { text: say(second) }),
        ...(screen.salinan ? [element("p", { class: "salinan", text: say("ticket.salinan") })] : []),
    ];
}

function withoutPaper(say) {
    return [
        heading(say("ticket.noneTitle")), element("p", { class: "lead", text: say("ticket.noneText") }),
        element("p", { text: say("ticket.wait") }),
    ];
}

/** Views by kind, see views.js. */
export const ticketViews = { printing, trouble, askPaper, ticket };
