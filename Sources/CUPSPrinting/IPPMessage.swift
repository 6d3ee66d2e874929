import CCUPS

/// An IPP request or response, freed exactly once.
struct IPPMessage: ~Copyable {
    let pointer: OpaquePointer

    /// A request for the queue.
    init(_ operation: ipp_op_t, queue: String, user: String) {
        pointer = ippNewRequest(operation)
        add(IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", "ipp://localhost/printers/\(queue)")
        add(IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", user)
    }

    /// Takes over the duty to free `pointer`.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { ippDelete(pointer) }

    func add(_ group: ipp_tag_t, _ type: ipp_tag_t, _ name: String, _ values: String...) {
        var attribute: OpaquePointer?
        for (index, value) in values.enumerated() {
            if index == 0 {
                attribute = ippAddString(pointer, group, type, name, nil, value)
            } else {
                ippSetString(pointer, &attribute, CInt(index), value)
            }
        }
    }

    func add(_ group: ipp_tag_t, integer value: Int, _ name: String) {
        ippAddInteger(pointer, group, IPP_TAG_INTEGER, name, CInt(value))
    }

    func add(_ group: ipp_tag_t, enumeration value: ipp_pstate_t, _ name: String) {
        ippAddInteger(pointer, group, IPP_TAG_ENUM, name, CInt(value.rawValue))
    }

    func add(_ group: ipp_tag_t, boolean value: Bool, _ name: String) {
        ippAddBoolean(pointer, group, name, value ? 1 : 0)
    }

    /// The attributes of each job, printer or other thing that `group` describes.
    func groups(_ group: ipp_tag_t) -> [[String: OpaquePointer]] {
        var groups: [[String: OpaquePointer]] = []
        var isInGroup = false
        var attribute = ippFirstAttribute(pointer)
        while let current = attribute {
            // A separator between two groups has no name.
            if ippGetGroupTag(current) == group, let name = ippGetName(current) {
                if !isInGroup { groups.append([:]) }
                isInGroup = true
                groups[groups.count - 1][String(cString: name)] = current
            } else {
                isInGroup = false
            }
            attribute = ippNextAttribute(pointer)
        }
        return groups
    }

    static func string(_ attribute: OpaquePointer?) -> String? {
        attribute.flatMap { ippGetString($0, 0, nil) }.map { String(cString: $0) }
    }

    static func strings(_ attribute: OpaquePointer?) -> [String] {
        guard let attribute else { return [] }
        return (0..<ippGetCount(attribute)).compactMap { ippGetString(attribute, $0, nil) }.map { String(cString: $0) }
    }

    static func integer(_ attribute: OpaquePointer?) -> Int? {
        attribute.map { Int(ippGetInteger($0, 0)) }
    }
}
