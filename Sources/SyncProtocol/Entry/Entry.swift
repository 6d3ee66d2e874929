/// One entry as it is stored and shipped: these very octets, never encoded again.
public struct Entry: Hashable, Sendable {
    public let header: EntryHeader
    /// ``EntryHeader/octets``: what is hashed, stored and shipped.
    public let headerOctets: [UInt8]
    /// Compact JSON; it holds no personal data.
    public let body: [UInt8]
    /// The personal part, if there is one.
    public let sealed: SealedPart?

    /// Puts together parts that were read from a store or a wire; ``damage(_:)`` tells whether they belong together.
    public init(header: EntryHeader, body: [UInt8], sealed: SealedPart?) {
        self.init(header: header, headerOctets: header.octets, body: body, sealed: sealed)
    }

    private init(header: EntryHeader, headerOctets: [UInt8], body: [UInt8], sealed: SealedPart?) {
        self.header = header
        self.headerOctets = headerOctets
        self.body = body
        self.sealed = sealed
    }

    /// The same with a header that was stored.
    public init(decodingHeader octets: [UInt8], body: [UInt8], sealed: SealedPart?) throws(EntryError) {
        // A header has exactly one encoding: what was read is what it would be encoded to.
        self.init(header: try EntryHeader(decoding: octets), headerOctets: octets, body: body, sealed: sealed)
    }

    /// What the next entry of the chain names as its predecessor: the SHA-256 of the header's 336 octets.
    ///
    /// The header holds the hashes of all parts, so this stands for the whole entry, also after a data key was destroyed.
    public func chainHash(_ sha256: EntryHasher) -> EntryHash { sha256(headerOctets) }

    /// The first part whose octets are not those that the header was made for; `nil` when all are.
    /// A destroyed data key is no damage.
    public func damage(_ sha256: EntryHasher) -> EntryField? {
        guard matches(body, header.body, sha256) else { return .body }
        switch (sealed, header.sealed) {
        case (nil, nil): return nil
        case (nil, .some), (.some, nil): return .sealedPart
        case (let sealed?, let digest?):
            guard matches(sealed.ciphertext, digest.ciphertext, sha256) else { return .sealedPart }
            if let key = sealed.wrappedKey, sha256(key) != digest.wrappedKey { return .wrappedKey }
            return nil
        }
    }

    private func matches(_ octets: [UInt8], _ part: EntryPart, _ sha256: EntryHasher) -> Bool {
        octets.count == Int(part.length) && sha256(octets) == part.hash
    }
}

/// Personal data that only the centre can read.
public struct SealedPart: Hashable, Sendable {
    public var ciphertext: [UInt8]
    /// The data key, wrapped to the centre's public key; `nil` once it was destroyed to erase the person.
    public var wrappedKey: [UInt8]?

    public init(ciphertext: [UInt8], wrappedKey: [UInt8]?) {
        self.ciphertext = ciphertext
        self.wrappedKey = wrappedKey
    }
}

// MARK: - The shipped form

extension Entry {
    /// Header, body, sealed part and wrapped key, each behind its length in four octets, big-endian; a missing part is empty.
    public var octets: [UInt8] {
        let parts = [headerOctets, body, sealed?.ciphertext ?? [], sealed?.wrappedKey ?? []]
        var writer = OctetWriter(capacity: parts.reduce(0) { $0 + 4 + $1.count })
        for part in parts { writer.put(prefixed: part) }
        return writer.octets
    }

    /// Reads an entry whose personal part its kiosk has let go of; nil of any other octets.
    init?(relieved octets: [UInt8]) {
        var reader = OctetReader(octets)
        guard let header = try? reader.prefixed(), let body = try? reader.prefixed(), let ciphertext = try? reader.prefixed(),
            let wrappedKey = try? reader.prefixed(), (try? reader.end()) != nil, ciphertext.isEmpty, wrappedKey.isEmpty,
            let entry = try? Entry(decodingHeader: header, body: body, sealed: nil), entry.header.sealed != nil
        else { return nil }
        self = entry
    }

    /// Reads one entry that takes up all the octets.
    public init(decoding octets: [UInt8]) throws(EntryError) {
        var reader = OctetReader(octets)
        let headerOctets = try reader.prefixed()
        let header = try EntryHeader(decoding: headerOctets)
        let body = try reader.prefixed()
        let ciphertext = try reader.prefixed()
        let wrappedKey = try reader.prefixed()
        try reader.end()
        guard ciphertext.isEmpty == (header.sealed == nil) else { throw .invalid(.sealedPart) }
        guard !ciphertext.isEmpty || wrappedKey.isEmpty else { throw .invalid(.wrappedKey) }
        let sealed = SealedPart(ciphertext: ciphertext, wrappedKey: wrappedKey.isEmpty ? nil : wrappedKey)
        self.init(header: header, headerOctets: headerOctets, body: body, sealed: ciphertext.isEmpty ? nil : sealed)
    }
}
