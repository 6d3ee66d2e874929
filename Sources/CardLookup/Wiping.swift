public import Foundation
import Glibc

extension Data {
    /// Zeroes the octets where they are. Of use only where nobody else holds them: right behind the call that made them.
    public mutating func wipe() {
        withUnsafeMutableBytes { $0.wipe() }
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Zeroes the octets; the optimiser does not take it for dead work.
    public func wipe() {
        if let baseAddress { explicit_bzero(baseAddress, count) }
    }
}
