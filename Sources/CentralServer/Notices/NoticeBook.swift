import Enrolment
import Foundation
public import KioskCore
import LocalFiles
import SyncProtocol

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

        public init() {}
    }

    /// By ``NoticeScope/description``; none without orders.
    public private(set) var orders: [String: Orders] = [:]

    public init() {}

    public init(from decoder: any Decoder) throws { orders = try [String: Orders](from: decoder) }
    public func encode(to encoder: any Encoder) throws { try orders.encode(to: encoder) }

    public subscript(scope: NoticeScope) -> Orders {
        get { orders[scope.description] ?? Orders() }
        set { orders[scope.description] = newValue == Orders() ? nil : newValue }
    }

    /// What stands for a kiosk.
    func orders(for name: DeviceName) -> Orders {
        let (site, own) = (orders[name.site.rawValue] ?? Orders(), orders["\(name)"] ?? Orders())
        var both = Orders()
        both.emergency = own.emergency ?? site.emergency
        both.bundle = own.bundle ?? site.bundle
        both.renewal = [own.renewal, site.renewal].compactMap(\.self).max()
        return both
    }

    /// Reads the book of the store in `directory`; an empty one where there is none.
    public static func load(directory: String) throws(StoreError) -> NoticeBook {
        let path = StoreFolder(path: directory).notices
        guard FileManager.default.fileExists(atPath: path) else { return NoticeBook() }
        do {
            return try JSONDecoder().decode(NoticeBook.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw StoreError(.corrupted, "\(path) cannot be read (\(error)); mend it, or remove it and give the orders again")
        }
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
