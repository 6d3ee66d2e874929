import Testing

@testable import DeviceLines

@Suite struct OutboxTests {
    @Test func bytesLeaveInOrderAndOnlyOnce() {
        var outbox = Outbox<Int>()
        outbox.append([1, 2, 3])
        outbox.append([4, 5])
        #expect(outbox.next(4) == [1, 2, 3, 4])
        outbox.take(2)
        #expect(outbox.next(4) == [3, 4, 5])
        outbox.take(3)
        #expect(outbox.next(4).isEmpty && outbox.count == 0)
    }

    @Test func aMarkIsDueOnceEverythingBeforeItHasLeft() {
        var outbox = Outbox<Int>()
        outbox.append([1, 2])
        outbox.append(mark: 1)
        outbox.append([3])
        outbox.append(mark: 2)
        #expect(!outbox.hasDueMarks)
        outbox.take(1)
        #expect(outbox.takeDueMarks() == [])
        outbox.take(1)
        #expect(outbox.hasDueMarks && outbox.takeDueMarks() == [1])
        outbox.take(1)
        #expect(outbox.takeDueMarks() == [2] && !outbox.hasDueMarks)
    }

    @Test func aMarkWithNothingBeforeItIsDueAtOnce() {
        var outbox = Outbox<Int>()
        outbox.append(mark: 7)
        #expect(outbox.hasDueMarks && outbox.takeDueMarks() == [7])
    }

    @Test func muchThatHasLeftIsForgotten() {
        var outbox = Outbox<Int>()
        outbox.append([UInt8](repeating: 1, count: 100_000) + [2])
        outbox.append(mark: 1)
        while outbox.count > 0 { outbox.take(outbox.next(4096).count) }
        #expect(outbox.takeDueMarks() == [1])
        outbox.append([3])
        #expect(outbox.next(10) == [3])
    }
}
