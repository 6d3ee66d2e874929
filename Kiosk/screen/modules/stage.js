// The frame around every screen (head, notice, foot), and which view stands in it.

import { button, element, icon } from "./elements.js";
import { views } from "./views.js";
import { languages } from "./words.js";

/** How long a new screen ignores fingers, in milliseconds: a second, trembling tap was meant for the screen before. */
const settling = 300;

/** What makes two screens of one kind different ones; everything else changes within the screen. */
const identity = ["agency", "service", "number", "paper", "salinan", "canRetry"];

const steps = ["agency", "service", "check", "ticket"];

/** Draws screen values into `root`. */
export class Stage {
    /** The value on the screen. */
    value = null;
    #root;
    #words;
    #place = null;
    #view = null;
    #frame = null;
    #settled = 0;

    constructor(root, words) {
        this.#root = root;
        this.#words = words;
    }

    /**
     * Draws `value`. As long as visitor, language and place stay the same, the nodes stay too and
     * are updated, so that a finger on a button never loses it, and lists keep their position.
     */
    show(value) {
        const { screen, language, visit } = value;
        const view = views[screen.kind];
        if (!view) throw new Error(`no view for a screen of kind "${screen.kind}"; add it to views.js`);
        const place = JSON.stringify([visit, language, screen.kind, ...identity.map((part) => screen[part] ?? null)]);
        this.value = value;
        if (place !== this.#place) this.#build(view, value);
        this.#place = place;
        this.#view.update?.(value);
        this.#frame.notice(view.tellsNotice ? null : value.notice);
        this.#frame.remark(value.remark ?? null);
        this.#root.dataset.revision = value.revision;
    }

    #build(view, value) {
        const say = this.#words.speaker(value.language);
        const { kind } = value.screen;
        this.#view = view.build(value.screen, say, (language) => this.#words.speaker(language));
        this.#frame = frame(view, this.#view.nodes, value.language, say);
        document.documentElement.lang = value.language;
        document.title = say("brand");
        this.#root.dataset.screen = kind;
        this.#root.replaceChildren(...this.#frame.nodes);
        this.#root.querySelector("h1")?.focus({ preventScroll: true });
        this.#settle();
    }

    #settle() {
        clearTimeout(this.#settled);
        this.#root.classList.add("settling");
        this.#settled = setTimeout(() => this.#root.classList.remove("settling"), settling);
    }
}

function frame(view, nodes, language, say) {
    if (view.bare) {
        return { nodes: [element("main", { class: `view view-${view.layout}`, role: "alert" }, ...nodes)], notice() {}, remark() {} };
    }
    const notice = element("p", { class: "notice", testid: "notice", role: "status", hidden: true });
    const remark = element("p", { class: "remark", testid: "remark", role: "status", hidden: true });
    const back = view.back ? button({ label: say("back"), icon: "back", class: "back", testid: "back", touch: "back" }) : null;
    return {
        nodes: [
            element(
                "header", { class: "head" },
                element("div", { class: "brand" }, icon("building"), element("span", { text: say("brand") })),
                view.step ? stepBar(view.step, say) : null),
            languageSwitch(language, say),
            notice,
            remark,
            element("main", { class: `view view-${view.layout}` }, ...nodes),
            element("footer", { class: "foot" }, back, exitButton(view.exit, say)),
        ],
        notice(value) {
            notice.hidden = !value;
            notice.replaceChildren(...(value ? [icon("warning"), element("span", { text: value.text })] : []));
        },
        remark(code) {
            remark.hidden = code === null;
            const picture = code?.startsWith("code") ? "code" : "card";
            remark.replaceChildren(...(code ? [icon(picture), element("span", { text: say(`remark.${code}`) })] : []));
        },
    };
}

/** The way out stands in one place; it is called cancelling only while there is something to cancel. */
function exitButton(exit, say) {
    switch (exit) {
    case "cancel": return button({ label: say("cancel"), icon: "cross", class: "exit cancel", testid: "cancel", touch: "cancel" });
    case "done": return button({ label: say("done"), icon: "check", class: "exit primary", testid: "done", touch: "done" });
    case "finish": return button({ label: say("done"), icon: "check", class: "exit", testid: "done", touch: "done" });
    case "leave": return button({ label: say("printing.leave"), class: "exit leave", testid: "done", touch: "done" });
    case null: return null;
    default: throw new Error(`unknown way out "${exit}"`);
    }
}

function languageSwitch(current, say) {
    return element(
        "div", { class: "languages", role: "group", "aria-label": say("language") },
        ...languages.map((language) => button({
            label: say(`language.${language}`), testid: `language-${language}`, lang: language,
            touch: "language", value: language, "aria-pressed": String(language === current),
        })));
}

function stepBar(current, say) {
    const reached = steps.indexOf(current);
    return element(
        "ol", { class: "steps", "aria-label": say("steps") },
        ...steps.map((step, index) => element(
            "li", { class: index < reached ? "past" : index === reached ? "now" : "ahead", "aria-current": index === reached ? "step" : null },
            element("span", { class: "step-mark" }, index < reached ? icon("check") : String(index + 1)),
            element("span", { class: "step-name", text: say(`step.${step}`) }))));
}
