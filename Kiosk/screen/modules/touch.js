// From fingers to touches.

/**
 * Calls `activate(button)` when a button is touched.
 *
 * Not by `click`: a click needs a finger that stays within a few millimetres and lifts soon, which an
 * unsteady hand can't do. Here a button counts when the finger comes down and lifts on it; a finger that
 * scrolls a list cancels itself. Keyboards and assistive tools still arrive as a click without a pointer.
 */
export function listen(root, activate) {
    const pressed = new Map();
    const buttonOf = (node) => (node instanceof Element ? node.closest("button:not(:disabled)") : null);

    root.addEventListener("pointerdown", (event) => {
        pressed.set(event.pointerId, buttonOf(event.target));
    });
    root.addEventListener("pointercancel", (event) => {
        pressed.delete(event.pointerId);
    });
    root.addEventListener("pointerup", (event) => {
        const down = pressed.get(event.pointerId);
        pressed.delete(event.pointerId);
        // A touch keeps its first target for life; where it lifts has to be looked up.
        const up = buttonOf(document.elementFromPoint(event.clientX, event.clientY));
        if (down && down === up) activate(down);
    });
    root.addEventListener("click", (event) => {
        const target = buttonOf(event.target);
        if (target && event.detail === 0) activate(target);
    });
    // A long press is a slow press, not a menu.
    root.addEventListener("contextmenu", (event) => event.preventDefault());
    root.addEventListener("dragstart", (event) => event.preventDefault());
}
