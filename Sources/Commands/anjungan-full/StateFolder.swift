import Foundation

/// Where the programs keep what must survive, unless they are told another place.
enum StateFolder {
    /// `$XDG_STATE_HOME/anjungan` where that is set (XDG base directory specification), else `/var/lib/anjungan` for root
    /// and `~/.local/state/anjungan` for everybody else.
    ///
    /// Not below root's home: CUPS runs backends as `lp`, who must be able to reach the device socket.
    static var standard: String {
        if let state = ProcessInfo.processInfo.environment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/anjungan" }
        return geteuid() == 0 ? "/var/lib/anjungan" : "\(NSHomeDirectory())/.local/state/anjungan"
    }

    /// Where a device layer without a kiosk is asked, unless it is told another place.
    static var controlSocket: String { "\(standard)/control.sock" }
}
