import Foundation

/// A head and shoulders, drawn: the portrait of nobody.
public enum DrawnPortrait {
    public static let width = 48
    public static let height = 64

    /// A JPEG in shades of grey.
    public static let image: [UInt8] = [UInt8](
        Data(base64Encoded: text, options: .ignoreUnknownCharacters) ?? Data())

    private static let text = """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABcQERQRDhcUEhQaGBcbIjklIh8fIkYyNSk5UkhXVVFIUE5bZoNvW2F8Yk5QcptzfIeLkpSSWG2grJ
        +OqoOPko3/wAALCABAADABAREA/8QAGgABAQADAQEAAAAAAAAAAAAAAAUDBAYBAv/EAC8QAAEDAgMFBQkAAAAAAAAAAAEAAgMEEQUSITEyQVGB
        ExQikeEjQlJxscHR8PH/2gAIAQEAAD8A6FERERFMqcSdmcyAAAG2fbf5L4hxORptMM7eY0IVUEEAg3B2EL1Fr1zyyjkI5W89FDRWMMeXUlj7ri
        B9futxFjnj7aB8fxDS/PgoDmlji1wsQbFeK5RQmCma1ws46u14rYRFpVpornvD2tfsu3e8gsdGcPz+ykD33Fs+h6XVFEUfFMReJDBA4ty7zwdb
        8gpKKhhuIvhkbFM4uidYAk7nory166fu1I+QEZtjdeJ/brmURF0GEz9tRhriM0fh28OH46LBjryIoY9LOJJ6f1RkRFTwN5FRJHpZzbnofVf/2Q
        ==
        """
}
