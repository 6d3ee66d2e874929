/// What a ``PrivateScheduler`` tells cupsd.
enum SchedulerConfiguration {
    /// What a file is, by its name or its first octets (mime.types(5)); of other types nothing is known, so they are refused.
    static let types = """
        application/octet-stream
        application/vnd.cups-raw
        application/vnd.anjungan.receipt receipt priority(150)
        application/pdf pdf string(0,%PDF)
        image/png png string(0,<89>PNG)
        image/jpeg jpeg jpg jpe string(0,<FFD8FF>)
        text/plain txt printable(0,1024) priority(50)

        """

    static func files(_ scheduler: PrivateScheduler, user: String, group: String) -> String {
        let root = scheduler.directory
        return """
            ServerRoot \(root)/etc
            ServerBin \(root)/bin
            DataDir \(root)/data
            DocumentRoot \(root)/doc
            StateDir \(root)/run
            CacheDir \(root)/cache
            RequestRoot \(scheduler.spool)
            TempDir \(scheduler.spool)/tmp
            AccessLog \(root)/log/access_log
            ErrorLog \(root)/log/error_log
            PageLog \(root)/log/page_log
            Printcap
            User \(user)
            Group \(group)
            SystemGroup root
            SyncOnClose No
            FatalErrors config
            SetEnv ANJUNGAN_DEVICE_SOCKET \(scheduler.deviceSocket)
            SetEnv ANJUNGAN_DEVICES_DIR \(root)/data/devices

            """
    }

    /// `PreserveJobFiles No`: nothing that a citizen prints is kept. `DirtyCleanInterval 0`: what happened to a job
    /// is written at once, so that a killed cupsd does not print it again.
    static func daemon(_ scheduler: PrivateScheduler) -> String {
        """
        ServerName localhost
        Listen \(scheduler.socketPath)
        Browsing Off
        BrowseLocalProtocols none
        WebInterface No
        DefaultShared No
        DefaultAuthType None
        LogLevel \(scheduler.logLevel)
        AccessLogLevel actions
        MaxLogSize 1m
        MaxJobs 0
        MaxClients 200
        PreserveJobHistory 86400
        PreserveJobFiles No
        DirtyCleanInterval 0
        ErrorPolicy abort-job
        JobRetryInterval 1
        <Location />
          Order allow,deny
          Allow localhost
        </Location>
        <Policy default>
          JobPrivateAccess all
          JobPrivateValues none
          SubscriptionPrivateAccess all
          SubscriptionPrivateValues none
          <Limit All>
            Order deny,allow
            Allow all
          </Limit>
        </Policy>

        """
    }
}
