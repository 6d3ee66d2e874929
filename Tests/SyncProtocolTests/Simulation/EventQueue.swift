/// What happens next; of two at one time the one that was planned first.
struct EventQueue<Event> {
    private var heap: [(time: Int, order: Int, event: Event)] = []
    private var order = 0

    mutating func add(_ event: Event, at time: Int) {
        order += 1
        heap.append((time, order, event))
        var child = heap.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func next() -> (Int, Event)? {
        guard !heap.isEmpty else { return nil }
        heap.swapAt(0, heap.count - 1)
        let first = heap.removeLast()
        var parent = 0
        while 2 * parent + 1 < heap.count {
            let (left, right) = (2 * parent + 1, 2 * parent + 2)
            let least = right < heap.count && isBefore(right, left) ? right : left
            guard isBefore(least, parent) else { break }
            heap.swapAt(parent, least)
            parent = least
        }
        return (first.time, first.event)
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool { (heap[left].time, heap[left].order) < (heap[right].time, heap[right].order) }
}
