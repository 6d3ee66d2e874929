extension Journal {
    /// Why no ticket would be accepted now; nil while there is room and the disk answers.
    public func refusal() -> JournalError? {
        do throws(JournalError) {
            try requireRoom()
            return nil
        } catch {
            return error
        }
    }
}
