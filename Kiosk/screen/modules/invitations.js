// What else than touching is possible: a card on the reader, a code before the scanner.

import { element, icon } from "./elements.js";

/** What each invitation looks like, in the order in which they stand. */
const pictures = { verifier: "card", card: "card", code: "code" };

/** A list that says what readers and scanners are ready for; empty, and not there, where they are not. */
export function invitations(place, say) {
    const node = element("ul", { class: "invitations", testid: "invitations", hidden: true });
    return {
        node,
        update({ invitations: open }) {
            // A code chooses the service: at the keypad that has been done.
            const kinds = Object.keys(pictures).filter((kind) => open.includes(kind) && !(place === "identify" && kind === "code"));
            node.hidden = kinds.length === 0;
            node.replaceChildren(...kinds.map((kind) => element(
                "li", { testid: `invitation-${kind}` }, icon(pictures[kind]),
                element("span", { text: place === "identify" ? say(`identify.${kind}`) : say(`greeting.${kind}`) }))));
        },
    };
}
