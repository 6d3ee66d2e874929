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

    func add(_ group: ipp_tag_t, _ type: ipp_tag_t, _ name: String, _ values: String...) { add(group, type, name, values) }

    func add(_ group: ipp_tag_t, _ type: ipp_tag_t, _ name: String, _ values: [String]) {
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

    /// The attributes of each job, printer or other thing that `group` describes, copied out of the message.
    func groups(_ group: ipp_tag_t) -> [[String: IPPValue]] {
        var groups: [[String: IPPValue]] = []
        var isInGroup = false
        var attribute = ippFirstAttribute(pointer)
        while let current = attribute {
            // A separator between two groups has no name.
            if ippGetGroupTag(current) == group, let name = ippGetName(current) {
                if !isInGroup { groups.append([:]) }
                isInGroup = true
                groups[groups.count - 1][String(cString: name)] = IPPValue(current)
            } else {
                isInGroup = false
            }
            attribute = ippNextAttribute(pointer)
        }
        return groups
    }

    /// A text of the operation group, such as `status-message`.
    func text(_ name: String) -> String? {
        ippFindAttribute(pointer, name, IPP_TAG_TEXT).flatMap { IPPValue($0).strings.first }
    }
}

/// What stood in one attribute; empty where it is of another type.
struct IPPValue {
    var strings: [String] = []
    var integers: [Int] = []

    fileprivate init(_ attribute: OpaquePointer) {
        for index in 0..<ippGetCount(attribute) {
            switch ippGetValueTag(attribute) {
            case IPP_TAG_INTEGER, IPP_TAG_ENUM: integers.append(Int(ippGetInteger(attribute, index)))
            case IPP_TAG_BOOLEAN: integers.append(Int(ippGetBoolean(attribute, index)))
            default: if let string = ippGetString(attribute, index, nil) { strings.append(String(cString: string)) }
            }
        }
    }
}
