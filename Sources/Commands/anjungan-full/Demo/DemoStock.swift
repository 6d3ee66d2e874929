import CUPSPrinting
import Foundation
import Logging
import ProjectFiles
import ServiceLifecycle
import Stage

/// The lane beside ours: a second emulated printer behind CUPS's own `socket` backend on a raw queue.
struct DemoStock: Sendable {
    /// The file of CUPS's `socket` backend.
    let backend: String
    let printerPort: Int
    let paperPort: Int

    static let queue = "stock"

    /// From Debian's package cups, installed, or as `setup.sh` unpacks it beside the build products.
    static func backend(_ folders: ProjectFolders) -> String? {
        let root = URL(fileURLWithPath: folders.kiosk).deletingLastPathComponent().path
        return ["", "\(root)/.build/cups"].map { "\($0)/usr/lib/cups/backend/socket" }.first { access($0, R_OK) == 0 }
    }
}

/// Makes the queue of the second lane once the scheduler answers.
struct StockQueueSetup: Service {
    let scheduler: PrivateScheduler
    let printerPort: Int

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await scheduler.addStockQueue(DemoStock.queue, deviceURI: "socket://127.0.0.1:\(printerPort)")
        }
        try? await gracefulShutdown()
    }
}
