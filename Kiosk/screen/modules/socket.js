// The line to the kiosk process.

const shortestWait = 250;
const longestWait = 2000;
const longestSilence = 3000;

/** Keeps a WebSocket to the kiosk open for ever; `onValue` gets each screen value, `onDown` each loss. */
export class Line {
    #address;
    #onValue;
    #onDown;
    #socket = null;
    #wait = shortestWait;

    constructor(address, { onValue, onDown }) {
        this.#address = address;
        this.#onValue = onValue;
        this.#onDown = onDown;
    }

    open() {
        const socket = new WebSocket(this.#address);
        this.#socket = socket;
        // A kiosk shows its screen at once: a line on which none arrives is dead, and nothing else would end it.
        const silence = setTimeout(() => socket.close(), longestSilence);
        socket.addEventListener("message", (event) => {
            clearTimeout(silence);
            // Only a kiosk that speaks is up again; one that merely accepts may be dying.
            this.#wait = shortestWait;
            this.#onValue(JSON.parse(event.data));
        });
        socket.addEventListener("close", () => {
            clearTimeout(silence);
            this.#socket = null;
            this.#onDown();
            setTimeout(() => this.open(), this.#wait);
            this.#wait = Math.min(this.#wait * 2, longestWait);
        });
    }

    /** Sends `message` now or never: what was touched on a lost screen must not arrive on a later one. */
    send(message) {
        if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
    }
}
