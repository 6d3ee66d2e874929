import Enrolment
import Foundation
public import KioskCore
import LocalFiles
public import SyncProtocol

/// Whom an order is for: every kiosk of a site, or one.
public struct NoticeScope: Hashable, Sendable, CustomStringConvertible {
    public var site: SiteID
    /// nil: every one.
    public var kiosk: KioskID?

    /// Reads `SITE` or `SITE/KIOSK`.
    public init?(_ text: String) {
        if let name = DeviceName(text) {
            (site, kiosk) = (name.site, name.kiosk)
        } else if let site = SiteID(text) {
            self.site = site
        } else {
            return nil
        }
    }

    public var description: String { kiosk.map { "\(site)/\($0)" } ?? site.rawValue }
}

/// What a centre's people want its kiosks to know: the file `notices.json` in the store's folder, whole or not there at all.
///
/// It is no part of the store, so that the commands of `anjungan-central notice` may write it while a centre runs.
public struct NoticeBook: Hashable, Sendable, Codable {
    /// What stands for a site or for one kiosk. One kiosk's comes before its site's.
    public struct Orders: Hashable, Sendable, Codable {
        public var emergency: Emergency?
        /// The SHA-256 of the site bundle to run.
        public var bundle: String?
        /// Device keys from before this time are to be changed, in milliseconds since 1970.
        public var renewal: Int64?
        /// Of emergencies of the centre above that were ended here, ``Emergency/since``.
        public var lifted: [Int64]?

        public init() {}
    }

    /// By ``NoticeScope/description``; none without orders.
    public private(set) var orders: [String: Orders] = [:]
    /// What the centre above says, by site; see ``load(directory:)``. No part of the book's own file.
    public internal(set) var above: [String: Notices] = [:]

    public init() {}

    public init(from decoder: any Decoder) throws { orders = try [String: Orders](from: decoder) }
    public func encode(to encoder: any Encoder) throws { try orders.encode(to: encoder) }

    public subscript(scope: NoticeScope) -> Orders {
        get { orders[scope.description] ?? Orders() }
        set { orders[scope.description] = newValue == Orders() ? nil : newValue }
    }

    /// What stands for a kiosk: the nearest word to it holds. First comes what was ordered here for this kiosk, then for its site, then what
    /// the centre above says to this kiosk, then to its site. So the end of one centre's emergency never ends the other's.
    /// New device keys are for each centre to order whose authority they are of.
    func orders(for name: DeviceName) -> Orders {
        let (own, site) = (orders["\(name)"] ?? Orders(), orders[name.site.rawValue] ?? Orders())
        let above = above[name.site.rawValue]
        let named = above?.kiosks?[name.kiosk.rawValue]
        var all = Orders()
        all.emergency = own.emergency ?? site.emergency ?? emergencyFromAbove(for: name)
        all.bundle = own.bundle ?? site.bundle ?? named?.bundle ?? above?.bundle
        all.renewal = [own.renewal, site.renewal].compactMap(\.self).max()
        return all
    }

    /// The emergency to which the centre above closes a kiosk, unless it was ended here.
    func emergencyFromAbove(for name: DeviceName) -> Emergency? {
        let above = above[name.site.rawValue]
        let lifted = orders[name.site.rawValue]?.lifted ?? []
        return [above?.kiosks?[name.kiosk.rawValue]?.emergency, above?.emergency].compactMap(\.self).first { !lifted.contains($0.since) }
    }

    /// The kiosks of a site that are told something of their own, for the centre below that passes it on to them.
    func kiosks(of site: SiteID) -> [String: KioskNotices]? {
        let ordered = orders.keys.compactMap { DeviceName($0) }.filter { $0.site == site && $0.kiosk.rawValue != DeviceName.forwarder }
        let names = Set(ordered.map(\.kiosk.rawValue)).union(above[site.rawValue]?.kiosks?.keys.map(\.self) ?? [])
        var kiosks: [String: KioskNotices] = [:]
        for name in names.compactMap({ DeviceName("\(site)/\($0)") }) {
            let orders = orders(for: name)
            let told = KioskNotices(emergency: orders.emergency, bundle: orders.bundle)
            if told != KioskNotices() { kiosks[name.kiosk.rawValue] = told }
        }
        return kiosks.isEmpty ? nil : kiosks
    }

    /// Ends here, and only here, what the centre above calls an emergency at a site and its kiosks now. Returns whether it called any.
    public mutating func lift(fromAbove site: SiteID) -> Bool {
        guard let called = above[site.rawValue]?.calls, !called.isEmpty else { return false }
        orders[site.rawValue, default: Orders()].lifted = called
        return true
    }

    /// Reads the book of the store in `directory`, and what the centre above said last; empty where there is nothing.
    public static func load(directory: String) throws(StoreError) -> NoticeBook {
        let folder = StoreFolder(path: directory)
        var book = try read(folder.notices, remedy: "mend it, or remove it and give the orders again") ?? NoticeBook()
        book.above = try read(folder.noticesFromAbove, remedy: "remove it; the centre above says it again") ?? [:]
        return book
    }

    private static func read<Value: Decodable>(_ path: String, remedy: String) throws(StoreError) -> Value? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            return try JSONDecoder().decode(Value.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw StoreError(.corrupted, "\(path) cannot be read (\(error)); \(remedy)")
        }
    }

    /// Keeps what the centre above says; when it returns, that is on the disk. The running centre alone may call it.
    static func keep(_ above: [String: Notices], in folder: StoreFolder) throws(FileFailure) {
        try WholeFile.write(json(above) + [0x0A], to: folder.noticesFromAbove, mode: 0o600)
    }

    /// A centre that is started without one above it is told nothing by any: what stood from there is over. Returns whether anything did.
    public static func forgetAbove(directory: String) throws(StoreError) -> Bool {
        guard try !load(directory: directory).above.isEmpty else { return false }
        try StoreError.of { () throws(FileFailure) in try keep([:], in: StoreFolder(path: directory)) }
        return true
    }

    /// Changes the book of the store in `directory`; when it returns, that is on the disk.
    public static func change(directory: String, _ body: (inout NoticeBook) throws -> Void) throws {
        let folder = StoreFolder(path: directory)
        try folder.make()
        let lock: FileLock
        do throws(FileLock.Refusal) {
            lock = try FileLock(folder.notices + ".lock")
        } catch {
            throw StoreError(.owned, "\(folder.notices) is being changed by another command (\(error)); try again")
        }
        defer { lock.release() }
        var book = try load(directory: directory)
        try body(&book)
        try StoreError.of { () throws(FileFailure) in try WholeFile.write(json(book) + [0x0A], to: folder.notices, mode: 0o600) }
    }
}

extension Notices {
    /// The emergencies that are called, of all kiosks or of one, by ``Emergency/since``.
    public var calls: [Int64] { Set(([emergency] + (kiosks?.values.map(\.emergency) ?? [])).compactMap { $0?.since }).sorted() }
}
